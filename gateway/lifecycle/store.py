"""The lifecycle store: who is known, who comes in, who is withdrawn, who may be handed out. It decides nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, String, bindparam, delete, func, insert, select, type_coerce, update

from gateway.db.base import text_of
from gateway.db.keys import rows_by_key
from gateway.db.plain import ask, ask_one
from gateway.db.work import UnitOfWork
from gateway.domain.purposes import words_of
from gateway.lifecycle.history import CONSENTED, DO_NOT_CONTACT
from gateway.lifecycle.standing import STALE
from gateway.lifecycle.tables import events, happenings, phases, prospects, removed

STATES = ("prospect", "new", "active", "loyal", "inactive", "lapsed")
"""Where a person stands with us: accepted, bought lately, buys, keeps buying, has gone quiet, is gone."""

_LAST = (
    "SELECT max(last) FROM (SELECT max(id) AS last FROM prospects UNION ALL SELECT last FROM removed_prospects) AS seen"
)
WIDE = 2_000_000  # people; from here on the index of match keys is wider than what a connection remembers of the file
MANY = 1_000
"""So many newcomers at once touch nearly every page of that index; in its own order each is read and written once.
In their rows' order 50,000 rows beside 5,000,000 people took 24 µs a row and wrote 607 MB, in this one 17 and 310."""
_PAGE = 500  # rows in memory while exporting, and the most that may still go out when somebody leaves meanwhile


@dataclass(frozen=True, slots=True, order=True)
class Known:
    """What the store knows of a match key."""

    prospect_id: int
    lead_id: int  # the lead that won
    state: str
    withdrawn: bool


class Newcomer(NamedTuple):
    """A lead that was accepted and becomes a prospect; in the order of the table's columns."""

    key: bytes
    address: str  # normalised, for sending
    first_name: str | None
    last_name: str | None
    phone: str | None
    country: str | None  # ISO 3166-1 alpha-2
    purposes: str | None  # as they were chosen; None where the source names none
    lead_id: int
    decision_id: int


def known(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, Known]:
    """Those of the match keys that are in the store, withdrawn ones included."""
    names = ("match_key", "id", "lead_id", "state", "withdrawn_at")
    return {
        bytes(key): Known(prospect_id, lead_id, state, withdrawn_at is not None)
        for key, prospect_id, lead_id, state, withdrawn_at in rows_by_key(connection, prospects, names, keys)
    }


def admit(work: UnitOfWork, rows: Sequence[Newcomer | tuple[Any, ...]]) -> None:
    """Take newcomers (or tuples in the same order) in as prospects, numbered in that order, no number twice.

    A match key already in the store is an error.
    """
    if rows:
        admit_columns(work, list(zip(*rows, strict=True)))


def admit_columns(work: UnitOfWork, columns: Sequence[Sequence[Any]]) -> None:
    """The same for newcomers given as columns, in the order of Newcomer. Many into a wide store are numbered by key.

    No event is written: the prospect's row and its lead say when and why it came in. Events tell what came after.
    """
    if not columns[0]:
        return
    last = _last(work.connection)  # safe: there is one writer
    if last >= WIDE and len(columns[0]) > MANY:
        by_key = sorted(range(len(columns[0])), key=columns[0].__getitem__)
        columns = [list(map(column.__getitem__, by_key)) for column in columns]
    names = ("match_key", "address", "first_name", "last_name", "phone", "country", "purposes", "lead_id",
             "decision_id")  # fmt: skip
    work.insert_columns(
        prospects,
        {"id": range(last + 1, last + 1 + len(columns[0])), **dict(zip(names, columns, strict=True))},
        same={"state": "prospect", "since": text_of(work.at)},
    )


def _last(connection: Connection) -> int:
    """The highest number that a person ever had here."""
    return ask_one(connection, _LAST) or 0


def is_wide(connection: Connection) -> bool:
    """Whether so many people are known that newcomers had better come in large blocks."""
    return _last(connection) >= WIDE


def find_withdrawal(connection: Connection, key: bytes | None, lead_id: int) -> tuple[datetime, str] | None:
    """When and why the prospect that a lead of this match key made was withdrawn; None if it was not, or made none."""
    query = select(prospects.c.withdrawn_at, prospects.c.withdrawn_cause).where(
        prospects.c.match_key == key, prospects.c.lead_id == lead_id, prospects.c.withdrawn_at.is_not(None)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.withdrawn_at, row.withdrawn_cause)


