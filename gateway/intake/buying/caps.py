"""How much a contract buys and answers at most: by hour, day, month and in all. Pure; the account is kept elsewhere.

A held lead counts until it is refused: whoever may have to be paid is within the cap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

Span = Literal["hour", "day", "month", "total"]
SPANS: tuple[Span, ...] = ("hour", "day", "month", "total")


@dataclass(frozen=True, slots=True)
class Caps:
    """At most so many; None: no bound. Money in minor units."""

    hour: int | None = None  # leads, taken or held
    day: int | None = None
    month: int | None = None
    total: int | None = None
    money_day: int | None = None
    money_month: int | None = None
    money_total: int | None = None
    posts_hour: int | None = None
    pings_hour: int | None = 1_000
    pings_day: int | None = 10_000
    unposted_day: int | None = 500  # hashes asked about beyond the leads that were posted


@dataclass(frozen=True, slots=True)
class Tally:
    """A contract's account over one span."""

    pings: int = 0
    wanted: int = 0  # pings that were answered with a price
    hashed: int = 0  # pings whose hash was looked up
    posts: int = 0
    bought: int = 0  # became prospects
    held: int = 0  # wait; they count against the caps
    rejected: int = 0  # judged and refused
    refused: int = 0  # not taken at all: paused, closed, capped, not wanted
    spent_minor: int = 0
    pending_minor: int = 0  # would be owed for held leads


NAMES = tuple(field.name for field in fields(Tally))


def added(one: Tally, other: Tally) -> Tally:
    """Both counted."""
    return Tally(*(getattr(one, name) + getattr(other, name) for name in NAMES))


Account = Mapping[Span, Tally]


def begins(at: datetime, zone: str) -> dict[Span, str]:
    """Under which name each span of this instant is kept: the hour by UTC, day and month as the zone has them."""
    local = at.astimezone(ZoneInfo(zone))
    return {
        "hour": f"{at.astimezone(UTC):%Y-%m-%dT%H}", "day": f"{local:%Y-%m-%d}", "month": f"{local:%Y-%m}",
        "total": "",
    }  # fmt: skip


def reached(caps: Caps, account: Account, price: int) -> str | None:
    """Which cap one more lead at this price would break; None: there is room."""
    for span in SPANS:
        most = getattr(caps, span)
        if most is not None and account[span].bought + account[span].held >= most:
            return f"cap_{span}"
    for span, most in (("day", caps.money_day), ("month", caps.money_month), ("total", caps.money_total)):
        one = account[span]
        if most is not None and one.spent_minor + one.pending_minor + price > most:
            return f"cap_money_{span}"
    return None


def posts_reached(caps: Caps, account: Account) -> str | None:
    """Whether one more post would be too many this hour, whatever became of those before."""
    return "cap_posts_hour" if caps.posts_hour is not None and account["hour"].posts >= caps.posts_hour else None


def pings_reached(caps: Caps, account: Account) -> str | None:
    """Which cap one more ping would break."""
    if caps.pings_hour is not None and account["hour"].pings >= caps.pings_hour:
        return "cap_pings_hour"
    return "cap_pings_day" if caps.pings_day is not None and account["day"].pings >= caps.pings_day else None


def may_ask_by_hash(caps: Caps, account: Account) -> bool:
    """Whether one more hash is looked up today: who asks about many and brings few is trying addresses.

    What was not bought was not brought: a post with a ping that never was costs nothing.
    """
    today = account["day"]
    brought = today.bought + today.held + today.rejected
    return caps.unposted_day is None or today.hashed - brought < caps.unposted_day
