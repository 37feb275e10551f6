"""Overrides as people ask for them: checked against today's policies, and their leads judged again at once.

The book of overrides is gateway.outcomes.overrides; whoever asks in a transaction of their own goes there.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date

from gateway.clocks.calendar import day_of
from gateway.db.work import UnitOfWork, reading
from gateway.domain.override import usual_end
from gateway.outcomes.overrides import Record, ask_override, leads_of, renew_override, second
from gateway.pipeline import Services, release

AT_ONCE = 2_000
"""Leads judged again while the person waits; the workers take up the others, which are due from that moment."""


def ask(
    services: Services, *, rules: Collection[str], lead_ids: Collection[int], reason: str, by: str,
    expires_on: date | None = None,
) -> Record:  # fmt: skip
    """Ask for an override; where it takes nobody else, its leads are judged again at once. Raises CallerError."""
    with services.unit_of_work() as work:
        asked = ask_within(
            work, services, rules=rules, lead_ids=lead_ids, reason=reason, by=by, expires_on=expires_on
        )  # fmt: skip
    judge_again(services, asked, by=by)
    return asked


def ask_within(
    work: UnitOfWork, services: Services, *, rules: Collection[str], lead_ids: Collection[int], reason: str, by: str,
    expires_on: date | None = None,
) -> Record:  # fmt: skip
    """The same in the caller's transaction, without judging anything; ``judge_again`` follows it."""
    ours = services.policies.rules
    return ask_override(
        work, services.ledger, rules=rules, lead_ids=lead_ids, reason=reason, by=by,
        expires_on=expires_on or usual_end(day_of(work.at, services.settings.zone)), zone=services.settings.zone,
        firm={rule.id for rule in ours if not rule.override_allowed},
        doubled={rule.id for rule in ours if rule.four_eyes},
    )  # fmt: skip


def stand_by(services: Services, number: int, *, by: str) -> Record:
    """A second person stands by an override, and its leads are judged again. Raises CallerError."""
    with services.unit_of_work() as work:
        seconded = second(work, services.ledger, number, by=by)
    judge_again(services, seconded, by=by)
    return seconded


def renew(services: Services, number: int, *, reason: str, by: str, expires_on: date | None = None) -> Record:
    """Ask for an override that goes on with another. Raises CallerError."""
    with services.unit_of_work() as work:
        asked = renew_override(
            work, services.ledger, number, reason=reason, by=by,
            expires_on=expires_on or usual_end(day_of(work.at, services.settings.zone)), zone=services.settings.zone,
        )  # fmt: skip
    judge_again(services, asked, by=by)
    return asked


def judge_again(services: Services, found: Record, *, by: str) -> Counter[str]:
    """Judge the leads of an override in force again, as many as are judged at once; what they ended as."""
    if not found.is_in_force(services.clock.now()):
        return Counter()
    with reading(services.engine) as connection:
        ids = leads_of(connection, found.id)
    settled = release(ids[:AT_ONCE], services, by=by, dns_seconds=0)
    if len(ids) > AT_ONCE:
        services.wake()
    return Counter(outcome for one in settled for outcome in one.outcomes)
