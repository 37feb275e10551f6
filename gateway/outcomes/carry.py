"""A judged batch as bytes: what writing needs of it and no more, for a process that writes what another one judged.

Screening and deciding take more time than writing; done ahead by a second process, a list takes the longer of the two
instead of both (docs/decisions/0014-judged-ahead.md). Only our own child's bytes are ever unpacked here.
"""

import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from gateway.clocks.reckon import Timetable
from gateway.domain.decision import Decision
from gateway.domain.facts import Facts, FactValue
from gateway.domain.lead import Batch, Cell, Origin
from gateway.domain.lines import Lines
from gateway.domain.screened import MailRoute, Piece, Screened
from gateway.domain.wording import Wording
from gateway.outcomes.cases import as_json, from_json
from gateway.outcomes.duties import fact_of

_WRITTEN = ("email", "first_name", "last_name")
"""Fields of every row; all others are only written of rows that wait."""
_ASKED = ("suppression.later_consent", "lead.says_stop")
"""Facts of every row that the last look and remembered stops ask for."""
_UNSHARED = 2
"""The version of marshal's format that looks for no object it has written already: 1.1 us a row instead of 2.0."""


class Judged(NamedTuple):
    """A batch with its facts and its decisions, ready to be written."""

    batch: Batch
    screened: Screened
    decisions: list[Decision]


@dataclass(slots=True)
class Packer:
    """Packs batch after batch; a decision travels once, later batches name it."""

    timetable: Timetable
    sent: dict[str, int] = field(default_factory=dict)
    events: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def pack(self, judged: Judged) -> bytes:
        """The bytes of one batch."""
        batch, screened, decisions = judged
        places = list(map(id, decisions))  # decisions are compared by all they say, which takes long
        distinct = dict(zip(places, decisions, strict=True))
        news = [one for one in distinct.values() if one.id not in self.sent]
        for decision in news:
            self.sent[decision.id] = len(self.sent)
        number = {place: self.sent[decision.id] for place, decision in distinct.items()}
        cases = list(map(number.__getitem__, places))
        waiting = {number[place] for place, decision in distinct.items() if decision.verdict == "hold"}
        held = [index for index, case in enumerate(cases) if case in waiting] if waiting else []
        return marshal.dumps({
            "news": [(one.id, one.verdict, one.policy_digest, as_json(one)) for one in news],
            "cases": cases,
            "numbers": batch.numbers,
            "as_arrived": Lines.of(batch.as_arrived).pieces,
            "broken": batch.broken,
            "columns": {name: batch.columns[name] for name in _WRITTEN if name in batch.columns},
            "held": {
                name: {index: _plain(cell) for index in held if (cell := column[index]) is not None}
                for name, column in batch.columns.items() if name not in _WRITTEN
            },
            "addresses": screened.addresses, "keys": screened.keys, "countries": screened.countries,
            "phones": screened.phones, "more_keys": screened.more_keys, "phone_stops": screened.phone_stops,
            "domains": {index: screened.domains[index] for index in held},
            "facts": {name: screened.facts.columns[name] for name in _ASKED if name in screened.facts.columns},
            "constants": {name: _plain(value) for name, value in screened.facts.constants.items()},
            "instants": self._instants(screened.facts, places, distinct),
            "wordings": [tuple(one) for one in screened.wordings], "standings": screened.standings,
            "worded": screened.worded, "pieces": [tuple(one) for one in screened.pieces],
            "learned": [(*route[:2], route[2].isoformat(), route[3].isoformat(), *route[4:])
                        for route in screened.learned],
        }, _UNSHARED)  # fmt: skip

    def _instants(
        self, facts: Facts, places: Sequence[int], distinct: Mapping[int, Decision]
    ) -> dict[str, dict[int, str]]:
        """Of the rows whose obligations have clocks, when the events happened that those count from."""
        owed = {place: names for place, one in distinct.items() if (names := self._events(one, facts))}
        found: dict[str, dict[int, str]] = {name: {} for names in owed.values() for name in names}
        for index, place in [pair for pair in enumerate(places) if pair[1] in owed] if owed else ():
            for name in owed[place]:
                instant = facts.columns[name][index]
                if isinstance(instant, datetime):
                    found[name][index] = instant.isoformat()
        return found

    def _events(self, decision: Decision, facts: Facts) -> tuple[str, ...]:
        if decision.verdict == "reject":
            return ()
        if decision.id not in self.events:
            clauses = [clause for _, deadline in self.timetable.tracked(decision.obligations)
                       for clause in deadline.clauses]  # fmt: skip
            names = {name for clause in clauses if (name := fact_of(clause.event)) is not None}
            self.events[decision.id] = tuple(sorted(names & facts.columns.keys()))
        return self.events[decision.id]


