"""Cases in sentences that lie beside each pack, read from their files. caserun.py tries them.

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
        phone: hold                    # what is said of the phone number, none: nothing; left out: whatever it is
        as_of: 2030-01-01              # for this case alone

An instant is a date (midnight UTC) or text such as ``2026-05-01T10:00:00Z``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from gateway.domain.decision import Verdict
from gateway.domain.facts import CATALOGUE, FactSpec, FactValue
from gateway.domain.outcome import NO_RULE_FOR_PHONE, NO_RULE_SPEAKS
from gateway.policy.apart import HISTORIES
from gateway.policy.errors import Complaint
from gateway.policy.form import Form
from gateway.policy.form import shown as written
from gateway.policy.loader import CASES, read_file
from gateway.policy.pack import PolicySet
from gateway.policy.reading import Document
from gateway.policy.rules import VERDICTS, Spot

_SOME_DAY = date(2026, 11, 21)  # stands in for a missing as_of, so that the other complaints are found too
_OF_PHONE: dict[str, Verdict | None] = {"accept": "accept", "hold": "hold", "reject": "reject", "none": None}


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
    has_phone: bool = False  # the case says what ought to be said of the phone number
    phone: Verdict | None = None


def read_examples(policies: PolicySet, folder: Path, complaints: list[Complaint]) -> list[Example]:
    """All cases of a folder's ``*.test.yaml`` files; what is wrong goes to ``complaints``, and its case is left out."""
    examples: list[Example] = []
    for file in sorted(folder.glob(f"*{CASES}")):
        if file.name == HISTORIES:  # of people, not of leads: phases.cases reads them
            continue
        document = read_file(file, complaints)
        if document is None:
            continue
        form = Form(document, (), complaints)
        form.only("as_of", "given", "cases")
        day = form.day("as_of")
        given = read_facts(form, "given")
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


def read_given(document: Document) -> tuple[dict[str, FactValue], date]:
    """What all cases of a sound file share, and the day as of which they are judged."""
    form = Form(document, (), [])
    return read_facts(form, "given"), form.day("as_of") or _SOME_DAY


def _read_example(form: Form, policies: PolicySet, given: Mapping[str, FactValue], day: date) -> Example:
    form.only("sentence", "facts", "verdict", "speaks", "silent", "obligations", "phone", "as_of")
    rules = [*(rule.id for rule in policies.rules), NO_RULE_SPEAKS.rule, NO_RULE_FOR_PHONE.rule]
    return Example(
        sentence=form.text("sentence"),
        facts={**given, **read_facts(form, "facts")},
        as_of=_midnight(form.day("as_of", needed=False) or day),
        verdict=form.choice("verdict", VERDICTS),
        speaks=form.words("speaks", rules, kind="rule"),
        silent=form.words("silent", rules, kind="rule"),
        obligations=form.words("obligations", policies.obligations, kind="obligation")
        if form.has("obligations")
        else None,
        spot=Spot(form.document.name, form.line()),
        has_phone=form.has("phone"),
        phone=_OF_PHONE[form.choice("phone", tuple(_OF_PHONE))] if form.has("phone") else None,
    )


def read_facts(form: Form, key: str) -> dict[str, FactValue]:
    """Facts as cases write them; null is unknown. What is no fact, or no answer to it, is complained of."""
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
