"""What a deadline comes to once its events are known. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from gateway.clocks.calendar import Due, due_from, end_of, name_of
from gateway.domain.deadline import Clause, Deadline, Event


class Reckoned(NamedTuple):
    """When something falls due, and from which event that counts."""

    event: Event
    due_at: datetime
    due_on: date
    safe_on: date
    calendar: str  # empty where all days count


@dataclass(frozen=True)
class Timetable:
    """The deadlines of the obligations by code, and the zone in which days are counted."""

    deadlines: Mapping[str, Deadline]
    zone: str

    def tracked(self, codes: Iterable[str]) -> list[tuple[str, Deadline]]:
        """Those of the obligations whose deadline counts from something else than a request to stop.

        Requests to stop stand in the suppression book, and their deadlines are reckoned when somebody asks.
        """
        found = []
        for code in codes:
            deadline = self.deadlines.get(code)
            if deadline is not None and any(clause.event != "opt_out" for clause in deadline.clauses):
                found.append((code, deadline))
        return found

    def of_event(self, event: Event) -> dict[str, Deadline]:
        """The deadlines in which this event has a part."""
        return {
            code: deadline
            for code, deadline in self.deadlines.items()
            if any(clause.event == event for clause in deadline.clauses)
        }


def reckon(deadline: Deadline, days: Mapping[Event, date], zone: str) -> Reckoned | None:
    """The earliest of the clauses whose event is known, by the local days of the events; None if none is."""
    found = [(_end(clause, days[clause.event], deadline.calendar), clause) for clause in deadline.clauses
             if clause.event in days]  # fmt: skip
    if not found:
        return None
    end, clause = min(found, key=lambda pair: pair[0].on)
    counted = clause.after is not None and clause.after.unit == "business day"
    return Reckoned(
        event=clause.event,
        due_at=end_of(end.on, zone),
        due_on=end.on,
        safe_on=min(one.safe for one, _ in found),
        calendar=name_of(deadline.calendar) if counted else "",
    )


def _end(clause: Clause, day: date, calendar: str) -> Due:
    return Due(day, day) if clause.after is None else due_from(clause.after, day, calendar)
