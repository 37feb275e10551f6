"""Every combination of answers that some conditions can tell apart, to find out what can and cannot be true.

Answers that no condition names are one answer, so there are few. Where there are too many still, or where ages are
compared with days of the calendar (which come first depends on the day), nothing is claimed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from math import prod

from gateway.domain.facts import CATALOGUE
from gateway.policy.ages import Brackets, Duration, Limit
from gateway.policy.conditions import Ask, Condition, asks_of
from gateway.policy.truth import Answer, Case, Check, compile_condition

MAX_CASES = 100_000  # more combinations than these are not tried
_DAYS = tuple(datetime(year, month, 15, tzinfo=UTC) for year, month in ((2026, 11), (2027, 3), (2028, 3)))
"""A month before them has 31, 28 and 29 days, and the last one's year has a leap day: all orders of ages."""
_ANY_OTHER = "(any other)"


@dataclass(frozen=True, slots=True)
class Space:
    """The answers of some facts, on a day that puts the limits of instants in one order."""

    answers: Mapping[str, Sequence[Answer]]
    brackets: Mapping[str, Brackets]

    @property
    def size(self) -> int:
        """How many combinations there are."""
        return prod(len(found) for found in self.answers.values())

    def cases(self, among: Sequence[str] | None = None) -> Iterator[Case]:
        """Every combination; with ``among``, all other facts stay unknown."""
        names = self.answers if among is None else set(among)
        return product(*(found if name in names else (None,) for name, found in self.answers.items()))

    def check(self, condition: Condition) -> Check:
        """A condition of this space, ready to be asked of its cases."""
        places = {name: place for place, name in enumerate(self.answers)}
        return compile_condition(condition, places, self.brackets).check


def spaces(*conditions: Condition, most: int = MAX_CASES) -> list[Space]:
    """The spaces to try: one, or one for each order of ages; none where nothing can be claimed."""
    asks: dict[str, list[Ask]] = {}
    for condition in conditions:
        for ask in asks_of(condition):
            asks.setdefault(ask.fact, []).append(ask)
    limits = {name: _limits(found) for name, found in asks.items() if CATALOGUE[name].kind == "instant"}
    if any(len({isinstance(limit, Duration) for limit in found}) > 1 for found in limits.values()):
        return []
    made: dict[object, Space] = {}
    for day in _DAYS:
        brackets = {name: Brackets(found, day) for name, found in limits.items()}
        answers = {name: _answers(name, found, brackets) for name, found in asks.items()}
        made.setdefault(tuple(found.texts for found in brackets.values()), Space(answers, brackets))
    found = list(made.values())
    return found if sum(space.size for space in found) <= most else []


def can_be(condition: Condition, truth: bool) -> bool | None:  # noqa: FBT001 - the truth asked for is the question
    """Whether any combination of answers gives this truth; None when nothing can be claimed."""
    found = spaces(condition)
    if not found:
        return None
    return any(check(case) is truth for space in found for check in [space.check(condition)] for case in space.cases())


def _limits(asks: Sequence[Ask]) -> list[Limit]:
    return [ask.value for ask in asks if isinstance(ask.value, (Duration, date))]


def _answers(fact: str, asks: Sequence[Ask], brackets: Mapping[str, Brackets]) -> Sequence[Answer]:
    """Every answer a fact can give, as far as the conditions can tell answers apart."""
    spec = CATALOGUE[fact]
    if spec.kind == "boolean":
        return None, True, False
    if spec.kind == "instant":
        return None, *range(len(brackets[fact].texts))
    named = dict.fromkeys(
        word for ask in asks for word in (ask.value if isinstance(ask.value, tuple) else (ask.value,))
        if isinstance(word, str)
    )  # fmt: skip
    others = [_ANY_OTHER] if spec.kind == "text" else [word for word in spec.choices if word not in named][:1]
    return None, *named, *others
