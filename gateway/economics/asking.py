"""How others come by the numbers: as kept, where that will do, or reckoned on the spot. Nothing is written here."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from gateway.db.plain import ask_one
from gateway.db.work import UnitOfWork, reading
from gateway.domain.problem import CallerError, Problem
from gateway.economics.document import reckon_numbers
from gateway.economics.kept import Numbers, find_kept, keep, seen_of
from gateway.policy.pack import PolicySet
from gateway.policy.phases.rules import fold

Write = Callable[[], AbstractContextManager[UnitOfWork]]
FRESH = timedelta(hours=25)
"""Kept numbers of so long ago are told, with their day: the worker reckons them daily at least."""
LATE, UNSAID = 1.5, 180.0
AT_ONCE = 50_000
"""Of so many prospects a page reckons while somebody waits: about half a second."""


def numbers_as_of(engine: Engine, policies: PolicySet, now: datetime, as_of: datetime | None = None) -> Numbers:
    """Those of an instant, or the newest there are. Raises CallerError for the future, or where numpy is missing."""
    if as_of is not None and as_of > now:
        raise CallerError([Problem("future_date", "as_of lies in the future", field="as_of")])
    with reading(engine, snapshot=True) as connection:
        if as_of is None:
            kept = find_kept(connection, now)
            if kept is not None and now - kept.as_of <= FRESH:
                return kept
        return reckon_now(connection, policies, as_of or now)


def numbers_at_once(engine: Engine, policies: PolicySet, now: datetime) -> Numbers | None:
    """For a page: the newest that are kept, however old; else reckoned where that is quick; else None."""
    with reading(engine, snapshot=True) as connection:
        kept = find_kept(connection, now)
        if kept is not None:
            return kept
        if (ask_one(connection, "SELECT max(id) FROM prospects") or 0) > AT_ONCE:
            return None
        return reckon_now(connection, policies, now)


def reckon_now(connection: Connection, policies: PolicySet, as_of: datetime) -> Numbers:
    """Reckon them, by the house's terms."""
    return reckon_numbers(connection, as_of, policies.worth, in_time_by(policies))[0]


def renew(engine: Engine, policies: PolicySet, now: datetime, write: Write) -> Numbers:
    """Reckon the numbers of now, outside any transaction, and keep them in one. ``write`` opens it."""
    with reading(engine, snapshot=True) as connection:
        seen = seen_of(connection)
        found, afforded = reckon_numbers(connection, now, policies.worth, in_time_by(policies))
    with write() as work:
        keep(work, found, seen, afforded)
    return found


def in_time_by(policies: PolicySet) -> Callable[[str], float]:
    """Within how many days a product is bought again by who stays: one and a half times what it usually lasts."""
    lifecycle = policies.lifecycle
    if lifecycle is None:
        return lambda _: UNSAID
    return lambda product: LATE * lifecycle.pace_of(fold(product), fold(product)).lasts
