"""What cells say: dates in every style, boxes, stops, phones."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.intake.columns.batch import _read_wanted as read_wanted
from gateway.intake.columns.leaving import read_status
from gateway.intake.values import (
    DATE_ORDERS,
    Instants,
    read_birth,
    read_box,
    read_filled,
    read_instant,
    read_phone,
    read_stop,
    unprotected,
)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "remark"),
    [
        ("2025-03-02T10:14:07Z", utc(2025, 3, 2, 10, 14, 7), ""),
        ("2025-09-12T15:05:13+05:30", utc(2025, 9, 12, 9, 35, 13), ""),
        ("2025-11-03T09:13:19+0000", utc(2025, 11, 3, 9, 13, 19), ""),
        ("2025-02-03T04:05:06.123456Z", utc(2025, 2, 3, 4, 5, 6, 123456), ""),
        ("2025-11-03 09:12:44 UTC", utc(2025, 11, 3, 9, 12, 44), ""),
        ("2025-03-02 10:14:07", utc(2025, 3, 2, 10, 14, 7), "no_zone"),
        ("2025-10-02 14:30", utc(2025, 10, 2, 14, 30), "no_zone"),
        ("2025-3-4", utc(2025, 3, 4), "no_zone"),
        ("2025/03/04 7:05", utc(2025, 3, 4, 7, 5), "no_zone"),
        (" 2025-03-02 ", utc(2025, 3, 2), "no_zone"),
        ("20250304", utc(2025, 3, 4), "no_zone"),
        ("20250304140509", utc(2025, 3, 4, 14, 5, 9), "no_zone"),
        ("1730624089", utc(2024, 11, 3, 8, 54, 49), ""),
        ("1730624089123", utc(2024, 11, 3, 8, 54, 49, 123000), ""),
        ("1701011200000", utc(2023, 11, 26, 15, 6, 40), ""),  # read as ISO 8601 it would be a day in 1701
        ("1730624089.5", utc(2024, 11, 3, 8, 54, 49, 500000), ""),
        ("3.11.2025", utc(2025, 11, 3), "no_zone"),
        ("03.04.25 8:15", utc(2025, 4, 3, 8, 15), "no_zone"),
        ("31/12/2024 23:59", utc(2024, 12, 31, 23, 59), "no_zone"),
        ("12/31/2024", utc(2024, 12, 31), "no_zone"),
        ("13-03-2025 00:00:00", utc(2025, 3, 13), "no_zone"),
        ("5/5/2025", utc(2025, 5, 5), "no_zone"),  # both readings are the same day
        ("10/13/2025 2:30 PM", utc(2025, 10, 13, 14, 30), "no_zone"),
        ("10/13/2025 2:30\u202fPM", utc(2025, 10, 13, 14, 30), "no_zone"),  # what newer ICU writes
        ("10/13/2025 12:00 a.m.", utc(2025, 10, 13), "no_zone"),
        ("Mon, 3 Nov 2025 17:40:36 +0000", utc(2025, 11, 3, 17, 40, 36), ""),
        ("03-Nov-2025", utc(2025, 11, 3), "no_zone"),
        ("November 3, 2025, 5:40 pm", utc(2025, 11, 3, 17, 40), "no_zone"),
        ("", None, "empty"),
        ("0000-00-00 00:00:00", None, "empty"),
        ("03/04/2025", None, "ambiguous"),
        ("12-03-2025 10:22:31", None, "ambiguous"),
        ("03/04/25", None, "ambiguous"),
        ("31/12/24", None, "ambiguous"),  # the 24th of December 2031 is a reading too
        ("31/31/2025", None, "unreadable"),
        ("2025-02-30", None, "unreadable"),
        ("4.28018E+15", None, "unreadable"),
        ("4102444800", None, "unreadable"),
        ("39779198701", None, "unreadable"),  # an id
        ("04032025", None, "unreadable"),
        ("3 Brumaire 2025", None, "unreadable"),
        ("13/25/2025 14:05 EST", None, "unreadable"),
        ("10/13/2025 25:00", None, "unreadable"),
        ("10/13/2025 13:00 PM", None, "unreadable"),
        ("0001-01-01T00:00:00+14:00", None, "unreadable"),  # no such instant in UTC
        ("yes", None, "unreadable"),
    ],
)
def test_a_date_is_read_in_one_way_or_not_at_all(text, at, remark):
    assert read_instant(text) == (at, remark)


@pytest.mark.parametrize(
    ("text", "order", "at", "remark"),
    [
        ("03/04/2025", "dmy", utc(2025, 4, 3), "no_zone"),
        ("03/04/2025", "mdy", utc(2025, 3, 4), "no_zone"),
        ("03/04/25 14:05", "mdy", utc(2025, 3, 4, 14, 5), "no_zone"),
        ("25/03/04", "ymd", utc(2025, 3, 4), "no_zone"),
        ("03/04/2025", "ymd", None, "ambiguous"),
        ("31/12/2024", "mdy", None, "against_order"),
        ("12/31/2024", "dmy", None, "against_order"),
        ("03.04.2025", "mdy", utc(2025, 4, 3), "no_zone"),  # dots are always day first
        ("2025-03-04", "dmy", utc(2025, 3, 4), "no_zone"),
    ],
)
def test_the_manifest_settles_the_order(text, order, at, remark):
    assert read_instant(text, order) == (at, remark)


@settings(deadline=None)  # a busy machine is no fault
@given(st.text() | st.from_regex(r"[0-9T:./ +-]{1,24}", fullmatch=True), st.sampled_from([None, *DATE_ORDERS]))
def test_whatever_a_cell_holds_is_an_aware_instant_or_nothing(text, order):
    at, remark = read_instant(text, order)
    assert (at is None) == (remark not in {"", "no_zone", "serial"})
    assert at is None or at.tzinfo is UTC
    assert Instants(order)[text] == at


@settings(deadline=None)  # a busy machine is no fault
@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - hypothesis adds the zone
def test_iso_dates_of_every_zone_keep_their_instant(at):
    read, remark = read_instant(at.isoformat())
    assert remark == ""
    assert read == datetime.fromisoformat(at.isoformat())


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Yes", True), ("TRUE", True), ("1", True), ("on", True), ("ja", True), (" oui ", True), ("да", True),
     ("No", False), ("0", False), ("false", False), ("нет", False),
     ("", None), ("nope", None), ("double", None), ("2025-01-01", None)],
)  # fmt: skip
def test_a_box_is_ticked_or_not_or_unknown(text, meant):
    assert read_box(text) is meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Y", True), ("yes", True), ("1", True), ("2024-05-01", True), ("nope", True), ("NATIONAL DNC", True),
     ("N", False), ("no", False), ("0", False), ("FALSE", False),
     ("", None), ("N/A", None), ("null", None), ("-", None)],
)  # fmt: skip
def test_an_answer_to_stop_that_nobody_can_read_is_a_stop(text, meant):
    assert read_stop(text) is meant


@pytest.mark.parametrize(
    "text",
    ["Unsubscribed", "UNSUBSCRIBED", "cancelled", "Junk", "Non-marketable", "NEVER_SUBSCRIBED", "error",
     "blocklisted", "disabled", "Bounced", "Hard bounce", "Opted out", "opt-out",
     "cleaned",
     "Do not contact", "Spam complaint", "Unconfirmed", "désabonné", "Отписан", "Dado de baja"],
)  # fmt: skip
def test_some_statuses_forbid(text):
    assert read_status(text) is True


@pytest.mark.parametrize("text", ["", "Active", "Subscribed", "enabled", "Verified", "Express", "Implied", "complete"])
def test_no_status_permits(text):
    assert read_status(text) is None


def test_columns_of_leaving_count_when_they_are_filled():
    assert [read_filled(text) for text in ("2025-09-30 17:40:22", "SPAM", "", "none", "no")] == [True, True] + [
        None
    ] * 3


def test_a_plain_no_to_being_subscribed_is_a_stop():
    assert [read_wanted(text) for text in ("no", "FALSE", "yes", "2024-01-01", "")] == [True, True, None, None, None]


@pytest.mark.parametrize(
    ("text", "plain"),
    [('="01020"', "01020"), ("'+44 20 7946 0000", "+44 20 7946 0000"), ("'=SUM(A1)", "=SUM(A1)"),
     ("O'Brien", "O'Brien"), ("'t Hooft", "'t Hooft"), ("'", "'"), ('=""', ""), (" x ", "x")],
)  # fmt: skip
def test_spreadsheet_protection_is_taken_off_and_names_are_left_alone(text, plain):
    assert unprotected(text) == plain


def test_meta_writes_a_p_before_phones():
    assert read_phone("p:+447700900123") == "+447700900123"
    assert read_phone("p:") is None
    assert read_phone("'+358 9 555 0100") == "+358 9 555 0100"


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("1990-05-31", None, utc(1990, 5, 31)), ("31.05.1990", None, utc(1990, 5, 31)),
        ("05/31/1990", None, utc(1990, 5, 31)), ("03/04/2012", "mdy", utc(2012, 3, 4)),
        ("03/04/2012", "dmy", utc(2012, 4, 3)), ("03/04/2012", None, utc(2012, 4, 3)),  # the later: younger
        ("31/12/2012", "mdy", utc(2012, 12, 31)), ("2012", None, utc(2012, 12, 31)),
        (" 1990 ", None, utc(1990, 12, 31)),
        ("7/14", None, None), ("0000-00-00", None, None), ("", None, None), ("spring", None, None),
        ("2512", None, None),
    ],
)  # fmt: skip
def test_a_birthday_that_can_be_read_twice_makes_the_person_younger(text, order, day):
    assert read_birth(text, Instants(order)) == day


@given(st.text(max_size=30))
def test_any_text_is_a_birthday_or_none(text):
    found = read_birth(text, Instants())
    assert found is None or found.tzinfo is not None
