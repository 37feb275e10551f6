"""Cases that cannot be read, that fail, or that are missing."""

from collections.abc import Iterator
from pathlib import Path

from gateway.policy.casefile import read_examples
from gateway.policy.caserun import try_examples
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.lint.problem import LintProblem, at, complained
from gateway.policy.pack import PolicySet


def look_at_cases(policies: PolicySet, folder: Path) -> Iterator[LintProblem]:
    """What is wrong with a folder's cases, and which of its rules they do not show."""
    complaints: list[Complaint] = []
    try:
        examples = read_examples(policies, folder, complaints)  # those that can be read: one slip hides no other
    except PolicyError as error:
        examples, complaints = [], list(error.complaints)
    for found in complaints:
        yield complained(found, "case_not_readable")
    report = try_examples(policies, examples)
    for failure in report.failures:
        message = f"{failure.sentence}: expected {failure.expected}, got {failure.got}"
        yield LintProblem(failure.file, failure.line, "case_fails", message, "correct the rule or the case")
    for rule in policies.rules:
        shown = report.coverage[rule.id]
        if not shown.fired:
            yield at(rule.spot, "no_firing_case", f"no case shows {rule.id} speaking", "name it under speaks")
        if not shown.silent:
            yield at(rule.spot, "no_silent_case", f"no case shows {rule.id} silent", "name it under silent")
