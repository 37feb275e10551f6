"""Days counted on dates: sixty requests over three years against the statute's own rules, written out by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.clocks.calendar import NEVER, Due, day_meant, day_of, due, due_from, end_of, name_of, start_of
from gateway.domain.deadline import Span

NEW_YORK = "America/New_York"
TEN = Span(10, "business day")


def local(*parts, zone=NEW_YORK, fold=0):
    """The instant of a local time, in UTC: nothing else ever reaches the calendar."""
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


# --- 5 U.S.C. 6103(a) and (b), written out. A holiday on a Sunday is observed on the Monday by executive order.


def _nth(year, month, weekday, number):
    days = [d for n in range(31) if (d := date(year, month, 1) + timedelta(n)).month == month]
    return [d for d in days if d.weekday() == weekday][number]


def statutory(year):
    return [
        date(year, 1, 1),
        _nth(year, 1, 0, 2),  # the third Monday in January
        _nth(year, 2, 0, 2),  # the third Monday in February
        _nth(year, 5, 0, -1),  # the last Monday in May
        date(year, 6, 19),
        date(year, 7, 4),
        _nth(year, 9, 0, 0),  # the first Monday in September
        _nth(year, 10, 0, 1),  # the second Monday in October
        date(year, 11, 11),
        _nth(year, 11, 3, 3),  # the fourth Thursday in November
        date(year, 12, 25),
    ]


def observed(day):
    return day + timedelta({5: -1, 6: 1}.get(day.weekday(), 0))


HOLIDAYS = {observed(day) for year in range(2025, 2031) for day in statutory(year)}


def by_hand(day, count, holidays):
    while count:
        day += timedelta(1)
        if day.weekday() not in {5, 6} and day not in holidays:
            count -= 1
    return day


# Every eighteenth day or so of three years, at hours on both sides of midnight in UTC, and the known hard ones.
RECEIPTS = [
    *(local(2026, 1, 2, hour) + timedelta(days=19 * n) for n in range(48) for hour in ((23, 9, 0)[n % 3],)),
    local(2026, 11, 20, 22, 30),  # already Saturday in UTC
    local(2026, 11, 25, 12),
    local(2026, 12, 18, 9),
    local(2026, 3, 7, 23, 59),  # the night before the clock goes forward
    local(2026, 10, 31, 23, 59),  # the night before it goes back
    local(2026, 11, 1, 1, 30),
    local(2026, 11, 1, 1, 30, fold=1),  # the same time on the wall, an hour later
    local(2027, 3, 14, 3, 0),  # half past two does not exist that day
    local(2027, 7, 4, 12),
    local(2027, 12, 17, 12),
    local(2028, 2, 29, 18),
    local(2028, 12, 31, 23, 59),
]


def test_there_are_sixty_over_three_years():
    assert len(set(RECEIPTS)) == 60
    assert {at.astimezone(ZoneInfo(NEW_YORK)).year for at in RECEIPTS} == {2026, 2027, 2028}


@pytest.mark.parametrize("at", RECEIPTS, ids=lambda at: at.strftime("%Y-%m-%dT%H%MZ"))
def test_ten_business_days_are_those_of_the_statute(at):
    day = at.astimezone(ZoneInfo(NEW_YORK)).date()
    assert due(TEN, at, NEW_YORK, "US") == (by_hand(day, 10, HOLIDAYS), by_hand(day, 10, set()))


@pytest.mark.parametrize(
    ("at", "on"),
    [
        (local(2026, 11, 20, 22, 30), date(2026, 12, 7)), (local(2026, 11, 25, 12), date(2026, 12, 10)),
        (local(2026, 12, 18, 9), date(2027, 1, 5)), (local(2026, 10, 26, 12), date(2026, 11, 9)),
        (local(2027, 3, 8, 12), date(2027, 3, 22)), (local(2027, 6, 25, 12), date(2027, 7, 12)),
    ],
)  # fmt: skip
def test_known_answers(at, on):
    assert due(TEN, at, NEW_YORK, "US").on == on


def test_independence_day_of_2027_is_observed_on_monday():
    assert due_from(Span(1, "business day"), date(2027, 7, 2), "US") == Due(date(2027, 7, 6), date(2027, 7, 5))


@given(st.dates(date(2026, 1, 1), date(2028, 12, 1)), st.integers(1, 40), st.sampled_from(["US", "CA", "AU"]))
def test_the_safe_day_is_never_later_and_both_are_weekdays(day, count, calendar):
    found = due_from(Span(count, "business day"), day, calendar)
    assert day < found.safe <= found.on
    assert {found.safe.weekday(), found.on.weekday()} <= set(range(5))


@pytest.mark.parametrize(
    ("calendar", "day", "on"),
    [
        ("CA", date(2027, 6, 30), date(2027, 7, 2)),  # 1 July
        ("AU", date(2027, 1, 25), date(2027, 1, 27)),  # 26 January
        ("US", date(2027, 6, 30), date(2027, 7, 1)),
    ],
)
def test_each_country_has_its_own_days(calendar, day, on):
    assert due_from(Span(1, "business day"), day, calendar).on == on


@pytest.mark.parametrize(
    ("span", "day", "on"),
    [
        (Span(1, "month"), date(2027, 1, 31), date(2027, 2, 28)),
        (Span(1, "month"), date(2028, 1, 31), date(2028, 2, 29)),
        (Span(6, "month"), date(2026, 8, 31), date(2027, 2, 28)),
        (Span(12, "month"), date(2026, 12, 31), date(2027, 12, 31)),
        (Span(1, "month"), date(2026, 11, 30), date(2026, 12, 30)),
        (Span(2, "year"), date(2025, 3, 1), date(2027, 3, 1)),
        (Span(1, "year"), date(2028, 2, 29), date(2029, 2, 28)),
        (Span(30, "day"), date(2026, 12, 5), date(2027, 1, 4)),
    ],
)  # fmt: skip
def test_days_months_and_years(span, day, on):
    assert due_from(span, day, "US") == (on, on)


def test_the_last_day_ends_where_the_next_one_begins():
    assert end_of(date(2026, 12, 7), NEW_YORK) == datetime(2026, 12, 8, 5, tzinfo=UTC)
    assert end_of(date(2027, 7, 5), NEW_YORK) == datetime(2027, 7, 6, 4, tzinfo=UTC)
    assert end_of(date(2026, 10, 31), NEW_YORK) == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert end_of(date(2026, 11, 1), NEW_YORK) - end_of(date(2026, 10, 31), NEW_YORK) == timedelta(hours=25)
    assert end_of(date(2027, 3, 14), NEW_YORK) - end_of(date(2027, 3, 13), NEW_YORK) == timedelta(hours=23)


def test_where_the_clock_skips_midnight_the_day_begins_when_it_does():
    begins = start_of(date(2026, 3, 8), "America/Havana")  # 00:00 does not exist there that night
    assert begins.astimezone(ZoneInfo("America/Havana")).hour == 1
    assert day_of(begins, "America/Havana") == date(2026, 3, 8)
    assert day_of(begins - timedelta(microseconds=1), "America/Havana") == date(2026, 3, 7)


@given(st.integers(0, 3 * 366 * 86_400), st.sampled_from([NEW_YORK, "Asia/Tokyo", "UTC"]))
def test_every_instant_lies_within_its_day(seconds, zone):
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    day = day_of(at, zone)
    assert start_of(day, zone) <= at < end_of(day, zone)


@pytest.mark.parametrize("zone", [NEW_YORK, "Asia/Tokyo"])
def test_dates_at_the_calendar_s_ends_break_nothing(zone):
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        for span in (TEN, Span(9999, "year"), Span(9999, "month"), Span(30, "day")):
            found = due(span, at, zone, "US")
            assert end_of(found.on, zone) <= end_of(NEVER, zone)


def test_a_calendar_is_kept_with_its_version():
    assert name_of("US").startswith("US, holidays 0.")


@pytest.mark.parametrize("zone", [NEW_YORK, "Pacific/Auckland", "UTC"])
def test_a_bare_day_is_that_day_everywhere(zone):
    day = date(2025, 3, 1)
    for at in (datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)):
        assert day_meant(at, zone) == day
        inside = at + timedelta(microseconds=1 if at.time() == time.min else -1)
        assert day_meant(inside, zone) == day_of(inside, zone)
