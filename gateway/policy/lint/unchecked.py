"""What is marked as not verified, and grounds that nobody can look up: told only to who asks strictly."""

from collections.abc import Iterator

from gateway.policy.lint.problem import LintProblem, at
from gateway.policy.pack import PolicySet


def look_for_unchecked(policies: PolicySet) -> Iterator[LintProblem]:
    """Rules and obligations whose text nobody has checked, or whose citation has no address."""
    for rule in policies.rules:
        if rule.unverified:
            yield at(rule.spot, "unverified", f"{rule.id}: {rule.unverified}", f"read {rule.cites.text}")
        if not rule.cites.url:
            yield at(rule.spot, "no_url", f"{rule.id} cites {rule.cites.text} without an address", "add url")
    for owed in policies.obligations.values():
        if owed.unverified:
            yield at(owed.spot, "unverified", f"{owed.id}: {owed.unverified}", f"read {owed.cites.text}")
        if not owed.cites.url:
            yield at(owed.spot, "no_url", f"{owed.id} cites {owed.cites.text} without an address", "add url")
