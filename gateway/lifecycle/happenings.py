"""Happenings: what became of people, as it is told. Each is kept once and never changed; nothing is concluded here."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, func, select

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.happening import BOUGHT, KINDS, STOPPED, Happening
from gateway.lifecycle.tables import happenings as table
from gateway.lifecycle.tables import prospects

__all__ = ["BOUGHT", "KINDS", "STOPPED", "Happening", "of_prospects", "page", "record", "told_under"]

_CHUNK = 5000  # parameters of a statement
_FIELDS = ("prospect_id", "kind", "at", "product", "segment", "quantity", "amount_minor", "currency", "campaign",
           "channel", "satisfaction", "recommend")  # fmt: skip


def record(work: UnitOfWork, teller: str, rows: Sequence[tuple[str, Happening]]) -> list[bool]:
    """Keep what a teller says, each under its own id; False where it was told before, also in the same call.

    Whatever is told again under an id is passed over: what was told first stands.
    """
    there = set(told_under(work.connection, teller, [name for name, _ in rows]))
    fresh: list[tuple[object, ...]] = []
    answers: list[bool] = []
    for name, one in rows:
        answers.append(name not in there)
        if answers[-1]:
            there.add(name)
            fresh.append((teller, _event_key(name), *_values(one)))
    work.insert_many(table, ("teller", "event_key", *_FIELDS), fresh, same={"known_at": text_of(work.at)})
    return answers


def told_under(connection: Connection, teller: str, names: Iterable[str]) -> dict[str, tuple[int, str]]:
    """What is kept under those of a teller's ids under which anything is: of which prospect, and what kind of thing."""
    by_key = {_event_key(name): name for name in names}
    keys, found = sorted(by_key), dict[str, tuple[int, str]]()
    for start in range(0, len(keys), _CHUNK):
        query = select(table.c.event_key, table.c.prospect_id, table.c.kind).where(
            table.c.teller == teller, table.c.event_key.in_(keys[start : start + _CHUNK])
        )
        found |= {by_key[row.event_key]: (row.prospect_id, row.kind) for row in connection.execute(query)}
    return found


def page(connection: Connection, *, after: int = 0, limit: int = 5000) -> list[tuple[int, Happening]]:
    """The next happenings behind a number, by number: for what is counted over all of them."""
    query = _query().where(table.c.id > after).order_by(table.c.id).limit(limit)
    return [_read(row) for row in connection.execute(query)]


def of_prospects(connection: Connection, prospect_ids: Iterable[int]) -> dict[int, list[Happening]]:
    """What happened to each of these prospects, by time, then number; whom nothing happened to is absent."""
    return {one: [event for _, event in some] for one, some in numbered(connection, prospect_ids).items()}


def numbered(connection: Connection, prospect_ids: Iterable[int]) -> dict[int, list[tuple[int, Happening]]]:
    """The same, each with its number."""
    wanted, found = sorted(set(prospect_ids)), dict[int, list[tuple[int, Happening]]]()
    for start in range(0, len(wanted), _CHUNK):
        query = _query().where(table.c.prospect_id.in_(wanted[start : start + _CHUNK]))
        for row in connection.execute(query.order_by(table.c.prospect_id, table.c.at, table.c.id)):
            number, one = _read(row)
            found.setdefault(one.prospect_id, []).append((number, one))
    return found


def newest(connection: Connection) -> int:
    """The number of the last happening; numbers only grow, and are given under the one writer's lock."""
    return connection.execute(select(func.max(table.c.id))).scalar() or 0


def told_of_since(connection: Connection, number: int) -> set[int]:
    """The prospects of whom something was told behind this number."""
    return set(connection.execute(select(table.c.prospect_id).where(table.c.id > number).distinct()).scalars())


def counts_of(connection: Connection, prospect_ids: Sequence[int]) -> dict[int, int]:
    """How much happened to each of these few prospects; whom nothing happened to is absent."""
    mine = table.c.prospect_id.in_(prospect_ids)
    query = select(table.c.prospect_id, func.count()).where(mine).group_by(table.c.prospect_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def leads_of_buyers(connection: Connection) -> list[int]:
    """The leads by which those came who bought anything, in order."""
    query = (
        select(prospects.c.lead_id).join(table, table.c.prospect_id == prospects.c.id)
        .where(table.c.kind.in_(BOUGHT)).distinct()
    )  # fmt: skip
    return sorted(connection.execute(query).scalars())


def _query() -> Select[Any]:
    return select(table.c.id, *(table.c[name] for name in _FIELDS))


def _read(row: Any) -> tuple[int, Happening]:
    return row[0], Happening(*row[1:])


def _values(one: Happening) -> tuple[object, ...]:
    """As the driver takes them. Raises ValueError for what no reader may meet."""
    if one.kind not in KINDS:
        raise ValueError(f"{one.kind!r} is no kind of happening")
    if one.at.tzinfo is None:
        raise ValueError("an instant needs its zone")
    values = (getattr(one, name) for name in _FIELDS)
    return tuple(text_of(one.at) if value is one.at else value for value in values)


def _event_key(name: str) -> str:
    return sha256(name.encode(errors="surrogatepass")).hexdigest()
