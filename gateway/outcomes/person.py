"""One person in this room: their leads, and the leads of others that name them. Found, told, emptied."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, or_, select, text, update

from gateway.db.work import UnitOfWork
from gateway.lifecycle.store import known
from gateway.outcomes.tables import FOUND_BY_KEY, batches, holds, leads, statements
from gateway.outcomes.write import GONE

_CHUNK = 5000


def find_ids(connection: Connection, key: bytes) -> list[int]:
    """The numbers of every lead of one mailbox, in the order they came."""
    made = {one.lead_id for one in known(connection, [key]).values()}
    others = select(leads.c.id).where(leads.c.match_key == key, text(f"({FOUND_BY_KEY})"))
    return sorted(made.union(connection.execute(others).scalars()))


def find_rows(connection: Connection, ids: Sequence[int]) -> list[Any]:
    """Leads with where each came from: what arrived, and the statement of its source."""
    query = (
        select(
            leads.c.id, leads.c.number, leads.c.address, leads.c.match_key, leads.c.as_arrived, leads.c.outcome,
            leads.c.decision_id, leads.c.extra, batches.c.origin_kind, batches.c.source,
            batches.c.arrived_at, statements.c.body.label("statement"),
        )
        .join(batches, batches.c.id == leads.c.batch_id).join(statements, statements.c.id == batches.c.statement_id)
    )  # fmt: skip
    return [
        row
        for start in range(0, len(ids), _CHUNK)
        for row in connection.execute(query.where(leads.c.id.in_(ids[start : start + _CHUNK])).order_by(leads.c.id))
    ]


def last_lead(connection: Connection) -> int:
    """The number of the newest lead; 0 if there is none."""
    return connection.execute(select(func.max(leads.c.id))).scalar() or 0


def find_with(connection: Connection, parts: Sequence[str], after: int = 0) -> Iterator[tuple[int, str]]:
    """Leads behind number ``after`` in which any of these words stands, with what arrived. Reads every one of them."""
    if not parts:
        return
    somewhere = or_(*(leads.c.as_arrived.icontains(part, autoescape=True) for part in parts))
    query = select(leads.c.id, leads.c.as_arrived).where(leads.c.id > after, somewhere).order_by(leads.c.id)
    with connection.execute(query.execution_options(stream_results=True)) as rows:
        for row in rows:
            yield row.id, row.as_arrived


def empty_leads(work: UnitOfWork, ids: Sequence[int]) -> int:
    """Nothing is left of these leads but that they were, and as what they ended; how many."""
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        gone = update(leads).where(leads.c.id.in_(some))
        work.connection.execute(gone.values(address=None, match_key=None, as_arrived=GONE))
        work.connection.execute(update(holds).where(holds.c.lead_id.in_(some)).values(fields=None, domain=None))
    return len(ids)


def rewrite_leads(work: UnitOfWork, arrived: Mapping[int, str]) -> None:
    """Leads of others, with what arrived as it is to stand from now on."""
    if arrived:
        changed = update(leads).where(leads.c.id == bindparam("lead")).values(as_arrived=bindparam("left"))
        work.connection.execute(changed, [{"lead": lead, "left": left} for lead, left in arrived.items()])


def find_waiting_fields(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """The fields of those of these leads that wait, as JSON."""
    return {
        row.lead_id: row.fields
        for start in range(0, len(ids), _CHUNK)
        for row in connection.execute(
            select(holds.c.lead_id, holds.c.fields)
            .where(holds.c.lead_id.in_(ids[start : start + _CHUNK]), holds.c.fields.is_not(None))
        )
    }  # fmt: skip


def rewrite_fields(work: UnitOfWork, fields: Mapping[int, str]) -> None:
    """The fields of leads that wait, as they are to stand from now on."""
    if fields:
        changed = update(holds).where(holds.c.lead_id == bindparam("lead")).values(fields=bindparam("left"))
        work.connection.execute(changed, [{"lead": lead, "left": left} for lead, left in fields.items()])


def find_keys(connection: Connection, ids: Sequence[int]) -> dict[int, bytes]:
    """The match keys of those of these leads that have one."""
    found: dict[int, bytes] = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(leads.c.id, leads.c.match_key).where(leads.c.id.in_(ids[start : start + _CHUNK]))
        found.update((row[0], bytes(row[1])) for row in connection.execute(query) if row[1] is not None)
    return found
