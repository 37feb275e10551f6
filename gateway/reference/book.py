"""Loading reference lists and asking for them. A list is replaced whole; its entries keep when they were first seen.

A domain must have been on the FCC's list for thirty days before it binds those who do not know (47 CFR
64.3100(a)(4)), so the day on which each came is kept over all loads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, bindparam, insert, select, update

from gateway.db.base import text_of
from gateway.db.plain import ask_one
from gateway.db.work import UnitOfWork, glancing
from gateway.domain.phrase import phrase
from gateway.domain.ports import Listed
from gateway.domain.problem import CallerError, Problem
from gateway.reference.tables import loads, wireless_domains

FCC_WIRELESS = "fcc-wireless"
_NEWEST = f"SELECT max(id) FROM {loads.name}"  # noqa: S608 - our own name
NAMES = (FCC_WIRELESS,)
"""The lists there are."""


@dataclass(frozen=True, slots=True)
class Load:
    """One load of a list: what is in force is the last one of its name."""

    id: int
    name: str
    loaded_at: datetime
    recorded_at: datetime
    digest: str
    rows: int
    by: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What a load changed."""

    rows: int
    added: list[str]
    removed: list[str]


def find_last_load(connection: Connection, name: str) -> Load | None:
    """The load that is in force; None for a list never loaded."""
    query = select(loads).where(loads.c.name == name).order_by(loads.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else Load(**row)


def load_wireless(
    work: UnitOfWork,
    domains: Sequence[str],
    *,
    digest: str,
    loaded_at: datetime,
    by: str,
    listed_since: datetime | None = None,
    even_if_smaller: bool = False,
) -> Changes:
    """Put this list in force. Raises CallerError for one that is older than the last, or less than half of it.

    ``domains``: distinct A-labels. ``listed_since``: since when those that are new to us have been posted; the day
    of this list where nobody knows, so that their thirty days begin then.
    """
    before = find_last_load(work.connection, FCC_WIRELESS)
    held = _held(work.connection)
    problems = _problems_of_days(before, loaded_at, listed_since, work.at)
    if not domains:
        problems.append(Problem("empty_list", "the list holds no domain; nothing was changed"))
    elif len(domains) * 2 < len(held) and not even_if_smaller:
        number = "1 domain" if len(domains) == 1 else f"{len(domains):,} domains"
        message = phrase(
            "the list has %(number)s where %(count)s were; if that is right, say --even-if-smaller",
            number=number,
            count=f"{len(held):,}",
        )
        problems.append(Problem("smaller_list", message))
    if problems:
        raise CallerError(problems)
    wanted = set(domains)
    added, removed = sorted(wanted - held.keys()), sorted(held.keys() - wanted)
    since = text_of(listed_since or loaded_at)
    again = _ended_at(work.connection, added)
    # A domain that comes back starts anew, never earlier than it went.
    rows = [(domain, max(since, again.get(domain, since))) for domain in added]
    work.insert_many(wireless_domains, ("domain", "first_seen_at"), rows)
    if removed:
        gone = update(wireless_domains).where(
            wireless_domains.c.domain == bindparam("gone"), wireless_domains.c.removed_at.is_(None)
        )
        work.connection.execute(gone.values(removed_at=loaded_at), [{"gone": domain} for domain in removed])
    work.connection.execute(
        insert(loads).values(
            name=FCC_WIRELESS, loaded_at=loaded_at, recorded_at=work.at, digest=digest, rows=len(domains), by=by
        )
    )
    return Changes(len(domains), added, removed)


class Wireless:
    """The FCC's list as screening asks for it (domain.ports.WirelessList); read again only after a new load."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: tuple[int, Listed, datetime | None] = (0, {}, None)

    def find_list(self) -> tuple[Listed, datetime | None]:
        """The domains with the day each was first seen, and the day the list is of; None if none was ever loaded."""
        with glancing(self._engine) as connection:
            newest = ask_one(connection, _NEWEST)
            if newest is not None and newest != self._held[0]:
                last = find_last_load(connection, FCC_WIRELESS)
                if last is not None and last.id != self._held[0]:
                    self._held = (last.id, _held(connection), last.loaded_at)
        _, listed, loaded_at = self._held
        return listed, loaded_at


def _held(connection: Connection) -> dict[str, datetime]:
    query = select(wireless_domains.c.domain, wireless_domains.c.first_seen_at)
    found = connection.execute(query.where(wireless_domains.c.removed_at.is_(None)))
    return {row.domain: row.first_seen_at for row in found}


def _ended_at(connection: Connection, domains: Sequence[str]) -> dict[str, str]:
    """When those of the domains that were on the list before went from it."""
    if not domains:
        return {}
    table = wireless_domains.c
    found = connection.execute(select(table.domain, table.removed_at).where(table.removed_at.is_not(None)))
    wanted = set(domains)
    ended: dict[str, str] = {}
    for row in found:
        if row.domain in wanted:
            ended[row.domain] = max(text_of(row.removed_at), ended.get(row.domain, ""))
    return ended


def _problems_of_days(
    before: Load | None, loaded_at: datetime, listed_since: datetime | None, now: datetime
) -> list[Problem]:
    problems = []
    if loaded_at > now:
        problems.append(Problem("future_date", "the list cannot be of a day to come", field="loaded-on"))
    if before is not None and loaded_at < before.loaded_at:
        message = phrase(
            "a list of %(loaded_at)s is loaded already; an older one cannot follow it",
            loaded_at=f"{before.loaded_at:%Y-%m-%d}",
        )
        problems.append(Problem("older_list", message, field="loaded-on"))
    if listed_since is not None and listed_since > loaded_at:
        message = phrase("the domains cannot have been posted after the day the list is of")
        problems.append(Problem("future_date", message, field="listed-since"))
    return problems
