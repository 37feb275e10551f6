"""Where people stand now, as last derived, and what they are about to run out of. It derives nothing itself."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from gateway.db.work import UnitOfWork
from gateway.lifecycle.tables import events, happenings, phases, prospects, reorders

_CHUNK = 500
STALE = ""
"""In the place of the rules' digest: something happened since it was derived."""


class Stands(NamedTuple):
    """Where somebody stands, by which rule and which happenings."""

    prospect_id: int
    phase: str
    kind: str | None
    rule: str
    causes: tuple[int, ...]
    since: datetime
    next_change_at: datetime | None


class Person(NamedTuple):
    """What deriving needs of a prospect."""

    id: int
    state: str
    since: datetime
    withdrawn: bool


class Reorder(NamedTuple):
    """One thing that somebody will run out of."""

    prospect_id: int
    product: str
    last_on: date
    run_out_on: date
    reorder_on: date
    pace_days: float
    purchases: int


def mark(work: UnitOfWork, prospect_ids: Iterable[int]) -> None:
    """Something happened to these people: where they stand is to be derived again."""
    wanted = sorted(set(prospect_ids))
    for start in range(0, len(wanted), _CHUNK):
        some = wanted[start : start + _CHUNK]
        marked = update(phases).where(phases.c.prospect_id.in_(some)).values(rules=STALE)
        there = set(work.connection.execute(marked.returning(phases.c.prospect_id)).scalars())
        first = {"phase": "prospect", "rule": "", "causes": "[]", "since": work.at, "rules": STALE}
        if new := [{"prospect_id": number, **first} for number in some if number not in there]:
            work.connection.execute(insert(phases), new)


def find_due(connection: Connection, rules: str, now: datetime, limit: int) -> list[int]:
    """Whose phase is to be derived: something happened, the rules changed, or time has made it due."""
    asked = (
        select(phases.c.prospect_id).where(phases.c.rules < rules).limit(limit),
        select(phases.c.prospect_id).where(phases.c.rules > rules).limit(limit),
        select(phases.c.prospect_id).where(phases.c.next_change_at <= now).limit(limit),
    )
    found: dict[int, None] = {}
    for query in asked:
        if len(found) < limit:
            found.update(dict.fromkeys(connection.execute(query).scalars()))
    return list(found)[:limit]


def find_people(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, Person]:
    """Those of these prospects that are there."""
    columns = (prospects.c.id, prospects.c.state, prospects.c.since, prospects.c.withdrawn_at)
    query = select(*columns).where(prospects.c.id.in_(prospect_ids))
    return {
        row.id: Person(row.id, row.state, row.since, row.withdrawn_at is not None) for row in connection.execute(query)
    }


def find_seen(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, tuple[object, ...]]:
    """By what it is known whether anything happened to these people since: who they are, the last that was told of
    each and that was concluded, and whether they are due.
    """  # noqa: D205 - one paragraph
    found: dict[int, tuple[object, ...]] = dict.fromkeys(prospect_ids, ())
    due = select(phases.c.prospect_id, phases.c.rules).where(phases.c.prospect_id.in_(prospect_ids))
    known = select(prospects.c.id, prospects.c.match_key, prospects.c.withdrawn_at, prospects.c.since)
    last = [
        select(table.c.prospect_id, func.max(table.c.id)).where(table.c.prospect_id.in_(prospect_ids))
        .group_by(table.c.prospect_id)
        for table in (happenings, events)
    ]  # fmt: skip
    for place, query in enumerate((known.where(prospects.c.id.in_(prospect_ids)), due, *last)):
        for number, *rest in connection.execute(query) if prospect_ids else ():
            found[number] = (*found[number], place, *rest)
    return found


class Named(NamedTuple):
    """A prospect by its number, with key and address; empty of an erased one."""

    id: int
    key: bytes
    address: str

    @property
    def is_somebody(self) -> bool:
        """Not erased."""
        return self.address != ""


def names_of(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, Named]:
    """Those of these prospects that are there, with their keys."""
    found: dict[int, Named] = {}
    columns = (prospects.c.id, prospects.c.match_key, prospects.c.address)
    for start in range(0, len(prospect_ids), _CHUNK):
        query = select(*columns).where(prospects.c.id.in_(prospect_ids[start : start + _CHUNK]))
        found.update((row[0], Named(row[0], bytes(row[1]), row[2])) for row in connection.execute(query))
    return found


def write(work: UnitOfWork, found: Sequence[Stands], rules: str) -> None:
    """Where people stand from now on, and in the store, where they were not withdrawn."""
    run = work.connection.execute
    run(delete(phases).where(phases.c.prospect_id.in_([one.prospect_id for one in found])))
    if found:
        run(insert(phases), [{**one._asdict(), "causes": json.dumps(one.causes), "rules": rules} for one in found])
    by_phase: dict[str, list[int]] = {}
    for one in found:
        by_phase.setdefault(one.phase, []).append(one.prospect_id)
    for phase, numbers in by_phase.items():
        here = prospects.c.id.in_(numbers) & prospects.c.withdrawn_at.is_(None) & (prospects.c.state != phase)
        run(update(prospects).where(here).values(state=phase))


