"""Orders of which only a hash of the address was told, as others make them: kept, matched, never made weaker.

We know nobody by such a hash, so every address that comes is hashed the same ways and looked for: nothing where no
hash is held. With 100,000 SHA-256 hashes held, 50,000 addresses cost 0.7 s of processor time on SQLite, and with as
many MD5 hashes beside them 1.0 s; nearly all of it is the writing and hashing of the variants.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, case, select, update

from gateway.db.base import instant_of, text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.hashed import ALGORITHMS, SAID, SIZES, digests, variants
from gateway.domain.ports import CAUSES, EVERYTHING, WHOLE, Cause, Person, Scope, Suppression, read_scope
from gateway.suppression.tables import suppression_hashes as table

_CHUNK = 50_000
_TIMES = ("received_at", "last_received_at")
_NAMES = ("algorithm", "digest", "cause", "scope", *_TIMES)
_SQLITE = (
    "WITH RECURSIVE place(i) AS (SELECT 1 UNION ALL SELECT i + {size} FROM place WHERE i + {size} <= length(?1)) "
    "SELECT {names} FROM place CROSS JOIN {table} ON {table}.algorithm = ?2 AND {table}.digest = substr(?1, i, {size})"
)
_POSTGRESQL = "SELECT {names} FROM {table} WHERE digest = ANY(%b) AND algorithm = %s"


class HashOrder(NamedTuple):
    """A standing order on whoever's address has this hash."""

    algorithm: str
    digest: bytes
    cause: Cause
    received_at: datetime
    scope: Scope = EVERYTHING


class Held(NamedTuple):
    """A row as it stands: first and last time we were told."""

    algorithm: str
    digest: bytes
    cause: Cause
    scope: Scope
    first_at: datetime
    last_at: datetime

    def orders(self, key: bytes, known_by: str) -> Iterator[Suppression]:
        """The same for a person; told of more than once, it comes twice."""
        for at in dict.fromkeys((self.first_at, self.last_at)):
            yield Suppression(key, self.cause, at, self.scope, known_by)


def record_hashes(work: UnitOfWork, entries: Sequence[HashOrder], *, by: str, note: str = "") -> int:
    """Remember these; how many hashes, causes and scopes were new. Raises ValueError for what is no hash."""
    told: dict[tuple[str, bytes, Cause, Scope], tuple[datetime, datetime]] = {}
    for entry in entries:
        if SIZES.get(entry.algorithm) != len(entry.digest) or entry.cause not in CAUSES:
            raise ValueError(f"no order can be made of a hash of {len(entry.digest)} bytes, cause {entry.cause!r}")
        name = (entry.algorithm, entry.digest, entry.cause, read_scope(entry.scope))
        first, last = told.get(name, (entry.received_at, entry.received_at))
        told[name] = (min(first, entry.received_at), max(last, entry.received_at))
    held = {
        row[:4]: row[4:]
        for algorithm in {name[0] for name in told}
        for row in find_rows(work.connection, algorithm, {name[1] for name in told if name[0] == algorithm})
    }
    now = text_of(work.at)
    fresh = [
        (*name, text_of(first), text_of(last), now, by, note)
        for name, (first, last) in sorted(told.items())
        if name not in held
    ]
    work.insert_many(table, (*_NAMES, "recorded_at", "by", "note"), fresh)
    _strengthen(work, {
        name: span for name, span in told.items()
        if name in held and (span[0] < held[name][0] or span[1] > held[name][1])
    })  # fmt: skip
    return len(fresh)


def _strengthen(work: UnitOfWork, spans: dict[tuple[str, bytes, Cause, Scope], tuple[datetime, datetime]]) -> None:
    if not spans:
        return
    columns, kind = table.c, table.c.received_at.type
    first, last = bindparam("first", type_=kind), bindparam("last", type_=kind)
    statement = update(table).where(
        columns.algorithm == bindparam("made_by"), columns.digest == bindparam("hash"),
        columns.cause == bindparam("why"), columns.scope == bindparam("over"),
    ).values(
        received_at=case((columns.received_at > first, first), else_=columns.received_at),
        last_received_at=case((columns.last_received_at < last, last), else_=columns.last_received_at),
    )  # fmt: skip
    names = ("made_by", "hash", "why", "over", "first", "last")
    work.connection.execute(statement, [dict(zip(names, (*name, *span), strict=True)) for name, span in spans.items()])


def find_rows(connection: Connection, algorithm: str, wanted: Iterable[bytes]) -> list[Held]:
    """The rows of these digests of one algorithm."""
    asked, size = sorted(set(wanted)), SIZES[algorithm]
    sqlite = connection.dialect.name == "sqlite"
    query = (_SQLITE if sqlite else _POSTGRESQL).format(names=", ".join(_NAMES), table=table.name, size=size)
    found: list[Held] = []
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        values: tuple[Any, ...] = (b"".join(chunk) if sqlite else chunk, algorithm)
        found += [
            Held(row[0], bytes(row[1]), row[2], row[3], instant_of(row[4]), instant_of(row[5]))
            for row in ask(connection, query, values)
        ]
    return found


def find_algorithms(connection: Connection) -> list[str]:
    """Those of which any hash is held."""
    # Every signup asks this, and nearly always the table is empty.
    if not ask(connection, f"SELECT 1 FROM {table.name} LIMIT 1"):  # noqa: S608 - our own name
        return []
    query = f"SELECT 1 FROM {table.name} WHERE algorithm = ? LIMIT 1"  # noqa: S608 - our own name
    return [name for name in ALGORITHMS if ask(connection, query, (name,))]


def all_hashes(connection: Connection, algorithm: str) -> list[bytes]:
    """The digests of one algorithm with an order of everything or of all mail."""
    query = select(table.c.digest).distinct().where(table.c.algorithm == algorithm, table.c.scope.in_(sorted(WHOLE)))
    return [bytes(digest) for digest in connection.execute(query).scalars()]


def find_hashed(connection: Connection, people: Iterable[Person]) -> dict[bytes, list[Suppression]]:
    """All orders on these people that hashes tell of, earliest first; who has none is absent."""
    held = find_algorithms(connection)
    if not held:
        return {}
    texts: dict[str, list[tuple[bytes, str]]] = {}
    for key, typed, normalised in people:
        for text, name in variants(typed, normalised).items():
            texts.setdefault(text, []).append((key, name))
    found: dict[bytes, dict[Suppression, None]] = {}
    for algorithm in held:
        made = dict(zip(digests(algorithm, texts), texts.values(), strict=True))
        for row in find_rows(connection, algorithm, made):
            for key, name in made[row.digest]:
                orders = row.orders(key, f"{algorithm} of the {SAID[name]} address")
                found.setdefault(key, {}).update(dict.fromkeys(orders))
    return {key: sorted(some, key=lambda one: (one.received_at, one.cause)) for key, some in found.items()}
