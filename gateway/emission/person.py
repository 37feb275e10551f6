"""One person in this room: who was told of them, when, and of their being revoked. Told and erased."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.emission.tables import deliveries, destinations
from gateway.lifecycle.store import known


def tell(connection: Connection, prospect: int) -> list[dict[str, Any]]:
    """Everything that receivers were told of somebody, or will be, the oldest first."""
    d, t = deliveries.c, destinations.c
    query = (
        select(deliveries, t.name, t.kind.label("sort")).join(destinations, t.id == d.destination_id)
        .where(d.prospect_id == prospect).order_by(d.id)
    )  # fmt: skip
    return [
        {
            "delivery": f"dlv_{row.id}", "destination": row.name, "kind": row.kind, "state": row.state,
            "made_at": text_of(row.made_at), "sent_at": row.sent_at and text_of(row.sent_at),
            "acknowledged_at": row.acknowledged_at and text_of(row.acknowledged_at), "cause": row.cause,
            "tries": row.tries,
        }
        for row in connection.execute(query)
    ]  # fmt: skip


def erase(work: UnitOfWork, key: bytes) -> int:
    """Forget by what receivers know them; called before the prospect forgets its key. How many rows changed.

    That they are revoked is owed all the same: by the prospect's number, which names nobody.
    """
    here = known(work.connection, [key]).get(key)
    if here is None:
        return 0
    theirs = update(deliveries).where(deliveries.c.prospect_id == here.prospect_id)
    return work.connection.execute(
        theirs.where(deliveries.c.phone_match_key.is_not(None)).values(phone_match_key=None)
    ).rowcount


def number_of(connection: Connection, key: bytes) -> int | None:
    """By which number receivers know somebody; asked before the prospect forgets its key."""
    here = known(connection, [key]).get(key)
    return None if here is None else here.prospect_id


def find_busy(connection: Connection, numbers: Iterable[int], now: datetime) -> tuple[set[str], bool]:
    """Destinations that are being served, and whether one may be told of these people: of what was read before."""
    d, t = deliveries.c, destinations.c
    busy = {row.id: row.name for row in connection.execute(select(t.id, t.name).where(t.lease_until >= now))}
    unsaid = (d.prospect_id.in_(list(numbers)), d.kind != "revoked", d.tries > 0, d.sent_at.is_(None))
    query = select(d.id).where(d.destination_id.in_(busy), *unsaid).limit(1)
    return set(busy.values()), connection.execute(query).first() is not None


def find_emitted(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    """Those of these people of whom a receiver was told, or may have been: who they are is not forgotten."""
    there = {one.prospect_id: key for key, one in known(connection, keys).items()}
    numbers, found = sorted(there), set[int]()
    for start in range(0, len(numbers), 500):
        some = deliveries.c.prospect_id.in_(numbers[start : start + 500])
        found.update(connection.execute(select(deliveries.c.prospect_id).where(some, deliveries.c.tries > 0)).scalars())
    return {there[number] for number in found}
