"""Looks for what is allowed in policies and still wrong: dead rules, bare rules, unused words, overdue reviews.

What cannot be used at all is refused when policies are loaded; nothing here stops a decision.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import product
from math import prod
from pathlib import Path

from gateway.domain.facts import CATALOGUE
from gateway.policy.ages import Brackets, Duration
from gateway.policy.casefile import CaseReport, read_examples, try_examples
from gateway.policy.conditions import All, Condition, asks_of, facts_of
from gateway.policy.errors import Complaint
from gateway.policy.pack import PolicySet
from gateway.policy.reasons import NEEDED
from gateway.policy.rules import Pack, Rule, Spot
from gateway.policy.truth import Answer, compile_condition

MAX_CASES = 200_000  # a condition with more combinations of answers than this is not enumerated


@dataclass(frozen=True, slots=True)
class LintProblem:
    """One thing an officer should mend."""

    file: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}: {self.message}"


def lint(policies: PolicySet, folder: Path, *, on: date | None = None) -> list[LintProblem]:
    """Everything found in the files of one folder; reviews are overdue as of ``on``, if given.

    A rule's cases must lie in its own folder. Reasons and obligations may be used by packs of any.
    """
    complaints: list[Complaint] = []
    examples = read_examples(policies, folder, complaints)  # those that can be read, so that one slip hides no other
    problems = [_misread(found) for found in complaints]
    problems += _uncovered(policies, try_examples(policies, examples))
    problems += _unused(policies)
    problems += _unworded(policies)
    problems += _twins(policies)
    for pack in policies.packs:
        for rule in pack.rules:
            problems += _constant(pack, rule)
    if on is not None:
        problems += _overdue(policies, on)
    home = folder.resolve()
    ours = [problem for problem in problems if Path(problem.file).resolve().parent == home]
    return sorted(ours, key=lambda problem: (problem.file, problem.line, problem.code))


def _at(spot: Spot, code: str, message: str) -> LintProblem:
    return LintProblem(spot.file, spot.line, code, message)


def _misread(found: Complaint) -> LintProblem:
    hint = f"; did you mean {found.suggestion!r}?" if found.suggestion else ""
    return LintProblem(found.file, found.line, "case_not_readable", found.message + hint)


def _uncovered(policies: PolicySet, report: CaseReport) -> Iterator[LintProblem]:
    for failure in report.failures:
        message = f"{failure.sentence}: expected {failure.expected}, got {failure.got}"
        yield LintProblem(failure.file, failure.line, "case_fails", message)
    for rule in policies.rules:
        shown = report.coverage[rule.id]
        if not shown.fired:
            yield _at(rule.spot, "no_firing_case", f"no case shows {rule.id} speaking; name it under speaks")
        if not shown.silent:
            yield _at(rule.spot, "no_silent_case", f"no case shows {rule.id} silent; name it under silent")


def _unused(policies: PolicySet) -> Iterator[LintProblem]:
    given = {code for rule in policies.rules for code in (rule.reason, rule.unknown_reason)} | set(NEEDED)
    owed = {code for rule in policies.rules for code in rule.obligations}
    for code, reason in policies.reasons.items():
        if code not in given:
            yield _at(reason.spot, "reason_never_used", f"no rule gives the reason {code}")
    for code, obligation in policies.obligations.items():
        if code not in owed:
            yield _at(obligation.spot, "obligation_never_used", f"no rule brings the obligation {code}")


def _unworded(policies: PolicySet) -> Iterator[LintProblem]:
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
                yield _at(reason.spot, "reason_without_wording", message)


def _twins(policies: PolicySet) -> Iterator[LintProblem]:
    for pack in policies.packs:
        seen: dict[tuple[Condition, str], Rule] = {}
        for rule in pack.rules:
            twin = seen.setdefault((rule.when, rule.then), rule)
            if twin is not rule:
                yield _at(rule.spot, "same_condition", f"{rule.id} asks and says the same as {twin.id}")


def _overdue(policies: PolicySet, on: date) -> Iterator[LintProblem]:
    for pack in policies.packs:
        if pack.review_again_by < on:
            line = pack.lines.get("reviewed", pack.spot.line)
            message = f"{pack.name} was to be reviewed again by {pack.review_again_by}"
            yield LintProblem(pack.spot.file, line, "review_overdue", message)


def _constant(pack: Pack, rule: Rule) -> Iterator[LintProblem]:
    """Conditions that no lead can meet, or that every lead meets whose facts are known.

    Found by trying every combination of answers, unknown among them, where there are few enough to try.
    """
    condition = rule.when if pack.applies_to is None else All((pack.applies_to, rule.when))
    if can_be(condition, True) is False:
        yield _at(rule.spot, "never_true", f"no lead can meet the condition of {rule.id}")
    elif can_be(rule.when, False) is False:
        yield _at(rule.spot, "always_true", f"every lead whose facts are known meets the condition of {rule.id}")


def can_be(condition: Condition, truth: bool) -> bool | None:  # noqa: FBT001 - the truth asked for is the question
    """Whether any combination of answers gives this truth; None when there are too many to try."""
    facts = facts_of(condition)
    brackets = {name: _brackets_of(condition, name) for name in facts if CATALOGUE[name].kind == "instant"}
    answers = [_answers(condition, name, brackets) for name in facts]
    if prod(len(found) for found in answers) >= MAX_CASES:
        return None
    check = compile_condition(condition, {name: place for place, name in enumerate(facts)}, brackets).check
    return any(check(case) is truth for case in product(*answers))


def _brackets_of(condition: Condition, fact: str) -> Brackets:
    spans = [ask.value for ask in asks_of(condition) if ask.fact == fact and isinstance(ask.value, Duration)]
    return Brackets(spans, datetime(2026, 11, 21, tzinfo=UTC))  # any day does: only the order of limits matters


def _answers(condition: Condition, fact: str, brackets: dict[str, Brackets]) -> Sequence[Answer]:
    """Every answer a fact can give, as far as this condition can tell answers apart."""
    spec = CATALOGUE[fact]
    if spec.kind == "boolean":
        return None, True, False
    if spec.kind == "choice":
        return None, *spec.choices
    if spec.kind == "instant":
        return None, *range(len(brackets[fact].texts))
    named: dict[str, None] = {}
    for ask in asks_of(condition):
        if ask.fact == fact and not isinstance(ask.value, (bool, Duration)):
            named.update(dict.fromkeys(ask.value if isinstance(ask.value, tuple) else (ask.value,)))
    return None, *named, "(any other)"
