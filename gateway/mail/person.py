"""One person in this room: the mails we wrote to them. Told and erased."""

import secrets
from typing import Any

from sqlalchemy import Connection, case, select, update

from gateway.db.base import text_of
from gateway.db.keys import KEY_BYTES
from gateway.db.work import UnitOfWork
from gateway.mail.tables import mails


def tell(connection: Connection, key: bytes) -> list[dict[str, Any]]:
    """Every mail, in the order they were written."""
    return [
        {
            "mail": f"mail_{row.id}", "kind": row.kind, "source": row.source, "recipient": row.recipient,
            "subject": row.subject, "state": row.state, "written_at": text_of(row.created_at),
            "sent_at": text_of(row.sent_at) if row.sent_at else None,
        }
        for row in connection.execute(select(mails).where(mails.c.match_key == key).order_by(mails.c.id))
    ]  # fmt: skip


def find_recipients(connection: Connection, key: bytes) -> list[str | None]:
    """The addresses that the mails went to, as far as they are kept."""
    return list(connection.execute(select(mails.c.recipient).where(mails.c.match_key == key)).scalars())


def erase(work: UnitOfWork, key: bytes) -> int:
    """No mail says any more to whom it went or what it said, and none is sent any more; how many there were."""
    waiting = mails.c.state.in_(("new", "leased", "kept"))
    gone = (
        update(mails).where(mails.c.match_key == key)
        .values(match_key=secrets.token_bytes(KEY_BYTES), recipient=None, subject=None, text=None, html=None,
                headers=None, error=None, state=case((waiting, "stopped"), else_=mails.c.state),
                attempt=mails.c.attempt + 1, lease_until=None)
        .returning(mails.c.id)
    )  # fmt: skip
    return len(work.connection.execute(gone).all())
