"""Which answers to which facts the rules name, and which of them the cases show."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from gateway.domain.facts import FactValue
from gateway.policy.ages import Duration
from gateway.policy.casefile import Example
from gateway.policy.conditions import Ask, asks_of
from gateway.policy.pack import PolicySet
from gateway.policy.rules import conditions_of

UNKNOWN = "unknown"


@dataclass(slots=True)
class Values:
    """The answers to one fact that rules name; of an instant, the sides of each limit."""

    seen: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)


def value_coverage(policies: PolicySet, examples: Iterable[Example]) -> dict[str, Values]:
    """For every fact that some rule asks, in the order of asking: which answers cases show and which none shows."""
    named: dict[str, dict[str, bool]] = {}
    conditions = conditions_of((pack, pack.rules) for pack in policies.packs)
    asks = list(dict.fromkeys(ask for condition in conditions for ask in asks_of(condition)))
    for ask in asks:
        named.setdefault(ask.fact, {}).update(dict.fromkeys(_names(ask), False))
    for example in examples:
        for ask in asks:
            shown = _shown(ask, example.facts, example.as_of)
            if shown in named[ask.fact]:
                named[ask.fact][shown] = True
    return {
        fact: Values([n for n, seen in found.items() if seen], [n for n, seen in found.items() if not seen])
        for fact, found in named.items()
    }


def _names(ask: Ask) -> Iterator[str]:
    """The answers a question tells apart from others by name."""
    value = ask.value
    if ask.verb == "known":
        yield UNKNOWN
    elif isinstance(value, (Duration, date)):
        yield from _sides(value)
    else:
        yield from (_text(one) for one in (value if isinstance(value, tuple) else (value,)))


def _sides(limit: Duration | date) -> tuple[str, str]:
    if isinstance(limit, Duration):
        return f"older than {limit}", f"newer than {limit}"
    return f"before {limit}", f"on or after {limit}"


def _shown(ask: Ask, facts: Mapping[str, FactValue], as_of: datetime) -> str:
    """What a case answers, in the same names."""
    given, limit = facts.get(ask.fact), ask.value
    if given is None:
        return UNKNOWN
    if isinstance(given, datetime) and isinstance(limit, Duration):
        return _sides(limit)[given >= limit.before(as_of)]
    if isinstance(given, datetime) and isinstance(limit, date):
        return _sides(limit)[given >= datetime.combine(limit, time(), UTC)]
    return _text(given)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
