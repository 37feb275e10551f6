"""Looks for what is allowed in policies and still wrong, all at once, each with its place and what to do about it.

What cannot be used at all is refused when policies are loaded; here it is told among the rest.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from gateway.policy.coverage import read_coverage
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.lint.cases import look_at_cases
from gateway.policy.lint.conditions import look_at_conditions
from gateway.policy.lint.dates import look_at_dates
from gateway.policy.lint.facts import look_at_facts, look_for_idle_facts
from gateway.policy.lint.lives import look_at_lives
from gateway.policy.lint.problem import LintProblem, complained
from gateway.policy.lint.shadows import look_for_shadows
from gateway.policy.lint.unchecked import look_for_unchecked
from gateway.policy.lint.wording import look_at_wording
from gateway.policy.loader import load_policies
from gateway.policy.pack import PolicySet

__all__ = ["LintProblem", "lint"]


def lint(folders: Sequence[Path], *, on: date | None = None, strict: bool = False) -> list[LintProblem]:
    """Everything found in these folders; reviews are overdue as of ``on``, if given.

    Each folder is looked over together with those before it: a company's packs lean on ours, never the other way.
    ``strict``: also what is marked as not verified, grounds without an address, and facts that no rule asks.
    """
    found: list[LintProblem] = []
    for number, folder in enumerate(folders, 1):
        try:
            policies = load_policies(folders[:number])
        except PolicyError as error:
            found += [complained(complaint, "refused") for complaint in error.complaints]
            break  # what comes after leans on what cannot be read
        home = folder.resolve()
        problems = _problems(policies, folder, on, strict=strict)
        found += [problem for problem in problems if Path(problem.file).resolve().parent == home]
        if strict and number == len(folders):
            found += look_for_idle_facts(policies)
    return sorted(dict.fromkeys(found), key=lambda problem: (problem.file, problem.line, problem.code))


def _problems(policies: PolicySet, folder: Path, on: date | None, *, strict: bool) -> Iterator[LintProblem]:
    yield from look_at_cases(policies, folder)
    yield from look_at_lives(policies, folder)
    yield from look_at_wording(policies)
    yield from look_at_conditions(policies)
    yield from look_for_shadows(policies)
    yield from look_at_facts(policies)
    complaints: list[Complaint] = []
    try:
        read_coverage(folder, policies, complaints)
    except PolicyError as error:
        complaints = list(error.complaints)
    for complaint in complaints:
        yield complained(complaint, "coverage")
    if on is not None:
        yield from look_at_dates(policies, on)
    if strict:
        yield from look_for_unchecked(policies)
