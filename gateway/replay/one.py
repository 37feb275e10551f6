"""One lead decided again: the recorded facts under the rules of today. Writes nothing and asks the world nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.domain.decision import Decision, Finding
from gateway.domain.override import overrides_of, set_all_aside
from gateway.outcomes.history import find_recorded
from gateway.outcomes.view import find_decided
from gateway.pipeline import Services
from gateway.policy.errors import PolicyError
from gateway.replay.again import rules_behind
from gateway.replay.translate import Translator


@dataclass(frozen=True, slots=True)
class Again:
    """A recorded decision and what today's rules make of the same facts."""

    before: Decision
    after: Decision
    judged_at: datetime  # as of which the facts are known
    last_look: str | None  # reason code of what was found when it was written; no pack decides that
    blurred: tuple[str, ...]  # facts of which less is recorded than today's rules ask

    @property
    def flips(self) -> bool:
        """Whether the verdict is another one."""
        return self.before.verdict != self.after.verdict

    @property
    def is_same(self) -> bool:
        """Whether nothing at all would be said otherwise."""
        return not (self.flips or self.gone or self.new or self.obligations_gone or self.obligations_new)

    @property
    def rules(self) -> list[str]:
        """The rules that a flip is due to."""
        return rules_behind(self.before, self.after) if self.flips else []

    @property
    def gone(self) -> list[Finding]:
        """What was found then and would not be today."""
        return _without(self.before.findings, self.after.findings)

    @property
    def new(self) -> list[Finding]:
        """What would be found today and was not then."""
        return _without(self.after.findings, self.before.findings)

    @property
    def obligations_gone(self) -> list[str]:
        """What was owed then and would not be today."""
        return [code for code in self.before.obligations if code not in self.after.obligations]

    @property
    def obligations_new(self) -> list[str]:
        """What would be owed today and was not then."""
        return [code for code in self.after.obligations if code not in self.before.obligations]


def decide_again(connection: Connection, services: Services, number: int) -> Again | None:
    """A lead's recorded case under the packs and rules in force now; None where its record cannot be decided again."""
    row = find_decided(connection, number)
    if row is None:
        return None
    recorded = next(find_recorded(connection, [row.decision_id]), None)
    if recorded is None or recorded.decision is None:
        return None
    try:
        old = services.policies_of(connection, recorded.digest)
        if old is None:
            return None
        judge = services.policies.judge(row.as_of, services.clock.now().date())
        translated = Translator(old.judge(row.as_of), judge, row.as_of).translate(recorded.decision)
        after = set_all_aside(judge.decide(translated.case), overrides_of(recorded.decision))
    except (PolicyError, TypeError, ValueError):
        return None
    blurred = tuple(name for name in translated.blurred if name in judge.asked)
    return Again(recorded.decision, after, row.as_of, row.extra, blurred)


def _without(some: Iterable[Finding], others: Iterable[Finding]) -> list[Finding]:
    told = {(one.rule, one.verdict, one.reason) for one in others}
    return [one for one in some if (one.rule, one.verdict, one.reason) not in told]
