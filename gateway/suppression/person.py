"""One person in this room: the orders not to write to them. Told; never erased, for an order outlives its person."""

from typing import Any

from sqlalchemy import Connection, select, update

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.suppression.tables import suppressions


def tell(connection: Connection, key: bytes) -> list[dict[str, Any]]:
    """Every order, in the order they were recorded."""
    query = select(suppressions).where(suppressions.c.match_key == key).order_by(suppressions.c.id)
    return [
        {
            "cause": row.cause, "scope": row.scope, "first_told_at": text_of(row.received_at),
            "last_told_at": text_of(row.last_received_at), "recorded_by": row.by, "note": row.note,
        }
        for row in connection.execute(query)
    ]  # fmt: skip


def erase_notes(work: UnitOfWork, key: bytes) -> int:
    """Take the notes away, in which anything may have been written of the person; the orders stand as they did."""
    noted = update(suppressions).where(suppressions.c.match_key == key, suppressions.c.note != "").values(note="")
    return len(work.connection.execute(noted.returning(suppressions.c.id)).all())
