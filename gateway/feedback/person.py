"""One person in this room: what senders reported of them. Told and erased."""

from typing import Any

from sqlalchemy import Connection, select, update

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.feedback.tables import feedback_events


def tell(connection: Connection, key: bytes) -> list[dict[str, Any]]:
    """Every event, in the order we were told."""
    query = select(feedback_events).where(feedback_events.c.match_key == key).order_by(feedback_events.c.id)
    return [
        {
            "reporter": row.reporter, "kind": row.kind, "at": text_of(row.at), "received_at": text_of(row.received_at),
            "status": row.status, "detail": row.detail,
        }
        for row in connection.execute(query)
    ]  # fmt: skip


def erase(work: UnitOfWork, key: bytes) -> int:
    """The events still count for their source, and are nobody's; how many there were."""
    gone = update(feedback_events).where(feedback_events.c.match_key == key).values(match_key=None, detail="")
    return len(work.connection.execute(gone.returning(feedback_events.c.id)).all())
