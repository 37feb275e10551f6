"""The clocks kept and asked: started, moved to an earlier day, closed. What falls due is worked out in reckon.py."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, null, select, update

from gateway.clocks.calendar import day_of, start_of
from gateway.clocks.reckon import Reckoned, Timetable, reckon
from gateway.clocks.tables import clocks
from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.deadline import Event

_CHUNK = 5000


class Tail(NamedTuple):
    """What clocks that fall due together have in common, ready for the driver."""

    obligation: str
    event: Event
    due_at: str
    due_on: str
    safe_on: str
    zone: str
    calendar: str


def tail_of(obligation: str, found: Reckoned, zone: str) -> Tail:
    """The common part of the clocks of an obligation that was reckoned so."""
    return Tail(
        obligation, found.event, text_of(found.due_at), found.due_on.isoformat(), found.safe_on.isoformat(), zone,
        found.calendar,
    )  # fmt: skip


def start(work: UnitOfWork, batch_id: int, tail: Tail, leads: Sequence[tuple[int, str]]) -> None:
    """Write clocks down that fall due together: each lead with the instant its clock started at, as text."""
    same: dict[str, int | str] = {"batch_id": batch_id, **tail._asdict()}
    instants = {started for _, started in leads}
    if len(instants) == 1:  # what is the same for all need not be bound for each: half of the time
        work.insert_many(
            clocks, ("lead_id",), [(lead,) for lead, _ in leads], same={**same, "started_at": min(instants)}
        )
    else:
        work.insert_many(clocks, ("lead_id", "started_at"), leads, same=same)


def _open_of(lead_ids: Sequence[int]) -> Iterator[ColumnElement[bool]]:
    """One condition for each chunk of leads, of their open clocks only."""
    for start in range(0, len(lead_ids), _CHUNK):
        yield and_(clocks.c.done_at.is_(None), clocks.c.lead_id.in_(lead_ids[start : start + _CHUNK]))


def find_open(connection: Connection, lead_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The open clocks of these leads: for each lead the last day by obligation."""
    found: dict[int, dict[str, str]] = {}
    for condition in _open_of(lead_ids):
        query = select(clocks.c.lead_id, clocks.c.obligation, clocks.c.due_on).where(condition)
        for lead, code, due_on in connection.execute(query):
            here = found.setdefault(lead, {})
            here[code] = min(due_on, here.get(code, due_on))
    return found


class Group(NamedTuple):
    """Open clocks of one batch that fall due together, or one of them with its lead."""

    obligation: str
    event: Event
    batch_id: int
    due_at: datetime
    due_on: date
    safe_on: date
    people: int
    lead_id: int | None


def find_groups(connection: Connection, *, until: date | None = None, each: bool = False) -> Iterator[Group]:
    """All open clocks; ``until``: only those whose last day is not later; ``each``: one by one, with their leads."""
    key = [clocks.c[name] for name in ("due_on", "obligation", "batch_id", "event", "due_at", "safe_on")]
    query = select(*key, literal(1), clocks.c.lead_id) if each else select(*key, func.count(), null()).group_by(*key)
    query = query.where(clocks.c.done_at.is_(None))
    if until is not None:
        query = query.where(clocks.c.due_on <= until.isoformat())
    found: Iterator[Any] = iter(connection.execute(query))
    for on, code, batch, event, at, safe, people, lead in found:
        yield Group(code, event, batch, at, date.fromisoformat(on), date.fromisoformat(safe), people, lead)


def move(work: UnitOfWork, lead_ids: Sequence[int], event: Event, day: date, timetable: Timetable) -> int:
    """Something happened on a day: open clocks that must end earlier because of it do so; how many were moved."""
    moved = 0
    for code, deadline in sorted(timetable.of_event(event).items()):
        found = reckon(deadline, {event: day}, timetable.zone)
        assert found is not None
        on, safe = found.due_on.isoformat(), found.safe_on.isoformat()
        values = {
            "event": event, "started_at": start_of(day, timetable.zone), "due_at": found.due_at, "due_on": on,
            "safe_on": case((clocks.c.safe_on < safe, clocks.c.safe_on), else_=safe), "zone": timetable.zone,
            "calendar": found.calendar,
        }  # fmt: skip
        for condition in _open_of(lead_ids):
            later = update(clocks).where(condition, clocks.c.obligation == code, clocks.c.due_on > on)
            moved += work.connection.execute(later.values(**values)).rowcount
    return moved


