"""Writing and asking the suppression book. Nothing here deletes an order or makes one weaker.

An order is answered only by a consent later than the last time we were told (15 U.S.C. 7704(a)(4)(B)). So being
told again moves ``last_received_at`` forward, and being told of an older opt-out moves ``received_at`` back.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Engine, bindparam, case, func, select, update

from gateway.db.base import instant_of, text_of
from gateway.db.keys import KEY_BYTES, rows_by_key
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork, glancing
from gateway.domain.ports import CAUSES, PHONE, WHOLE, Cause, Person, Scope, Suppression, read_scope
from gateway.domain.problem import CallerError, Problem
from gateway.domain.stops import merged
from gateway.suppression.hashes import find_hashed
from gateway.suppression.tables import suppressions as table


class Request(NamedTuple):
    """Somebody asked to stop, once or more than once."""

    key: bytes
    scope: Scope
    first_at: datetime
    last_at: datetime


_Order = tuple[bytes, Cause, Scope]
_Span = tuple[datetime, datetime]  # first and last time we were told


def record(
    work: UnitOfWork, entries: Sequence[Suppression], *, by: str, note: str = "", scope: Scope | None = None
) -> int:
    """Remember these orders; the number of match keys, causes and scopes that were new.

    ``scope``: of all of them, instead of each one's own. Raises CallerError if ``by`` or ``note`` carries an address,
    ValueError for a key, cause or scope that is none.
    """
    _refuse_addresses(by=by, note=note)
    told = _spans(entries, scope)
    held = {row[:3]: row[3:] for row in _held(work.connection, {order[0] for order in told})}
    now = text_of(work.at)
    work.insert_many(
        table,
        ("match_key", "cause", "scope", "received_at", "last_received_at", "recorded_at", "by", "note"),
        [
            (*order, text_of(first), text_of(last), now, by, note)
            for order, (first, last) in sorted(told.items())  # sorted: neighbours share index pages
            if order not in held
        ],
    )
    _strengthen(work, {
        order: (first, last) for order, (first, last) in told.items()
        if order in held and (first < held[order][0] or last > held[order][1])
    })  # fmt: skip
    return len(told.keys() - held.keys())


def find(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, list[Suppression]]:
    """All orders for these match keys, earliest first; keys without one are absent.

    A cause we were told of more than once comes twice: as first received and as last received.
    """
    found: dict[bytes, list[Suppression]] = {}
    for key, cause, scope, first, last in _held(connection, keys):
        orders = found.setdefault(key, [])
        orders.append(Suppression(key, cause, first, scope))
        if last > first:
            orders.append(Suppression(key, cause, last, scope))
    for orders in found.values():
        orders.sort(key=lambda order: (order.received_at, order.cause, order.scope))
    return found


def find_requests(connection: Connection, causes: Sequence[Cause], since: datetime | None) -> Iterator[Request]:
    """Orders of these causes that we were last told of at ``since`` or later; all of them if it is None."""
    names = [table.c[name] for name in ("match_key", "scope", "received_at", "last_received_at")]
    query = select(*names).where(table.c.cause.in_(causes)).order_by(table.c.id)
    if since is not None:
        query = query.where(table.c.last_received_at >= since)
    for key, scope, first, last in connection.execute(query):
        yield Request(bytes(key), scope, first, last)


def keys_page(connection: Connection, after: int, size: int, *, whole: bool) -> list[tuple[int, bytes]]:
    """The next orders behind a number: number and match key. ``whole``: only those of everything or all mail."""
    query = select(table.c.id, table.c.match_key).where(table.c.id > after, table.c.scope != PHONE)
    if whole:
        query = query.where(table.c.scope.in_(sorted(WHOLE)))
    return [(row[0], bytes(row[1])) for row in connection.execute(query.order_by(table.c.id).limit(size))]


def follow_phones(connection: Connection, after: int, size: int) -> tuple[list[bytes], int]:
    """The match keys of the next phone numbers told of behind order ``after``, and up to which order that is.

    Asked under the one writer's lock it misses none: orders are numbered under the same lock.
    """
    query = select(table.c.id, table.c.match_key).where(table.c.id > after, table.c.scope == PHONE)
    rows = connection.execute(query.order_by(table.c.id).limit(size)).all()
    if len(rows) == size:
        return [bytes(row.match_key) for row in rows], rows[-1].id
    last = connection.execute(select(func.max(table.c.id))).scalar() or 0
    return [bytes(row.match_key) for row in rows], max(last, after)


def last_order(connection: Connection) -> int:
    """The highest number of an order."""
    return connection.execute(select(func.max(table.c.id))).scalar() or 0


def count_people(connection: Connection) -> int:
    """How many match keys have an order of everything or of all mail."""
    query = select(func.count(table.c.match_key.distinct())).where(table.c.scope.in_(sorted(WHOLE)))
    return connection.execute(query).scalar_one()


class Book:
    """The suppression book as screening asks it (domain.ports.Suppressions)."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find_suppressions(self, keys: Iterable[bytes], people: Iterable[Person] = ()) -> dict[bytes, list[Suppression]]:
        """All orders for these match keys, and those of people of whom only a hash was told."""
        with glancing(self._engine) as connection:
            return merged(find(connection, keys), find_hashed(connection, people))

    def holds_phones(self) -> bool:
        """Whether any order is about a phone number."""
        with glancing(self._engine) as connection:
            return bool(ask(connection, f"SELECT 1 FROM {table.name} WHERE scope = ? LIMIT 1", (PHONE,)))  # noqa: S608 - our own name


def _held(connection: Connection, keys: Iterable[bytes]) -> list[tuple[bytes, Cause, Scope, datetime, datetime]]:
    names = ("match_key", "cause", "scope", "received_at", "last_received_at")
    return [
        (bytes(key), cause, scope, instant_of(first), instant_of(last))
        for key, cause, scope, first, last in rows_by_key(connection, table, names, keys)
    ]


def _spans(entries: Sequence[Suppression], scope: Scope | None) -> dict[_Order, _Span]:
    spans: dict[_Order, _Span] = {}
    for entry in entries:
        if len(entry.key) != KEY_BYTES or entry.cause not in CAUSES:
            raise ValueError(f"no suppression can be made of a key of {len(entry.key)} bytes, cause {entry.cause!r}")
        order = (entry.key, entry.cause, read_scope(entry.scope if scope is None else scope))
        first, last = spans.get(order, (entry.received_at, entry.received_at))
        spans[order] = (min(first, entry.received_at), max(last, entry.received_at))
    return spans


def _strengthen(work: UnitOfWork, spans: dict[_Order, _Span]) -> None:
    if not spans:
        return
    first, last = bindparam("first", type_=table.c.received_at.type), bindparam("last", type_=table.c.received_at.type)
    statement = (
        update(table)
        .where(
            table.c.match_key == bindparam("key"),
            table.c.cause == bindparam("why"),
            table.c.scope == bindparam("over"),
        )
        .values(
            received_at=case((table.c.received_at > first, first), else_=table.c.received_at),
            last_received_at=case((table.c.last_received_at < last, last), else_=table.c.last_received_at),
        )
    )
    work.connection.execute(
        statement,
        [
            {"key": key, "why": cause, "over": scope, "first": early, "last": late}
            for (key, cause, scope), (early, late) in spans.items()
        ],
    )  # fmt: skip


def _refuse_addresses(**texts: str) -> None:
    problems = [
        Problem("contains_address", "Leave the address out: the suppression book keeps only keyed hashes", field=name)
        for name, text in texts.items()
        if "@" in text
    ]
    if problems:
        raise CallerError(problems)
