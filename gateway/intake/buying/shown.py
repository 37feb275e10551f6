"""Terms and account as they are shown: to officers, on the wire and on the command line. Read, never changed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from gateway.db.base import text_of
from gateway.intake.buying import account
from gateway.intake.buying.answers import amount, money
from gateway.intake.buying.book import Dealing, keys_of
from gateway.intake.buying.caps import SPANS, Tally, added, begins
from gateway.intake.buying.offer import Refusal, price_of, refuse, worthy
from gateway.intake.buying.tables import bought, feeds
from gateway.vendors.book import find_standing


def terms_document(dealing: Dealing) -> dict[str, Any]:
    """A contract's terms as they stand."""
    contract = dealing.contract
    return {
        "vendor": contract.vendor, "contract": contract.name, "version": dealing.number,
        "terms": dict(dealing.document), "paused": dealing.paused, "since": text_of(dealing.at), "by": dealing.by,
        "why": dealing.why,
    }  # fmt: skip


def now_document(connection: Connection, dealing: Dealing, at: datetime) -> dict[str, Any]:
    """Whether anything is bought at this moment, and at what price."""
    tallies = account.load(connection, dealing.contract.number, at, dealing.terms.schedule.zone)
    price = price_of(connection, dealing, at)
    minor = 0 if isinstance(price, Refusal) else price
    refusal = refuse(dealing, find_standing(connection, dealing.contract.vendor), tallies, minor, at)
    if refusal is None and isinstance(price, Refusal):
        refusal = price
    worth = worthy(connection, dealing, at)
    return {
        "buys": refusal is None,
        "code": None if refusal is None else refusal.code,
        "message": "We buy." if refusal is None else refusal.message,
        "again_at": None if refusal is None or refusal.again is None else text_of(refusal.again),
        "price": None if isinstance(price, Refusal) else money(price, dealing.currency),
        "worth": None if worth is None else {
            "low": money(worth.low, worth.currency), "value": money(worth.minor, worth.currency),
            "high": money(worth.high, worth.currency), "people": worth.people,
        },
    }  # fmt: skip


def account_document(connection: Connection, dealing: Dealing, at: datetime) -> dict[str, Any]:
    """The account of this hour, day, month and in all, beside the caps."""
    tallies = account.load(connection, dealing.contract.number, at, dealing.terms.schedule.zone)
    caps = dealing.terms.caps
    most = {"day": caps.money_day, "month": caps.money_month, "total": caps.money_total}
    names = begins(at, dealing.terms.schedule.zone)
    return {
        "vendor": dealing.contract.vendor, "contract": dealing.contract.name, "currency": dealing.currency,
        "now": now_document(connection, dealing, at),
        "account": [
            {
                "span": span, "begins": names[span], **_counts(tallies[span], dealing.currency),
                "cap": getattr(caps, span),
                "money_cap": None if most.get(span) is None else amount(most[span] or 0, dealing.currency),
            }
            for span in SPANS
        ],
        "keys": [f"key_{number}" for number in keys_of(connection, dealing.contract.vendor)],
        "lists": [f"list_{number}" for number in lists_of(connection, dealing.contract.number)],
    }  # fmt: skip


def _counts(tally: Tally, currency: str | None) -> dict[str, Any]:
    names = ("pings", "wanted", "hashed", "posts", "bought", "held", "rejected", "refused")
    counts = {name: getattr(tally, name) for name in names}
    return counts | {"spent": money(tally.spent_minor, currency), "pending": money(tally.pending_minor, currency)}


def lists_of(connection: Connection, contract: int) -> list[int]:
    """The standing lists of a contract, newest first."""
    query = select(feeds.c.list_id).where(feeds.c.contract == contract).order_by(feeds.c.list_id.desc()).limit(24)
    return list(connection.execute(query).scalars())


def hours_of(connection: Connection, dealing: Dealing, at: datetime) -> list[tuple[str, Tally]]:
    """Today's account hour by hour, each named as the zone's clock shows it; one that the clock shows twice is one.

    Kept are hours of UTC: where a zone is half an hour off, each is named by the local hour in which it ends.
    """
    zone = ZoneInfo(dealing.terms.schedule.zone)
    here = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    told: dict[str, str] = {}
    while (here := here.replace(minute=0)) <= at:
        told[begins(here, "UTC")["hour"]] = f"{(here + timedelta(minutes=59)).astimezone(zone):%H}"
        here += timedelta(hours=1)
    found: dict[str, Tally] = {}
    for name, tally in account.spans_of(connection, dealing.contract.number, "hour", list(told)):
        found[told[name]] = added(found.get(told[name], Tally()), tally)
    return list(found.items())


def days_of(connection: Connection, dealing: Dealing, at: datetime, *, days: int = 14) -> list[tuple[str, Tally]]:
    """The account of the last days, the oldest first."""
    today = at.astimezone(ZoneInfo(dealing.terms.schedule.zone)).date()
    names = [f"{today - timedelta(days=back)}" for back in range(days - 1, -1, -1)]
    return account.spans_of(connection, dealing.contract.number, "day", names)


def prices_of(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    """What some leads cost, by lead; those that were not bought one by one are left out."""
    query = select(bought.c.lead_id, bought.c.price_minor, bought.c.currency, bought.c.state, bought.c.ping)
    return {
        row.lead_id: {"price": money(row.price_minor, row.currency), "state": row.state, "ping": row.ping}
        for row in connection.execute(query.where(bought.c.lead_id.in_(numbers)))
    }
