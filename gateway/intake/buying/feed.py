"""The standing list of what is bought one by one: one a contract and month, with a run that is done as far as it came.

Statements, scorecards, receipts, undoing and recall know lists; so this is one. Nothing of its run is ever owed: each
post is a batch of one, committed whole before it is answered (docs/decisions/0018-bought-one-by-one.md).
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, insert, select

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Statement
from gateway.domain.outcome import Receipt, Settled
from gateway.domain.wire import statement_to_json
from gateway.intake.buying.book import Dealing
from gateway.intake.buying.caps import begins
from gateway.intake.buying.tables import feeds
from gateway.intake.tables import lists, runs
from gateway.outcomes.seal import account
from gateway.pipeline import Services
from gateway.vendors.book import fold

OPEN = "done"
"""The state of a run that takes more; one that is undone or cancelled is closed, and the next post begins another."""


@dataclass(frozen=True, slots=True)
class Feed:
    """Where bought leads are put."""

    list: int
    run: int


def statement_of(dealing: Dealing, price: int) -> Statement:
    """What the vendor states of a lead that was bought at this price."""
    paid_for: Literal["waiting", "taken"] = "waiting" if dealing.terms.held == "at_once" else "taken"
    return replace(dealing.terms.statement, price_minor=price, currency=dealing.currency, paid_for=paid_for)


def find_feed(connection: Connection, dealing: Dealing, at: datetime) -> Feed | None:
    """The open list of this contract, month and manifest."""
    query = (
        f"SELECT {feeds.name}.list_id, run_id FROM {feeds.name} JOIN {runs.name} ON {runs.name}.id = run_id "  # noqa: S608 - our own names
        "WHERE contract = ? AND month = ? AND digest = ? AND state = ? ORDER BY part DESC LIMIT 1"
    )
    month, digest = _name(dealing, at)
    found = ask(connection, query, (dealing.contract.number, month, digest, OPEN))
    return Feed(*map(int, found[0])) if found else None


def open_feed(work: UnitOfWork, services: Services, dealing: Dealing, at: datetime) -> Feed:
    """The open list, begun where there is none."""
    if (found := find_feed(work.connection, dealing, at)) is not None:
        return found
    month, digest = _name(dealing, at)
    vendor, contract = dealing.contract.vendor, dealing.contract
    made = work.connection.execute(
        insert(lists)
        .values(
            name=f"{contract.name}, {month}: bought one by one", manifest=dealing.terms.manifest,
            manifest_digest=digest, statement=statement_to_json(dealing.terms.statement), created_at=work.at,
            created_by="buying", vendor=fold(vendor),
        )
        .returning(lists.c.id)
    )  # fmt: skip
    number = int(made.scalar_one())
    begun = work.connection.execute(
        insert(runs)
        .values(
            list_id=number, state=OPEN, as_of=work.at, started_at=work.at, ended_at=work.at, milliseconds=0,
            started_by="buying", receipt=json.dumps(Receipt().as_dict()),
        )
        .returning(runs.c.id)
    )  # fmt: skip
    run = int(begun.scalar_one())
    same = (feeds.c.contract == contract.number, feeds.c.month == month, feeds.c.digest == digest)
    parts = len(work.connection.execute(select(feeds.c.part).where(*same)).all())
    work.connection.execute(
        insert(feeds).values(
            contract=contract.number, month=month, digest=digest, part=parts + 1, list_id=number, run_id=run
        )
    )
    entry = {"list": number, "run": run, "vendor": vendor, "contract": contract.number, "by": "buying"}
    services.ledger.append(work, "list.registered", entry | {"manifest_sha256": digest})
    return Feed(number, run)


def receipt_of(work: UnitOfWork, feed: Feed) -> Receipt | None:
    """What the list has received so far; None where it takes no more."""
    query = f"SELECT receipt FROM {runs.name} WHERE id = ? AND state = ?"  # noqa: S608 - our own name
    found = ask(work.connection, query, (feed.run, OPEN))
    return Receipt.from_dict(json.loads(found[0][0])) if found else None


def count(work: UnitOfWork, feed: Feed, before: Receipt, settled: Settled) -> None:
    """The run's receipt grows by this batch."""
    before.add(account(settled))
    grown = f"UPDATE {runs.name} SET receipt = ?, ended_at = ? WHERE id = ?"  # noqa: S608 - our own name
    ask(work.connection, grown, (json.dumps(before.as_dict()), text_of(work.at), feed.run))


def is_feed(connection: Connection, list_id: int) -> bool:
    """Whether a list is one of these."""
    return bool(ask(connection, f"SELECT 1 FROM {feeds.name} WHERE list_id = ?", (list_id,)))  # noqa: S608 - our own name


def _name(dealing: Dealing, at: datetime) -> tuple[str, str]:
    month = begins(at, dealing.terms.schedule.zone)["month"]
    return month, sha256(dealing.terms.manifest.encode()).hexdigest()
