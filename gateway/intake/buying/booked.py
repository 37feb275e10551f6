"""A bought lead in the books: its price, what the vendor is told, and what becomes of the price of one that waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork, reading
from gateway.domain.outcome import Settled
from gateway.intake.buying import account, pings
from gateway.intake.buying.book import Dealing
from gateway.intake.buying.feed import Feed
from gateway.intake.buying.sale import PriceIs, Reason, Repeat, Sale
from gateway.intake.buying.tables import bought as table
from gateway.outcomes.holds import DEADLINES, questions
from gateway.outcomes.origins import origins_of_leads, vendors_of_lists
from gateway.outcomes.view import find_first, outcomes_of
from gateway.pipeline import Services
from gateway.policy.explain import explain
from gateway.vendors.book import fold

STATES = {"prospect": "bought", "hold": "held", "rejection": "rejected"}
LOOKED, RARELY = timedelta(minutes=1), timedelta(hours=1)
"""A lead that waits is asked after every minute, and the longer it waits the less often: at last every hour. For some
wait for weeks, and a hundred thousand of them every minute would be a slice every other second for ever."""
PATIENCE = 20  # the part of its wait after which it is asked after again
SLICE = 500
_NAMES = (
    "lead_id", "contract", "vendor", "list_id", "ping", "price_minor", "currency", "state", "held", "at", "zone",
    "looked_at",
)  # fmt: skip


def sale_of(
    work: UnitOfWork, services: Services, dealing: Dealing, settled: Settled, *, price: int, ping: str | None
) -> Sale:
    """What the vendor is told of a lead that was taken up."""
    outcome, decision, lead = settled.outcomes[0], settled.decisions[0], settled.lead_ids[0]
    extra = (settled.extra[0],) if 0 in settled.extra else ()
    told = explain(decision, services.policies, as_of=work.at, audience="vendor", extra=extra)
    reasons = [
        Reason(str(one["reason"]), str(one["message"]), one["remedy"]) for one in told.findings if outcome != "prospect"
    ]  # fmt: skip
    until = work.at + DEADLINES[questions(decision)[0]] if outcome == "hold" else None
    is_now: PriceIs = {"prospect": "owed", "rejection": "none", "hold": _held(dealing)}[outcome]  # type: ignore[assignment]
    return Sale(
        outcome, reasons, f"lead_{lead}", decision.id, 0 if is_now == "none" else price, dealing.currency, is_now,
        decided_by=until, repeats=_repeated(work, dealing, lead) if extra else None, ping=ping,
    )  # fmt: skip


def _held(dealing: Dealing) -> PriceIs:
    """What the price of a lead that waits is."""
    says: Mapping[str, PriceIs] = {"at_once": "owed", "when_accepted": "conditional", "never": "none"}
    return says[dealing.terms.held]


def _repeated(work: UnitOfWork, dealing: Dealing, lead: int) -> Repeat | None:
    """The earlier lead of the same mailbox, if this vendor brought it of late; another's is none of its business."""
    first = find_first(work.connection, lead)
    if first is None or first.arrived_at < work.at - dealing.terms.duplicate:
        return None
    source, _ = origins_of_leads(work.connection, [first.lead]).get(first.lead, ("", None))
    number = source.removeprefix("list_")
    vendor = vendors_of_lists(work.connection, [number]).get(number) if source != number else None
    if vendor is None or fold(vendor) != fold(dealing.contract.vendor):
        return None
    return Repeat(f"lead_{first.lead}", first.arrived_at)


def book(work: UnitOfWork, dealing: Dealing, feed: Feed, settled: Settled, sale: Sale) -> None:
    """Write down what was bought, and count it."""
    outcome, lead = settled.outcomes[0], settled.lead_ids[0]
    contract, zone = dealing.contract, dealing.terms.schedule.zone
    at = text_of(work.at)
    row = (
        lead, contract.number, fold(contract.vendor), feed.list, sale.ping, sale.price, sale.currency or "",
        STATES[outcome], dealing.terms.held, at, zone, at,
    )  # fmt: skip
    work.insert_many(table, _NAMES, [row])
    if sale.ping is not None:
        pings.tie(work, sale.ping, lead)
    owed = {"spent_minor": sale.owed, "pending_minor": sale.price if sale.price_is == "conditional" else 0}
    account.add(work, contract.number, work.at, zone, {"posts": 1, STATES[outcome]: 1, **owed})


@dataclass(frozen=True, slots=True)
class _Waiting:
    lead: int
    contract: int
    price: int
    held: str
    at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed about a lead when it was posted."""

    price: int  # minor units
    currency: str
    is_bought: bool  # or may be yet; else it was refused, and costs nothing


def agreed_in(connection: Connection, list_id: int) -> dict[int, Agreed]:
    """Every lead of a list that was sold one by one, by its number; none of a list that came as a file."""
    query = f"SELECT lead_id, price_minor, currency, state, held FROM {table.name} WHERE list_id = ?"  # noqa: S608 - our own name
    return {
        int(lead): Agreed(int(price), currency, state != "rejected" or (held == "at_once" and int(price) > 0))
        for lead, price, currency, state, held in ask(connection, query, (list_id,))
    }


def is_due(connection: Connection, at: datetime) -> bool:
    """Whether a lead that waited is to be asked after."""
    query = f"SELECT 1 FROM {table.name} WHERE state = 'held' AND looked_at < ? LIMIT 1"  # noqa: S608 - our own name
    return bool(ask(connection, query, (text_of(at - LOOKED),)))


def look_after(services: Services, *, size: int = SLICE) -> int:
    """Leads that waited and were decided since: their prices are owed or are not. How many were decided."""
    now = services.clock.now()
    with reading(services.engine) as connection:
        query = (
            select(table)
            .where(table.c.state == "held", or_(table.c.looked_at.is_(None), table.c.looked_at < now - LOOKED))
            .order_by(table.c.looked_at).limit(size)
        )  # fmt: skip
        waiting = [_Waiting(row.lead_id, row.contract, row.price_minor, row.held, row.at, row.zone)
                   for row in connection.execute(query)]  # fmt: skip
    if not waiting:
        return 0
    with services.unit_of_work() as work:
        stands = outcomes_of(work.connection, [one.lead for one in waiting])
        decided = [one for one in waiting if stands.get(one.lead) != "hold"]
        mine = update(table).where(table.c.lead_id == bindparam("lead"), table.c.state == "held")
        noted = [{"lead": one.lead, "noted": _counts_from(one, work.at)} for one in waiting]
        work.connection.execute(mine.values(looked_at=bindparam("noted")), noted)
        return sum(_decide(work, one, stands.get(one.lead, "rejection")) for one in decided)


def _counts_from(one: _Waiting, now: datetime) -> datetime:
    """The instant that is noted as that of this look: LOOKED later the lead is asked after again."""
    again = min(max((now - one.at) / PATIENCE, LOOKED), RARELY)
    return now + again - LOOKED


def _decide(work: UnitOfWork, one: _Waiting, outcome: str) -> bool:
    state = STATES[outcome]
    mine = and_(table.c.lead_id == one.lead, table.c.state == "held")
    if not work.connection.execute(update(table).where(mine).values(state=state)).rowcount:
        return False
    counts = {"held": -1, state: 1}
    if one.held == "when_accepted":
        counts |= {"pending_minor": -one.price, "spent_minor": one.price if state == "bought" else 0}
    account.add(work, one.contract, one.at, one.zone, counts)  # in the spans in which it was bought
    return True
