"""One person in this room: what they were asked to confirm from their mailbox, and what they did. Told and erased."""

import secrets
from typing import Any

from sqlalchemy import Connection, case, select, text, update

from gateway.confirmation.tables import ENDED, confirmations
from gateway.db.base import text_of
from gateway.db.keys import KEY_BYTES
from gateway.db.work import UnitOfWork


def tell(connection: Connection, key: bytes) -> list[dict[str, Any]]:
    """Every question, in the order they were asked."""
    query = select(confirmations).where(confirmations.c.match_key == key).order_by(confirmations.c.id)
    return [_told(row) for row in connection.execute(query)]


def of_lead(connection: Connection, lead_id: int, key: bytes | None) -> list[dict[str, Any]]:
    """The questions that one lead brought about; without its ``key``, those that wait for no answer any more."""
    mine = select(confirmations).where(confirmations.c.lead_id == lead_id)
    found = [*connection.execute(mine.where(text(f"({ENDED})")))]
    if key is not None:
        found += connection.execute(mine.where(confirmations.c.match_key == key, confirmations.c.state == "asked"))
    return [_told(row) for row in sorted(found, key=lambda row: row.id)]


def _told(row: Any) -> dict[str, Any]:
    return {
        "lead": f"lead_{row.lead_id}", "source": row.source, "purposes": row.purposes.split(),
        "notice_sha256": row.notice_digest, "language": row.language, "state": row.state,
        "asked_at": text_of(row.asked_at), "expires_at": text_of(row.expires_at),
        "answered_at": text_of(row.answered_at) if row.answered_at else None, "ip": row.ip, "agent": row.agent,
    }  # fmt: skip


def erase(work: UnitOfWork, key: bytes) -> int:
    """No question says any more whom it was asked, and none can be answered any more; how many there were."""
    whose = select(confirmations.c.id).where(confirmations.c.match_key == key)
    asked = confirmations.c.state == "asked"
    numbers = list(work.connection.execute(whose).scalars())
    for number in numbers:  # one by one, for digests are unique
        gone = update(confirmations).where(confirmations.c.id == number)
        work.connection.execute(
            gone.values(
                match_key=secrets.token_bytes(KEY_BYTES), token_digest=secrets.token_bytes(32), ip=None, agent=None,
                state=case((asked, "closed"), else_=confirmations.c.state),
            )
        )  # fmt: skip
    return len(numbers)
