"""Whether the policies do as the cases say, which rules the cases show, and which answers to facts.

A folder's cases are judged by the packs of its own folder and those before it: ours by ours alone, a company's by ours
and theirs together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gateway.domain.decision import Decision
from gateway.policy.casefile import Example, read_examples
from gateway.policy.errors import CaseFailure, Complaint, PolicyError
from gateway.policy.loader import load_policies
from gateway.policy.pack import PolicySet


@dataclass(frozen=True, slots=True)
class Tried:
    """One case with what came out."""

    example: Example
    decision: Decision
    failures: tuple[CaseFailure, ...]


@dataclass(slots=True)
class Coverage:
    """How many cases show a rule speaking on true facts, and how many show it silent."""

    fired: int = 0
    silent: int = 0


@dataclass(slots=True)
class CaseReport:
    """What came of the cases of one folder."""

    policies: PolicySet
    tried: list[Tried] = field(default_factory=list)
    coverage: dict[str, Coverage] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return len(self.tried)

    @property
    def failures(self) -> list[CaseFailure]:
        """Everything that came out otherwise."""
        return [failure for one in self.tried for failure in one.failures]


def run_folders(folders: Sequence[Path]) -> list[CaseReport]:
    """Try every case of each folder. Raises PolicyError with everything that is wrong with the files themselves."""
    return [run_cases(load_policies(folders[:number]), folder) for number, folder in enumerate(folders, 1)]


def run_cases(policies: PolicySet, folder: Path) -> CaseReport:
    """Try every case of one folder. Raises PolicyError with everything that is wrong with its cases."""
    complaints: list[Complaint] = []
    examples = read_examples(policies, folder, complaints)
    if complaints:
        raise PolicyError(complaints)
    return try_examples(policies, examples)


def try_examples(policies: PolicySet, examples: Sequence[Example]) -> CaseReport:
    """Try cases that were read; a rule counts as shown only by cases that name it and are right about it."""
    report = CaseReport(policies, coverage={rule.id: Coverage() for rule in policies.rules})
    for example in examples:
        decision = policies.decide(example.facts, example.as_of)
        spot = example.spot
        failures = tuple(
            CaseFailure(spot.file, spot.line, example.sentence, expected, got)
            for expected, got in _differences(example, decision)
        )
        report.tried.append(Tried(example, decision, failures))
        spoke = {finding.rule: finding for finding in decision.findings}
        for rule, shown in report.coverage.items():
            shown.fired += rule in example.speaks and rule in spoke and not spoke[rule].unknown
            shown.silent += rule in example.silent and rule not in spoke
    return report


def _differences(example: Example, decision: Decision) -> Iterator[tuple[str, str]]:
    spoke = ", ".join(f"{f.rule} ({f.verdict}{', unknown facts' if f.unknown else ''})" for f in decision.findings)
    if decision.verdict != example.verdict:
        yield example.verdict, f"{decision.verdict} by {spoke}"
    if example.has_phone and decision.phone != example.phone:
        yield f"{example.phone or 'no verdict'} for the phone", f"{decision.phone or 'none'} by {spoke}"
    rules = {finding.rule for finding in decision.findings}
    for rule in example.speaks:
        if rule not in rules:
            yield f"{rule} to speak", f"only {spoke}"
    for rule in example.silent:
        if rule in rules:
            yield f"{rule} to be silent", spoke
    if example.obligations is not None and set(example.obligations) != set(decision.obligations):
        yield (
            f"the obligations {', '.join(sorted(example.obligations)) or 'none'}",
            ", ".join(sorted(decision.obligations)) or "none",
        )
