"""Phases derived from what happened: when events come, when time passes, when the rules change.

A slice of people is taken up, judged and written in one transaction. Whoever is cut off or doubled does no harm: the
same happenings under the same rules come to the same phases, and only what differs from what we hold is appended.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection

from gateway.becoming import restating
from gateway.db.work import UnitOfWork, reading
from gateway.lifecycle import history
from gateway.lifecycle.happenings import Happening, numbered
from gateway.lifecycle.history import Change
from gateway.lifecycle.standing import (
    STALE,
    Person,
    Reorder,
    Stands,
    find_due,
    find_people,
    write,
    write_reorders,
)
from gateway.pipeline import Services
from gateway.policy.errors import PolicyError
from gateway.policy.phases.judge import Life, Standing, evaluate, live, ordered
from gateway.policy.phases.pace import RunOut
from gateway.policy.phases.rules import Lifecycle
from gateway.policy.phases.tally import Dealing, Told

SLICE = 200  # people a transaction
FAR = datetime(9999, 12, 31, tzinfo=UTC)
Terms = tuple[Lifecycle, datetime, str]
"""The rules, until when, and the zone in which days are counted."""


def is_due(services: Services, now: datetime) -> bool:
    """Whether anybody's phase is to be derived. Where nothing ever happened to anybody, no rule is read for it."""
    with reading(services.engine) as connection:
        if not find_due(connection, STALE, FAR, 1):
            return False
        try:
            rules = services.policies.lifecycle
        except PolicyError:  # said wherever leads are judged; what is owed waits
            return False
        return rules is not None and bool(find_due(connection, rules.digest, now, 1))


def derive_due(services: Services, *, seconds: float) -> bool:
    """Derive what is due, for about so long; whether something is left."""
    begun, rules = time.monotonic(), services.policies.lifecycle
    while rules is not None:
        with services.unit_of_work() as work:
            due = find_due(work.connection, rules.digest, work.at, SLICE)
            if due:
                restating.note(work, services.ledger, rules)
                derive(work, rules, due, services.settings.zone)
        if not due:
            return False
        if time.monotonic() - begun > seconds:
            return True
    return False


def derive(work: UnitOfWork, rules: Lifecycle, prospect_ids: Sequence[int], zone: str) -> int:
    """Derive where these people stand, from all that happened; how many changes were written."""
    connection = work.connection
    people = find_people(connection, prospect_ids)
    happened = numbered(connection, people)
    held = history.changes_of(connection, people)
    stands: list[Stands] = []
    reorders: list[Reorder] = []
    rows: list[tuple[int, str, Change]] = []
    for number, person in people.items():
        life, changes = _life(person, happened.get(number, ()), held.get(number, ()), (rules, work.at, zone))
        rows += [(number, before, one) for before, one in _news(changes, held.get(number, ()), work.at)]
        stands.append(_stands(number, life, rules, work.at, zone))
        if not life.stopped:
            reorders += [_reorder(number, one) for one in life.run_outs]
    gone = [Stands(number, "prospect", None, "", (), work.at, None) for number in set(prospect_ids) - people.keys()]
    history.append(work, rows)
    write(work, [*stands, *gone], rules.digest)
    write_reorders(work, prospect_ids, reorders)
    return len(rows)


def standings(
    connection: Connection, rules: Lifecycle, prospect_ids: Sequence[int], now: datetime, zone: str
) -> dict[int, Standing]:
    """Where each of these people stands at this moment; nothing is written."""
    happened = numbered(connection, prospect_ids)
    held = history.changes_of(connection, prospect_ids)
    nothing = evaluate([], rules, now, zone)
    return {
        number: evaluate(ordered([Told(*one) for one in happened[number]], _dealings(held.get(number, ()))), rules, now,
                         zone)
        if number in happened else nothing
        for number in prospect_ids
    }  # fmt: skip


def _dealings(held: Sequence[Change]) -> list[Dealing]:
    return [
        Dealing(one.at, "withdrawn" if one.is_withdrawal else "consented", one.cause)
        for one in held
        if one.is_withdrawal or one.is_return
    ]


def _life(
    person: Person, happened: Sequence[tuple[int, Happening]], held: Sequence[Change], terms: Terms
) -> tuple[Life, list[Change]]:
    dealings = _dealings(held)
    if person.withdrawn and not any(one.is_withdrawal for one in held):
        dealings.append(Dealing(person.since, "withdrawn"))  # of before changes were kept
    life = live(ordered([Told(*one) for one in happened], dealings), *terms)
    return life, [Change(one.at, one.phase, one.kind, one.title, one.rule, one.causes) for one in life.changes]


def _news(found: Sequence[Change], held: Sequence[Change], now: datetime) -> list[tuple[str, Change]]:
    """What is to be appended so that the history says the same: from the first difference on, each with the one before.

    Where we had said too much, the last that stays is said again at the instant of what was too much.
    """
    past = [one for one in history.timeline(held) if one.at <= now]
    true = [one for place, one in enumerate(found) if place or one.phase != "prospect"]
    same = 0
    while same < min(len(past), len(true)) and _is_like(past[same], true[same]):
        same += 1
    before = true[same - 1].phase if same else "prospect"
    news: list[tuple[str, Change]] = []
    if same < len(past) and (same == len(true) or past[same].at < true[same].at):
        stays = true[same - 1] if same else Change(past[same].at, "prospect", None, "Nothing had happened", "GATE")
        news.append((past[same].phase, _again(stays, past[same].at)))
    for one in true[same:]:
        news.append((before, one))
        before = one.phase
    return news


def _is_like(one: Change, other: Change) -> bool:
    return (one.at, one.phase, one.kind) == (other.at, other.phase, other.kind)


def _again(one: Change, at: datetime) -> Change:
    return Change(at, one.phase, one.kind, one.cause, one.rule, one.causes)


def _stands(number: int, life: Life, rules: Lifecycle, now: datetime, zone: str) -> Stands:
    last: Standing = life.changes[-1] if life.changes else evaluate([], rules, now, zone)
    return Stands(number, last.phase, last.kind, last.rule, last.causes, last.at, life.next_change_at)


def _reorder(number: int, one: RunOut) -> Reorder:
    return Reorder(number, one.product, one.last_on, one.run_out_on, one.reorder_on, one.pace_days, one.purchases)