def leads_of(connection: Connection, prospect_ids: Sequence[int]) -> list[int]:
    """The leads that made these prospects."""
    found: list[int] = []
    for start in range(0, len(prospect_ids), _PAGE):
        query = select(prospects.c.lead_id).where(prospects.c.id.in_(prospect_ids[start : start + _PAGE]))
        found.extend(connection.execute(query).scalars())
    return found


def readmit(work: UnitOfWork, rows: Sequence[Newcomer]) -> dict[int, int]:
    """People who left and said yes again are prospects again, on what they gave and agreed to now.

    For each new lead the one on which the prospect stood before.
    """
    before: dict[int, int] = {}
    for row in rows:
        one = known(work.connection, [row.key])[row.key]
        work.connection.execute(
            update(prospects)
            .where(prospects.c.id == one.prospect_id)
            .values(
                address=row.address, first_name=row.first_name, last_name=row.last_name, phone=row.phone,
                country=row.country, purposes=row.purposes, lead_id=row.lead_id, decision_id=row.decision_id,
                state="prospect", since=work.at, withdrawn_at=None, withdrawn_cause=None,
            )
        )  # fmt: skip
        event = (one.prospect_id, text_of(work.at), one.state, "prospect", CONSENTED)
        work.insert_many(events, ("prospect_id", "at", "from_state", "to_state", "cause"), [event])
        before[row.lead_id] = one.lead_id
        _stand(work, [one.prospect_id], "prospect", None)
    return before


def _stand(work: UnitOfWork, prospect_ids: Sequence[int], phase: str, kind: str | None) -> None:
    """Those of these people whose phase was derived before stand here now, until it is derived again."""
    for start in range(0, len(prospect_ids), _PAGE):
        work.connection.execute(
            update(phases).where(phases.c.prospect_id.in_(prospect_ids[start : start + _PAGE]))
            .values(phase=phase, kind=kind, since=work.at, rules=STALE)
        )  # fmt: skip


def left_since(connection: Connection, after: int) -> tuple[int, list[int]]:
    """The newest change of a state behind number ``after``, and the leads of those whom such changes are about."""
    newest = connection.execute(select(func.max(events.c.id))).scalar() or 0
    query = (
        select(prospects.c.lead_id).join(events, events.c.prospect_id == prospects.c.id)
        .where(events.c.id > after, events.c.to_state == "lapsed").distinct()
    )  # fmt: skip
    return newest, list(connection.execute(query).scalars()) if newest > after else []


def find_purposes(connection: Connection, key: bytes) -> str | None:
    """What the prospect of a match key agreed to be written to about; None if nothing was named, or they left."""
    query = select(prospects.c.purposes).where(prospects.c.match_key == key, prospects.c.withdrawn_at.is_(None))
    return connection.execute(query).scalar_one_or_none()


def widen(work: UnitOfWork, key: bytes, purposes: str) -> None:
    """Somebody who is a prospect agreed to these purposes, too. Where nothing was named before, nothing is narrowed."""
    before = find_purposes(work.connection, key)
    if before is not None:
        words = " ".join(words_of(f"{before} {purposes}"))
        work.connection.execute(update(prospects).where(prospects.c.match_key == key).values(purposes=words))
        stir(work, [key], "purposes widened")


def withdraw(work: UnitOfWork, keys: Iterable[bytes], cause: str) -> list[int]:
    """Let no prospect of these match keys be handed out again; the numbers of those withdrawn by this call."""
    present = [one for one in known(work.connection, keys).values() if not one.withdrawn]
    if not present:
        return []
    statement = (
        update(prospects)
        .where(prospects.c.id == bindparam("prospect"))
        .values(state="lapsed", since=work.at, withdrawn_at=work.at, withdrawn_cause=cause)
    )
    work.connection.execute(statement, [{"prospect": one.prospect_id} for one in present])
    now = text_of(work.at)
    work.insert_many(
        events,
        ("prospect_id", "at", "from_state", "to_state", "cause"),
        [(one.prospect_id, now, one.state, "lapsed", cause) for one in present],
        same={"kind": DO_NOT_CONTACT},
    )
    _stand(work, [one.prospect_id for one in present], "lapsed", DO_NOT_CONTACT)
    return sorted(one.prospect_id for one in present)


