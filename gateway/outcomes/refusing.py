"""Leads that were prospects or waited are refused after all: the lead, the tallies and the hold, kept in step."""

from collections.abc import Sequence

from sqlalchemy import update

from gateway.db.work import UnitOfWork
from gateway.outcomes.holds import close_holds
from gateway.outcomes.tables import leads
from gateway.outcomes.tallies import moving

_CHUNK = 5000


def refuse(work: UnitOfWork, ids: Sequence[int], reason: str, *, by: str) -> None:
    """Make rejections of these leads, with this reason code. The decision stays as it was made."""
    with moving(work, ids):
        for start in range(0, len(ids), _CHUNK):
            gone = update(leads).where(leads.c.id.in_(ids[start : start + _CHUNK]))
            work.connection.execute(gone.values(outcome="rejection", extra=reason, duplicate_of=None))
    close_holds(work, ids, "refused", by)
