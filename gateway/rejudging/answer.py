"""An officer's answer about a wording: noted, put in the ledger, and owed to all who wait under it, all or nothing."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from gateway.db.work import UnitOfWork
from gateway.outcomes.worded import count_waiting
from gateway.pipeline import Services
from gateway.rejudging.tables import rejudgings
from gateway.wordings.book import history, set_standing

TWICE = timedelta(minutes=1)


def answer(
    work: UnitOfWork,
    services: Services,
    digest: str,
    standing: str,
    why: str,
    *,
    by: str,
    told: Mapping[str, Any] | None = None,
) -> int | None:
    """Approve or refuse a wording; the number of the rejudging, None where nobody waits under it. Raises CallerError.

    ``told``: what else the ledger is to say, such as the person's role. A rejudging of the same wording that is still
    under way ends: the new one begins at the first lead.
    """
    said = history(work.connection, digest)[-1:]
    if [(one.standing, one.by, one.why) for one in said if work.at - one.at < TWICE] == [
        (standing, by, " ".join(why.split()))
    ]:
        return None  # a button pressed twice says nothing new
    before = set_standing(work, digest, standing, why, by=by)
    waiting = count_waiting(work.connection, digest)
    services.ledger.append(
        work, f"wording.{standing}",
        {"wording": digest, "before": before, "after": standing, "reason": why, "waiting": waiting, "by": by,
         **(told or {})},
    )  # fmt: skip
    work.connection.execute(
        update(rejudgings).where(rejudgings.c.wording == digest, rejudgings.c.state.in_(("new", "leased")))
        .values(state="done", ended_at=work.at, lease_until=None, error="the wording was answered anew")
    )  # fmt: skip
    if not waiting:
        return None
    added = work.connection.execute(
        insert(rejudgings)
        .values(
            wording=digest, state="new", reached=0, leads=waiting, dealt=0, prospects=0, rejections=0, attempt=0,
            tries=0, asked_at=work.at, asked_by=by,
        )
        .returning(rejudgings.c.id)
    )  # fmt: skip
    work.after.append(services.wake)
    return int(added.scalar_one())
