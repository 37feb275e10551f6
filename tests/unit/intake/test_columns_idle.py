"""Words that refuse under one kind of heading: a resting subscription, a preference for nothing, a code."""

from datetime import UTC, datetime

import pytest

from gateway.domain.lead import Origin, Statement
from gateway.intake.columns import to_batch
from gateway.intake.manifest import read_manifest
from gateway.intake.readers import inspect, read_records

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OURS = Statement(direct=False)


def read(tmp_path, text: str, told: str = ""):
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    manifest = read_manifest(f"vendor: Acme\nmethod: co_registration\n{told}", name="m.yaml")
    found = inspect(file, name=file.name, manifest=manifest)
    return to_batch(read_records(file, found), found, OURS, Origin("list", "1", OURS), NOW), found


def refused(tmp_path, head: str, *rows: str, told: str = "") -> list[bool]:
    text = f"email,{head}\n" + "".join(f"p{index}@example.com,{row}\n" for index, row in enumerate(rows))
    batch, _ = read(tmp_path, text, told)
    return [
        stop is True or no is False
        for stop, no in zip(batch.column("stop"), batch.column("consent_ticked"), strict=True)
    ]


@pytest.mark.parametrize(
    "heading", ["Newsletter-Status", "Email status", "Subscription Status", "Email deliverability status"]
)
def test_who_is_inactive_on_a_list_left_it(tmp_path, heading):
    assert refused(tmp_path, heading, "active", "inactive", "Inaktiv", "") == [False, True, True, False]


def test_an_inactive_customer_did_not_and_is_told_of(tmp_path):
    assert refused(tmp_path, "Status", "active", "inactive") == [False, False]
    _, found = read(tmp_path, "email,Status\na@example.com,active\nb@example.com,inactive\n")
    assert any("'inactive' (1)" in note for note in found.notes)


def test_the_plain_status_of_a_list_of_subscribers_is_theirs(tmp_path):
    rows = ("active,2024-01-01", "inactive,2024-01-01", "2,2024-01-01", "1,2024-01-01")
    assert refused(tmp_path, "status,subscribed_at", *rows) == [False, True, True, False]
    _, found = read(tmp_path, "email,status,subscribed_at\na@example.com,1,2024-01-01\nb@example.com,2,2024-01-01\n")
    assert not any("nobody here knows" in note for note in found.notes)


def test_codes_refuse_where_the_heading_says_of_what_they_are_and_are_told_of_elsewhere(tmp_path):
    assert refused(tmp_path, "Newsletter status", "1", "0", "-1", "3") == [False, True, True, True]
    assert refused(tmp_path, "Bounce status", "0", "1") == [False, True]
    assert refused(tmp_path, "Status", "0", "1", "2") == [False, False, False]
    _, found = read(tmp_path, "email,Status\na@example.com,1\nb@example.com,0\nc@example.com,2\n")
    assert any(all(f"'{code}' (1)" in note for code in "012") for note in found.notes)


@pytest.mark.parametrize("heading", ["Email preference", "Newsletter frequency", "Communication preferences"])
def test_a_preference_for_none_is_a_no(tmp_path, heading):
    assert refused(tmp_path, heading, "Weekly", "None", "none", "Nothing", "") == [False, True, True, True, False]
    assert refused(tmp_path, heading, "None", told=f"columns: {{{heading}: attribute}}") == [False]


def test_a_way_that_is_not_mail_is_a_no_and_no_preference_is_none(tmp_path):
    rows = ("Email", "Phone only", "None", "Not by email")
    assert refused(tmp_path, "Preferred contact method", *rows) == [False, True, False, True]
    assert refused(tmp_path, "Company", "None", "Phone Only Ltd") == [False, False]


def test_a_basis_that_is_gone(tmp_path):
    assert refused(tmp_path, "Legal basis", "Consent", "Withdrawn", "Legitimate interest") == [False, True, False]


def test_an_address_made_useless_says_why(tmp_path):
    cells = (
        "a@example.com_unsubscribed", "b@example.com.OPTOUT", "c@example.com-dne", "d@example.com (DNC)",
        "e@example.com_bounced", "unsub@example.com", "f@one-stop.example.com", "g@stop-bounce.example.com",
    )  # fmt: skip
    batch, _ = read(tmp_path, "email,name\n" + "".join(f"{cell},Ann\n" for cell in cells))
    assert [bool(stop) for stop in batch.column("stop")] == [True] * 5 + [False] * 3


def test_nobody_is_called_dne(tmp_path):
    assert refused(tmp_path, "First name", "DNE", "Ann", "Stop", "Widerspruch") == [True, False, False, False]


def test_when_something_ended_there_is_a_subscription_or_a_purchase(tmp_path):
    assert refused(tmp_path, "cancelled_at", "2024-02-01", "") == [True, False]
    assert refused(tmp_path, "order,cancelled_at", "1,2024-02-01", "2,") == [False, False]
    assert refused(tmp_path, "cancelled_at", "2024-02-01", told="columns: {cancelled_at: attribute}") == [False]
    assert refused(tmp_path, "deactivated", "0", "1700000500") == [False, True]


@pytest.mark.parametrize(
    "heading", ["newsletter (metadata)", "Keep me updated on news from this organizer.", "eu_consent"]
)
def test_headings_that_ask_for_mail_in_other_words(tmp_path, heading):
    assert refused(tmp_path, f'"{heading}"', "yes", "no", "Not checked") == [False, True, True]


def test_a_mobile_numbers_own_list_of_calls_refuses_calls(tmp_path):
    batch, _ = read(tmp_path, "email,mobileDNC\na@example.com,TRUE\n")
    assert (batch.column("stop"), batch.column("do_not_call")) == ([None], [True])
