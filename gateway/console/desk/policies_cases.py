"""The cases beside the packs, tried under the set in force: kept until a file of them changes, for it takes a while."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from flask import current_app

from gateway.console.desk.policies_sets import in_force
from gateway.policy.caserun import CaseReport, Tried, run_cases
from gateway.policy.errors import PolicyError
from gateway.policy.loader import CASES, load_policies


class Group(NamedTuple):
    """The cases beside one pack."""

    name: str
    tried: list[Tried]
    good: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of all cases."""

    tried: tuple[Tried, ...]
    problems: tuple[str, ...]  # of files that could not be read

    @property
    def failed(self) -> list[Tried]:
        """Those that came out otherwise."""
        return [one for one in self.tried if one.failures]

    def groups(self) -> list["Group"]:
        """All of them by the pack beside which they lie."""
        found: dict[str, list[Tried]] = {}
        for one in self.tried:
            found.setdefault(Path(one.example.spot.file).name.removesuffix(CASES), []).append(one)
        return [Group(name, tried, sum(not one.failures for one in tried)) for name, tried in found.items()]

    def of_pack(self, name: str) -> tuple[int, int]:
        """How many cases lie beside a pack, and how many of them pass."""
        found = [one for one in self.tried if Path(one.example.spot.file).name == f"{name}{CASES}"]
        return len(found), sum(not one.failures for one in found)


def found_cases() -> Outcome | None:
    """What came of them when they were last tried; None where they were not since a file changed."""
    kept = _kept()
    return kept["outcome"] if kept.get("stamp") == _stamp() else None


def try_cases() -> Outcome:
    """All of them, tried now or as they were."""
    found = found_cases()
    if found is None:
        stamp = _stamp()
        found = _try_all()
        _kept().update(stamp=stamp, outcome=found)
    return found


def cases_of(rule: str) -> list[tuple[str, Tried]]:
    """The cases that name a rule: how, and what came of each."""
    tried = try_cases().tried
    found = [("speaks", one) for one in tried if rule in one.example.speaks]
    return found + [("silent", one) for one in tried if rule in one.example.silent]


def _try_all() -> Outcome:
    policies, tried, problems = in_force(), list[Tried](), list[str]()
    for number, folder in enumerate(policies.folders, 1):
        try:
            report: CaseReport = run_cases(
                policies if number == len(policies.folders) else load_policies(policies.folders[:number]), folder
            )
        except PolicyError as error:
            problems += error.problems
            continue
        tried += report.tried
    return Outcome(tuple(tried), tuple(problems))


def _stamp() -> tuple[object, ...]:
    files = [file for folder in in_force().folders for file in sorted(folder.glob(f"*{CASES}"))]
    states = [(file.name, state.st_mtime_ns, state.st_size) for file in files for state in [file.stat()]]
    return (in_force().digest, *states)


def _kept() -> dict[str, Any]:
    found: dict[str, Any] = current_app.extensions.setdefault("gateway.policy_cases", {})
    return found
