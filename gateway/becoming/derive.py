"""Phases derived from what happened: when events come, when time passes, when the rules change.

A slice of people is looked up, then judged without any transaction, for somebody to whom thousands of things happened
takes seconds; then it is written, in a transaction that is as long for much that happened as for little. Of whom we
learnt something meanwhile nothing is written: they are still due. Whoever is cut off or doubled does no harm: the same
happenings under the same rules come to the same phases, and only what differs from what we hold is appended.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from gateway.becoming import restating
from gateway.db.work import UnitOfWork, reading
from gateway.lifecycle import happenings, history
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
MOST_HAPPENINGS = 20_000  # in a slice of more than one person
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
    begun, rules, is_noted = time.monotonic(), services.policies.lifecycle, False
    while rules is not None:
        found = _look(services, rules.digest)
        if not found.due:
            return False
        judged = _judge(found, (rules, found.at, services.settings.zone))
        with services.unit_of_work() as work:
            if not is_noted:
                restating.note(work, services.ledger, rules)
                is_noted = True
            _write(work, found, judged, rules.digest)
        if time.monotonic() - begun > seconds:
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Found:
    """People who are due, and all that is known of them at an instant."""

    at: datetime
    due: Sequence[int]
    people: Mapping[int, Person]
    happened: Mapping[int, Sequence[tuple[int, Happening]]]
    held: Mapping[int, Sequence[Change]]
    last_happening: int
    last_change: int


@dataclass(slots=True)
class _Judged:
    """What is to be written of each person."""

    stands: list[Stands] = field(default_factory=list)
    reorders: list[Reorder] = field(default_factory=list)
    news: list[tuple[int, str, Change]] = field(default_factory=list)


def _look(services: Services, rules: str) -> _Found:
    at = services.clock.now()
    with reading(services.engine, snapshot=True) as connection:
        due = _bounded(connection, find_due(connection, rules, at, SLICE))
        people = find_people(connection, due)
        return _Found(
            at, due, people, numbered(connection, people), history.changes_of(connection, people),
            happenings.newest(connection), history.newest(connection),
        )  # fmt: skip


def _bounded(connection: Connection, due: Sequence[int]) -> list[int]:
    """The first of these people to whom not too much happened together; one at least."""
    counts, sum_, taken = happenings.counts_of(connection, due), 0, list[int]()
    for number in due:
        sum_ += counts.get(number, 0)
        if taken and sum_ > MOST_HAPPENINGS:
            break
        taken.append(number)
    return taken


def _judge(found: _Found, terms: Terms) -> _Judged:
    """Where these people stand, from all that happened. Nothing is asked and nothing is written."""
    judged, (rules, at, zone) = _Judged(), terms
    for number, person in found.people.items():
        held = found.held.get(number, ())
        life, changes = _life(person, found.happened.get(number, ()), held, terms)
        judged.news += [(number, before, one) for before, one in _news(changes, held, at)]
        judged.stands.append(_stands(number, life, rules, at, zone))
        if not life.stopped:
            judged.reorders += [_reorder(number, one) for one in life.run_outs]
    gone = set(found.due) - found.people.keys()
    judged.stands += [Stands(number, "prospect", None, "", (), at, None) for number in gone]
    return judged


def _write(work: UnitOfWork, found: _Found, judged: _Judged, rules: str) -> None:
    """Write what was judged of those of whom nothing was learnt meanwhile."""
    others = happenings.told_of_since(work.connection, found.last_happening)
    others |= history.changed_since(work.connection, found.last_change)
    there = find_people(work.connection, found.due)
    still = {number for number in found.due if number not in others and there.get(number) == found.people.get(number)}
    history.append(work, [row for row in judged.news if row[0] in still])
    write(work, [one for one in judged.stands if one.prospect_id in still], rules)
    write_reorders(work, sorted(still), [one for one in judged.reorders if one.prospect_id in still])


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
