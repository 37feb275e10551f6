"""One rule, reason, fact or obligation in plain sentences, found by its name. A lead's decision is explain.py's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.decision import Finding
from gateway.domain.facts import CATALOGUE, FactSpec
from gateway.domain.outcome import GATE_FINDINGS
from gateway.policy.asked import asked_facts
from gateway.policy.casefile import Example
from gateway.policy.conditions import facts_of
from gateway.policy.form import suggest
from gateway.policy.pack import PolicySet
from gateway.policy.prose import lines
from gateway.policy.reasons import Obligation, Reason
from gateway.policy.rules import Pack, Rule
from gateway.policy.words import ASIDE, GROUNDS, WAITS, cited, day, duty, ended, listed, lower

_DOES = {"accept": "accepts the lead", "hold": "holds the lead", "reject": "refuses the lead"}
_KINDS = {"boolean": "yes or no", "instant": "an instant", "text": "text"}


@dataclass(frozen=True, slots=True)
class Description:
    """What is called by a name, in sentences."""

    kind: str  # rule, finding of the gateway, reason, fact, obligation
    name: str
    sentences: list[str]


class Describer:
    """Describes what a set of policies holds; ``examples`` are told beside the rules they show."""

    def __init__(self, policies: PolicySet, examples: Sequence[Example] = ()) -> None:
        self.policies = policies
        self.examples = examples

    def names(self) -> list[str]:
        """Everything that can be described."""
        gate = [finding.rule for finding in GATE_FINDINGS]
        owed = [name for found in self.policies.obligations.values() for name in (found.id, found.code)]
        rules = dict.fromkeys(rule.id for rule in self.policies.rules)
        return [*rules, *gate, *self.policies.reasons, *CATALOGUE, *owed]

    def suggest(self, name: str) -> str | None:
        """What was probably meant."""
        return suggest(name.upper(), self.names()) or suggest(name.lower(), self.names())

    def find(self, name: str) -> list[Description]:
        """Everything of this name, capital letters or not; nothing when there is nothing."""
        wanted = name.casefold()
        found = [
            Description("rule", rule.id, list(self._rule(pack, rule)))
            for pack in self.policies.packs for rule in pack.rules if rule.id.casefold() == wanted
        ]  # fmt: skip
        found += [
            Description("finding", gate.rule, list(self._gate(gate)))
            for gate in GATE_FINDINGS if gate.rule.casefold() == wanted
        ]  # fmt: skip
        found += [
            Description("reason", reason.code, list(self._reason(reason)))
            for reason in self.policies.reasons.values() if reason.code == wanted
        ]  # fmt: skip
        found += [
            Description("obligation", owed.id, list(self._obligation(owed)))
            for owed in self.policies.obligations.values() if wanted in (owed.code, owed.id.casefold())
        ]  # fmt: skip
        if wanted in CATALOGUE:
            found.append(Description("fact", wanted, list(self._fact(CATALOGUE[wanted]))))
        return found

    def _rule(self, pack: Pack, rule: Rule) -> Iterator[str]:
        yield f"{rule.id}: {ended(rule.title)}"
        yield f"A rule of the pack {pack.name}: {pack.title}, version {pack.version}."
        yield from rule_says(rule)
        if pack.applies_to is not None:
            whom, *items = lines(pack.applies_to)
            yield f"It is asked only of leads for whom {whom}"
            yield from (f"  {item}" for item in items)
        yield unknown_says(rule)
        yield from rule_stands(rule)
        yield f"Why: {ended(rule.officer)}"
        yield from self._wordings(rule.reason)
        if rule.obligations:
            yield "Whoever uses the prospect owes this:"
            yield from (f"  - {duty(self.policies.obligations[code])}" for code in rule.obligations)
        for kind, named in (("speaking", "speaks"), ("silent", "silent")):
            shown = [example.sentence for example in self.examples if rule.id in getattr(example, named)]
            if shown:
                yield f"Cases that show it {kind}:"
                yield from (f"  - {ended(sentence)}" for sentence in shown)

    def _gate(self, gate: Finding) -> Iterator[str]:
        yield f"{gate.rule}: {ended(gate.title)}"
        yield "The gateway itself says this, not a pack."
        yield f"It rests on {GROUNDS[gate.cites.kind]}: {cited(gate.cites)}."
        yield from self._wordings(gate.reason)

    def _wordings(self, code: str) -> Iterator[str]:
        reason = self.policies.reasons[code]
        yield f"Its reason is {code}:"
        yield from (f"  {line}" for line in wordings(reason))

    def _reason(self, reason: Reason) -> Iterator[str]:
        yield f"{reason.code} is a reason."
        yield from wordings(reason)
        given = [rule.id for rule in self.policies.rules if rule.reason == reason.code]
        silent = [
            rule.id for rule in self.policies.rules if rule.unknown_reason == reason.code and rule.holds_when_unknown
        ]
        gate = [finding.rule for finding in GATE_FINDINGS if finding.reason == reason.code]
        if given + gate:
            yield f"Given by {listed(dict.fromkeys(given + gate))}."
        if silent:
            yield f"Given when a fact is unknown by {listed(dict.fromkeys(silent))}."

    def _obligation(self, owed: Obligation) -> Iterator[str]:
        yield f"{owed.id} ({owed.code}) is an obligation."
        yield duty(owed)
        brought = dict.fromkeys(rule.id for rule in self.policies.rules if owed.code in rule.obligations)
        yield f"Brought by {listed(brought)}." if brought else "No rule brings it."

    def _fact(self, spec: FactSpec) -> Iterator[str]:
        yield f"{spec.name} asks: {spec.asks}"
        yield f"Its answer is {listed(spec.choices, 'or') or _KINDS[spec.kind]}, or unknown."
        if spec.folds:
            yield 'Answers that no rule names are one answer, "other".'
        yield f"It is established by gateway/{spec.by.replace('.', '/')}."
        who = dict.fromkeys(name for name, _ in asked_facts(self.policies).get(spec.name, ()))
        yield f"Asked by {listed(who)}." if who else "No rule asks it."


def does(rule: Rule) -> str:
    """What a rule does when it speaks, such as ``holds the lead for an officer's look``."""
    waits = WAITS[rule.question] if rule.then == "hold" and rule.question else ""
    if rule.use != "lead":
        return f"says that {lower(ASIDE[rule.use, rule.then])}{f', and waits for {waits},' if waits else ''}"
    if rule.then == "accept" and not rule.grants:
        return "marks the lead"
    kept = ", and nothing but the match key is kept of it," if rule.erases else ""
    return f"{_DOES[rule.then]}{f' for {waits}' if waits else ''}{kept}"


