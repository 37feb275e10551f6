"""Conditions in plain English: the questions their facts ask, each with the answers that make it true.

``How was it collected? Scraped.`` says the same as ``{fact: source.method, is: scraped}``. Nothing is decided here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gateway.policy.ages import Duration
from gateway.policy.conditions import All, AnyOf, Ask, Condition, Not
from gateway.policy.words import answer, capital, day, listed, question

UNKNOWN = "nobody can say"
_OPPOSITE = {
    "is": "is_not", "is_not": "is", "in": "not_in", "not_in": "in", "older_than": "newer_than",
    "newer_than": "older_than", "before": "on_or_after", "on_or_after": "before",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Said:
    """One question with its answers."""

    fact: str
    answers: str

    def __str__(self) -> str:
        return f"{question(self.fact)} {capital(self.answers)}"


@dataclass(frozen=True, slots=True)
class _Joined:
    """Several of them: all must be so, or at least one."""

    every: bool
    parts: tuple["_Said | _Joined", ...]


def lines(condition: Condition) -> list[str]:
    """The condition as an indented list, the first line saying how its items hang together."""
    tree = _tree(condition)
    if isinstance(tree, _Said):
        return ["this is so:", f"- {tree}."]
    return ["all of this is so:" if tree.every else "at least one of these is so:", *_items(tree)]


def in_a_line(condition: Condition) -> str:
    """The condition in one line, with brackets where ``and`` meets ``or``."""
    return _line(_tree(condition), inner=False)


def _items(joined: _Joined, indent: str = "") -> Iterator[str]:
    for part in joined.parts:
        if isinstance(part, _Said):
            yield f"{indent}- {part}."
        else:
            yield f"{indent}- {'all of these' if part.every else 'at least one of these'}:"
            yield from _items(part, indent + "  ")


def _line(tree: "_Said | _Joined", *, inner: bool) -> str:
    if isinstance(tree, _Said):
        return str(tree)
    joint = "; and " if tree.every else "; or "
    text = joint.join(_line(part, inner=True) for part in tree.parts)
    return f"[{text}]" if inner else text


def _tree(condition: Condition) -> "_Said | _Joined":
    """The condition without ``not``, joins of one kind flattened, questions to one fact put together."""
    match condition:
        case Not(part):
            return _tree(opposite(part))
        case Ask():
            return _Said(condition.fact, _answers(condition))
        case All(parts) | AnyOf(parts):
            every = isinstance(condition, All)
            made: dict[object, _Said | _Joined] = {}
            for part in _flat(parts, every=every):
                if isinstance(part, Ask):
                    asks = [one for one in _flat(parts, every=every) if isinstance(one, Ask) and one.fact == part.fact]
                    made.setdefault(part.fact, _Said(part.fact, _together(asks, every=every)))
                else:
                    made[part] = _tree(part)
            found = tuple(made.values())
            return found[0] if len(found) == 1 else _Joined(every, found)


def _flat(parts: tuple[Condition, ...], *, every: bool) -> Iterator[Condition]:
    for part in parts:
        plain = opposite(part.part) if isinstance(part, Not) else part
        if isinstance(plain, All if every else AnyOf):
            yield from _flat(plain.parts, every=every)
        else:
            yield plain


def opposite(condition: Condition) -> Condition:
    """The opposite, told without ``not``: unknown stays unknown (Kleene), so De Morgan's laws hold."""
    match condition:
        case Not(part):
            return part
        case All(parts):
            return AnyOf(tuple(opposite(part) for part in parts))
        case AnyOf(parts):
            return All(tuple(opposite(part) for part in parts))
        case Ask(fact, "known", value):
            return Ask(fact, "known", not value)
        case Ask(fact, verb, value):
            return Ask(fact, _OPPOSITE[verb], value)


def _together(asks: list[Ask], *, every: bool) -> str:
    """The answers of several questions to one fact."""
    if every and len(asks) > 1:  # what has an answer that is asked for is known anyway
        asks = [ask for ask in asks if (ask.verb, ask.value) != ("known", True)] or asks[:1]
    joint = ", and " if every else ", or "
    return joint.join(dict.fromkeys(_answers(ask) for ask in sorted(asks, key=lambda ask: ask.verb == "known")))


def _answers(ask: Ask) -> str:
    value = ask.value
    if ask.verb == "known":
        return "it is known" if value else UNKNOWN
    if isinstance(value, Duration):
        return f"{'more' if ask.verb == 'older_than' else 'not more'} than {value} ago"
    if isinstance(value, date):
        return f"{'before' if ask.verb == 'before' else 'on or after'} {day(value)}"
    if isinstance(value, bool):
        return str(answer(value is (ask.verb == "is")))
    named = value if isinstance(value, tuple) else (value,)
    if ask.verb in {"is", "in"}:
        return listed((str(answer(one)) for one in named), "or")
    return f"known, and not {listed((str(answer(one)) for one in named), 'or')}"
