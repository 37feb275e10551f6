"""Reviews that are overdue, and rules that no lead was ever or will ever be judged by."""

from collections.abc import Iterator
from datetime import date

from gateway.policy.lint.problem import LintProblem, at
from gateway.policy.pack import PolicySet
from gateway.policy.rules import Spot
from gateway.policy.words import day


def look_at_dates(policies: PolicySet, on: date) -> Iterator[LintProblem]:
    """What is overdue as of a day, and what was never in force."""
    for pack in policies.packs:
        if pack.review_again_by < on:
            spot = Spot(pack.spot.file, pack.lines.get("reviewed", pack.spot.line))
            message = f"{pack.name} was to be reviewed again by {day(pack.review_again_by)}"
            yield at(spot, "review_overdue", message, "read its laws again, then sign and date it under reviewed")
        for rule in pack.rules:
            if rule.again_by < on and rule.again_by != pack.review_again_by:
                message = f"{rule.id} was to be read again by {day(rule.again_by)}"
                hint = f"read {rule.cites.text} again, then set verified_on and again_by"
                yield at(rule.spot, "rule_overdue", message, hint)
            over = rule.in_force_until
            if over is not None and over < rule.verified_on and not rule.switched_off:
                message = f"{rule.id} was over on {day(over)}, before anybody read its text on {day(rule.verified_on)}"
                yield at(rule.spot, "never_in_force", message, "drop it, or correct in_force or verified_on")
