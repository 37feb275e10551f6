"""Who is known, by a hash that a vendor can make: SHA-256 or MD5 of the address, lower-cased, in UTF-8.

We keep no such hash, for addresses can be guessed by it: a keyed hash of it is kept, derived from the prospects by a
worker, slice by slice, and only where somebody buys. So a newcomer is known a little later; the post is judged anyway.
"""

from collections.abc import Sequence
from hashlib import md5, sha256
from typing import Literal

from sqlalchemy import Connection, delete, func, select

from gateway.db.plain import ask, ask_one
from gateway.db.turns import is_awaited
from gateway.db.work import UnitOfWork, reading
from gateway.domain.address import MatchKeys
from gateway.domain.ports import WHOLE
from gateway.intake.buying.tables import known as table
from gateway.intake.buying.tables import terms
from gateway.lifecycle.store import addresses_page, is_withdrawn
from gateway.lifecycle.store import known as find_known
from gateway.pipeline import Services
from gateway.suppression.hashes import find_rows

State = Literal["known", "suppressed"]
SIZES = {"sha256": 64, "md5": 32}
"""Hexadecimal digits of each."""
_NAMES = ("prospect_id", *(f"{algorithm}_match_key" for algorithm in SIZES))
SLICE = 5_000
SHORT = 100
"""Rows written together where others wait, or where there are few: those of two seconds' posts in one go held up all
posts for 40 ms, and each takes 6."""


def keyed(match_keys: MatchKeys, algorithm: str, digest: str) -> bytes:
    """What is kept in the place of a hash."""
    return match_keys.key(f"{algorithm}:{digest}")


def digest_of(algorithm: str, address: str) -> str:
    """The hash a vendor makes of an address, in hex."""
    text = address.strip().lower().encode("utf-8", "surrogatepass")
    return (sha256(text) if algorithm == "sha256" else md5(text, usedforsecurity=False)).hexdigest()


def look_up(connection: Connection, match_keys: MatchKeys, algorithm: str, digest: str) -> State | None:
    """How we stand with whoever has this hash; None: we know nobody by it. The questions asked are always the same."""
    ordered = any(row.scope in WHOLE for row in find_rows(connection, algorithm, [bytes.fromhex(digest)]))
    query = f"SELECT prospect_id FROM {table.name} WHERE {algorithm}_match_key = ?"  # noqa: S608 - our own names
    person = ask_one(connection, query, (keyed(match_keys, algorithm, digest),))
    withdrawn = is_withdrawn(connection, 0 if person is None else int(person))
    if ordered or withdrawn:
        return "suppressed"
    return "known" if withdrawn is False else None


def is_due(connection: Connection) -> bool:
    """Whether prospects wait for their hashes: somebody buys, and not all are in."""
    if not ask(connection, f"SELECT 1 FROM {terms.name} LIMIT 1"):  # noqa: S608 - our own name
        return False
    return bool(addresses_page(connection, _reached(connection), 1))


def derive(services: Services, *, size: int = SLICE) -> int:
    """The next slice of prospects by their hashes; how many."""
    with reading(services.engine) as connection:
        page = addresses_page(connection, _reached(connection), size)
    match_keys, place = services.world.match_keys, 0
    made = _hashed(match_keys, page)
    while place < len(page):
        size = SHORT if len(page) < SLICE or is_awaited(services.engine) else len(page)
        part, rows = page[place : place + size], made[place : place + size]
        with services.unit_of_work(repeatable=True) as work:  # what is lost in a power cut is derived again
            behind = _reached(work.connection)
            stands = addresses_page(work.connection, part[0][0] - 1, len(part))
            if stands != part:  # somebody was erased meanwhile
                rows = _hashed(match_keys, stands)
            work.insert_many(table, _NAMES, [row for row in rows if row[0] > behind])
        place += len(part)
    return len(page)


def _reached(connection: Connection) -> int:
    return int(ask_one(connection, f"SELECT max(prospect_id) FROM {table.name}") or 0)  # noqa: S608 - our own name


def _hashed(match_keys: MatchKeys, page: Sequence[tuple[int, str]]) -> list[tuple[int, bytes, bytes]]:
    """Rows of the table, made before the writer is asked for: most of the time goes into them."""
    columns: list[list[bytes]] = []
    for algorithm in SIZES:  # of an erased one the hash of nothing, which nobody is found by
        made = [f"{algorithm}:{digest_of(algorithm, address) if address else number}" for number, address in page]
        columns.append(match_keys.keys(made))
    return list(zip([number for number, _ in page], *columns, strict=True))


def forget(work: UnitOfWork, key: bytes) -> int:
    """Whoever has this match key is erased; how many rows went. To be called while the prospect still has the key."""
    found = [one.prospect_id for one in find_known(work.connection, [key]).values()]
    return work.connection.execute(delete(table).where(table.c.prospect_id.in_(found))).rowcount


def count(connection: Connection) -> int:
    """How many are known by their hashes."""
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
