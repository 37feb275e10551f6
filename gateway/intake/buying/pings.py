"""Pings as they are kept: what was offered, at which price, until when; used once, by the vendor who asked."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.address import MatchKeys
from gateway.intake.buying.known import SIZES, digest_of, keyed
from gateway.intake.buying.tables import pings as table
from gateway.intake.buying.wanted import Said

KEPT = timedelta(days=1)  # past its end, so that a late post can be told what was wrong
_SWEPT = 20  # old ones that go with each new one: two steps back for one forward, and no long transaction
_NAMES = ("id", "contract", "vendor", "at", "until", "price_minor", "currency", "said", "algorithm", "hash_match_key")


@dataclass(frozen=True, slots=True)
class Ping:
    """An offer that was answered with a price."""

    id: str
    contract: int
    until: datetime
    price: int
    currency: str
    said: Said
    algorithm: str | None
    hash_key: bytes | None
    is_used: bool


def keep(work: UnitOfWork, ping: Ping, vendor: str) -> None:
    """Write a promise down, and let old ones go."""
    said = ping.said
    text = json.dumps(
        {"country": said.country, "region": said.region, "product": said.product,
         "collected_at": None if said.collected_at is None else text_of(said.collected_at)}
    )  # fmt: skip
    row = (ping.id, ping.contract, vendor, text_of(work.at), text_of(ping.until), ping.price, ping.currency, text,
           ping.algorithm, ping.hash_key)  # fmt: skip
    work.insert_many(table, _NAMES, [row])
    old = f"SELECT id FROM {table.name} WHERE until < ? ORDER BY until LIMIT {_SWEPT}"  # noqa: S608 - our own name
    ask(work.connection, f"DELETE FROM {table.name} WHERE id IN ({old})", (text_of(work.at - KEPT),))  # noqa: S608 - our own name


def new_id() -> str:
    """A name that nobody guesses."""
    return f"ping_{secrets.token_hex(13)}"


def find(connection: Connection, ping: str, vendor: str) -> Ping | None:
    """A vendor's own ping; nothing is said of another's."""
    row = connection.execute(select(table).where(table.c.id == ping, table.c.vendor == vendor)).one_or_none()
    if row is None:
        return None
    said: dict[str, Any] = json.loads(row.said)
    at = said.pop("collected_at")
    return Ping(
        row.id, row.contract, row.until, row.price_minor, row.currency,
        Said(**said, collected_at=None if at is None else datetime.fromisoformat(at)), row.algorithm,
        None if row.hash_match_key is None else bytes(row.hash_match_key), row.used_at is not None,
    )  # fmt: skip


def claim(work: UnitOfWork, ping: str, vendor: str) -> bool:
    """Use a ping; False where another post was quicker, or its time is over."""
    mine = (
        f"UPDATE {table.name} SET used_at = ? WHERE id = ? AND vendor = ? "  # noqa: S608 - our own name
        "AND used_at IS NULL AND until >= ? RETURNING id"
    )
    now = text_of(work.at)
    return bool(ask(work.connection, mine, (now, ping, vendor, now)))


def tie(work: UnitOfWork, ping: str, lead: int) -> None:
    """Which lead came of it."""
    ask(work.connection, f"UPDATE {table.name} SET lead_id = ? WHERE id = ?", (lead, ping))  # noqa: S608 - our own name


def forget(work: UnitOfWork, match_keys: MatchKeys, spellings: Iterable[str]) -> int:
    """Whoever has one of these addresses is erased; how many pings went."""
    made = [keyed(match_keys, name, digest_of(name, one)) for one in spellings for name in SIZES]
    return work.connection.execute(delete(table).where(table.c.hash_match_key.in_(made))).rowcount