def write_reorders(work: UnitOfWork, prospect_ids: Sequence[int], found: Sequence[Reorder]) -> None:
    """What these people will run out of, in the place of what was said before."""
    work.connection.execute(delete(reorders).where(reorders.c.prospect_id.in_(prospect_ids)))
    if found:
        days = ("last_on", "run_out_on", "reorder_on")
        rows = [{**one._asdict(), **{name: getattr(one, name).isoformat() for name in days}} for one in found]
        work.connection.execute(insert(reorders), rows)


def find_standing(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, Stands]:
    """Where those of these people stand to whom something happened."""
    found: dict[int, Stands] = {}
    for start in range(0, len(prospect_ids), _CHUNK):
        query = _stands().where(phases.c.prospect_id.in_(prospect_ids[start : start + _CHUNK]))
        found.update((row.prospect_id, _read(row)) for row in connection.execute(query))
    return found


def page_standing(
    connection: Connection, phase: str, kind: str | None, *, rule: str | None = None, after: int = 0, limit: int = 100
) -> list[Stands]:
    """The next people of a phase behind a number. Prospects to whom nothing happened are not among them."""
    query = _stands().where(phases.c.phase == phase, phases.c.prospect_id > after)
    if kind is not None:
        query = query.where(phases.c.kind == kind)
    if rule is not None:
        query = query.where(phases.c.rule == rule)
    return [_read(row) for row in connection.execute(query.order_by(phases.c.prospect_id).limit(limit))]


def count_standing(connection: Connection) -> dict[tuple[str, str | None, str], int]:
    """How many people stand where by which rule, of those to whom something happened."""
    query = select(phases.c.phase, phases.c.kind, phases.c.rule, func.count())
    grouped = query.group_by(phases.c.phase, phases.c.kind, phases.c.rule)
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(grouped)}


def ids_page(connection: Connection, after: int, limit: int) -> list[int]:
    """The next prospects behind a number that were not withdrawn."""
    query = select(prospects.c.id).where(prospects.c.withdrawn_at.is_(None), prospects.c.id > after)
    return list(connection.execute(query.order_by(prospects.c.id).limit(limit)).scalars())


def count_people(connection: Connection) -> tuple[int, int]:
    """How many prospects there ever were that were not removed, and how many of them were withdrawn."""
    people = connection.execute(select(func.count()).select_from(prospects)).scalar_one()
    left = select(func.count()).select_from(prospects).where(prospects.c.withdrawn_at.is_not(None))
    return people, connection.execute(left).scalar_one()


def page_reorders(
    connection: Connection, first: date, last: date, *, after: tuple[str, int, str] | None = None, limit: int = 100
) -> list[Reorder]:
    """What is to be reordered between two days, both included, soonest first, behind a place; of whom may be asked."""
    day = reorders.c.reorder_on
    query = (
        select(reorders).join(phases, phases.c.prospect_id == reorders.c.prospect_id)
        .where(day >= first.isoformat(), day <= last.isoformat(), phases.c.phase != "lapsed")
        .order_by(day, reorders.c.prospect_id, reorders.c.product).limit(limit)
    )  # fmt: skip
    if after is not None:
        on, number, product = after
        query = query.where(or_(
            day > on,
            (day == on) & (reorders.c.prospect_id > number),
            (day == on) & (reorders.c.prospect_id == number) & (reorders.c.product > product),
        ))  # fmt: skip
    return [_reorder(row) for row in connection.execute(query)]


def reorders_of(connection: Connection, prospect_ids: Sequence[int]) -> list[Reorder]:
    """What these people will run out of, soonest first."""
    query = select(reorders).where(reorders.c.prospect_id.in_(prospect_ids)).order_by(reorders.c.reorder_on)
    return [_reorder(row) for row in connection.execute(query)]


def _reorder(row: Any) -> Reorder:
    last_on, run_out_on, reorder_on = (date.fromisoformat(day) for day in (row.last_on, row.run_out_on, row.reorder_on))
    return Reorder(row.prospect_id, row.product, last_on, run_out_on, reorder_on, row.pace_days, row.purchases)


def _stands() -> Any:
    names = ("prospect_id", "phase", "kind", "rule", "causes", "since", "next_change_at")
    return select(*(phases.c[name] for name in names))


def _read(row: Any) -> Stands:
    return Stands(
        row.prospect_id, row.phase, row.kind, row.rule, tuple(json.loads(row.causes)), row.since, row.next_change_at
    )