class Basis(NamedTuple):
    """On what a person's being a prospect rests, or rested."""

    lead_id: int
    decision_id: int
    withdrawn: bool


def find_basis(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, Basis]:
    """Those of the match keys that are in the store, withdrawn ones included, each with its decision."""
    names = ("match_key", "lead_id", "decision_id", "withdrawn_at")
    return {
        bytes(key): Basis(lead_id, decision_id, withdrawn_at is not None)
        for key, lead_id, decision_id, withdrawn_at in rows_by_key(connection, prospects, names, keys)
    }


class Living(NamedTuple):
    """Somebody who did not leave."""

    id: int
    key: bytes
    address: str
    lead_id: int


def people_page(connection: Connection, after: int, size: int) -> list[Living]:
    """The next prospects behind number ``after`` that were not withdrawn, with their keys; empty at the end."""
    columns = prospects.c
    query = select(columns.id, columns.match_key, columns.address, columns.lead_id)
    query = query.where(columns.withdrawn_at.is_(None), columns.id > after).order_by(columns.id).limit(size)
    return [Living(number, bytes(key), address, lead) for number, key, address, lead in connection.execute(query)]


def addresses_page(connection: Connection, after: int, size: int) -> list[tuple[int, str]]:
    """The next prospects behind number ``after``, withdrawn ones too, with their addresses; erased ones have none."""
    query = select(prospects.c.id, prospects.c.address).where(prospects.c.id > after)
    return [(row.id, row.address) for row in connection.execute(query.order_by(prospects.c.id).limit(size))]


def is_withdrawn(connection: Connection, prospect_id: int) -> bool | None:
    """Whether this prospect was withdrawn; None of one who was removed."""
    rows = ask(connection, f"SELECT withdrawn_at FROM {prospects.name} WHERE id = ?", (prospect_id,))  # noqa: S608 - our own name
    return rows[0][0] is not None if rows else None


def find_addresses(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, str]:
    """The addresses of those of these match keys that are in the store, withdrawn ones included."""
    return {bytes(key): address for key, address in rows_by_key(connection, prospects, ("match_key", "address"), keys)}


def find_decisions(connection: Connection, lead_ids: Iterable[int]) -> dict[int, int]:
    """The decisions of those of these leads that made a prospect who was not withdrawn."""
    wanted = set(lead_ids)
    if not wanted:
        return {}
    query = select(prospects.c.lead_id, prospects.c.decision_id).where(
        prospects.c.lead_id.between(min(wanted), max(wanted)), prospects.c.withdrawn_at.is_(None)
    )
    return {row.lead_id: row.decision_id for row in connection.execute(query) if row.lead_id in wanted}


def count_by_decision(connection: Connection) -> dict[int, int]:
    """How many prospects that were not withdrawn stand on each decision."""
    query = select(prospects.c.decision_id, func.count()).where(prospects.c.withdrawn_at.is_(None))
    return {row[0]: row[1] for row in connection.execute(query.group_by(prospects.c.decision_id))}


