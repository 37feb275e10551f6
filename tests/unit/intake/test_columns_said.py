"""Cells of columns that mean nothing to us and say that the person left."""

import json
from datetime import UTC, datetime

import pytest

from gateway.domain.lead import Origin, Statement
from gateway.intake.columns import to_batch
from gateway.intake.columns.headings import REFUSALS, known_headings
from gateway.intake.columns.leaving import says_left
from gateway.intake.manifest import read_manifest
from gateway.intake.readers import inspect, read_records

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def batch_of(tmp_path, text: str, *, told: str = ""):
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    manifest = read_manifest(f"vendor: Acme\nmethod: co_registration\n{told}", name="m.yaml")
    inspection = inspect(file, name=file.name, manifest=manifest)
    statement = Statement(direct=False)
    return to_batch(read_records(file, inspection), inspection, statement, Origin("list", "1", statement), NOW)


def stops(tmp_path, heading: str, *cells: str, name: str = "stop", **kwargs) -> list[bool]:
    rows = "".join(f'p{i}@example.com,"{cell.replace(chr(34), chr(34) * 2)}"\n' for i, cell in enumerate(cells))
    return [bool(cell) for cell in batch_of(tmp_path, f"email,{heading}\n{rows}", **kwargs).column(name)]


LEFT = [
    "Do Not Email", "unsubscribed", "UNSUBSCRIBED ", "Opted-out", "opt_out", "customer; unsubscribed", "gold|Opt Out",
    "Désabonné", "abgemeldet", "Отписан", "退会", "수신거부", "hard bounce", "STOP", "Please remove", "blacklisted",
    json.dumps([{"list": "news", "status": "unsubscribed"}]), json.dumps({"opted_out": True}), "optout=1",
]  # fmt: skip
STAYED = [
    "", "Newsletter", "subscribed", "Do Not Email Inc. asked for a quote", "unsubscribe link was shown",
    "Bounce House Ltd", "Opta", "Stopford", "notes", "optout=0",
    json.dumps({"unsubscribed": False}), json.dumps({"opted_out": None}),
    "optout: no", "spam filter", "Blackburn", "not known",
]  # fmt: skip


@pytest.mark.parametrize("cell", LEFT)
def test_an_entry_that_says_so_is_a_stop(cell):
    assert says_left(cell)


@pytest.mark.parametrize("cell", STAYED)
def test_any_other_is_none(cell):
    assert not says_left(cell)


@pytest.mark.parametrize(
    "heading", ["state", "opt_in", "Disposition", "Segment", "Lead Status", "Member Type", "Notes", "Tags"]
)
def test_every_column_that_feeds_no_field_is_looked_through(tmp_path, heading):
    cells = [*LEFT, *STAYED]
    assert stops(tmp_path, heading, *cells) == [True] * len(LEFT) + [False] * len(STAYED)


def test_rows_far_into_a_list_are_found_in_their_place(tmp_path):
    cells = ["ok"] * 4_500
    cells[2_000] = cells[4_444] = "Unsubscribed"
    found = stops(tmp_path, "Segment", *cells)
    assert [index for index, left in enumerate(found) if left] == [2_000, 4_444]


@pytest.mark.parametrize(("heading", "name"), [("SMS Segment", "do_not_call"), ("CCPA Segment", "no_sale")])
def test_what_it_is_about_stands_in_the_heading(tmp_path, heading, name):
    assert stops(tmp_path, heading, "Opted out", "Open", name=name) == [True, False]
    assert stops(tmp_path, heading, "Opted out", "Open") == [False, False]


def test_a_state_may_be_a_subscribers(tmp_path):
    assert stops(tmp_path, "state", "active", "cancelled", "bounced", "CA", "Baja California") == [0, 1, 1, 0, 0]
    assert stops(tmp_path, "Order status", "cancelled") == [False]


def test_the_manifest_ends_it(tmp_path):
    assert stops(tmp_path, "Segment", "Unsubscribed", told="columns: {Segment: attribute}") == [False]


def test_a_no_in_any_box_takes_the_yes_away(tmp_path):
    boxes = ("yes,no", "yes,", ",yes", ",no")
    text = "email,opt_in,accepts_marketing\n" + "".join(f"p{i}@example.com,{box}\n" for i, box in enumerate(boxes))
    assert batch_of(tmp_path, text).column("consent_ticked") == [False, True, None, False]


def test_a_no_in_a_question_takes_the_claimed_yes_away_and_a_yes_gives_none(tmp_path):
    text = "email,Newsletter\na@example.com,no\nb@example.com,yes\nc@example.com,\nd@example.com,Revoked\n"
    assert batch_of(tmp_path, text).column("consent_ticked") == [False, None, None, False]


def test_a_status_in_a_column_that_asks_for_a_yes_or_no_counts(tmp_path):
    text = (
        "email,Subscribed\na@example.com,no\nb@example.com,yes\nc@example.com,Unsubscribed\nd@example.com,2026-01-02\n"
    )
    assert batch_of(tmp_path, text).column("stop") == [True, None, True, None]


SPEAKS_OF_IT = {"consent_wording", "consent_url", "consent_agent", "certificate_url", "lead_token", "is_test"}
"""Fields in which words of leaving are a text's, a page's or nobody's."""
FIRST_OF_EACH = {
    use.partition(".")[0]: " ".join(words) for words, uses in reversed(known_headings()[0].items()) for use in uses
}


@pytest.mark.parametrize("field", sorted(FIRST_OF_EACH.keys() - SPEAKS_OF_IT - {"email"}))
def test_whatever_a_column_is_for_its_cells_may_say_so(tmp_path, field):
    batch = batch_of(tmp_path, f"email,{FIRST_OF_EACH[field]}\na@example.com,Opted out\nb@example.com,\n")
    assert [any(batch.columns.get(name, [None] * 2)[row] for name in REFUSALS) for row in (0, 1)] == [True, False]


@pytest.mark.parametrize("field", sorted(SPEAKS_OF_IT))
def test_texts_and_pages_that_speak_of_it_are_nobodys_word(tmp_path, field):
    assert stops(tmp_path, FIRST_OF_EACH[field], "Unsubscribe at any time.", "Opted out") == [False, False]


def test_words_beside_an_address_count_and_those_in_it_do_not(tmp_path):
    cells = {
        "Unsubscribed <lee@example.com>": True, "jane@example.com (unsubscribed)": True,
        "unsubscribed:tom@example.com": True, "unsubscribed: Kim <kim@example.com>": True,
        "lou@example.com - do not email": True,
        "ann@example.com; opted out": True,
        "unsubscribed@example.com": False, "Ann Lee <ann@example.com>": False, "bob@example.com": False,
        "a@example.com; do.not.email@example.com": False, "Jo Stop <jo@example.com>": False,
    }  # fmt: skip
    rows = "".join(f'"{cell}",\n' for cell in cells)
    assert [bool(said) for said in batch_of(tmp_path, f"email,city\n{rows}").column("stop")] == list(cells.values())


def test_words_in_place_of_a_name_or_a_day_count(tmp_path):
    assert stops(tmp_path, "last_name", "DO NOT EMAIL", "Lee (unsubscribed)", "Stop", "Remove", "Stopford") == [
        True, True, False, False, False
    ]  # fmt: skip
    assert stops(tmp_path, "opt-in date", "opted out 2024-03-04", "2024-03-04", "4 Oct 2024") == [True, False, False]
