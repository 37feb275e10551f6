"""Batches as they are written down: where they came from, under which statement, judged when."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Column, Connection, Table, func, insert, select

from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.wire import statement_to_json
from gateway.outcomes.tables import batches, leads, statements


def next_number(connection: Connection, table: Table, column: Column[int]) -> int:
    """The next free number; safe because there is one writer at a time."""
    return (connection.execute(select(func.max(column)).select_from(table)).scalar() or 0) + 1


def open_batch(work: UnitOfWork, batch: Batch, as_of: datetime, policy_digest: str) -> tuple[int, int]:
    """Write the batch down; its number and the number of its first lead."""
    connection = work.connection
    number = next_number(connection, batches, batches.c.id)
    first = next_number(connection, leads, leads.c.id)
    connection.execute(
        insert(batches).values(
            id=number,
            kind="arrival" if batch.lead_ids is None else "release",
            origin_kind=batch.origin.kind,
            source=batch.origin.source,
            run_id=None if batch.origin.run is None else int(batch.origin.run),
            statement_id=_statement_id(connection, statement_to_json(batch.origin.statement)),
            arrived_at=batch.arrived_at,
            as_of=as_of,
            settled_at=work.at,
            policy_digest=policy_digest,
            first_lead=first if batch.lead_ids is None else None,
            leads=len(batch),
        )
    )
    return number, first


def ranges_of_run(connection: Connection, run: str | None) -> list[tuple[int, int]]:
    """The lead numbers of a run so far, as half-open ranges."""
    if run is None:
        return []
    query = select(batches.c.first_lead, batches.c.leads).where(
        batches.c.run_id == int(run), batches.c.first_lead.is_not(None)
    )
    return [(row.first_lead, row.first_lead + row.leads) for row in connection.execute(query)]


def _statement_id(connection: Connection, body: str) -> int:
    digest = sha256(body.encode()).hexdigest()
    found = connection.execute(select(statements.c.id).where(statements.c.digest == digest)).scalar()
    if found is not None:
        return int(found)
    added = connection.execute(insert(statements).values(digest=digest, body=body).returning(statements.c.id))
    return int(added.scalar_one())
