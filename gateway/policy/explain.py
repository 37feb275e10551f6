"""A decision in sentences: what was decided, which rule said so, on which law and facts, and what is owed.

Officers are told everything. Vendors and persons get the wording that reasons.yaml has for them and nothing else:
no rule, no fact, no law; where it has none, nothing is said.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from gateway.domain.decision import STRICTNESS, Citation, Decision, Finding, Question, Verdict
from gateway.domain.facts import CATALOGUE
from gateway.policy.conditions import facts_of
from gateway.policy.pack import PolicySet
from gateway.policy.reasons import Audience, fill

_FATES: dict[Verdict, str] = {
    "accept": "accepted as a prospect",
    "hold": "put on hold",
    "reject": "refused",
}
_SAYS: dict[Verdict, str] = {"accept": "accepts it", "hold": "holds it", "reject": "refuses it"}
_WAITS: dict[Question, str] = {
    "confirm": "the person's click in the confirmation mail",
    "recheck": "an answer that is asked for again by itself",
    "evidence": "evidence from the vendor",
    "review": "an officer's look",
}
_GROUNDS = {
    "law": "the law",
    "contract": "a contract",
    "provider": "a mail service's terms",
    "house": "a rule of the house",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one reader is told. ``findings`` and ``obligations`` are JSON-ready; empty where nothing may be said."""

    audience: Audience
    sentences: list[str]
    verdict: Verdict | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)
    obligations: list[dict[str, Any]] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)  # decision, as_of, policy_digest: for officers

    def as_dict(self) -> dict[str, Any]:
        """For JSON; only what this reader may see."""
        shown: dict[str, Any] = {"audience": self.audience, "sentences": self.sentences}
        if self.verdict is not None:
            shown |= {"verdict": self.verdict, "findings": self.findings}
        if self.audience == "officer":
            shown |= {"obligations": self.obligations, **self.about}
        return shown


