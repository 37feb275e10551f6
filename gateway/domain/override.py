"""An override: an officer's exception for some leads from some rules. What it makes of a decision; pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from itertools import groupby

from gateway.domain.decision import STRICTNESS, Decision, Finding, SetAside, Verdict, owed
from gateway.domain.outcome import NO_RULE_SPEAKS

USUAL = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Override:
    """What is set aside by whom: its name in the ledger, the rules, and whether two people stand by it."""

    name: str  # override_7
    rules: frozenset[str]
    seconded: bool = False

    def lifts(self, finding: Finding) -> bool:
        """Whether it sets this finding aside: never what no officer may, and alone not what takes two."""
        return finding.rule in self.rules and finding.can_be_set_aside and (self.seconded or not finding.four_eyes)


def set_aside(decision: Decision, override: Override) -> Decision:
    """The decision without what an override lifts: the remaining findings decide, the strictest first.

    An override lifts objections and is no ground by itself: where no ground to accept remains, silence of all rules is
    a hold. Where it lifts nothing it is the same decision. The phone number and handing out are judged as before.
    """
    lifted = [finding for finding in decision.findings if override.lifts(finding)]
    if not lifted:
        return decision
    findings = [finding for finding in decision.findings if not override.lifts(finding)]
    asked = [finding for finding in findings if finding.use == "lead"]
    if not any(finding.verdict != "accept" or finding.grants for finding in asked):
        findings.insert(0, NO_RULE_SPEAKS)
    verdict: Verdict = max((f.verdict for f in findings if f.use == "lead"), key=STRICTNESS.__getitem__)
    told = json.dumps([decision.id, sorted(finding.rule for finding in lifted), override.name], separators=(",", ":"))
    return replace(
        decision,
        id="dec_" + sha256(told.encode()).hexdigest()[:24],
        verdict=verdict,
        findings=tuple(findings),
        obligations=owed(verdict, decision.phone, findings),
        set_aside=(*decision.set_aside, *(SetAside(one, override.name, override.seconded) for one in lifted)),
    )


def set_all_aside(decision: Decision, overrides: Iterable[Override]) -> Decision:
    """The same for several overrides, in the order of their names."""
    for override in sorted(overrides, key=lambda one: (len(one.name), one.name)):
        decision = set_aside(decision, override)
    return decision


def overrides_of(decision: Decision) -> list[Override]:
    """The overrides that a recorded decision rests on, as far as they lifted something, in their order."""
    return [
        Override(name, frozenset(one.finding.rule for one in some), some[0].seconded)
        for name, found in groupby(decision.set_aside, key=lambda one: one.override)
        for some in [list(found)]
    ]


def usual_end(today: date) -> date:
    """The last day of an override of which nobody said how long."""
    return today + USUAL
