"""Cells become values of leads, column by column."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.lead import FIELDS, Origin, Statement
from gateway.intake.columns import batch, map_columns, to_batch
from gateway.intake.inspection import Inspection
from gateway.intake.readers import inspect, read_records

OURS = Statement(direct=True)
THEIRS = Statement(direct=False, vendor="Northwind Data LLC")
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def day(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


def inspected(headings: list[str], **changes) -> Inspection:
    columns = map_columns(headings)
    found = Inspection(
        name="list.csv", encoding="utf-8", mark=0, delimiter=",", skip_spaces=False, separator_line=False, first_row=2,
        headings=tuple(headings), has_headings=True, layout=columns.layout.name, uses=tuple(columns.uses),
        not_understood=(), notes=(), date_order=None, is_protected=False, stop=False, looks_generated=None,
        rows_looked_at=0,
    )  # fmt: skip
    return replace(found, **changes)


def batch_of(headings: list[str], *rows: list[str], **changes):
    records = [(number, cells, None) for number, cells in enumerate(rows, 2)]
    return to_batch(records, inspected(headings, **changes), OURS, Origin("list", "7", OURS), NOW)


def column(heading: str, *cells: str, **changes):
    batch = batch_of(["email", heading], *[["a@example.com", cell] for cell in cells], **changes)
    (name,) = set(batch.columns) - {"email"}
    return batch.columns[name]


def test_a_field_nobody_gave_has_no_column():
    batch = batch_of(["email", "company"], ["a@example.com", "Example Ltd"])
    assert batch.columns == {"email": ["a@example.com"]}
    assert batch.column("phone") == [None]


def test_the_origin_carries_what_the_source_states():
    origin = Origin("list", "7", THEIRS, run="3")
    batch = to_batch([], inspected(["email"]), OURS, origin, NOW)
    assert batch.origin == Origin("list", "7", OURS, run="3")
    assert len(batch) == 0
    assert batch.columns == {"email": []}


def test_a_broken_row_keeps_only_who_it_is_about_and_whether_they_left():
    records = [
        (2, ["a@example.com", "Ann"], None),
        (3, ["b@example.com", "x", "2025-01-02", "more"], "too_many_cells"),
        (4, [""], "empty"),
    ]
    found = inspected(["email", "first name", "unsub time"])
    batch = to_batch(records, found, OURS, Origin("list", "7", OURS), NOW)
    assert batch.columns == {
        "email": ["a@example.com", "b@example.com", None],
        "first_name": ["Ann", None, None],
        "stop": [None, True, None],
    }
    assert batch.broken == {1: "too_many_cells", 2: "empty"}
    assert batch.numbers == [2, 3, 4]
    assert [json.loads(row) for row in batch.as_arrived] == [cells for _, cells, _ in records]


def test_the_first_filled_address_is_the_lead_s():
    batch = batch_of(
        ["Email", "Secondary Email", "Tertiary Email"],
        ["", " ", "c@example.com"],
        ["a@example.com ", "b@example.com"],
        [],
    )
    assert batch.columns == {
        "email": ["c@example.com", "a@example.com", None],
        "other_emails": [None, "b@example.com", None],
    }


def test_an_unsubscribed_address_is_not_rescued_by_an_active_one():
    headings = ["Email address - home", "Email status - home", "Email address - work", "Email status - work"]
    batch = batch_of(
        headings, ["a@example.com", "Active", "b@example.com", "Unsubscribed"], ["c@example.com", "Active"]
    )
    assert batch.columns["stop"] == [True, None]


@pytest.mark.parametrize(
    ("heading", "cells", "meant"),
    [
        ("Unsubscribed from all email", ["Yes", "", "No"], [True, None, False]),
        ("Email Opt Out", ["1", "0", "true", "false"], [True, False, True, False]),
        ("status", ["enabled", "blocklisted", "disabled"], [None, True, True]),
        ("Status", ["Active", "Unconfirmed", "Bounced"], [None, True, True]),
        ("doNotEmail", ["no", "yes", "nope"], [False, True, True]),
        ("Email Bounced Reason", ["", "550 user unknown"], [None, True]),
        ("Subscribed", ["yes", "no", "2024-01-01"], [None, True, None]),
        ("OPT_IN", ["Yes", "No", "", "double"], [True, False, None, None]),
        ("pre-ticked", ["yes", "no"], [True, False]),
        (
            "phone_number",
            ["p:+447700900123", "'+358 9 555 0100", "", " 1 "],
            ["+447700900123", "+358 9 555 0100", None, "1"],
        ),
        (
            "leadid_token",
            ["N/A", "6B1F0C52-3E0A-4C3A-9B57-0A1B2C3D4E5F"],
            [None, "6B1F0C52-3E0A-4C3A-9B57-0A1B2C3D4E5F"],
        ),
        ("ip_address", ["", "none", "192.0.2.1"], [None, None, "192.0.2.1"]),
        ("last name", ["Null", "None", " de la Cruz "], ["Null", "None", "de la Cruz"]),
        ("country", ["NA", ""], ["NA", None]),
        ("state", ["NA", " Calif. ", "n/a", ""], [None, "Calif.", None, None]),
        ("age", ["34", "25-34", "N/A"], ["34", "25-34", None]),
        ("legal form", ["GmbH", "unknown", ""], ["GmbH", None, None]),
        ("gpc", ["1", "0", "", "maybe"], [True, False, None, True]),
        ("Do Not Sell", ["yes", "no", "n/a"], [True, False, None]),
        ("do_not_call", ["Y", "N", "", "since May"], [True, False, None, True]),
        (
            "dob",
            ["2012-03-04", "03/04/2012", "2012", "7/14", ""],
            [day(2012, 3, 4), day(2012, 4, 3), day(2012, 12, 31), None, None],
        ),
        ("last order", ["2026-03-31", "", "soon"], [day(2026, 3, 31), None, None]),
    ],
)
def test_cells_are_read_by_what_their_column_means(heading, cells, meant):
    assert column(heading, *cells) == meant


def test_one_column_that_says_stop_is_enough():
    batch = batch_of(
        ["email", "dnc", "unsubscribed", "status"],
        ["a", "N", "yes", ""],
        ["b", "N", "no", "Active"],
        ["c", "", "", ""],
        ["d", "", "", "bounced"],
    )
    assert batch.columns["stop"] == [True, False, None, True]


def test_one_column_that_refuses_a_sale_or_calls_is_enough():
    batch = batch_of(
        ["email", "gpc", "do_not_sell", "state_dnc", "federal_dnc"],
        ["a", "0", "yes", "N", ""],
        ["b", "1", "no", "", "Y"],
        ["c", "", "", "N", "N"],
    )
    assert batch.columns["no_sale"] == [True, True, None]
    assert batch.columns["do_not_call"] == [False, True, False]
    assert "stop" not in batch.columns


def test_dnc_without_a_broker_s_other_columns_is_a_stop_as_well():
    batch = batch_of(["email", "dnc"], ["a", "Y"], ["b", "N"])
    assert batch.columns["stop"] == batch.columns["do_not_call"] == [True, False]


def test_where_everybody_left_every_row_says_stop():
    assert batch_of(["email"], ["a@example.com"], ["b@example.com"], stop=True).columns["stop"] == [True, True]


def test_dates_are_instants_and_a_day_that_can_be_read_twice_is_unknown():
    cells = ["2025-03-02T10:14:07+02:00", "03/04/2025", "31/12/2024 23:59", ""]
    read = [datetime(2025, 3, 2, 8, 14, 7, tzinfo=UTC), None, datetime(2024, 12, 31, 23, 59, tzinfo=UTC), None]
    assert column("consent_ts", *cells) == read
    read[1] = datetime(2025, 3, 4, tzinfo=UTC)
    assert column("consent_ts", *cells[:2], date_order="mdy") == read[:2]


def test_date_and_time_of_two_columns_are_one_instant():
    batch = batch_of(
        ["email", "optin_time", "optin_date"],
        ["a", "14:05:09", "2025-03-04"],
        ["b", "", "20250304"],
        ["c", "10:00", ""],
    )
    assert batch.columns["consent_at"] == [
        datetime(2025, 3, 4, 14, 5, 9, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC), None,
    ]  # fmt: skip


def test_a_confirmation_counts_only_beside_the_moment_of_consent():
    headings = ["email", "OPTIN_TIME", "CONFIRM_TIME", "CONFIRM_IP"]
    both = ["a", "2025-03-02 10:14:07", "2025-03-02 10:15:52", "192.0.2.41"]
    staff = ["b", "", "2024-06-11 13:51:14", "198.51.100.7"]
    batch = batch_of(headings, both, staff)
    assert batch.columns["confirmed_at"] == [datetime(2025, 3, 2, 10, 15, 52, tzinfo=UTC), None]
    assert batch.columns["confirmed_ip"] == ["192.0.2.41", None]
    assert set(batch_of(["email", "CONFIRM_TIME", "CONFIRM_IP"], staff[:1] + staff[2:]).columns) == {"email"}


def test_guards_against_spreadsheets_are_taken_off_and_kept_in_what_came():
    batch = batch_of(["email", "last name"], ['="a@example.com"', '="0012"'], is_protected=True)
    assert batch.columns == {"email": ["a@example.com"], "last_name": ["0012"]}
    assert json.loads(batch.as_arrived[0]) == ['="a@example.com"', '="0012"']


HEADINGS = ["email", "first name", "phone", "country", "opt in", "consent ts", "confirmed at", "ip", "status", "dnc",
            "optin date", "optin time", "whatever", "dob", "age", "state", "gpc", "last order",
            "legal form"]  # fmt: skip


@settings(deadline=None)  # a busy machine is no fault
@given(
    st.lists(st.lists(st.text(max_size=10), max_size=len(HEADINGS) + 1), max_size=12),
    st.lists(st.sampled_from([None, None, "empty", "too_many_cells"]), min_size=12, max_size=12),
    st.integers(1, 5),
)
def test_leads_are_the_same_in_one_batch_or_in_many(rows, problems, size):
    found = inspected(HEADINGS)
    records = [(number, cells, problem) for number, (cells, problem) in enumerate(zip(rows, problems, strict=False), 2)]
    origin = Origin("list", "7", OURS)
    whole = to_batch(records, found, OURS, origin, NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "SLICE", size)
        assert to_batch(records, found, OURS, origin, NOW) == whole
    parts = [
        to_batch(records[start : start + size], found, OURS, origin, NOW) for start in range(0, len(records), size)
    ]
    for name, cells in whole.columns.items():
        assert [cell for part in parts for cell in part.column(name)] == cells
        assert all(cell is None or isinstance(cell, FIELDS[name]) for cell in cells)
    assert [text for part in parts for text in part.as_arrived] == whole.as_arrived
    assert [json.loads(text) for text in whole.as_arrived] == [cells for _, cells, _ in records]


@pytest.mark.parametrize("odd", ["x" * 70_000, "a\0b"])
def test_an_opt_out_in_a_row_that_cannot_be_read_is_kept(tmp_path, odd):
    file = tmp_path / "leads.csv"
    file.write_text(
        f"email,status,note\nann@example.com,unsubscribed,{odd}\nbob@example.com,,{odd}\n", encoding="utf-8"
    )
    inspection = inspect(file, name="leads.csv")
    batch = to_batch(list(read_records(file, inspection)), inspection, OURS, Origin("list", "1", OURS), NOW)
    assert sorted(batch.broken) == [0, 1]
    assert batch.columns["email"] == ["ann@example.com", "bob@example.com"]
    assert batch.columns["stop"] == [True, None]


def test_every_row_of_a_file_of_people_who_left_says_so_if_it_names_anybody(tmp_path):
    file = tmp_path / "unsubscribed.csv"
    file.write_text("email,note\nann@example.com,a\0b\n\nbob@example.com,x\n", encoding="utf-8")
    inspection = inspect(file, name="unsubscribed.csv")
    batch = to_batch(list(read_records(file, inspection)), inspection, OURS, Origin("list", "1", OURS), NOW)
    assert batch.columns["stop"] == [True, None, True]


CELLS = st.sampled_from(["", " ", "N/A", " n/a ", "CA", " CA", "ca", "unknown", "p:+1 202 555 0100", "'5", "x" * 12])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(CELLS, st.text(max_size=12)), max_size=40), st.sampled_from(sorted(batch._READERS)))
def test_a_column_of_few_texts_means_what_each_of_its_cells_means_alone(cells, use):
    """Whether a column is taken for one of few texts or not, and whatever its neighbours say."""
    read = batch._READERS[use]
    alone = [read((cell,))[0] for cell in cells]
    assert read(tuple(cells)) == alone
    many = tuple(map(str, range(1_000, 1_000 + batch.LOOKED_AT)))  # before them, none is seen to repeat
    assert read((*many, *cells))[len(many) :] == alone


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(CELLS, st.text(max_size=12)), max_size=40))
def test_texts_too_are_read_alike_whether_they_repeat_or_not(cells):
    expected = [cell.strip() or None for cell in cells]
    assert batch._texts(tuple(cells)) == expected
    many = tuple(map(str, range(batch.LOOKED_AT)))
    assert batch._texts((*many, *cells))[len(many) :] == expected
