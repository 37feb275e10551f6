"""What the policies said of a lead: findings, verdict, obligations. Data, never an exception."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from gateway.domain.facts import FactValue

Verdict = Literal["accept", "hold", "reject"]
STRICTNESS: dict[Verdict, int] = {"accept": 0, "hold": 1, "reject": 2}
Question = Literal["confirm", "recheck", "evidence", "review"]
"""What a hold waits for: the person's click, DNS, the vendor, the officer."""
Use = Literal["lead", "phone", "emission"]
"""What a rule judges: taking the lead in, using its phone number, or handing its prospect out."""
GATE = "GATE-"
"""How the ids of the gateway's own findings begin."""


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
    four_eyes: bool = False  # setting it aside takes two people
    # A ground to accept. Decisions of before this was kept lack it, and their policies tell it: it is not compared.
    grants: bool = field(default=False, compare=False)

    @property
    def can_be_set_aside(self) -> bool:
        """Whether an override may lift it: an objection to the lead itself, of a rule that does not say never.

        Silence of all rules is no objection but a ground that lacks, and what must be erased is gone.
        """
        return (
            self.override_allowed and self.use == "lead" and self.verdict != "accept" and not self.erases
            and not self.rule.startswith(GATE)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SetAside:
    """A finding that no longer counts, and the override that lifted it."""

    finding: Finding
    override: str  # override_7
    seconded: bool = False  # two people stood by it


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
    set_aside: tuple[SetAside, ...] = ()  # by overrides; these findings are not among the others

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


def owed(verdict: Verdict, phone: Verdict | None, findings: Iterable[Finding]) -> tuple[str, ...]:
    """The obligations of the findings that won, each once; those of the phone where both may be used."""
    return tuple(dict.fromkeys(
        code for finding in findings
        if (finding.use == "lead" and finding.verdict == verdict)
        or (finding.use == "phone" and verdict == phone == "accept")
        for code in finding.obligations
    ))  # fmt: skip
