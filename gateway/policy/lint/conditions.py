"""Conditions that say nothing about a lead, and rules that ask the same.

Found by trying every combination of answers, unknown among them, where there are few enough to try.
"""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from gateway.policy.conditions import All, Condition, facts_of
from gateway.policy.lint.problem import LintProblem, at
from gateway.policy.lint.spaces import can_be, spaces
from gateway.policy.pack import PolicySet
from gateway.policy.rules import Pack, Rule


def look_at_conditions(policies: PolicySet) -> Iterator[LintProblem]:
    """Conditions that no lead can meet, or that every lead meets, and twins within a pack."""
    for pack in policies.packs:
        for rule in pack.rules:
            yield from _constant(pack, rule)
        for first, second in combinations(pack.rules, 2):
            if overlap(first, second) and alike(first.condition, second.condition):
                yield from _twins(first, second)


def _constant(pack: Pack, rule: Rule) -> Iterator[LintProblem]:
    whole = rule.condition if pack.applies_to is None else All((pack.applies_to, rule.condition))
    if can_be(whole, True) is False:
        message = f"no lead can meet the condition of {rule.id}"
        yield at(rule.spot, "never_true", message, "mend the part that contradicts another, or the pack's applies_to")
    elif can_be(rule.when, False) is False:
        message = f"every lead whose facts are known meets the condition of {rule.id}"
        yield at(rule.spot, "always_true", message, "ask for less, or drop the parts that cancel one another")


def _twins(first: Rule, second: Rule) -> Iterator[LintProblem]:
    if second.then == first.then and second.use == first.use:
        message = f"{second.id} asks and says the same as {first.id}"
        yield at(second.spot, "same_condition", message, "drop one of them, or put their obligations together")
    elif {first.then, second.then} == {"accept", "reject"} and second.use == first.use:
        message = f"{first.id} says {first.then} and {second.id} {second.then} on the same condition"
        yield at(second.spot, "contradictory", message, "decide which of them is right")


def overlap(first: Rule, second: Rule) -> bool:
    """Whether there is a day on which both are in force."""
    (begin, end), (start, last) = days_of(first), days_of(second)
    return max(begin, start) <= min(end, last)


def days_of(rule: Rule) -> tuple[date, date]:
    """The first and the last day on which a rule can speak."""
    ends = [None if rule.at_consent else rule.in_force_until, rule.overlaid_until]
    return max(rule.in_force_from, rule.overlaid_from or date.min), min(end or date.max for end in ends)


def alike(first: Condition, second: Condition) -> bool:
    """Whether two conditions are true, false and unknown together; False too when there is too much to try."""
    if first == second:
        return True
    if set(facts_of(first)) != set(facts_of(second)):
        return False
    found = spaces(first, second)
    return bool(found) and all(
        one(case) is other(case)
        for space in found
        for one, other in [(space.check(first), space.check(second))]
        for case in space.cases()
    )
