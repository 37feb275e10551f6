"""A person leaves: the order is kept, the prospect withdrawn, waiting leads refused, all in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text, update

from gateway.clocks import book as clocks
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.outcome import SUPPRESSED_MEANWHILE
from gateway.domain.ports import Scope, Suppression
from gateway.domain.screened import Screened
from gateway.ledger.book import Ledger
from gateway.lifecycle.store import leads_of, withdraw
from gateway.outcomes.fates import first_stops
from gateway.outcomes.holds import close_holds
from gateway.outcomes.tables import FOUND_BY_KEY, holds, leads
from gateway.outcomes.tallies import moving
from gateway.suppression.book import record

_CHUNK = 5000  # keys a statement; SQLite takes 32,766 parameters, PostgreSQL 65,535


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving changed: orders that are new, prospects withdrawn, waiting leads refused."""

    recorded: int
    withdrawn: int
    refused: int


def leave(
    work: UnitOfWork,
    ledger: Ledger,
    orders: Sequence[Suppression],
    *,
    by: str,
    note: str = "",
    scope: Scope = "all",
) -> Left:
    """Suppress these people. Acts at once: no prospect of theirs can leave the gateway after the commit.

    ``scope``: whether the orders' keys are of addresses or of phone numbers. A number ends nobody's being a prospect;
    it is not handed out any more.
    """
    recorded = record(work, orders, by=by, note=note, scope=scope)
    keys = list({order.key for order in orders})
    causes = sorted({order.cause for order in orders})
    withdrawn = withdraw(work, keys, ",".join(causes))
    # Nothing is owed any more for people who are not written to.
    clocks.close(work, leads_of(work.connection, withdrawn), by="withdrawal")
    refused = _refuse_waiting(work, keys, by)
    ledger.append(
        work,
        "suppression.recorded",
        {
            "orders": len(orders),
            "new": recorded,
            "causes": causes,
            "by": by,
            "scope": scope,
            "withdrawn": withdrawn,
            "refused": refused,
        },
    )
    return Left(recorded, len(withdrawn), len(refused))


def remember_stops(batch: Batch, screened: Screened, work: UnitOfWork, ledger: Ledger) -> None:
    """What a batch says of people who left is remembered like any opt-out (15 U.S.C. 7704(a)(4)(A)(iv)).

    Comes after the batch is settled, in its transaction: its later rows were refused already, its earlier ones are
    withdrawn here.
    """
    if batch.lead_ids is not None:
        return
    by = f"{batch.origin.kind}:{batch.origin.source}"
    orders = [Suppression(key, "told_by_list", work.at) for key in first_stops(screened)]
    if orders:
        leave(work, ledger, orders, by=by)
    calls = [Suppression(key, "told_by_list", work.at) for key in screened.phone_stops]
    if calls:
        leave(work, ledger, calls, by=by, scope="phone")


def _refuse_waiting(work: UnitOfWork, keys: Sequence[bytes], by: str) -> list[int]:
    refused: list[int] = []
    for start in range(0, len(keys), _CHUNK):
        query = (
            select(leads.c.id).join(holds, holds.c.lead_id == leads.c.id)
            .where(leads.c.match_key.in_(keys[start : start + _CHUNK]), text(f"({FOUND_BY_KEY})"),
                   holds.c.state == "waiting")
            .order_by(leads.c.id)
        )  # fmt: skip
        refused.extend(work.connection.execute(query).scalars())
    with moving(work, refused):
        for start in range(0, len(refused), _CHUNK):
            some = refused[start : start + _CHUNK]
            gone = update(leads).where(leads.c.id.in_(some))
            work.connection.execute(gone.values(outcome="rejection", extra=SUPPRESSED_MEANWHILE.reason))
    close_holds(work, refused, "refused", by)
    return refused
