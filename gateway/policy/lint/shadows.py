"""Rules that can never matter, because whenever they speak another one of their pack says the same or more."""

from collections.abc import Iterator

from gateway.domain.decision import STRICTNESS
from gateway.policy.conditions import facts_of
from gateway.policy.lint.conditions import alike, days_of
from gateway.policy.lint.problem import LintProblem, at
from gateway.policy.lint.spaces import Space, spaces
from gateway.policy.pack import PolicySet
from gateway.policy.rules import Rule
from gateway.policy.truth import Truth

_SILENT = -1


def look_for_shadows(policies: PolicySet) -> Iterator[LintProblem]:
    """Shadowed rules, each with the first that shadows it. Twins are told of elsewhere."""
    for pack in policies.packs:
        for rule in pack.rules:
            for other in pack.rules:
                if rule is not other and not rule.switched_off and shadows(other, rule):
                    message = f"{rule.id} can never matter: whenever it speaks, {other.id} says {other.then} already"
                    yield at(rule.spot, "shadowed", message, f"drop it, or narrow the condition of {other.id}")
                    break


def shadows(other: Rule, rule: Rule) -> bool:
    """Whether ``other`` always says as much as ``rule``, whatever is known and unknown."""
    if not _outlasts(other, rule) or _adds(rule, other) or alike(rule.condition, other.condition):
        return False
    found = spaces(rule.condition, other.condition)
    asked = facts_of(rule.condition)
    # A first look leaves unknown what only the other asks: it settles nearly all pairs without trying everything.
    return bool(found) and all(_covers(space, other, rule, among) for among in (asked, None) for space in found)


def _covers(space: Space, other: Rule, rule: Rule, among: tuple[str, ...] | None) -> bool:
    """Whether it is so in this space; a rule that never speaks is in nobody's shadow."""
    said, covers, spoke = space.check(rule.condition), space.check(other.condition), False
    for case in space.cases(among):
        verdict = _says(rule, said(case))
        if verdict != _SILENT:
            spoke = True
            if _says(other, covers(case)) < verdict:
                return False
    return spoke


def _says(rule: Rule, truth: Truth) -> int:
    if truth:
        return STRICTNESS[rule.then]
    return STRICTNESS["hold"] if truth is None and rule.holds_when_unknown else _SILENT


def _outlasts(other: Rule, rule: Rule) -> bool:
    """Whether the other is in force on every day on which the rule is."""
    if other.use != rule.use or other.at_consent != rule.at_consent:
        return False
    (begin, end), (start, last) = days_of(rule), days_of(other)
    return start <= begin and end <= last


def _adds(rule: Rule, other: Rule) -> bool:
    """Whether the rule brings something of its own, even where the other has the stricter verdict.

    A finding that an officer may set aside leaves the others to decide: the ground to accept, and what is owed.
    """
    final = not other.override_allowed and STRICTNESS[other.then] > STRICTNESS[rule.then]
    return (
        (rule.erases and not other.erases)
        or (not rule.override_allowed and other.override_allowed)
        or (rule.four_eyes and other.override_allowed and not other.four_eyes)
        or (rule.then == other.then and rule.question != other.question)
        or (not final and rule.grants and not other.grants)
        or (not final and not set(rule.obligations) <= set(other.obligations))
    )
