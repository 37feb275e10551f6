"""One person in this room: the prospect and what became of them. Told and erased."""

import secrets
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, String, cast, delete, literal, select, update

from gateway.db.base import text_of
from gateway.db.keys import KEY_BYTES
from gateway.db.work import UnitOfWork
from gateway.lifecycle.happenings import Happening, of_prospects
from gateway.lifecycle.standing import Reorder, reorders_of
from gateway.lifecycle.tables import events, happenings, phases, prospects, reorders

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
            {"at": text_of(one.at), "from": one.from_state, "to": one.to_state, "cause": one.cause, "kind": one.kind,
             "rule": one.rule, "known_at": text_of(one.known_at or one.at)}
            for one in connection.execute(query)
        ],
        "happened": [_happened(one) for one in of_prospects(connection, [row.id]).get(row.id, ())],
        "runs_out": [_runs_out(one) for one in reorders_of(connection, [row.id])],
    }  # fmt: skip


def _happened(one: Happening) -> dict[str, Any]:
    """What was told, without what was not."""
    told = {**asdict(one), "at": text_of(one.at)}
    return {name: value for name, value in told.items() if value is not None and name != "prospect_id"}


def _runs_out(one: Reorder) -> dict[str, Any]:
    days = ("last_on", "run_out_on", "reorder_on")
    return {"product": one.product, **{day: getattr(one, day).isoformat() for day in days}, "pace_days": one.pace_days}


def find_address(connection: Connection, key: bytes) -> str | None:
    """The address that is written to, if there is a prospect."""
    return connection.execute(select(prospects.c.address).where(prospects.c.match_key == key)).scalar_one_or_none()


def erase(work: UnitOfWork, key: bytes) -> int:
    """Nobody is known by this prospect any more; how many there were.

    Its row stays, under a number instead of a key, so that what was counted once still adds up; so do the happenings,
    without the words in them, and with ids under which no teller knows them.
    """
    gone = (
        update(prospects).where(prospects.c.match_key == key)
        .values(match_key=secrets.token_bytes(KEY_BYTES), address="", first_name=None, last_name=None, phone=None,
                country=None, purposes=None)
        .returning(prospects.c.id)
    )  # fmt: skip
    numbers = list(work.connection.execute(gone).scalars())
    for table in (phases, reorders):
        work.connection.execute(delete(table).where(table.c.prospect_id.in_(numbers)))
    # One statement for all, for there may be thousands. No teller's id comes to such a key: those are digests.
    nameless = literal("erased ") + cast(happenings.c.id, String)
    work.connection.execute(
        update(happenings).where(happenings.c.prospect_id.in_(numbers))
        .values(event_key=nameless, product=None, segment=None, campaign=None, channel=None)
    )  # fmt: skip
    return len(numbers)
