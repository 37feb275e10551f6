"""A rule that somebody starts, as text for a pack's file, and its reason as text for reasons.yaml.

What its cases are is casewriter.py; where the texts go is scaffold.py.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from gateway.domain.decision import Citation, Question, Verdict
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.policy.conditions import All, Ask, Condition, read_condition
from gateway.policy.errors import Complaint
from gateway.policy.form import Form
from gateway.policy.reading import read_strict

_LISTED = ("in", "not_in")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_HALF_YEAR = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody said of a new rule."""

    id: str
    title: str
    cites: Citation
    when: tuple[Ask, ...]
    then: Verdict
    question: Question | None
    if_unknown: Literal["hold", "silent"] | None
    reason: str
    on: date  # the day it is written, and begins

    @property
    def condition(self) -> Condition:
        """What makes it speak."""
        return self.when[0] if len(self.when) == 1 else All(self.when)


def read_when(texts: Sequence[str]) -> tuple[Ask, ...]:
    """Conditions as typed, such as ``consent.status is given``. Raises CallerError with everything that is wrong."""
    problems: list[Problem] = []
    asks: list[Ask] = []
    for text in texts:
        fact, verb, value = (*text.split(None, 2), "", "", "")[:3]
        complaints: list[Complaint] = []
        written = flow([one.strip() for one in value.split(",")]) if verb in _LISTED else value
        try:
            document = read_strict(f"when:\n  fact: {quoted(fact)}\n  {quoted(verb)}: {written}\n", name="--when")
        except CallerError as error:
            problems += [
                Problem(
                    "bad_condition",
                    phrase("%(given)s: %(message)s", given=repr(text), message=one.message),
                    field="when",
                )
                for one in error.problems
            ]
            continue
        ask = read_condition(Form(document, ("when",), complaints))
        problems += [_problem(text, complaint) for complaint in complaints]
        if isinstance(ask, Ask):
            asks.append(ask)
    if problems:
        raise CallerError(problems)
    return tuple(asks)


def _problem(text: str, complaint: Complaint) -> Problem:
    message = phrase(
        "%(given)s: %(what)s",
        given=repr(text),
        what=complaint.message.rpartition("when")[2].partition(": ")[2] or complaint.message,
    )
    return Problem("bad_condition", message, field="when", suggestion=complaint.suggestion)


def pack_text(name: str, draft: Draft) -> str:
    """A new pack, up to its rules."""
    return (
        "# Rules of our own. They can refuse, hold or mark a lead; the ground to write to a person is a law's.\n\n"
        f"pack: {name}\ntitle: Rules of {name}\nversion: {quoted(f'{draft.on:%Y.%m}')}\n"
        f"reviewed: {{by: nobody yet, on: {draft.on}, again_by: {draft.on + _HALF_YEAR}}}\ngrants: false\n\nrules:\n"
    )


def rule_text(draft: Draft) -> str:
    """The rule as an item of a pack's rules, not yet indented."""
    url = f", url: {quoted(draft.cites.url)}" if draft.cites.url else ""
    asks = [f"{{fact: {ask.fact}, {ask.verb}: {flow(ask.value)}}}" for ask in draft.when]
    when = [f"  when: {asks[0]}"] if len(asks) == 1 else ["  when:", "    all:", *(f"      - {one}" for one in asks)]
    return "\n".join([
        f"- id: {draft.id}",
        f"  title: {quoted(draft.title)}",
        f"  cites: {{{draft.cites.kind}: {quoted(draft.cites.text)}{url}}}",
        f"  in_force: {{from: {draft.on}}}",
        f"  verified_on: {draft.on}",
        "  severity: medium",
        f"  officer: {quoted(draft.title)}",
        *when,
        f"  then: {draft.then}",
        *([f"  question: {draft.question}"] if draft.question else []),
        f"  reason: {draft.reason}",
        *([f"  if_unknown: {draft.if_unknown}"] if draft.if_unknown else []),
    ]) + "\n"  # fmt: skip


def reason_text(draft: Draft) -> str:
    """The reason as an entry of reasons.yaml: told to officers, and to whoever is asked something."""
    said = quoted(draft.title)
    person, vendor = (said if draft.question == asked else "null" for asked in ("confirm", "evidence"))
    return f"{draft.reason}:\n  person: {person}\n  vendor: {vendor}\n  officer: {said}\n  remedy: null\n"


def flow(value: object) -> str:
    """A value as YAML writes it within a line: plain where that can only mean the word itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str):
        odd = value.lower() in {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
        return value if _PLAIN.fullmatch(value) and not odd else quoted(value)
    return str(value)


def quoted(text: str) -> str:
    """Text in quotes."""
    return json.dumps(text, ensure_ascii=False)
