"""``gateway policy``: test and check the packs."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.common import json_option, say, table


def _folders() -> list[Path]:
    from gateway.config import load
    from gateway.wiring import policy_folders

    return policy_folders(load())


@click.group()
def policy() -> None:
    """Packs of rules: what they decide, and whether they are well made."""


@policy.command("test")
@json_option
def test(*, as_json: bool) -> None:
    """Run the cases beside the packs. Exits with 1 if any fails."""
    from gateway.policy.casefile import run_cases
    from gateway.policy.loader import load_policies

    folders = _folders()
    policies = load_policies(folders)
    reports = [run_cases(policies, folder) for folder in folders]
    failures = [failure for report in reports for failure in report.failures]
    count = sum(report.cases for report in reports)
    rules = {rule.id: [0, 0] for rule in policies.rules}
    for report in reports:
        for rule, seen in report.coverage.items():
            rules[rule][0] += seen.fired
            rules[rule][1] += seen.silent
    document = {
        "cases": count,
        "failures": [asdict(failure) for failure in failures],
        "rules": {rule: {"fired": fired, "silent": silent} for rule, (fired, silent) in rules.items()},
    }
    lines = [str(failure) for failure in failures]
    lines += table([(rule, fired, silent) for rule, (fired, silent) in rules.items()], ("rule", "fired", "silent"))
    lines.append(f"{count} cases, {len(failures)} failed; {len(rules)} rules.")
    say(document, lines, as_json=as_json)
    if failures:
        sys.exit(1)


@policy.command("lint")
@json_option
def lint(*, as_json: bool) -> None:
    """Look the packs over: untested, dead, contradictory or overdue rules. Exits with 1 if anything is found."""
    from gateway.policy.lint import lint as look_over
    from gateway.policy.loader import load_policies

    folders = _folders()
    policies = load_policies(folders)
    today = datetime.now(UTC).date()
    found = [problem for folder in folders for problem in look_over(policies, folder, on=today)]
    lines = [str(problem) for problem in found] or [f"{len(policies.rules)} rules, nothing to mend."]
    say({"problems": [asdict(problem) for problem in found]}, lines, as_json=as_json)
    if found:
        sys.exit(1)
