"""A decision in sentences: what was decided, which rule said so, on which law and facts, and what is owed.

Officers are told everything. Vendors and persons get the wording that reasons.yaml has for them and nothing else:
no rule, no fact, no law; where it has none, nothing is said.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from gateway.domain.decision import STRICTNESS, Citation, Decision, Finding, SetAside, Verdict
from gateway.policy.conditions import facts_of
from gateway.policy.pack import PolicySet
from gateway.policy.reasons import Audience, fill
from gateway.policy.rules import Rule
from gateway.policy.words import (
    ASIDE,
    FATES,
    GROUNDS,
    SAYS,
    WAITS,
    answer,
    capital,
    cited,
    duty,
    ended,
    question,
    words,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one reader is told. ``findings`` and ``obligations`` are JSON-ready; empty where nothing may be said."""

    audience: Audience
    sentences: list[str]
    verdict: Verdict | None = None
    phone: Verdict | None = None  # of its phone number; None where it brings none
    findings: list[dict[str, Any]] = field(default_factory=list)
    obligations: list[dict[str, Any]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)  # decision, as_of, policy_digest: for officers
    set_aside: list[dict[str, Any]] = field(default_factory=list)  # findings that overrides lifted

    def as_dict(self) -> dict[str, Any]:
        """For JSON; only what this reader may see."""
        shown: dict[str, Any] = {"audience": self.audience, "sentences": self.sentences}
        if self.verdict is not None:
            shown |= {"verdict": self.verdict, "findings": self.findings}
        if self.audience == "officer":
            shown |= {"phone": self.phone, "obligations": self.obligations, "set_aside": self.set_aside, **self.about}
        return shown


def explain(
    decision: Decision,
    policies: PolicySet,
    *,
    as_of: datetime,
    audience: Audience = "officer",
    extra: tuple[Finding, ...] = (),
    told: Mapping[str, str] = MappingProxyType({}),
) -> Explanation:
    """Explain a decision to one reader. ``extra``: findings of the last look, which came after the decision.

    ``told``: what wordings for officers leave open and only this lead can say (reasons.PARAMS).

    ``policies`` should be the set that decided; with another one, what it does not know is told from the decision.
    """
    teller = _Teller(decision, policies, as_of, audience, extra)
    teller.told = told
    return teller.to_officer() if audience == "officer" else teller.to_others()


