"""The clocks of a batch's new prospects: what each of them owes by when, written with them in one transaction."""

from collections.abc import Sequence
from datetime import date, datetime

from gateway.clocks import book
from gateway.clocks.calendar import day_meant, day_of
from gateway.clocks.reckon import Timetable, reckon
from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.deadline import Deadline, Event
from gateway.outcomes.fates import Fates

_FACTS: dict[Event, str] = {
    "consent": "consent.at",
    "dealing": "relationship.last_at",
    "collected": "source.collected_at",
    "dnc_comparison": "phone.dnc_scrubbed_at",
    "utah_comparison": "campaign.utah_scrubbed_at",
    "michigan_comparison": "campaign.michigan_scrubbed_at",
    "drop_run": "vendor.drop_run_at",
}
"""The events that screening knows. That a lead was obtained is when its batch arrived; the others come later."""
_Days = tuple[date | None, ...]


def fact_of(event: Event) -> str | None:
    """The fact that says when an event happened; None where no fact does."""
    return _FACTS.get(event)


def start_clocks(work: UnitOfWork, fates: Fates, timetable: Timetable) -> None:
    """Start a clock for every obligation of a winner whose deadline's event is known. Most leads have none."""
    tracked = {place: timetable.tracked(decision.obligations) for place, decision in fates.distinct.items()}
    owed = {place: clocked for place, clocked in tracked.items() if clocked}
    if not owed:
        return
    happened = _Happened(fates, timetable.zone)
    memo: dict[tuple[str, _Days], tuple[int, book.Tail] | None] = {}
    groups: dict[book.Tail, list[tuple[int, str]]] = {}
    owing = list(map(owed.__contains__, fates.places))
    for index in filter(owing.__getitem__, fates.winners):  # most owe nothing by a day
        for code, deadline in owed[fates.places[index]]:
            instants = happened.instants(index, deadline)
            key = (code, happened.days(deadline, instants))
            if key not in memo:
                memo[key] = _reckon(code, deadline, key[1], timetable.zone)
            found = memo[key]
            if found is None:
                continue
            place, tail = found
            started = instants[place]
            assert started is not None
            groups.setdefault(tail, []).append((fates.ids[index], happened.text(started)))
    for tail, leads in groups.items():
        book.start(work, fates.batch_id, tail, leads)


class _Happened:
    """When the events of a deadline happened, row by row. Days are worked out once for each instant."""

    def __init__(self, fates: Fates, zone: str) -> None:
        facts = fates.screened.facts
        self._arrived = fates.batch.arrived_at
        self._columns = {event: facts.columns.get(name) for event, name in _FACTS.items()}
        self._constants = {event: facts.constants.get(name) for event, name in _FACTS.items()}
        self._zone = zone
        self._arrived_on = day_of(self._arrived, zone)
        self._memo: dict[datetime, date] = {}
        self._texts: dict[datetime, str] = {}

    def instants(self, index: int, deadline: Deadline) -> list[datetime | None]:
        """One for each clause; None where the event is not known."""
        return [self._instant(index, clause.event) for clause in deadline.clauses]

    def _instant(self, index: int, event: Event) -> datetime | None:
        if event == "obtained":
            return self._arrived
        if event not in _FACTS:
            return None
        column = self._columns[event]
        found = column[index] if column is not None else self._constants[event]
        return found if isinstance(found, datetime) else None

    def days(self, deadline: Deadline, instants: Sequence[datetime | None]) -> _Days:
        """The days of these instants: local ones, but a bare day that a source gave is that day everywhere."""
        days: list[date | None] = []
        for clause, instant in zip(deadline.clauses, instants, strict=True):
            if instant is None:
                days.append(None)
            elif clause.event == "obtained":
                days.append(self._arrived_on)
            else:
                if instant not in self._memo:
                    self._memo[instant] = day_meant(instant, self._zone)
                days.append(self._memo[instant])
        return tuple(days)

    def text(self, instant: datetime) -> str:
        """An instant as the database keeps it."""
        if instant not in self._texts:
            self._texts[instant] = text_of(instant)
        return self._texts[instant]


def _reckon(code: str, deadline: Deadline, days: _Days, zone: str) -> tuple[int, book.Tail] | None:
    """Which clause ends first, and what the clock's row says."""
    known = {clause.event: day for clause, day in zip(deadline.clauses, days, strict=True) if day is not None}
    found = reckon(deadline, known, zone)
    if found is None:
        return None
    place = next(n for n, clause in enumerate(deadline.clauses) if clause.event == found.event)
    return place, book.tail_of(code, found, zone)
