"""A person leaves: the order is kept, the prospect withdrawn, waiting leads refused, all in one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select, text

from gateway.clocks import book as clocks
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.outcome import SUPPRESSED_MEANWHILE
from gateway.domain.ports import PHONE, WHOLE, Scope, Suppression
from gateway.domain.screened import Screened
from gateway.ledger.book import Ledger
from gateway.lifecycle.store import known, leads_of, stir, withdraw
from gateway.outcomes.fates import first_stops
from gateway.outcomes.origins import origins_of_leads
from gateway.outcomes.refusing import refuse
from gateway.outcomes.tables import FOUND_BY_KEY, holds, leads
from gateway.suppression.book import find, record
from gateway.suppression.moves import follow

_CHUNK = 5000  # keys a statement; SQLite takes 32,766 parameters, PostgreSQL 65,535


@dataclass(frozen=True, slots=True)
class Left:
    """What leaving changed: of the given orders those that are new, prospects withdrawn, waiting leads refused."""

    recorded: int
    withdrawn: int
    refused: int

    def plus(self, other: "Left") -> "Left":
        """Both counted."""
        return Left(self.recorded + other.recorded, self.withdrawn + other.withdrawn, self.refused + other.refused)


Spare = Callable[[Connection, Sequence[int]], set[int]]
"""Of some leads, those whose person said yes to us later than all that is told; the last look weighs them again."""


def leave(
    work: UnitOfWork,
    ledger: Ledger,
    orders: Sequence[Suppression],
    *,
    by: str,
    note: str = "",
    scope: Scope | None = None,
    spare: Spare | None = None,
) -> Left:
    """Suppress these people. Acts at once: no prospect of theirs can leave the gateway after the commit.

    ``scope``: of all the orders, instead of each one's own. One of a phone number ends nobody's being a prospect: the
    number is not handed out any more. One of a brand or source ends what stands on a lead of that brand or source.
    Whoever is known to have another address by now leaves under that one, too. ``spare``: for orders of before.
    """
    if scope is not None:
        orders = [replace(order, scope=scope) for order in orders]
    left = _leave(work, ledger, orders, by=by, note=note, spare=spare)
    more = leave_where_they_moved(work, ledger, {order.key for order in orders}, by=by, spare=spare)
    return replace(left.plus(more), recorded=left.recorded)


def foresee(connection: Connection, orders: Sequence[Suppression]) -> Left:
    """What ``leave`` would change, without writing anything; new addresses that people are known to have apart."""
    held = find(connection, {order.key for order in orders})
    new = {
        (order.key, order.cause, order.scope) for order in orders
        if not any((one.cause, one.scope) == (order.cause, order.scope) for one in held.get(order.key, ()))
    }  # fmt: skip
    store = known(connection, _whose_prospects(connection, orders))
    waiting = _whose_waiting(connection, orders)
    return Left(len(new), sum(not one.withdrawn for one in store.values()), len(waiting))


def leave_where_they_moved(
    work: UnitOfWork, ledger: Ledger, keys: Iterable[bytes], *, by: str, spare: Spare | None = None
) -> Left:
    """What these people left stands under their new addresses, too, as far as moves are known."""
    left = Left(0, 0, 0)
    for orders in follow(work.connection, keys):
        left = left.plus(_leave(work, ledger, orders, by=by, spare=spare))
    return left


def _leave(
    work: UnitOfWork, ledger: Ledger, orders: Sequence[Suppression], *, by: str, note: str = "",
    spare: Spare | None = None,
) -> Left:  # fmt: skip
    recorded = record(work, orders, by=by, note=note)
    causes = sorted({order.cause for order in orders})
    withdrawn = withdraw(work, _whose_prospects(work.connection, orders, spare), ",".join(causes))
    stir(work, {order.key for order in orders if order.purpose is not None}, "a purpose was left")
    # Nothing is owed any more for people who are not written to.
    clocks.close(work, leads_of(work.connection, withdrawn), by="withdrawal")
    refused = _refuse_waiting(work, orders, by, spare)
    ledger.append(
        work,
        "suppression.recorded",
        {
            "orders": len(orders),
            "new": recorded,
            "causes": causes,
            "by": by,
            "scopes": sorted({order.scope for order in orders}),
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
        leave(work, ledger, calls, by=by, scope=PHONE)


def _split(orders: Sequence[Suppression]) -> tuple[list[bytes], dict[bytes, list[Suppression]]]:
    """Whose every lead is meant, and the orders that are of some leads only."""
    whole = {order.key: None for order in orders if order.scope in WHOLE}
    parts: dict[bytes, list[Suppression]] = {}
    for order in orders:
        if order.scope != PHONE and order.key not in whole:
            parts.setdefault(order.key, []).append(order)
    return list(whole), parts


def _whose_prospects(
    connection: Connection, orders: Sequence[Suppression], spare: Spare | None = None
) -> list[bytes]:  # fmt: skip
    """The match keys whose prospect, if there is one, stands on a lead that these orders cover."""
    whole, parts = _split(orders)
    made = {one.lead_id: key for key, one in known(connection, parts).items()}
    covered = _covered(connection, {lead: parts[key] for lead, key in made.items()})
    found = whole + [made[lead] for lead in covered]
    if spare is None:
        return found
    stand = {key: one.lead_id for key, one in known(connection, found).items()}
    spared = spare(connection, list(stand.values()))
    return [key for key in found if stand.get(key) not in spared]


def _covered(connection: Connection, orders: Mapping[int, Sequence[Suppression]]) -> list[int]:
    """Those of these leads that one of their orders covers."""
    origins = origins_of_leads(connection, list(orders)) if orders else {}
    return [lead for lead, some in orders.items() if any(order.covers(*origins[lead]) for order in some)]


def _refuse_waiting(work: UnitOfWork, orders: Sequence[Suppression], by: str, spare: Spare | None) -> list[int]:
    refused = _whose_waiting(work.connection, orders)
    if spare is not None:
        spared = spare(work.connection, refused)
        refused = [lead for lead in refused if lead not in spared]
    refuse(work, refused, SUPPRESSED_MEANWHILE.reason, by=by)
    return refused


def _whose_waiting(connection: Connection, orders: Sequence[Suppression]) -> list[int]:
    """The leads that wait and that these orders cover."""
    whole, parts = _split(orders)
    some = [lead for lead, _ in _waiting(connection, whole)]
    return sorted(some + _covered(connection, {lead: parts[key] for lead, key in _waiting(connection, list(parts))}))


def _waiting(connection: Connection, keys: Sequence[bytes]) -> list[tuple[int, bytes]]:
    """The leads of these match keys that wait, in the order they came."""
    found: list[tuple[int, bytes]] = []
    for start in range(0, len(keys), _CHUNK):
        query = (
            select(leads.c.id, leads.c.match_key).join(holds, holds.c.lead_id == leads.c.id)
            .where(leads.c.match_key.in_(keys[start : start + _CHUNK]), text(f"({FOUND_BY_KEY})"),
                   holds.c.state == "waiting")
            .order_by(leads.c.id)
        )  # fmt: skip
        found.extend((row.id, bytes(row.match_key)) for row in connection.execute(query))
    return found
