"""What was settled in each hour, by source, decision and outcome: the tallies added up, kept in step with them.

Pages about weeks read these few rows; the tallies have rows for every signup's batch.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, select

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.outcomes.tables import batches, hours

_CHUNK = 5000
_NAMES = ("hour", "origin_kind", "source", "decision_id", "outcome", "extra", "leads")
_AT_ONCE = 100  # rows in one statement: a list's batch has hundreds, and each question is a round trip
_INTO = f"INSERT INTO {hours.name} ({', '.join(_NAMES)}) VALUES "  # noqa: S608 - our own names
_MORE = f" ON CONFLICT ({', '.join(_NAMES[:-1])}) DO UPDATE SET leads = {hours.name}.leads + excluded.leads"
Place = tuple[str, str, str]
"""Hour, kind of origin, source."""


class Settled(NamedTuple):
    """How many leads of one hour ended so."""

    hour: str  # UTC, 2026-11-21T14
    outcome: str
    leads: int


class Sourced(NamedTuple):
    """How many leads of one source ended so."""

    origin_kind: str
    source: str
    outcome: str
    leads: int


class Case(NamedTuple):
    """How many leads stand on one decision."""

    decision_id: int
    outcome: str
    extra: str
    leads: int


def hour_of(at: datetime) -> str:
    """The hour of an instant, as it is kept."""
    return text_of(at)[:13]


def add(work: UnitOfWork, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add to the hours' counts; each row in the order of the table's columns, the last how many more or fewer."""
    changes: Counter[tuple[Any, ...]] = Counter()
    for *key, by in rows:
        changes[tuple(key)] += by
    made = [(*key, by) for key, by in changes.items()]
    for start in range(0, len(made), _AT_ONCE):
        some = made[start : start + _AT_ONCE]
        marks = ", ".join(["(?, ?, ?, ?, ?, ?, ?)"] * len(some))
        ask(work.connection, f"{_INTO}{marks}{_MORE}", tuple(chain.from_iterable(some)))
    if any(row[-1] < 0 for row in rows):
        work.connection.execute(delete(hours).where(hours.c.leads == 0, hours.c.hour.in_({row[0] for row in rows})))


def places_of(connection: Connection, numbers: Collection[int]) -> dict[int, Place]:
    """Under which hour and source the leads decided in these batches are counted."""
    found: dict[int, Place] = {}
    wanted = sorted(numbers)
    for start in range(0, len(wanted), _CHUNK):
        query = select(batches.c.id, batches.c.settled_at, batches.c.origin_kind, batches.c.source).where(
            batches.c.id.in_(wanted[start : start + _CHUNK])
        )
        for number, at, kind, source in connection.execute(query):
            found[number] = (hour_of(at), kind, source)
    return found


def find_settled(connection: Connection, since: datetime) -> Iterator[Settled]:
    """What was settled since the hour of an instant, by hour and outcome."""
    for hour, outcome, leads in _summed(connection, since, "hour", "outcome"):
        yield Settled(hour, outcome, int(leads))


def find_sourced(connection: Connection, since: datetime) -> Iterator[Sourced]:
    """What was settled since the hour of an instant, by source and outcome."""
    for kind, source, outcome, leads in _summed(connection, since, "origin_kind", "source", "outcome"):
        yield Sourced(kind, source, outcome, int(leads))


def _summed(connection: Connection, since: datetime, *names: str) -> Iterator[Any]:
    key = [hours.c[name] for name in names]
    query = select(*key, func.sum(hours.c.leads)).where(hours.c.hour >= hour_of(since)).group_by(*key)
    yield from connection.execute(query)


def find_cases(
    connection: Connection, since: datetime, outcomes: Collection[str], until: datetime | None = None
) -> Iterator[Case]:
    """On which decisions leads were settled so since the hour of an instant, and up to that of another."""
    key = (hours.c.decision_id, hours.c.outcome, hours.c.extra)
    query = select(*key, func.sum(hours.c.leads)).where(hours.c.hour >= hour_of(since), hours.c.outcome.in_(outcomes))
    if until is not None:
        query = query.where(hours.c.hour <= hour_of(until))
    for row in connection.execute(query.group_by(*key)):
        yield Case(*row[:-1], int(row[-1]))
