"""A person says that a signup was not theirs: what waits for their confirmation at that form is refused."""

from sqlalchemy import select, text

from gateway.db.work import UnitOfWork
from gateway.domain.outcome import DISOWNED
from gateway.outcomes.refusing import refuse
from gateway.outcomes.tables import FOUND_BY_KEY, batches, holds, leads


def disown(work: UnitOfWork, key: bytes, source: str, *, by: str) -> list[int]:
    """Refuse the leads of this match key that wait to be confirmed at this form; their numbers."""
    query = (
        select(leads.c.id)
        .join(holds, holds.c.lead_id == leads.c.id)
        .join(batches, batches.c.id == leads.c.batch_id)
        .where(
            leads.c.match_key == key, text(f"({FOUND_BY_KEY})"), holds.c.state == "waiting",
            holds.c.question == "confirm", batches.c.origin_kind == "form", batches.c.source == source,
        )
        .order_by(leads.c.id)
    )  # fmt: skip
    theirs = list(work.connection.execute(query).scalars())
    refuse(work, theirs, DISOWNED.reason, by=by)
    return theirs
