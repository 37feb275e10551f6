"""When a contract buys: wall clocks, midnights, holidays, and the two nights on which the clock jumps."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake.buying.schedule import Schedule, read_window

NEW_YORK = "America/New_York"


def schedule(*windows, zone=NEW_YORK, closed=()):
    return Schedule(zone, tuple(one for text in windows for one in read_window(text)), frozenset(closed))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [("2026-11-20T12:59", False), ("2026-11-20T13:00", True), ("2026-11-21T00:59", True), ("2026-11-21T01:00", False),
     ("2026-11-21T15:00", False), ("2026-07-03T12:00", True), ("2026-07-03T11:59", False)],
)  # fmt: skip
def test_hours_are_those_of_the_wall_clock(instant, is_open):
    assert schedule("mon-fri 08:00-20:00").is_open(at(instant)) is is_open


def test_no_windows_is_always():
    assert schedule().is_open(at("2026-01-01T03:00"))


def test_past_midnight_and_past_the_end_of_the_week():
    night = schedule("sun 22:00-02:00", zone="UTC")
    opened = [night.is_open(at(f"2026-11-22T{hour}")) for hour in ("21:59", "22:00", "23:59")]
    assert opened == [False, True, True]
    assert [night.is_open(at(f"2026-11-23T0{hour}")) for hour in ("0:00", "1:59", "2:00")] == [True, True, False]


def test_a_closed_day_is_the_zones_own():
    found = schedule(closed=[date(2026, 12, 25)])
    assert found.is_open(at("2026-12-25T04:59"))
    assert not found.is_open(at("2026-12-25T05:00"))
    assert not found.is_open(at("2026-12-26T04:59"))
    assert found.opens(at("2026-12-25T12:00")) == at("2026-12-26T05:00")


def test_an_hour_that_comes_twice_is_open_twice():
    found = schedule("sun 01:00-02:00")  # on 1 November 2026 the clock goes from 02:00 back to 01:00
    opened = [found.is_open(at("2026-11-01T04:59") + timedelta(minutes=30 * n)) for n in range(6)]
    assert opened == [False, True, True, True, True, False]


def test_an_hour_that_is_left_out_begins_where_the_clock_goes_on():
    found = schedule("sun 02:30-05:00")  # on 8 March 2026 it goes from 02:00 to 03:00
    assert not found.is_open(at("2026-03-08T06:59"))
    assert found.is_open(at("2026-03-08T07:00"))
    assert found.opens(at("2026-03-08T01:00")) == at("2026-03-08T07:00")


def test_nothing_opens_within_two_weeks():
    days = [date(2026, 11, 1) + timedelta(days=n) for n in range(40)]
    assert schedule(closed=days).opens(at("2026-11-10T12:00")) is None


@pytest.mark.parametrize("text", ["", "always", "mon", "mon 8:00-9:00", "mun 08:00-09:00", "mon 24:00-25:00",
                                  "mon 08:00-08:00", "mon 08:60-09:00", "mon-xyz 08:00-09:00"])  # fmt: skip
def test_what_is_no_window(text):
    assert read_window(text) is None


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - naive bounds
       st.sampled_from([NEW_YORK, "Europe/Vienna", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]))  # fmt: skip
def test_it_opens_where_it_is_closed_before_and_open_then(instant, zone):
    found = schedule("mon-wed 01:30-03:15", "fri 23:00-02:45", zone=zone)
    opens = found.opens(instant)
    assert opens is not None
    assert found.is_open(opens)
    assert opens == instant or not found.is_open(opens - timedelta(minutes=1))