class _Teller:
    def __init__(
        self, decision: Decision, policies: PolicySet, as_of: datetime, audience: Audience, extra: tuple[Finding, ...]
    ) -> None:
        self.decision = decision
        self.policies = policies
        self.as_of = as_of.astimezone(UTC)
        self.audience = audience
        self.extra = extra
        self.told: Mapping[str, str] = {}
        self.findings = (*extra, *decision.findings)
        verdicts = [decision.verdict, *(finding.verdict for finding in extra)]
        self.verdict: Verdict = max(verdicts, key=STRICTNESS.__getitem__)

    def to_officer(self) -> Explanation:
        """Everything, in the order an officer asks."""
        owed = list(self.owed())
        sentences = list(self.verdict_sentences())
        for finding in self.findings:
            sentences.extend(self.finding_sentences(finding))
        for lifted in self.decision.set_aside:
            sentences.extend(self.set_aside_sentences(lifted))
        if owed:
            sentences.append("Whoever uses it owes this:")
        for one in owed:
            known = self.policies.obligations.get(one["code"])
            sentences.append(f"{words(one['code'])} (not in these policies)." if known is None else duty(known))
        if self.decision.policy_digest != self.policies.digest:
            sentences.append(
                f"The decision was made under the policies {self.decision.policy_digest[:12]}; "
                f"these words are from {self.policies.digest[:12]}."
            )
        about = {
            "decision": self.decision.id,
            "as_of": self.as_of.isoformat().replace("+00:00", "Z"),
            "policy_digest": self.decision.policy_digest,
        }
        findings = [self.as_data(finding) for finding in self.findings]
        aside = [{"override": one.override, **self.as_data(one.finding)} for one in self.decision.set_aside]
        return Explanation("officer", sentences, self.verdict, self.decision.phone, findings, owed, about, aside)

    def to_others(self) -> Explanation:
        """The reader's own wording of the findings that decided, each once."""
        told: dict[str, dict[str, Any]] = {}
        for finding in self.findings:
            message = self.message(finding)
            if finding.use == "lead" and finding.verdict == self.verdict and message is not None:
                told.setdefault(message, {"reason": finding.reason, "message": message, "remedy": self.remedy(finding)})
        if self.audience == "person":
            return Explanation("person", list(told))
        sentences = [f"The lead was {FATES[self.verdict]}."]
        for message, shown in told.items():
            sentences.append(message)
            if shown["remedy"] and self.verdict != "accept":
                sentences.append(shown["remedy"])
        return Explanation("vendor", list(dict.fromkeys(sentences)), self.verdict, findings=list(told.values()))

    def verdict_sentences(self) -> Iterator[str]:
        """What became of the lead, and when it was judged."""
        when = f"{self.as_of.day} {self.as_of:%B %Y at %H:%M} UTC"
        yield f"This lead was {FATES[self.verdict]}, as judged on {when}."
        if self.extra and self.verdict != self.decision.verdict:
            yield f"The policies had it {FATES[self.decision.verdict]}; the last look before writing found more."
        waits = dict.fromkeys(
            f.question for f in self.findings if f.use == "lead" and f.verdict == self.verdict == "hold" and f.question
        )
        if waits:
            yield f"It waits for {' and for '.join(WAITS[asked] for asked in waits)}."

    def finding_sentences(self, finding: Finding) -> Iterator[str]:
        """One rule: what it says and why, on which ground and facts, and what would change it."""
        rule = self.rule(finding)
        yield self.says(finding)
        message = self.message(finding)
        if message:
            yield message
        yield f"It rests on {GROUNDS[finding.cites.kind]}: {cited(finding.cites)}."
        answered = [fact for fact in self.facts(finding) if fact["answer"] is not None]
        if answered:
            yield "Facts: " + " ".join(f"{fact['asks']} {capital(fact['answer'])}." for fact in answered)
        silent = [fact["asks"] for fact in self.facts(finding) if fact["answer"] is None]
        if silent:
            yield f"Not known: {' '.join(silent)}"
        if rule is not None and rule.unverified:
            yield f"Not verified: {ended(rule.unverified)}"
        if finding.verdict != "accept":
            remedy = self.remedy(finding)
            if remedy:
                yield f"What can be done: {remedy}"
            if not finding.override_allowed:
                yield "No officer may set this aside."
            elif finding.four_eyes:
                yield "Setting this aside takes two people."

    def set_aside_sentences(self, one: SetAside) -> Iterator[str]:
        """One rule that spoke and does not count, by whose word, and on which ground it rests."""
        finding = one.finding
        yield f"{one.override} set aside {finding.rule}, which {SAYS[finding.verdict]}: {finding.title.rstrip('.')}."
        yield f"{finding.rule} rests on {GROUNDS[finding.cites.kind]}: {cited(finding.cites)}."

    def says(self, finding: Finding) -> str:
        """What a finding says, of the lead, of its phone number or of the handing out."""
        title, rule = finding.title.rstrip("."), self.rule(finding)
        if finding.use != "lead":
            why = ", because a fact it needs is unknown" if finding.unknown else ""
            return f"{ASIDE[finding.use, finding.verdict]}: {title} ({finding.rule}{why})."
        if finding.unknown:
            return f"{finding.rule} holds it, because a fact it needs is unknown (the rule: {title})."
        # An accept that is no ground to accept, such as the house's, only marks the lead.
        marks = finding.verdict == "accept" and rule is not None and not rule.grants
        return f"{finding.rule} {'marks it' if marks else SAYS[finding.verdict]}: {title}."

    def rule(self, finding: Finding) -> Rule | None:
        """The finding's rule as it was on the day; a company's overlay may have changed it since."""
        rule, day = self.policies.rule(finding.rule), self.as_of.date()
        if rule is None or rule.is_in_force(day):
            return rule
        return next((one for one in self.policies.rules if one.id == rule.id and one.is_in_force(day)), rule)

    def facts(self, finding: Finding) -> list[dict[str, Any]]:
        """The facts its rule looked at, in words; only what the decision recorded."""
        rule = self.rule(finding)
        asked = () if rule is None else facts_of(rule.condition)
        names = dict.fromkeys((*asked, *finding.unknown))  # also what leaves open whether its pack applies
        return [
            {"fact": name, "asks": question(name), "answer": answer(self.decision.facts.get(name))} for name in names
        ]

    def owed(self) -> Iterator[dict[str, Any]]:
        """The obligations, unless a last look undid the acceptance they belong to."""
        if self.verdict != self.decision.verdict:
            return
        for code in self.decision.obligations:
            owed = self.policies.obligations.get(code)
            if owed is None:
                yield {"code": code, "id": code, "title": words(code), "cites": None, "message": words(code)}
            else:
                yield {
                    "code": code, "id": owed.id, "title": owed.title, "cites": _citation(owed.cites),
                    "message": owed.officer, "when": owed.when or None, "waived": owed.waived or None,
                    "deadline": owed.deadline.in_words() if owed.deadline else None,
                    "unverified": owed.unverified or None,
                }  # fmt: skip

    def as_data(self, finding: Finding) -> dict[str, Any]:
        """A finding for JSON, complete."""
        return {
            "rule": finding.rule, "title": finding.title, "verdict": finding.verdict, "reason": finding.reason,
            "cites": _citation(finding.cites), "message": self.message(finding), "remedy": self.remedy(finding),
            "question": finding.question, "override_allowed": finding.override_allowed,
            "four_eyes": finding.four_eyes,
            "unknown": list(finding.unknown), "facts": self.facts(finding), "use": finding.use,
        }  # fmt: skip

    def message(self, finding: Finding) -> str | None:
        """The wording for this reader; a reason this set does not know is told to officers by its name."""
        reason = self.policies.reasons.get(finding.reason)
        if reason is None:
            return f"{words(finding.reason)}." if self.audience == "officer" else None
        return reason.wording(self.audience, self.params(finding))

    def remedy(self, finding: Finding) -> str | None:
        """What would change it, for officers and vendors."""
        reason = self.policies.reasons.get(finding.reason)
        return None if reason is None or reason.remedy is None else fill(reason.remedy, self.params(finding))

    def params(self, finding: Finding) -> dict[str, str]:
        """The finding's own, with facts in words for officers. Others are told no facts."""
        if self.audience != "officer":
            return {}
        if not finding.unknown:
            return {**self.told, **finding.params}
        return {**self.told, **finding.params, "facts": " ".join(question(name) for name in finding.unknown)}


def _citation(cites: Citation) -> dict[str, str | None]:
    return {"kind": cites.kind, "text": cites.text, "url": cites.url}