def rule_says(rule: Rule) -> Iterator[str]:
    """What a rule does, and its condition as a list."""
    heading, *items = lines(rule.when)
    yield f"It {does(rule)} when {heading}"
    yield from (f"  {item}" for item in items)


def unknown_says(rule: Rule) -> str:
    """What becomes of a lead when it is not known whether the condition is met."""
    if not facts_of(rule.condition) or not rule.holds_when_unknown:
        return "When that cannot be told because facts are unknown, it says nothing."
    what = {"lead": "the lead", "phone": "the phone number", "emission": "what is handed out"}[rule.use]
    return (
        f"When that cannot be told because facts are unknown, it holds {what} for {WAITS[rule.question or 'review']}, "
        f"with the reason {rule.unknown_reason}."
    )


def rule_stands(rule: Rule) -> Iterator[str]:
    """On what a rule rests, since when and until when, and what an officer may do about it."""
    yield f"It rests on {GROUNDS[rule.cites.kind]}: {cited(rule.cites)}."
    until = f" until {day(rule.in_force_until)}" if rule.in_force_until else ""
    which = ", by the day of the consent" if rule.at_consent else ""
    yield f"In force from {day(rule.in_force_from)}{until}{which}."
    yield f"Somebody last read the text on {day(rule.verified_on)}; to be read again by {day(rule.again_by)}."
    yield f"At stake: {rule.severity}. {override_says(rule)}"
    if rule.unverified:
        yield f"Not verified: {ended(rule.unverified)}"
    if rule.switched_off and rule.overlaid_until:
        yield f"By the company's overlay it stands so only until {day(rule.overlaid_until)}: {ended(rule.switched_off)}"
    if rule.overlaid_from:
        yield f"By the company's overlay it stands so from {day(rule.overlaid_from)}."


def override_says(rule: Rule | Finding) -> str:
    """Who may set a rule aside."""
    if not rule.override_allowed:
        return "No officer may set it aside."
    return "Two people may set it aside together." if rule.four_eyes else "An officer may set it aside."


def wordings(reason: Reason) -> Iterator[str]:
    """A reason's three wordings and its remedy."""
    for reader in ("person", "vendor", "officer"):
        yield f"to the {reader}: {ended(getattr(reason, reader) or 'nothing')}"
    yield f"what can be done: {ended(reason.remedy) if reason.remedy else 'nothing.'}"
