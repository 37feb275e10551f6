"""Cases in sentences that lie beside each pack, and whether the policies do as they say.

The form of ``<pack>.test.yaml``; a case is judged by all packs together, as a lead is::

    as_of: 2026-11-21                  # midnight UTC
    given: {person.country: US, ...}   # facts of every case; all others are unknown
    cases:
      - sentence: A person who left in March stays out of a list of May
        facts: {suppression.is_matched: true, consent.at: 2026-05-01, consent.status: null}   # null: unknown
        verdict: reject
        speaks: [CS-01]                # these rules are among the findings
        silent: [CS-14]                # these are not
        obligations: [...]             # exactly these, in any order; left out: whatever they are
        as_of: 2030-01-01              # for this case alone

An instant is a date (midnight UTC) or text such as ``2026-05-01T10:00:00Z``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from gateway.domain.decision import Decision, Verdict
from gateway.domain.facts import CATALOGUE, FactSpec, FactValue
from gateway.domain.outcome import NO_RULE_SPEAKS
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.form import Form
from gateway.policy.form import shown as written
from gateway.policy.loader import CASES, read_file
from gateway.policy.pack import PolicySet
from gateway.policy.rules import VERDICTS, Spot

_SOME_DAY = date(2026, 11, 21)  # stands in for a missing as_of, so that the other complaints are found too


@dataclass(frozen=True, slots=True)
class Example:
    """One case: a sentence, the facts, and what the policies ought to say."""

    sentence: str
    facts: Mapping[str, FactValue]
    as_of: datetime
    verdict: Verdict
    speaks: tuple[str, ...]
    silent: tuple[str, ...]
    obligations: tuple[str, ...] | None
    spot: Spot


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """One thing a case expects and does not get."""

    file: str
    line: int
    sentence: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.sentence}: expected {self.expected}, got {self.got}"


@dataclass(slots=True)
class Coverage:
    """How many cases show a rule speaking on true facts, and how many show it silent."""

    fired: int = 0
    silent: int = 0


@dataclass(slots=True)
class CaseReport:
    """What came of all cases."""

    cases: int = 0
    failures: list[CaseFailure] = field(default_factory=list)
    coverage: dict[str, Coverage] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every case got what it expects."""
        return not self.failures

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "cases": self.cases,
            "failures": [
                {"file": f.file, "line": f.line, "sentence": f.sentence, "expected": f.expected, "got": f.got}
                for f in self.failures
            ],
            "coverage": {rule: {"fired": c.fired, "silent": c.silent} for rule, c in self.coverage.items()},
        }


def run_cases(policies: PolicySet, folder: Path) -> CaseReport:
    """Try every case of a folder. Raises PolicyError with everything that is wrong with the files themselves."""
    complaints: list[Complaint] = []
    examples = read_examples(policies, folder, complaints)
    if complaints:
        raise PolicyError(complaints)
    return try_examples(policies, examples)


def try_examples(policies: PolicySet, examples: list[Example]) -> CaseReport:
    """Try cases that were read; a rule counts as shown only by cases that name it and are right about it."""
    report = CaseReport(coverage={rule.id: Coverage() for rule in policies.rules})
    for example in examples:
        report.cases += 1
        decision = policies.decide(example.facts, example.as_of)
        report.failures.extend(
            CaseFailure(example.spot.file, example.spot.line, example.sentence, expected, got)
            for expected, got in _differences(example, decision)
        )
        spoke = {finding.rule: finding for finding in decision.findings}
        for rule, shown in report.coverage.items():
            shown.fired += rule in example.speaks and rule in spoke and not spoke[rule].unknown
            shown.silent += rule in example.silent and rule not in spoke
    return report


def _differences(example: Example, decision: Decision) -> Iterator[tuple[str, str]]:
    spoke = ", ".join(f"{f.rule} ({f.verdict}{', unknown facts' if f.unknown else ''})" for f in decision.findings)
    if decision.verdict != example.verdict:
        yield example.verdict, f"{decision.verdict} by {spoke}"
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


def read_examples(policies: PolicySet, folder: Path, complaints: list[Complaint]) -> list[Example]:
    """All cases of a folder's ``*.test.yaml`` files; what is wrong goes to ``complaints``, and its case is left out."""
    examples: list[Example] = []
    for file in sorted(folder.glob(f"*{CASES}")):
        document = read_file(file, complaints)
        if document is None:
            continue
        form = Form(document, (), complaints)
        form.only("as_of", "given", "cases")
        day = form.day("as_of")
        given = _read_facts(form, "given")
        cases = form.data.get("cases")
        if not isinstance(cases, list) or not cases:
            form.complain("expected a list of one or more cases", "cases")
            continue
        for number in range(len(cases)):
            before = len(complaints)
            example = _read_example(Form(document, ("cases", number), complaints), policies, given, day or _SOME_DAY)
            if len(complaints) == before:
                examples.append(example)
    return examples


def _read_example(form: Form, policies: PolicySet, given: Mapping[str, FactValue], day: date) -> Example:
    form.only("sentence", "facts", "verdict", "speaks", "silent", "obligations", "as_of")
    rules = [*(rule.id for rule in policies.rules), NO_RULE_SPEAKS.rule]
    return Example(
        sentence=form.text("sentence"),
        facts={**given, **_read_facts(form, "facts")},
        as_of=_midnight(form.day("as_of", needed=False) or day),
        verdict=form.choice("verdict", VERDICTS),
        speaks=form.words("speaks", rules, kind="rule"),
        silent=form.words("silent", rules, kind="rule"),
        obligations=form.words("obligations", policies.obligations, kind="obligation")
        if form.has("obligations")
        else None,
        spot=Spot(form.document.name, form.line()),
    )


def _read_facts(form: Form, key: str) -> dict[str, FactValue]:
    if not form.has(key):
        return {}
    below = Form(form.document, (*form.path, key), form.complaints)
    facts: dict[str, FactValue] = {}
    for name, value in below.data.items():
        spec = CATALOGUE.get(name)
        if spec is None:
            below.complain(f"no fact is called {name!r}", name, word=name, options=CATALOGUE)
            continue
        facts[name] = None if value is None else _read_answer(below, spec, value)
    return facts


def _read_answer(form: Form, spec: FactSpec, value: object) -> FactValue:
    match spec.kind:
        case "boolean" if isinstance(value, bool):
            return value
        case "text" if isinstance(value, str):
            return value
        case "choice" if isinstance(value, str) and value in spec.choices:
            return value
        case "instant" if isinstance(value, date):
            return _midnight(value)
        case "instant" if isinstance(value, str) and (found := _instant(value)) is not None:
            return found
    expected = {
        "boolean": "true or false",
        "text": "text",
        "choice": f"one of {', '.join(spec.choices)}",
        "instant": "a date, or text such as 2026-05-01T10:00:00Z",
    }[spec.kind]
    form.complain(f"expected {expected}, got {written(value)}", spec.name, word=value, options=spec.choices)
    return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
