"""Spans of time counted on dates in the operator's zone. Pure; asks no clock and no database.

Counting starts on the day after the event, and the event's day is that of the operator's zone: a request of Friday
22:30 in New York is Friday's, although it is Saturday in UTC. The last day ends where the next one begins: ``end_of``
is the first instant of the next local day, and from that instant on the deadline is past. Both changes of the clock
then leave every date where it is, since no local time is ever kept or added to.

Neither 15 U.S.C. 7704(a)(4) nor 16 CFR Part 316 says what a business day is. So two dates are given: ``on`` passes
over weekends and public holidays as observed, ``safe`` over weekends only, which is never later.
"""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.metadata import version
from threading import Lock
from typing import NamedTuple
from zoneinfo import ZoneInfo

from gateway.domain.deadline import Span

_LOCK = Lock()
SATURDAY = 5  # date.weekday(); Sunday is 6
DECEMBER = 12
NEVER = date(9999, 12, 30)
"""Stands for days beyond the calendar's end, which only a wrong date or an absurd span can reach."""
_BARE = (time.min, time.max)


class Due(NamedTuple):
    """The last day on which a duty can be done in time."""

    on: date
    safe: date  # by the count that nobody can call too long


def due(span: Span, at: datetime, zone: str, calendar: str) -> Due:
    """When a span that starts at an instant ends."""
    return due_from(span, day_of(at, zone), calendar)


@lru_cache(maxsize=50_000)
def due_from(span: Span, day: date, calendar: str) -> Due:
    """When a span that starts on a day ends."""
    try:
        return _count(span, day, calendar)
    except (OverflowError, ValueError):
        return Due(NEVER, NEVER)


def _count(span: Span, day: date, calendar: str) -> Due:
    if span.unit == "business day":
        passed = _holidays(calendar)
        return Due(_business_days(day, span.count, passed), _business_days(day, span.count, ()))
    if span.unit == "day":
        end = day + timedelta(days=span.count)
    else:
        end = _months(day, span.count * (12 if span.unit == "year" else 1))
    return Due(min(end, NEVER), min(end, NEVER))


def day_of(at: datetime, zone: str) -> date:
    """The day it is in the zone at an instant."""
    try:
        return at.astimezone(ZoneInfo(zone)).date()
    except OverflowError:  # the first or last hours of the calendar
        return at.date()


def day_meant(at: datetime, zone: str) -> date:
    """The day of an instant that a source gave. Bare days are kept as a UTC day's first or last instant (screening).

    Those stand for that very day: in New York midnight UTC is the evening before, which nobody wrote.
    """
    written = at.astimezone(UTC)
    return written.date() if written.time() in _BARE else day_of(at, zone)


def start_of(day: date, zone: str) -> datetime:
    """The first instant of a local day, in UTC; where the clock skips midnight, the instant at which it does."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The instant from which on a local day is past, in UTC; the calendar's last days never are."""
    return start_of(min(day, NEVER) + timedelta(days=1), zone)


@cache
def name_of(calendar: str) -> str:
    """The calendar as it is kept beside a date that was counted by it."""
    return f"{calendar}, holidays {version('holidays')}"


def _months(day: date, count: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter (31 January: 28 February)."""
    years, month = divmod(day.month - 1 + count, 12)
    year, month = day.year + years, month + 1
    following = date(year + month // DECEMBER, month % DECEMBER + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _business_days(day: date, count: int, holidays: Container[date]) -> date:
    while count:
        day += timedelta(days=1)
        if day.weekday() < SATURDAY and not _is_holiday(day, holidays):
            count -= 1
    return day


def _is_holiday(day: date, holidays: Container[date]) -> bool:
    with _LOCK:  # the library fills in a year when first asked of it, and two threads would see half of it
        return day in holidays


@cache
def _holidays(calendar: str) -> Container[date]:
    """Public holidays of a whole country as observed. In the US those of 5 U.S.C. 6103."""
    from holidays import country_holidays  # takes a quarter of a second: only where business days are counted

    found: Container[date] = country_holidays(calendar, observed=True)
    return found
