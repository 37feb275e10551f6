"""Rules and packs as loaded: what an officer wrote, checked. No truth is worked out here, and no wording chosen.

The form of a pack's file, ``<pack>.yaml``::

    pack: us-can-spam                  # the file's name
    title: Commercial e-mail, United States (CAN-SPAM Act)
    version: "2026.11"                 # text
    reviewed: {by: ..., on: 2026-11-21, again_by: 2027-05-21}
    grants: true                       # its accept rules are grounds to accept; false: a pack of the house
    applies_to: {fact: person.country, is: US}   # a condition; left out: applies to every lead
    use: phone                         # what its rules judge: lead (as when left out), phone, emission
    rules:
      - id: CS-11                      # REGIME-NN, never used again for something else
        title: ...
        cites: {law: "15 U.S.C. 7702(1)(B)", url: ...}   # one of law, contract, provider, house; law needs its url
        in_force: {from: 2004-01-01, until: 2030-12-31}  # both days included, in UTC; until may be left out
        verified_on: 2026-11-21        # when somebody last read the law
        again_by: 2027-05-21           # when somebody must read it again; left out: as the pack's review
        severity: medium               # critical, high, medium, low, info
        officer: ...                   # why, for the officer
        when: {...}                    # conditions.py
        then: accept                   # accept, hold, reject
        reason: consent_not_ours       # of reasons.yaml
        # and where they apply:
        obligations: [...]             # of obligations.yaml
        override: never                # never, four_eyes (two people), allowed (as when left out)
        question: review               # confirm, recheck, evidence, review: what the hold waits for
        if_unknown: hold               # hold (as when left out, for hold and reject), silent (so for accept)
        unknown_reason: ...            # of reasons.yaml, instead of fact_unknown
        grants: false                  # an accept rule of a granting pack that is no ground by itself
        unverified: ...                # what nobody has checked yet
        use: emission                  # where it is not the pack's
        judged_at: consent             # in force on the day of the consent, not on the day the lead is judged
        erases: true                   # of a reject: nothing but the match key is kept of the lead
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from gateway.domain.decision import Citation, Question, Use, Verdict
from gateway.policy.conditions import All, Ask, Condition

Severity = Literal["critical", "high", "medium", "low", "info"]
OVERRIDES = ("never", "four_eyes", "allowed")
VERDICTS: tuple[Verdict, ...] = ("accept", "hold", "reject")
QUESTIONS: tuple[Question, ...] = ("confirm", "recheck", "evidence", "review")
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
USES: tuple[Use, ...] = ("lead", "phone", "emission")
CITED: tuple[Literal["law", "contract", "provider", "house"], ...] = ("law", "contract", "provider", "house")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the policies something stands."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition with its verdict, its reason and the one ground it rests on."""

    id: str
    title: str
    cites: Citation
    in_force_from: date
    in_force_until: date | None  # the last day
    verified_on: date
    again_by: date
    severity: Severity
    officer: str
    when: Condition
    then: Verdict
    reason: str
    obligations: tuple[str, ...]
    override_allowed: bool
    question: Question | None
    holds_when_unknown: bool
    unknown_reason: str
    grants: bool  # an accept of this rule is a ground to accept the lead
    unverified: str
    spot: Spot
    use: Use = "lead"
    at_consent: bool = False  # in force by the day of the consent
    erases: bool = False
    switched_off: str = ""  # why a company's overlay ended it
    overlaid_from: date | None = None  # the first day on which it stands so, by an overlay
    overlaid_until: date | None = None  # the last
    four_eyes: bool = False  # setting it aside takes two people

    def is_in_force(self, on: date) -> bool:
        """Whether the rule exists on this day. One that goes by the day of the consent outlives its last day."""
        if (self.overlaid_from and on < self.overlaid_from) or (self.overlaid_until and on > self.overlaid_until):
            return False
        if self.at_consent:
            return self.in_force_from <= on
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)

    @property
    def condition(self) -> Condition:
        """What makes it speak: ``when``, and for a rule of the day of the consent that this day lies in force."""
        if not self.at_consent:
            return self.when
        since = Ask("consent.at", "on_or_after", self.in_force_from)
        if self.in_force_until is None:
            return All((since, self.when))
        return All((since, Ask("consent.at", "before", self.in_force_until + timedelta(days=1)), self.when))


def conditions_of(chosen: Iterable[tuple["Pack", Sequence[Rule]]]) -> list[Condition]:
    """Whatever these rules of these packs ask, whom the packs apply to first; a pack without rules asks nothing."""
    asking = [(pack, rules) for pack, rules in chosen if rules]
    whom = [pack.applies_to for pack, _ in asking if pack.applies_to is not None]
    return whom + [rule.condition for _, rules in asking for rule in rules]


@dataclass(frozen=True, slots=True)
class Pack:
    """One regime's rules."""

    name: str
    title: str
    version: str
    reviewed_by: str
    reviewed_on: date
    review_again_by: date
    grants: bool
    applies_to: Condition | None
    rules: tuple[Rule, ...]
    spot: Spot
    lines: Mapping[str, int]  # of the pack's own keys, for lint