def explain(
    decision: Decision,
    policies: PolicySet,
    *,
    as_of: datetime,
    audience: Audience = "officer",
    extra: tuple[Finding, ...] = (),
) -> Explanation:
    """Explain a decision to one reader. ``extra``: findings of the last look, which came after the decision.

    ``policies`` should be the set that decided; with another one, what it does not know is told from the decision.
    """
    teller = _Teller(decision, policies, as_of, audience, extra)
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
        self.findings = (*extra, *decision.findings)
        verdicts = [decision.verdict, *(finding.verdict for finding in extra)]
        self.verdict: Verdict = max(verdicts, key=STRICTNESS.__getitem__)

    def to_officer(self) -> Explanation:
        """Everything, in the order an officer asks."""
        owed = list(self.owed())
        sentences = list(self.verdict_sentences())
        for finding in self.findings:
            sentences.extend(self.finding_sentences(finding))
        if owed:
            sentences.append("Whoever uses it owes this:")
        sentences.extend(
            f"{duty['id']}, {_lower(duty['title'])}: {duty['message']} ({_cited(duty['cites'])})" for duty in owed
        )
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
        return Explanation("officer", sentences, self.verdict, findings, owed, about)

    def to_others(self) -> Explanation:
        """The reader's own wording of the findings that decided, each once."""
        told: dict[str, dict[str, Any]] = {}
        for finding in self.findings:
            message = self.message(finding)
            if finding.verdict == self.verdict and message is not None:
                told.setdefault(message, {"reason": finding.reason, "message": message, "remedy": self.remedy(finding)})
        if self.audience == "person":
            return Explanation("person", list(told))
        sentences = [f"The lead was {_FATES[self.verdict]}."]
        for message, shown in told.items():
            sentences.append(message)
            if shown["remedy"] and self.verdict != "accept":
                sentences.append(shown["remedy"])
        return Explanation("vendor", list(dict.fromkeys(sentences)), self.verdict, list(told.values()))

    def verdict_sentences(self) -> Iterator[str]:
        """What became of the lead, and when it was judged."""
        when = f"{self.as_of.day} {self.as_of:%B %Y at %H:%M} UTC"
        yield f"This lead was {_FATES[self.verdict]}, as judged on {when}."
        if self.extra and self.verdict != self.decision.verdict:
            yield f"The policies had it {_FATES[self.decision.verdict]}; the last look before writing found more."
        waits = dict.fromkeys(f.question for f in self.findings if f.verdict == self.verdict == "hold" and f.question)
        if waits:
            yield f"It waits for {' and for '.join(_WAITS[question] for question in waits)}."

    def finding_sentences(self, finding: Finding) -> Iterator[str]:
        """One rule: what it says and why, on which ground and facts, and what would change it."""
        title = finding.title.rstrip(".")
        rule = self.policies.rule(finding.rule)
        # An accept that is no ground to accept, such as the house's, only marks the lead.
        marks = finding.verdict == "accept" and rule is not None and not rule.grants
        if finding.unknown:
            yield f"{finding.rule} holds it, because a fact it needs is unknown (the rule: {title})."
        else:
            yield f"{finding.rule} {'marks it' if marks else _SAYS[finding.verdict]}: {title}."
        message = self.message(finding)
        if message:
            yield message
        yield f"It rests on {_GROUNDS[finding.cites.kind]}: {_cited(_citation(finding.cites))}."
        answered = [fact for fact in self.facts(finding) if fact["answer"] is not None]
        if answered:
            yield "Facts: " + " ".join(f"{fact['asks']} {_capital(fact['answer'])}." for fact in answered)
        silent = [fact["asks"] for fact in self.facts(finding) if fact["answer"] is None]
        if silent:
            yield f"Not known: {' '.join(silent)}"
        if rule is not None and rule.unverified:
            yield f"Not verified: {rule.unverified}"
        if finding.verdict != "accept":
            remedy = self.remedy(finding)
            if remedy:
                yield f"What can be done: {remedy}"
            if not finding.override_allowed:
                yield "No officer may set this aside."

    def facts(self, finding: Finding) -> list[dict[str, Any]]:
        """The facts its rule looked at, in words; only what the decision recorded."""
        rule = self.policies.rule(finding.rule)
        names = finding.unknown if rule is None else facts_of(rule.when)
        return [
            {"fact": name, "asks": _question(name), "answer": _answer(self.decision.facts[name])}
            for name in names
            if name in self.decision.facts
        ]

    def owed(self) -> Iterator[dict[str, Any]]:
        """The obligations, unless a last look undid the acceptance they belong to."""
        if self.verdict != self.decision.verdict:
            return
        for code in self.decision.obligations:
            duty = self.policies.obligations.get(code)
            if duty is None:
                yield {"code": code, "id": code, "title": _words(code), "cites": None, "message": _words(code)}
            else:
                yield {
                    "code": code, "id": duty.id, "title": duty.title, "cites": _citation(duty.cites),
                    "message": duty.officer,
                }  # fmt: skip

    def as_data(self, finding: Finding) -> dict[str, Any]:
        """A finding for JSON, complete."""
        return {
            "rule": finding.rule, "title": finding.title, "verdict": finding.verdict, "reason": finding.reason,
            "cites": _citation(finding.cites), "message": self.message(finding), "remedy": self.remedy(finding),
            "question": finding.question, "override_allowed": finding.override_allowed,
            "unknown": list(finding.unknown), "facts": self.facts(finding),
        }  # fmt: skip

    def message(self, finding: Finding) -> str | None:
        """The wording for this reader; a reason this set does not know is told to officers by its name."""
        reason = self.policies.reasons.get(finding.reason)
        if reason is None:
            return f"{_words(finding.reason)}." if self.audience == "officer" else None
        return reason.wording(self.audience, self.params(finding))

    def remedy(self, finding: Finding) -> str | None:
        """What would change it, for officers and vendors."""
        reason = self.policies.reasons.get(finding.reason)
        return None if reason is None or reason.remedy is None else fill(reason.remedy, self.params(finding))

    def params(self, finding: Finding) -> dict[str, str]:
        """The finding's own, with facts in words for officers. Others are told no facts."""
        if not finding.unknown or self.audience != "officer":
            return {}
        return {**finding.params, "facts": " ".join(_question(name) for name in finding.unknown)}


def _question(name: str) -> str:
    spec = CATALOGUE.get(name)
    return f"{_words(name)}?" if spec is None else spec.asks


def _answer(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).replace("_", " ")


def _words(code: str) -> str:
    return _capital(code.replace("_", " ").replace(".", ": "))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _citation(cites: Citation) -> dict[str, str | None]:
    return {"kind": cites.kind, "text": cites.text, "url": cites.url}


def _cited(cites: dict[str, str | None] | None) -> str:
    if cites is None:
        return "not in these policies"
    return f"{cites['text']}, {cites['url']}" if cites["url"] else str(cites["text"])
