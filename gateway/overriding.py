"""Overrides as people ask for them: checked against today's policies, and their leads judged again at once.

The book of overrides is gateway.outcomes.overrides; whoever asks in a transaction of their own goes there.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from gateway.clocks.calendar import day_of
from gateway.db.work import UnitOfWork, reading
from gateway.domain.outcome import Settled
from gateway.domain.override import usual_end
from gateway.domain.problem import CallerError
from gateway.outcomes.overrides import Record, ask_override, leads_of, renew_override, second
from gateway.outcomes.reopening import find_unopened, opened, to_reopen
from gateway.pipeline import Services, reconsider, release

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
        doubled={rule.id for rule in ours if rule.four_eyes}, rebuild=services.rebuild,
    )  # fmt: skip


def stand_by(services: Services, number: int, *, by: str) -> Record:
    """A second person stands by an override, and its leads are judged again. Raises CallerError."""
    try:
        with services.unit_of_work() as work:
            seconded = second(work, services.ledger, number, by=by)
    except CallerError as error:
        if any(problem.code == "one_hand" for problem in error.problems):  # tried, which is worth a line by itself
            with services.unit_of_work() as work:
                services.ledger.append(work, "override.not_seconded", {"override": f"override_{number}", "by": by,
                                       "why": error.problems[0].message})  # fmt: skip
        raise
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
        closed = to_reopen(connection, found.id)
    settled = release(ids[:AT_ONCE], services, by=by, dns_seconds=0)
    settled += open_again(services, found.id, closed, by=by)
    if len(ids) > AT_ONCE:
        services.wake()
    return Counter(outcome for one in settled for outcome in one.outcomes)


def open_again(services: Services, number: int, closed: Sequence[int], *, by: str) -> list[Settled]:
    """Judge the rejections of an override in force again, and note that it is done."""
    settled = reconsider(closed, services, by=by) if closed else []
    with services.unit_of_work() as work:
        opened(work, number)
    return settled


def go_on_opening(services: Services) -> None:
    """Whoever asked or stood by an override died before its rejections were judged again: done now."""
    with reading(services.engine) as connection:
        owed = [
            (one, by, to_reopen(connection, one)) for one, by in find_unopened(connection, services.clock.now(), 50)
        ]
    for number, by, closed in owed:
        open_again(services, number, closed, by=by)
