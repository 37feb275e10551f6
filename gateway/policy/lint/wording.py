"""Reasons and obligations that no rule uses, or that do not say what their readers need."""

from collections.abc import Iterator

from gateway.policy.lint.problem import LintProblem, at
from gateway.policy.pack import PolicySet
from gateway.policy.reasons import NEEDED


def look_at_wording(policies: PolicySet) -> Iterator[LintProblem]:
    """What nothing uses, whom nobody tells, what says not when."""
    given = {code for rule in policies.rules for code in (rule.reason, rule.unknown_reason)} | set(NEEDED)
    owed = {code for rule in policies.rules for code in rule.obligations}
    for code, reason in policies.reasons.items():
        if code not in given:
            yield at(reason.spot, "reason_never_used", f"no rule gives the reason {code}", "use it, or take it out")
    for code, obligation in policies.obligations.items():
        if code not in owed:
            message = f"no rule brings the obligation {code}"
            yield at(obligation.spot, "obligation_never_used", message, "bring it by a rule, or take it out")
        if not obligation.when and obligation.deadline is None:
            message = f"{obligation.id} does not say when or how long it is owed"
            yield at(obligation.spot, "obligation_without_when", message, "add when: each message, or a deadline")
    yield from _untold(policies)


def _untold(policies: PolicySet) -> Iterator[LintProblem]:
    """Who is asked must be told why: the vendor for evidence, the person for the click that confirms."""
    for rule in policies.rules:
        stops = {rule.reason} if rule.then == "hold" else set()
        stops |= {rule.unknown_reason} if rule.holds_when_unknown else set()
        for code in sorted(stops):
            reason = policies.reasons[code]
            asked, told = {"evidence": ("vendor", reason.vendor), "confirm": ("person", reason.person)}.get(
                rule.question or "review", ("officer", reason.officer)
            )
            if told is None:
                message = f"{rule.id} asks the {asked}, and {code} has no wording for the {asked}"
                hint = f"word it for the {asked}, or ask somebody else"
                yield at(reason.spot, "reason_without_wording", message, hint)
