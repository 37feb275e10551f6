"""An override as a precedent: a case that says how such a lead ought to end, and the change that would make it so.

Text for people to read and put where it belongs; no file of policies is changed here.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from gateway.domain.decision import Decision, Verdict
from gateway.domain.facts import CATALOGUE, FactValue
from gateway.domain.override import Override, set_aside
from gateway.policy.casefile import read_given
from gateway.policy.casewriter import ORDINARY, instant_within
from gateway.policy.draft import flow, quoted
from gateway.policy.errors import Complaint
from gateway.policy.evaluate import Judge
from gateway.policy.loader import CASES, load_texts, read_file
from gateway.policy.pack import PolicySet, PolicyText
from gateway.policy.scaffold import as_days, facts_in_a_line
from gateway.policy.truth import Case

_MAY_GO = ("house", "provider")  # what an overlay may switch off (overlay.py)


@dataclass(frozen=True, slots=True)
class Precedent:
    """A proposed case and, where a company may make it, the overlay by which it would hold."""

    pack: str  # beside which the case belongs
    item: str  # the case
    cases: str  # a file of cases with this one in it
    facts: Mapping[str, FactValue]  # what is different from an ordinary lead
    now: Verdict
    wished: Verdict
    name: str  # of the overlay
    overlay: str | None
    firm: tuple[str, ...]  # rules that no overlay can switch off: law and contract


def propose(
    policies: PolicySet, case: Case, judge: Judge, *, rules: Collection[str], name: str,
    reason: str, by: str, as_of: datetime, day: date, again_by: date,
) -> Precedent | None:  # fmt: skip
    """A case from a lead's recorded decision, translated for today's ``judge``; None where its rules are silent today.

    ``as_of``: when it was judged; its ages are carried over to ``day``.
    """
    first = next((rule for rule in policies.rules if rule.id in rules), None)
    if first is None:
        return None
    pack = next(pack for pack in policies.packs if first in pack.rules)
    given = _given(Path(first.spot.file).with_name(pack.name + CASES))
    found, override = _facts(case, judge, as_of, day), Override(name, frozenset(rules), seconded=True)
    midnight = datetime.combine(day, time(), UTC)
    whole = policies.decide({**given, **found}, midnight)
    if set_aside(whole, override) is whole:
        return None
    facts = _least(policies, given, found, whole, midnight)
    wished = set_aside(whole, override).verdict
    lifted = sorted({one.finding.rule for one in set_aside(whole, override).set_aside})
    ends = {"accept": "is accepted", "hold": "waits for what remains", "reject": "is refused"}[wished]
    sentence = f"Such a lead {ends} ({name}: {reason})"
    item = (
        f"  - sentence: {quoted(sentence)}\n    facts: {facts_in_a_line(as_days(facts))}\n"
        f"    verdict: {wished}\n    silent: [{', '.join(lifted)}]\n"
    )
    cases = (
        f"# Proposed from {name}; it belongs beside the cases of {pack.name}{CASES}.\n\nas_of: {day}\n\ngiven:\n"
        + "".join(f"  {fact}: {flow(value)}\n" for fact, value in as_days(given).items())
        + f"\ncases:\n{item}"
    )
    loose = [rule for rule in policies.rules if rule.id in lifted and rule.cites.kind in _MAY_GO]
    firm = tuple(rule for rule in lifted if rule not in {one.id for one in loose})
    title = f"precedent-{name.replace('_', '-')}"
    overlay = None
    if loose:
        overlay = (
            f"overlay: {title}\ntitle: {quoted(f'What {name} would be as a rule')}\n"
            f"reviewed: {{by: {quoted(by)}, on: {day}, again_by: {again_by}}}\nswitch_off:\n"
            + "".join(f"  - {{rule: {one.id}, from: {day}, because: {quoted(reason)}}}\n" for one in loose)
        )  # fmt: skip
    return Precedent(pack.name, item, cases, facts, whole.verdict, wished, title, overlay, firm)


def under_overlay(policies: PolicySet, found: Precedent) -> PolicySet:
    """Today's policies with the proposed overlay beside them. Raises PolicyError, ValueError where there is none."""
    if found.overlay is None:
        raise ValueError("nothing of it can be switched off")
    folder = 1 + max((text.folder for text in policies.texts), default=0)
    texts = [*policies.texts, PolicyText(folder, f"{found.name}.yaml", found.overlay)]
    return load_texts(texts, name="the proposal")


def _given(file: Path) -> Mapping[str, FactValue]:
    """What the cases of a pack start from; an ordinary signup where its file is not at hand."""
    complaints: list[Complaint] = []
    document = read_file(file, complaints) if file.is_file() else None
    return ORDINARY if document is None else read_given(document)[0]


def _facts(case: Case, judge: Judge, as_of: datetime, day: date) -> dict[str, FactValue]:
    """The facts as cases write them, instants as days of the same age as seen from ``day``."""
    cuts, later = judge.cuts(as_of), day - as_of.date()
    facts: dict[str, FactValue] = {}
    for name, answer in zip(judge.facts, case, strict=True):
        if CATALOGUE[name].kind == "instant" and isinstance(answer, int) and not isinstance(answer, bool):
            within = instant_within(answer, cuts[name], as_of) + later
            facts[name] = datetime.combine(within.date(), time(), UTC)
        else:
            facts[name] = answer if isinstance(answer, bool | str) else None
    return facts


def _least(
    policies: PolicySet, given: Mapping[str, FactValue], found: Mapping[str, FactValue], whole: Decision, at: datetime
) -> dict[str, FactValue]:
    """As few differences from what is given as say the same of the lead."""
    facts = {name: value for name, value in found.items() if value != given.get(name)}
    said = _said(whole)
    for name in list(facts):
        fewer = {other: value for other, value in facts.items() if other != name}
        if _said(policies.decide({**given, **fewer}, at)) == said:
            facts = fewer
    return facts


def _said(decision: Decision) -> tuple[object, ...]:
    return decision.verdict, {(f.rule, f.verdict) for f in decision.findings if f.use == "lead"}
