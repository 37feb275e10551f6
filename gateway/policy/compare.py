"""What changed from one set of policies to another, in sentences."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from gateway.policy.describe import does, unknown_says
from gateway.policy.pack import PolicySet
from gateway.policy.prose import lines
from gateway.policy.reasons import Obligation, Reason
from gateway.policy.rules import Pack, Rule
from gateway.policy.words import cited, day, listed

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing that is said of it, before and after; nothing where it was not there."""

    what: str
    was: tuple[str, ...]
    now: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that came, went or is another now."""

    kind: Literal["pack", "rule", "reason", "obligation"]
    name: str
    what: Literal["added", "removed", "changed"]
    sentences: tuple[str, ...]
    pairs: tuple[Pair, ...]  # the same side by side


def compare(before: PolicySet, after: PolicySet) -> list[Change]:
    """Every change: packs, then rules, reasons and obligations, each in the order in which they stand."""
    return [
        *_changes("pack", _packs(before), _packs(after), _pack),
        *_changes("rule", _rules(before), _rules(after), _rule),
        *_changes("reason", before.reasons, after.reasons, _reason),
        *_changes("obligation", before.obligations, after.obligations, _obligation),
    ]


def _packs(policies: PolicySet) -> dict[str, Pack]:
    return {pack.name: pack for pack in policies.packs}


def _rules(policies: PolicySet) -> dict[str, tuple[Pack, Rule]]:
    """Rules by id; what an overlay made of one stands beside it."""
    found: dict[str, tuple[Pack, Rule]] = {}
    times: Counter[str] = Counter()
    for pack in policies.packs:
        for rule in pack.rules:
            times[rule.id] += 1
            name = rule.id if times[rule.id] == 1 else f"{rule.id} as overlaid"
            found[name] = (pack, rule)
    return found


def _changes(
    kind: Literal["pack", "rule", "reason", "obligation"],
    before: Mapping[str, Thing],
    after: Mapping[str, Thing],
    told: Callable[[Thing], dict[str, str | Sequence[str]]],
) -> Iterator[Change]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if old is None and new is not None:
            said = told(new)
            yield Change(kind, name, "added", tuple(_all(said)), tuple(_pairs({}, said)))
        elif new is None and old is not None:
            said = told(old)
            yield Change(kind, name, "removed", tuple(_all(said))[:1], tuple(_pairs(said, {})))
        elif old is not None and new is not None:
            was, now = told(old), told(new)
            sentences = tuple(_differences(was, now))
            if sentences:
                yield Change(kind, name, "changed", sentences, tuple(_pairs(was, now)))


def _pairs(old: Mapping[str, str | Sequence[str]], new: Mapping[str, str | Sequence[str]]) -> Iterator[Pair]:
    for what in old or new:
        was, now = _as_lines(old.get(what, ())), _as_lines(new.get(what, ()))
        if was != now:
            yield Pair(what, was, now)


def _as_lines(said: str | Sequence[str]) -> tuple[str, ...]:
    return ((said,) if said else ()) if isinstance(said, str) else tuple(said)


def _all(said: Mapping[str, str | Sequence[str]]) -> Iterator[str]:
    for what, text in said.items():
        if isinstance(text, str) and text:
            yield f"{what}: {text}"
        elif text:
            yield f"{what}:"
            yield from (f"  {line}" for line in text)


def _differences(old: Mapping[str, str | Sequence[str]], new: Mapping[str, str | Sequence[str]]) -> Iterator[str]:
    for what, was in old.items():
        now = new[what]
        if was == now:
            continue
        if isinstance(was, str) and isinstance(now, str):
            yield f"{what} was {_quoted(was)} and is {_quoted(now)}."
        else:
            yield f"{what} was:"
            yield from (f"  {line}" for line in was)
            yield "and is:"
            yield from (f"  {line}" for line in now)


def _quoted(text: str) -> str:
    return f'"{text}"' if text else "nothing"


def _pack(pack: Pack) -> dict[str, str | Sequence[str]]:
    return {
        "The title": pack.title,
        "The version": pack.version,
        "The review": f"by {pack.reviewed_by} on {day(pack.reviewed_on)}, again by {day(pack.review_again_by)}",
        "Whether its accept rules are grounds to accept": "yes" if pack.grants else "no",
        "For whom it is asked": ["every lead"] if pack.applies_to is None else lines(pack.applies_to),
    }


def _overrides(rule: Rule) -> str:
    if not rule.override_allowed:
        return "no"
    return "two of them together" if rule.four_eyes else "yes"


def _rule(found: tuple[Pack, Rule]) -> dict[str, str | Sequence[str]]:
    pack, rule = found
    until = f" until {day(rule.in_force_until)}" if rule.in_force_until else ""
    overlaid = [f"from {day(rule.overlaid_from)}"] if rule.overlaid_from else []
    overlaid += [f"until {day(rule.overlaid_until)}: {rule.switched_off}"] if rule.overlaid_until else []
    return {
        "The title": rule.title,
        "The pack": pack.name,
        "What it does": does(rule),
        "Its condition": lines(rule.when),
        "What it does about the unknown": unknown_says(rule),
        "The ground": cited(rule.cites),
        "In force": f"from {day(rule.in_force_from)}{until}{', by the day of the consent' if rule.at_consent else ''}",
        "By the company's overlay": listed(overlaid),
        "The day on which somebody last read the text": day(rule.verified_on),
        "The day by which somebody must read it again": day(rule.again_by),
        "What is at stake": rule.severity,
        "Whether an officer may set it aside": _overrides(rule),
        "The reason": rule.reason,
        "What it owes": listed(rule.obligations),
        "The officer's text": rule.officer,
        "What is not verified": rule.unverified,
    }


def _reason(reason: Reason) -> dict[str, str | Sequence[str]]:
    return {
        "To the officer": reason.officer,
        "To the vendor": reason.vendor or "",
        "To the person": reason.person or "",
        "What can be done": reason.remedy or "",
    }


def _obligation(owed: Obligation) -> dict[str, str | Sequence[str]]:
    return {
        "The title": owed.title,
        "The id": owed.id,
        "The officer's text": owed.officer,
        "The ground": cited(owed.cites),
        "When": owed.when,
        "Due": owed.deadline.in_words() if owed.deadline else "",
        "Waived": owed.waived,
        "What is not verified": owed.unverified,
    }
