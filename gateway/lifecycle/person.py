"""One person in this room: the prospect and what became of them. Told and erased."""

import secrets
from typing import Any

from sqlalchemy import Connection, select, update

from gateway.db.base import text_of
from gateway.db.keys import KEY_BYTES
from gateway.db.work import UnitOfWork
from gateway.lifecycle.tables import events, prospects

_KEPT = ("address", "first_name", "last_name", "phone", "country", "purposes", "state", "withdrawn_cause")


def tell(connection: Connection, key: bytes) -> dict[str, Any] | None:
    """The prospect with all events; None for somebody who never was one."""
    row = connection.execute(select(prospects).where(prospects.c.match_key == key)).one_or_none()
    if row is None:
        return None
    query = select(events).where(events.c.prospect_id == row.id).order_by(events.c.id)
    return {
        "prospect": row.id, "lead": f"lead_{row.lead_id}", **{name: getattr(row, name) for name in _KEPT},
        "since": text_of(row.since), "withdrawn_at": text_of(row.withdrawn_at) if row.withdrawn_at else None,
        "events": [
            {"at": text_of(one.at), "from": one.from_state, "to": one.to_state, "cause": one.cause}
            for one in connection.execute(query)
        ],
    }  # fmt: skip


def find_address(connection: Connection, key: bytes) -> str | None:
    """The address that is written to, if there is a prospect."""
    return connection.execute(select(prospects.c.address).where(prospects.c.match_key == key)).scalar_one_or_none()


def erase(work: UnitOfWork, key: bytes) -> int:
    """Nobody is known by this prospect any more; how many there were.

    Its row stays, under a number instead of a key, so that what was counted once still adds up.
    """
    gone = (
        update(prospects).where(prospects.c.match_key == key)
        .values(match_key=secrets.token_bytes(KEY_BYTES), address="", first_name=None, last_name=None, phone=None,
                country=None, purposes=None)
        .returning(prospects.c.id)
    )  # fmt: skip
    return len(work.connection.execute(gone).all())
