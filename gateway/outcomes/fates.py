"""What is being made of a batch, row by row, while it is settled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from gateway.domain.decision import Decision, Finding, Question
from gateway.domain.lead import Batch
from gateway.domain.outcome import FATE, Outcome, Settled
from gateway.domain.screened import Screened

T = TypeVar("T")


class Waiting(NamedTuple):
    """How a lead waits at this moment."""

    question: Question
    tries: int
    asked_at: datetime
    deadline_at: datetime
    decision_id: int  # on which it waits; 0 for a rejection that is judged again, which it changes in any case
    asked_in: int | None  # the officer's answer by which the vendor was asked


@dataclass(slots=True)
class Fates:
    """A batch under settlement: its rows' outcomes so far and why the last look changed some of them."""

    batch: Batch
    screened: Screened
    decisions: list[Decision]
    batch_id: int
    ids: list[int]  # the leads' numbers
    places: list[int] = field(init=False)  # the identity of each row's decision
    distinct: dict[int, Decision] = field(init=False)  # the decisions, each once, by their identity
    outcomes: list[Outcome] = field(init=False)
    extra: dict[int, Finding] = field(default_factory=dict)  # row -> finding of the last look
    duplicate_of: dict[int, int] = field(default_factory=dict)  # row -> the lead that came first
    winners: list[int] = field(default_factory=list)  # rows that become prospects
    waiting: Mapping[int, Waiting] = field(default_factory=dict)  # lead -> how it waits
    returned: set[bytes] = field(default_factory=set)  # match keys of people who left and confirmed again
    gone: set[int] = field(default_factory=set)  # rows whose hold another worker answered meanwhile
    numbers: Mapping[str, int] = field(default_factory=dict)  # decision id -> row number, once they are kept
    cases: list[int] = field(default_factory=list)  # the same for every row
    emptied: int = 0  # rows of erased people, of which nothing was kept

    def __post_init__(self) -> None:
        self.places = list(map(id, self.decisions))
        self.distinct = dict(zip(self.places, self.decisions, strict=True))
        self.outcomes = self.of_decisions(lambda decision: FATE[decision.verdict])

    def of_decisions(self, ask: Callable[[Decision], T]) -> list[T]:
        """An answer for every row that is asked once of each decision."""
        answers = {place: ask(decision) for place, decision in self.distinct.items()}
        return list(map(answers.__getitem__, self.places))

    def number(self, numbers: Mapping[str, int]) -> None:
        """The decisions are kept under these row numbers, by their ids."""
        self.numbers = numbers
        self.cases = self.of_decisions(lambda decision: numbers[decision.id])

    def refuse(self, index: int, finding: Finding, first: int | None = None) -> None:
        """Turn a row into a rejection, whatever the policies said."""
        self.outcomes[index] = "rejection"
        self.extra[index] = finding
        if first is not None:
            self.duplicate_of[index] = first

    def settled(self) -> Settled:
        """The batch after writing, without the rows that others answered."""
        if not self.gone:
            return Settled(
                self.batch_id, self.ids, self.outcomes, self.decisions, self.extra, self.batch.numbers,
                self.batch.broken, emptied=self.emptied,
            )  # fmt: skip
        keep = [i for i in range(len(self.batch)) if i not in self.gone]
        place = {old: new for new, old in enumerate(keep)}
        return Settled(
            batch_id=self.batch_id,
            lead_ids=[self.ids[i] for i in keep],
            outcomes=[self.outcomes[i] for i in keep],
            decisions=[self.decisions[i] for i in keep],
            extra={place[i]: finding for i, finding in self.extra.items() if i in place},
            numbers=[self.batch.numbers[i] for i in keep],
            broken={place[i]: code for i, code in self.batch.broken.items() if i in place},
        )


@dataclass(slots=True)
class Rehearsal:
    """What a dry run must remember from batch to batch, as the store would."""

    won: set[bytes] = field(default_factory=set)  # match keys that would be prospects by now
    stopped: set[bytes] = field(default_factory=set)  # match keys that would be suppressed by now


def first_stops(screened: Screened) -> dict[bytes, int]:
    """The first row in which each match key says stop; empty for the usual list."""
    facts = screened.facts  # what all rows say is no column
    says = facts.columns.get("lead.says_stop") or [facts.constants.get("lead.says_stop")] * facts.size
    first: dict[bytes, int] = {}
    if True in says:
        for index, (key, said) in enumerate(zip(screened.keys, says, strict=True)):
            if said is True and key is not None:
                for one in (key, *screened.more_keys.get(index, ())):
                    first.setdefault(one, index)
    return first
