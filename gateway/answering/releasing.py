"""Releasing many holds: which rules would be set aside, what else would hold the leads still, and doing it.

Setting aside is the override's (gateway.outcomes.overrides): signed, with an end, by two people where a rule takes
two, and never where a rule says never. What is left of the decision then is the policies'.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection

from gateway.answering.groups import Group
from gateway.clocks.calendar import day_of
from gateway.db.work import UnitOfWork, reading
from gateway.domain.decision import Finding
from gateway.domain.override import Override, set_aside, usual_end
from gateway.outcomes import answers
from gateway.outcomes.answers import Answer
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.holds import load_waiting
from gateway.outcomes.override_problems import MOST_LEADS
from gateway.outcomes.overrides import Record, ask_override, find_spoken
from gateway.outcomes.settle import rehearse
from gateway.pipeline import Services, judge

TRIED = 100
"""Leads that are judged to see what would become of them."""


@dataclass(slots=True)
class Foreseen:
    """What a release would do, as far as some of its leads tell."""

    rules: list[Finding]  # that would be set aside
    expires_on: date
    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    others: Counter[tuple[str, str]] = field(default_factory=Counter)  # rule and title of what would hold or refuse

    @property
    def takes_two(self) -> bool:
        """Whether a second person must stand by it."""
        return any(finding.four_eyes for finding in self.rules)


def in_the_way(group: Group, services: Services) -> list[Finding]:
    """The findings of a group that no officer may set aside: while there are any, to release it would be in vain."""
    firm = {rule.id for rule in services.policies.rules if not rule.override_allowed}
    return [finding for finding in group.findings if finding.rule in firm or not finding.can_be_set_aside]


def rules_of(groups: Sequence[Group], services: Services) -> list[Finding]:
    """The findings that a release of these groups would set aside, a rule each."""
    doubled = {rule.id for rule in services.policies.rules if rule.four_eyes}
    found = {finding.rule: finding for group in groups for finding in group.findings}
    return [replace(found[rule], four_eyes=rule in doubled or found[rule].four_eyes) for rule in sorted(found)]


def foresee(services: Services, rules: Sequence[Finding], ids: Sequence[int]) -> Foreseen:
    """What would become of some of the leads, judged now without these rules. Writes nothing, and asks no DNS."""
    now = services.clock.now()
    found = Foreseen(list(rules), usual_end(day_of(now, services.settings.zone)))
    lifting = Override("override_0", frozenset(finding.rule for finding in rules), seconded=True)
    with reading(services.engine) as connection:
        batches = load_waiting(connection, ids[:TRIED])
    rehearsal = Rehearsal()
    for batch in batches:
        _, screened, decisions = judge(batch, services, now, dns_seconds=0)
        memo = {id(one): set_aside(one, lifting) for one in decisions}
        with reading(services.engine) as connection:
            left = [memo[id(one)] for one in decisions]
            settled = rehearse(batch, screened, left, connection, rehearsal, as_of=now)
        for index, outcome in enumerate(settled.outcomes):
            found.tried += 1
            found.outcomes[outcome] += 1
            if outcome != "prospect":
                against = (f for f in settled.findings(index) if f.verdict != "accept" and f.use == "lead")
                found.others.update({(finding.rule, finding.title) for finding in against})
    return found


def except_next(work: UnitOfWork, services: Services, answer: Answer) -> Counter[str] | None:
    """Ask for the next override that the answer takes; what became of leads that are not released now.

    None where all of its leads have theirs. How far it came stands in the answer's terms.
    """
    ids = answers.find_left(work.connection, answer.id, MOST_LEADS, after=answer.terms.get("reached", 0))
    if not ids:
        return None
    rules, done = _spoken(work.connection, services, ids, answer.terms["rules"]), Counter[str]()
    terms = answer.terms | {"reached": ids[-1]}
    asked = _ask(work, services, answer, ids, rules) if rules else None
    if asked is not None:
        terms["overrides"] = [*terms.get("overrides", ()), asked.id]
    if asked is None or asked.state == "asked":
        answers.let_go(work, answer.id, ids)
        done["still" if asked is None else "second_person"] = len(ids)
    answers.keep_terms(work, answer.id, terms)
    return done


def _spoken(connection: Connection, services: Services, ids: Sequence[int], wanted: Collection[str]) -> list[str]:
    """Of the rules that the officer saw, those that still hold some of these leads and may be set aside."""
    firm = {rule.id for rule in services.policies.rules if not rule.override_allowed}
    spoken = find_spoken(connection, ids)
    against = {rule: [f for f in spoken.get(rule, ()) if f.verdict != "accept"] for rule in wanted if rule not in firm}
    return [rule for rule, found in against.items() if found and all(finding.can_be_set_aside for finding in found)]


def _ask(work: UnitOfWork, services: Services, answer: Answer, ids: Sequence[int], rules: Sequence[str]) -> Record:
    ours = services.policies.rules
    return ask_override(
        work, services.ledger, rules=rules, lead_ids=ids, reason=answer.reason, by=answer.by,
        expires_on=date.fromisoformat(answer.terms["expires_on"]), zone=services.settings.zone,
        firm={rule.id for rule in ours if not rule.override_allowed},
        doubled={rule.id for rule in ours if rule.four_eyes},
    )  # fmt: skip
