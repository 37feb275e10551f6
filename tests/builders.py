"""Builds what tests need from real parts: services on a real database, with DNS answers that the test decides."""

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from gateway.certificates.book import Certificates
from gateway.config import Settings
from gateway.domain.address import MatchKeys
from gateway.domain.lead import Batch, Cell, Origin, Statement
from gateway.domain.ports import Clock, Sender
from gateway.domain.screened import MailRoute, RouteKind
from gateway.intake.asking import find_terms
from gateway.intake.rebuilding import rebuild
from gateway.ledger.book import Ledger
from gateway.outcomes.tables import batches, hours, leads, tallies
from gateway.pipeline import Services
from gateway.policy.loader import load_policies
from gateway.policy.pack import PolicySet
from gateway.reference.book import Wireless
from gateway.screening.address.keys import key_of
from gateway.screening.screen import World
from gateway.suppression.book import Book
from gateway.vendors.book import Vendors
from gateway.wiring import POLICIES
from gateway.wordings.book import Wordings

SECRET = "a secret for tests, thirty-two characters and more"
_LOADED: list[PolicySet] = []


def policies() -> PolicySet:
    """The packs that come with the gateway, read once for all tests."""
    if not _LOADED:
        _LOADED.append(load_policies([POLICIES]))
    return _LOADED[0]


class ToldRoutes:
    """Mail routes as the test tells them; a domain it does not name takes mail."""

    def __init__(self, kinds: dict[str, RouteKind] | None = None, *, default: RouteKind = "mx") -> None:
        self.kinds: dict[str, RouteKind] = dict(kinds or {})
        self.default: RouteKind = default
        self.asked: list[str] = []

    def ask_routes(self, domains: Iterable[str], as_of: datetime, *, seconds: float | None) -> dict[str, MailRoute]:
        del seconds
        wanted = list(domains)
        self.asked += wanted
        later = as_of + timedelta(hours=1)
        return {d: MailRoute(d, self.kinds.get(d, self.default), as_of, later) for d in wanted}


def make_services(engine: Engine, clock: Clock, data: Path, *, routes: ToldRoutes | None = None) -> Services:
    """Services on this database; DNS is told, everything else is real."""
    return Services(
        settings=Settings(data=data, secret_key=SECRET),
        engine=engine,
        clock=clock,
        read_policies=policies,
        world=World(
            match_keys=MatchKeys(SECRET.encode()),
            routes=routes or ToldRoutes(),
            suppressions=Book(engine),
            vendors=Vendors(engine),
            sender=Sender(),
            default_country="US",
            wireless=Wireless(engine),
            wordings=Wordings(engine),
            certificates=Certificates(engine),
        ),
        ledger=Ledger(SECRET),
        find_terms=find_terms,
        rebuild=rebuild,
        wake=lambda: None,
    )


def tallies_fit(connection: Connection) -> bool:
    """Whether the tallies say of every decision what counting the leads says."""
    stand = (leads.c.decided_in, leads.c.decision_id, leads.c.outcome, func.coalesce(leads.c.extra, ""))
    counted = sorted(map(tuple, connection.execute(select(*stand, func.count()).group_by(*stand))))
    return counted == sorted(map(tuple, connection.execute(select(tallies)))) and hours_fit(connection)


def hours_fit(connection: Connection) -> bool:
    """Whether the hours are the tallies added up."""
    key = (
        func.substr(batches.c.settled_at, 1, 13), batches.c.origin_kind, batches.c.source, tallies.c.decision_id,
        tallies.c.outcome, tallies.c.extra,
    )  # fmt: skip
    summed = select(*key, func.sum(tallies.c.leads)).join(batches, batches.c.id == tallies.c.batch_id).group_by(*key)
    told = [tuple(map(str, row)) for row in connection.execute(summed)]
    return sorted(told) == sorted(tuple(map(str, row)) for row in connection.execute(select(hours)))


def key(address: str) -> bytes:
    """The match key of an address under the tests' secret."""
    return key_of(address, MatchKeys(SECRET.encode()))


FORM = Statement(direct=True, method="form", form_url="https://www.example.com/join", wording="Yes, write to me.",
                 language="en", consent_act="unticked_box", relationship="marketing")  # fmt: skip
BOUGHT = Statement(
    direct=False, vendor="Meridian Leads", method="co_registration", collected_from=date(2026, 10, 1),
    collected_until=date(2026, 10, 31), form_url="https://quotes.example.com/", consent="none",
    relationship="marketing",
)  # fmt: skip


def signup_batch(address: str, at: datetime, **fields: Cell) -> Batch:
    """A signup by our form, ticked, with everything the server adds."""
    cells: dict[str, Cell] = {
        "email": address, "consent_ticked": True, "consent_preticked": False, "consent_wording": "Yes, write to me.",
        "consent_url": "https://www.example.com/join", "consent_ip": "203.0.113.9", "consent_at": at, **fields,
    }  # fmt: skip
    return Batch(
        origin=Origin("form", "demo", FORM), numbers=[1], columns={name: [cell] for name, cell in cells.items()},
        as_arrived=[json.dumps({"email": address})], arrived_at=at,
    )  # fmt: skip


def list_batch(
    rows: list[dict[str, Cell]], at: datetime, *, statement: Statement = BOUGHT, run: str | None = None, first: int = 2
) -> Batch:
    """Rows of a list, numbered as in the file."""
    names = {name for row in rows for name in row}
    return Batch(
        origin=Origin("list", "1", statement, run=run),
        numbers=list(range(first, first + len(rows))),
        columns={name: [row.get(name) for row in rows] for name in names},
        as_arrived=[json.dumps([str(cell) for cell in row.values()]) for row in rows],
        arrived_at=at,
    )
