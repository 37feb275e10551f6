"""What is due as pages show it: one line for the same thing on the same day, soonest first, each behind a key.

The agenda (agenda.py) holds all of it at once. Here the next lines are read off the indexes behind the last one
that was shown, so that a page takes as long with a hundred thousand open clocks as with ten.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from gateway.clocks.calendar import day_of, end_of, start_of
from gateway.clocks.coming import batches_of, find_endings
from gateway.domain.decision import Citation
from gateway.due import agenda, requests, vendors
from gateway.due.entry import ORDER, Entry, Kind
from gateway.outcomes.deadlines import batches_waiting, find_waits
from gateway.outcomes.origins import sources_of_batches
from gateway.pipeline import Services

SOME = 200
"""Batches whose sources a line names; a line of signups may have one for each of its people."""
GONE = 20
"""Obligations that open clocks may have and today's policies have no more."""


class Key(NamedTuple):
    """Where a line stands among all that is due."""

    due_on: date
    order: int  # of its kind
    code: str
    id: str

    def __str__(self) -> str:
        """As the address of a page has it."""
        return "~".join([self.due_on.isoformat(), ORDER[self.order], self.code, self.id])

    @classmethod
    def read(cls, text: str) -> "Key | None":
        """The way back; None for nonsense."""
        try:
            day, kind, code, named = text.split("~")
            return cls(date.fromisoformat(day), [str(one) for one in ORDER].index(kind), code, named)
        except ValueError:
            return None


@dataclass(slots=True)
class Line:
    """The same thing due on the same day, from however many lists and forms its people came."""

    kind: Kind
    due_on: date
    due_at: datetime  # from this instant on it is overdue
    code: str
    title: str
    id: str = ""
    cites: Citation | None = None
    people: int | None = None
    sources: list[str] = field(default_factory=list)
    more_sources: bool = False  # these are some of them

    @property
    def key(self) -> Key:
        """Where it stands."""
        return Key(self.due_on, ORDER.index(self.kind), self.code, self.id)


def find_coming(
    connection: Connection, services: Services, *, kinds: Collection[Kind] = ORDER, after: Key | None = None,
    limit: int = 50,
) -> list[Line]:  # fmt: skip
    """The next lines behind a key, and one more than ``limit`` where there are more."""
    now, zone = services.clock.now(), services.settings.zone
    lines: list[Line] = []
    if "obligation" in kinds:
        lines += _obligations(connection, services, after, limit + 1)
    if "hold" in kinds:
        lines += _holds(connection, services, after, limit + 1)
    others: dict[Kind, Callable[[], Iterable[Entry]]] = {
        "opt_out": lambda: requests.find_entries(connection, services, now, past=False, each=False),
        "override": lambda: agenda.overrides_ending(connection, services, now),
        "certificate": lambda: vendors.certificates_ending(connection, services, now),
        "vendor": lambda: vendors.files_ending(connection, services, now),
        "reference": lambda: agenda.reference_lists(connection, now, zone),
        "review": lambda: agenda.reviews(services),
    }
    for kind in kinds:
        if kind in others:
            lines += _folded(others[kind]())
    found = sorted((line for line in lines if after is None or line.key > after), key=lambda line: line.key)
    some = found[: limit + 1]
    for line in some[:limit]:
        _name_sources(connection, zone, line)
    return some


def _obligations(connection: Connection, services: Services, after: Key | None, limit: int) -> Iterator[Line]:
    duties = services.policies.obligations
    since, a_day = None if after is None else after.due_on, len(duties) + GONE
    for day, code, people in find_endings(connection, since=since, limit=limit + 2 * a_day):
        duty = duties.get(code)
        yield Line(
            "obligation", day, end_of(day, services.settings.zone), code,
            code.replace("_", " ") if duty is None else duty.title, "" if duty is None else duty.id,
            None if duty is None else duty.cites, people,
        )  # fmt: skip


def _holds(connection: Connection, services: Services, after: Key | None, limit: int) -> list[Line]:
    zone = services.settings.zone
    found: dict[tuple[date, str], Line] = {}
    days: set[date] = set()
    since = None if after is None else start_of(after.due_on, zone)
    for deadline, question, people in find_waits(connection, since=since):
        day = day_of(deadline, zone)
        days.add(day)
        if len(days) > limit + 1:
            break  # enough of them are whole: what comes later stands behind
        line = found.setdefault(
            (day, question), Line("hold", day, deadline, question, agenda.QUESTIONS[question], people=0)
        )
        line.people = (line.people or 0) + people
    return list(found.values())


def _folded(entries: Iterable[Entry]) -> list[Line]:
    found: dict[tuple[str, date, str, str], Line] = {}
    for one in entries:
        line = found.setdefault(
            (one.kind, one.due_on, one.code, one.id),
            Line(one.kind, one.due_on, one.due_at, one.code, one.title, one.id, one.cites),
        )
        line.due_at = min(line.due_at, one.due_at)
        if one.people is not None:
            line.people = (line.people or 0) + one.people
        if one.source and one.source not in line.sources:
            line.sources.append(one.source)
    return list(found.values())


def _name_sources(connection: Connection, zone: str, line: Line) -> None:
    """Whence its people came, as far as the first batches tell."""
    if line.kind == "obligation":
        some = batches_of(connection, line.due_on, line.code, SOME)
    elif line.kind == "hold":
        some = batches_waiting(connection, line.code, start_of(line.due_on, zone), end_of(line.due_on, zone), SOME)
    else:
        line.sources.sort()
        return
    line.sources = sorted(set(sources_of_batches(connection, some).values()))
    line.more_sources = len(some) == SOME
