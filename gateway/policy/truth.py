"""Three-valued truth: conditions made ready to be asked of cases.

Truth is Kleene's: an unknown fact makes a question unknown; ``all`` is false as soon as one part is false and
``any`` true as soon as one is true, whatever else is unknown; the opposite of unknown is unknown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from gateway.domain.facts import CATALOGUE
from gateway.policy.ages import Brackets, Duration
from gateway.policy.conditions import All, AnyOf, Ask, Condition, Not

Truth = bool | None
Answer = bool | str | int | None
"""A fact's answer as rules see it: an instant is the number of its bracket."""
Case = tuple[Answer, ...]
"""One answer for each fact in question: for a judge all of the catalogue, for a single rule those it asks."""
Check = Callable[[Case], Truth]


class Table(dict[Answer, Truth]):
    """One question's truth for each answer a fact can give; ``other`` is for text that no rule names."""

    def __init__(self, ask: Ask, brackets: Mapping[str, Brackets]) -> None:
        super().__init__({None: None})
        value, spec = ask.value, CATALOGUE[ask.fact]
        named = value if isinstance(value, tuple) else (value,)
        self.other = ask.verb in {"is_not", "not_in"}
        if ask.verb == "known":
            self[None], self.other = not value, bool(value)
        elif isinstance(value, (Duration, date)):
            last = brackets[ask.fact].place(value)
            older = ask.verb in {"older_than", "before"}
            self.update({number: (number <= last) is older for number in range(len(brackets[ask.fact].texts))})
        else:
            self.update({answer: not self.other for answer in named if isinstance(answer, (bool, str))})
        for answer in (True, False) if spec.kind == "boolean" else spec.choices:
            self.setdefault(answer, self.other)

    def __missing__(self, _answer: Answer) -> Truth:
        return self.other


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition made ready: its truth for a case, and its parts, to say which silence made it unknown."""

    check: Check
    parts: tuple["Compiled", ...] = ()
    fact: str | None = None  # of a single question, with its place in a case and its table
    at: int = 0
    table: Table | None = None

    def silent_facts(self, case: Case) -> Iterator[str]:
        """The unknown facts that leave this condition undecided, where it is; a decided part adds none."""
        if self.fact is not None:
            yield self.fact
        for part in self.parts:
            if part.check(case) is None:
                yield from part.silent_facts(case)


def compile_condition(condition: Condition, places: Mapping[str, int], brackets: Mapping[str, Brackets]) -> Compiled:
    """Make a condition ready for cases that have each fact at its place."""
    match condition:
        case Ask():
            at, table = places[condition.fact], Table(condition, brackets)
            return Compiled(lambda case: table[case[at]], (), condition.fact, at, table)
        case Not(part):
            inner = compile_condition(part, places, brackets)
            return Compiled(_not(inner.check), (inner,))
        case All(parts) | AnyOf(parts):
            made = tuple(compile_condition(part, places, brackets) for part in parts)
            return Compiled(_join(made, decisive=isinstance(condition, AnyOf)), made)


def _not(inner: Check) -> Check:
    return lambda case: None if (said := inner(case)) is None else not said


def _join(parts: tuple[Compiled, ...], *, decisive: bool) -> Check:
    """``any`` is decided by one true part, ``all`` by one false part. Single questions first: they cost no call."""
    questions = tuple((part.at, part.table) for part in parts if part.table is not None)
    checks = tuple(part.check for part in parts if part.table is None)

    def check(case: Case) -> Truth:
        answer: Truth = not decisive
        for at, table in questions:
            said = table[case[at]]
            if said is decisive:
                return decisive
            if said is None:
                answer = None
        for part in checks:
            said = part(case)
            if said is decisive:
                return decisive
            if said is None:
                answer = None
        return answer

    return check