@dataclass(slots=True)
class Unpacker:
    """The other end: remembers the decisions that came before."""

    known: list[Decision] = field(default_factory=list)

    def unpack(self, packed: bytes | bytearray, origin: Origin, arrived_at: datetime) -> Judged:
        """The batch as the child judged it; fields that nobody writes are missing."""
        got: dict[str, Any] = marshal.loads(packed)  # noqa: S302 - written by our own child process, on a pipe
        self.known += [from_json(*news) for news in got["news"]]
        size = len(got["numbers"])
        columns: dict[str, list[Cell]] = got["columns"]
        for name, cells in got["held"].items():
            columns[name] = _spread(cells, size)
        facts = Facts(size, {name: _instant(value) for name, value in got["constants"].items()}, got["facts"])
        for name, instants in got["instants"].items():
            facts.columns[name] = [None] * size
            for index, text in instants.items():
                facts.columns[name][index] = datetime.fromisoformat(text)
        domains: list[str | None] = [None] * size
        for index, domain in got["domains"].items():
            domains[index] = domain
        as_arrived = Lines(got["as_arrived"], size)
        batch = Batch(origin, got["numbers"], columns, as_arrived, arrived_at, got["broken"])
        screened = Screened(
            facts, got["addresses"], got["keys"], domains, got["countries"], got["phones"],
            more_keys=got["more_keys"], phone_stops=got["phone_stops"],
            wordings=[Wording(*one) for one in got["wordings"]], standings=got["standings"], worded=got["worded"],
            pieces=[Piece(*one) for one in got["pieces"]],
            learned=[MailRoute(name, kind, datetime.fromisoformat(at), datetime.fromisoformat(until), *rest)
                     for name, kind, at, until, *rest in got["learned"]],
        )  # fmt: skip
        return Judged(batch, screened, [self.known[case] for case in got["cases"]])


def _plain(value: Cell | FactValue) -> Any:
    """An instant as a tuple of its text; everything else as it is."""
    return (value.isoformat(),) if isinstance(value, datetime) else value


def _instant(value: Any) -> Any:
    return datetime.fromisoformat(value[0]) if isinstance(value, tuple) else value


def _spread(cells: Mapping[int, Any], size: int) -> list[Cell]:
    column: list[Cell] = [None] * size
    for index, cell in cells.items():
        column[index] = _instant(cell)
    return column


def parted(judged: Judged, start: int, end: int) -> Judged:
    """The rows from ``start`` up to ``end`` as a batch of their own."""
    batch, screened, decisions = judged
    if start == 0 and end >= len(batch):
        return judged
    rows = slice(start, end)

    def of(found: Mapping[int, Any]) -> dict[int, Any]:
        return {index - start: value for index, value in found.items() if start <= index < end}

    facts = screened.facts
    count = len(batch.numbers[rows])
    part = Batch(
        batch.origin, batch.numbers[rows], {name: column[rows] for name, column in batch.columns.items()},
        batch.as_arrived[rows], batch.arrived_at, of(batch.broken),
    )  # fmt: skip
    seen = Screened(
        Facts(count, facts.constants, {name: column[rows] for name, column in facts.columns.items()}),
        screened.addresses[rows], screened.keys[rows], screened.domains[rows], screened.countries[rows],
        screened.phones[rows], of(screened.suggestions), of(screened.more_keys),
        screened.phone_stops if start == 0 else [],
        screened.wordings, screened.standings, screened.worded[rows],
        [one._replace(row=one.row - start) for one in screened.pieces if start <= one.row < end],
        screened.learned if start == 0 else [],
    )  # fmt: skip
    return Judged(part, seen, decisions[rows])
