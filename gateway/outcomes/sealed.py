"""What each batch was sealed with: a line for each of its leads, also after some of them were settled again.

A lead's row says how it stands now. What it stood as before is kept beside it the moment that it changes, so that the
digest in the ledger can be shown to be of these very lines for ever. Numbers and names of decisions: nobody's data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from gateway.db.work import UnitOfWork
from gateway.outcomes.tables import batches, decisions, holds, leads, sealed

_CHUNK = 5000
_NAMES = f"INSERT INTO {sealed.name} (lead_id, batch_id, outcome, decision_id, extra) "
_FROM = f"SELECT id, decided_in, outcome, decision_id, extra FROM {leads.name} WHERE id IN "  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class Settlement:
    """One time that a lead was settled, as its batch was sealed with it."""

    lead: int
    batch: int
    kind: str  # arrival, release
    as_of: datetime
    settled_at: datetime
    outcome: str
    decision_id: int
    extra: str | None  # reason code of the last look


def keep_sealed(work: UnitOfWork, ids: Sequence[int]) -> None:
    """Leads about to change: keep what they stand as, unless the same was kept before."""
    for start in range(0, len(ids), _CHUNK):
        numbers = ",".join(str(int(lead)) for lead in ids[start : start + _CHUNK])
        work.connection.exec_driver_sql(f"{_NAMES}{_FROM}({numbers}) ON CONFLICT DO NOTHING")


def find_settlements(connection: Connection, lead: int) -> list[Settlement]:
    """Every time that a lead was settled, the first first. Empty if there is no such lead."""
    frame = (batches.c.id, batches.c.kind, batches.c.as_of, batches.c.settled_at)
    now = select(leads.c.id, *frame, leads.c.outcome, leads.c.decision_id, leads.c.extra)
    now = now.join(batches, batches.c.id == leads.c.decided_in).where(leads.c.id == lead)
    then = select(sealed.c.lead_id, *frame, sealed.c.outcome, sealed.c.decision_id, sealed.c.extra)
    then = then.join(batches, batches.c.id == sealed.c.batch_id).where(sealed.c.lead_id == lead)
    found = {row[1]: Settlement(*row) for row in connection.execute(now)}
    found.update({row[1]: Settlement(*row) for row in connection.execute(then)})  # as sealed, not as it became
    return [found[batch] for batch in sorted(found)]


def lines_of_batch(connection: Connection, batch: int) -> str:
    """A line for each lead of a batch, as it was sealed: number, outcome, decision."""
    row = connection.execute(select(batches).where(batches.c.id == batch)).one()
    stood = {one[0]: one for one in connection.execute(_stood(batch))}
    for one in connection.execute(_stands(row)):
        stood.setdefault(one[0], one)
    return "\n".join(f"{lead} {outcome} {name}" for _, (lead, outcome, name) in sorted(stood.items()))


def digest_of(lines: str) -> str:
    """As it stands in the ledger."""
    return sha256(lines.encode()).hexdigest()


def _stood(batch: int) -> Select[Any]:
    query = select(sealed.c.lead_id, sealed.c.outcome, decisions.c.name)
    return query.join(decisions, decisions.c.id == sealed.c.decision_id).where(sealed.c.batch_id == batch)


def _stands(batch: Row[Any]) -> Select[Any]:
    """Leads that stand on this batch to this day; those of a release waited, so their holds lead to them."""
    query = select(leads.c.id, leads.c.outcome, decisions.c.name).join(decisions, decisions.c.id == leads.c.decision_id)
    query = query.where(leads.c.decided_in == batch.id)
    if batch.first_lead is None:
        return query.join(holds, holds.c.lead_id == leads.c.id)
    return query.where(leads.c.id >= batch.first_lead, leads.c.id < batch.first_lead + batch.leads)
