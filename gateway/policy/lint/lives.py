"""Life histories that cannot be read, that fail, or that are missing."""

from collections.abc import Iterator
from pathlib import Path

from gateway.policy.apart import HISTORIES, LIFECYCLE
from gateway.policy.errors import Complaint
from gateway.policy.lint.problem import LintProblem, at, complained
from gateway.policy.lived import find_histories
from gateway.policy.pack import PolicySet
from gateway.policy.phases.cases import run_histories


def look_at_lives(policies: PolicySet, folder: Path) -> Iterator[LintProblem]:
    """Histories that cannot be read or that fail, and rules of phases that none shows."""
    if policies.lifecycle is None:
        return
    complaints: list[Complaint] = []
    histories = find_histories(folder, complaints)
    for found in complaints:
        yield complained(found, "history_not_readable")
    lived = run_histories(policies.lifecycle, histories)
    for missed in lived.missed:
        message = f"{missed.sentence}: expected {missed.expected}, got {missed.got}"
        yield LintProblem(missed.file, missed.line, "history_fails", message, "correct the rule or the history")
    for rule in policies.lifecycle.rules:
        if not lived.spoke[rule.id] and Path(rule.spot.file).parent == folder:
            hint = f"add one to {HISTORIES} on a day on which it speaks"
            yield at(rule.spot, "no_history", f"no history of {LIFECYCLE} shows {rule.id} speaking", hint)