def export(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every prospect that was not withdrawn, in the order they came, a page in memory at a time."""
    after = 0
    while page := export_page(connection, after):
        yield from page
        after = page[-1]["id"]


def export_page(connection: Connection, after: int) -> list[dict[str, Any]]:
    """The next prospects behind number ``after`` that were not withdrawn; empty at the end."""
    columns = prospects.c
    query = _exported().where(columns.withdrawn_at.is_(None), columns.id > after).order_by(columns.id).limit(_PAGE)
    return [dict(row) for row in connection.execute(query).mappings()]


def export_some(connection: Connection, prospect_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Those of these prospects that were not withdrawn."""
    found: list[dict[str, Any]] = []
    for start in range(0, len(prospect_ids), _PAGE):
        some = prospects.c.id.in_(prospect_ids[start : start + _PAGE])
        query = _exported().where(prospects.c.withdrawn_at.is_(None), some).order_by(prospects.c.id)
        found += [dict(row) for row in connection.execute(query).mappings()]
    return found


def _exported() -> Select[Any]:
    columns = prospects.c
    return select(
        columns.id, columns.match_key, columns.address, columns.first_name, columns.last_name, columns.phone,
        columns.country, columns.purposes, columns.state, type_coerce(columns.since, String).label("since"),
        columns.lead_id, columns.decision_id,
    )  # fmt: skip


class Came(NamedTuple):
    """A prospect as those who follow the store see it."""

    id: int
    lead_id: int
    country: str | None
    purposes: str | None
    withdrawn: bool


def follow_prospects(connection: Connection, after: int, size: int) -> list[Came]:
    """The next prospects behind number ``after``, withdrawn ones included.

    Asked under the one writer's lock, it misses nobody: numbers are given under the same lock and only grow, so no
    number below one that is seen can be committed later.
    """
    columns = prospects.c
    query = select(columns.id, columns.lead_id, columns.country, columns.purposes, columns.withdrawn_at)
    rows = connection.execute(query.where(columns.id > after).order_by(columns.id).limit(size))
    return [Came(*row[:4], row[4] is not None) for row in rows]


class Stirred(NamedTuple):
    """An event, as those who follow the store see it."""

    id: int
    prospect_id: int
    cause: str


def follow_events(connection: Connection, after: int, size: int) -> list[Stirred]:
    """The next events behind number ``after``; asked under the one writer's lock, it misses none, as above."""
    query = select(events.c.id, events.c.prospect_id, events.c.cause).where(events.c.id > after)
    return [Stirred(*row) for row in connection.execute(query.order_by(events.c.id).limit(size))]


def last_followed(connection: Connection) -> tuple[int, int]:
    """The highest number of a prospect, and of an event."""
    highest = select(func.max(prospects.c.id)), select(func.max(events.c.id))
    last, event = (connection.execute(query).scalar() or 0 for query in highest)
    return last, event


def stir(work: UnitOfWork, keys: Iterable[bytes], cause: str) -> int:
    """Note that something about these people changed that is no change of their state; how many of them are there."""
    here = sorted(one for one in known(work.connection, keys).values() if not one.withdrawn)
    now = text_of(work.at)
    work.insert_many(
        events, ("prospect_id", "at", "from_state", "to_state", "cause"),
        [(one.prospect_id, now, one.state, one.state, cause) for one in here],
    )  # fmt: skip
    return len(here)


class TakenBack(NamedTuple):
    """What became of prospects that were taken back."""

    removed: int
    withdrawn: int
    had_left: int


def take_back(work: UnitOfWork, leads: Mapping[bytes, int], used: AbstractSet[int], cause: str) -> TakenBack:
    """Take back the prospects that these leads made, by match key; those that rest on another lead are left alone.

    Whom nothing has happened to is removed; those with an event, and those of the leads ``used``, are withdrawn.
    """
    here = {key: one for key, one in known(work.connection, leads).items() if one.lead_id == leads[key]}
    numbers = [one.prospect_id for one in here.values()]
    stirred: set[int] = set()
    for start in range(0, len(numbers), _PAGE):
        query = select(events.c.prospect_id).where(events.c.prospect_id.in_(numbers[start : start + _PAGE]))
        stirred.update(work.connection.execute(query).scalars())
        told = select(happenings.c.prospect_id).where(happenings.c.prospect_id.in_(numbers[start : start + _PAGE]))
        stirred.update(work.connection.execute(told).scalars())
    kept = {key for key, one in here.items() if one.prospect_id in stirred or one.lead_id in used}
    left = sum(one.withdrawn for one in here.values())
    gone = [one.prospect_id for key, one in here.items() if key not in kept and not one.withdrawn]
    for start in range(0, len(gone), _PAGE):
        work.connection.execute(delete(prospects).where(prospects.c.id.in_(gone[start : start + _PAGE])))
    if gone:
        _retire(work, max(gone))
    return TakenBack(len(gone), len(withdraw(work, kept, cause)), left)


def _retire(work: UnitOfWork, number: int) -> None:
    """This number and those below are given to nobody again."""
    last = work.connection.execute(select(func.max(removed.c.last))).scalar()
    if last is None:
        work.connection.execute(insert(removed).values(last=number))
    elif last < number:
        work.connection.execute(update(removed).values(last=number))