class Duty(NamedTuple):
    """What one lead owed or owes by when, and what became of it."""

    lead_id: int
    obligation: str
    event: Event
    started_at: datetime
    due_at: datetime  # from this instant on it is overdue
    due_on: str  # the last day, in ``zone``
    zone: str
    done_at: datetime | None
    done_by: str | None


def find_duties(connection: Connection, lead_ids: Sequence[int]) -> list[Duty]:
    """Every clock of these leads, done or not, in the order they were started."""
    query = select(*(clocks.c[name] for name in Duty._fields))
    return [
        Duty(*row)
        for start_at in range(0, len(lead_ids), _CHUNK)
        for row in connection.execute(
            query.where(clocks.c.lead_id.in_(lead_ids[start_at : start_at + _CHUNK])).order_by(clocks.c.id)
        )
    ]


def find_started(connection: Connection, lead_ids: Sequence[int], code: str) -> set[int]:
    """Which of these leads have, or had, a clock of this obligation."""
    found: set[int] = set()
    for start_at in range(0, len(lead_ids), _CHUNK):
        some = lead_ids[start_at : start_at + _CHUNK]
        query = select(clocks.c.lead_id).where(clocks.c.obligation == code, clocks.c.lead_id.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def find_done(connection: Connection, lead_ids: Sequence[int]) -> set[int]:
    """Which of these leads have a clock that was closed, by whatever."""
    found: set[int] = set()
    for start_at in range(0, len(lead_ids), _CHUNK):
        some = lead_ids[start_at : start_at + _CHUNK]
        query = select(clocks.c.lead_id).where(clocks.c.done_at.is_not(None), clocks.c.lead_id.in_(some))
        found.update(connection.execute(query).scalars())
    return found


def close(
    work: UnitOfWork, lead_ids: Sequence[int], *, by: str, at: datetime | None = None, obligation: str | None = None
) -> int:
    """Say that the duty was done (at ``at``, now if not given), or fell away with its prospect; how many were open."""
    closed = 0
    for condition in _open_of(lead_ids):
        done = update(clocks).where(condition).values(done_at=at or work.at, done_by=by)
        if obligation is not None:
            done = done.where(clocks.c.obligation == obligation)
        closed += work.connection.execute(done).rowcount
    return closed


def close_and_repeat(
    work: UnitOfWork, lead_ids: Sequence[int], obligation: str, timetable: Timetable, *, by: str, at: datetime
) -> tuple[int, date | None]:
    """Close an obligation's clocks; where it is due again and again, the next ones start: how many, and till when."""
    deadline = timetable.deadlines.get(obligation)
    again: list[tuple[int, int, Event]] = []
    if deadline is not None and deadline.repeats:
        for condition in _open_of(lead_ids):
            query = select(clocks.c.lead_id, clocks.c.batch_id, clocks.c.event)
            again += [
                (lead, batch, event)
                for lead, batch, event in work.connection.execute(
                    query.where(condition, clocks.c.obligation == obligation).order_by(clocks.c.id)
                )
            ]
    closed = close(work, lead_ids, by=by, at=at, obligation=obligation)
    if not again or deadline is None:
        return closed, None
    day, last = day_of(at, timetable.zone), None
    groups: dict[tuple[int, Event], list[tuple[int, str]]] = {}
    for lead, batch, event in again:
        groups.setdefault((batch, event), []).append((lead, text_of(at)))
    for (batch, event), leads in groups.items():
        found = reckon(deadline, {event: day}, timetable.zone)
        if found is not None:  # where the policies changed, it may count from something else now
            start(work, batch, tail_of(obligation, found, timetable.zone), leads)
            last = found.due_on
    return closed, last
