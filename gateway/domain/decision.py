"""What the policies said of a lead: findings, verdict, obligations. Data, never an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.domain.facts import FactValue

Verdict = Literal["accept", "hold", "reject"]
STRICTNESS: dict[Verdict, int] = {"accept": 0, "hold": 1, "reject": 2}
Question = Literal["confirm", "recheck", "evidence", "review"]
"""What a hold waits for: the person's click, DNS, the vendor, the officer."""
Use = Literal["lead", "phone", "emission"]
"""What a rule judges: taking the lead in, using its phone number, or handing its prospect out."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Exactly one ground: a law, a contract, a provider's terms or a rule of the house."""

    kind: Literal["law", "contract", "provider", "house"]
    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that spoke about one lead. Wording is rendered when shown, from the reason code."""

    rule: str
    reason: str
    verdict: Verdict
    cites: Citation
    title: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()  # facts whose silence made the rule hold the lead
    question: Question | None = None  # of a hold
    override_allowed: bool = True
    obligations: tuple[str, ...] = ()
    use: Use = "lead"
    erases: bool = False  # nothing but the match key may be kept of the lead


@dataclass(frozen=True, slots=True)
class Decision:
    """Verdict with its findings, its obligations and what it was decided on.

    Shared by every lead with the same combination of facts. ``id`` is made from the policy set's digest, the
    rules in force and the facts, so that equal cases have equal ids in every database.
    """

    id: str  # dec_ + 24 hex digits
    verdict: Verdict
    findings: tuple[Finding, ...]  # all that spoke, strictest first
    obligations: tuple[str, ...]  # of the winning verdict's findings only
    policy_digest: str
    facts: Mapping[str, FactValue | int]  # what was known; instants as the text of their bracket (policy.ages)
    phone: Verdict | None = None  # whether its phone number may be used; None: it brings none

    @property
    def refusals(self) -> tuple[Finding, ...]:
        """The findings that kept the lead from being accepted."""
        return tuple(f for f in self.findings if f.verdict != "accept" and f.use == "lead")

    @property
    def withholds(self) -> tuple[Finding, ...]:
        """The findings that keep its prospect from being handed out."""
        return tuple(f for f in self.findings if f.use == "emission" and f.verdict != "accept")

    @property
    def erases(self) -> bool:
        """Whether nothing but the match key may be kept of the lead (16 CFR 312)."""
        return any(f.erases for f in self.findings)
