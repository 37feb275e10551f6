"""What was agreed to, judged apart for our own form, a bought list and our own system's export."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.domain.lead import REQUEST_PARTS, WIRELESS_PARTS, Batch, Origin, Statement
from gateway.screening.consent import establish

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
EARLIER = NOON - 40 * DAY
CERTIFICATE = "https://cert.trustedform.com/eb9fc4dd9bed9ad451a5648946cf4bf09b5b0001"
TRIPLE = {"consent_at": EARLIER, "consent_ip": "203.0.113.9", "consent_url": "https://quotes.example.com/"}


def facts(kind, said, as_of=NOON, **fields):
    said = {"direct": kind == "form", **said}
    batch = Batch(
        Origin(kind, "1", Statement(**said)), [2], {name: [cell] for name, cell in fields.items()}, ["{}"], NOON
    )
    found = establish(batch, as_of)
    return {name.removeprefix("consent."): cell[0] if isinstance(cell, list) else cell for name, cell in found.items()}


def form(said=None, **fields):
    return facts("form", said or {}, **fields)


def bought(said=None, **fields):
    return facts("list", said or {}, **fields)


def test_our_own_form_with_a_ticked_box():
    found = form(
        {"wording": "Yes, write to me.", "form_url": "https://www.example.com/join"},
        consent_ticked=True, consent_preticked=False, consent_ip="203.0.113.9", consent_url="https://www.example.com/join",
    )  # fmt: skip
    assert found == {
        "status": "given", "act": "unticked_box", "given_to_us": True, "transfer_notice": "none",
        "wording_is_known": True, "is_proven": True, "is_contradicted": False, "is_confirmed": False,
        "covers_marketing": None, "at": NOON, "request_is_complete": None, "by_parent": False,
        "wireless.authorization": "none",
    }  # fmt: skip


def test_a_bought_list_of_which_nothing_is_said():
    assert bought() == {
        "status": "none", "act": "none", "given_to_us": False, "transfer_notice": None, "wording_is_known": False,
        "is_proven": False, "is_contradicted": False, "is_confirmed": False, "covers_marketing": None, "at": None,
        "request_is_complete": None, "by_parent": False, "wireless.authorization": "none",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "row", "status"),
    [
        ({}, {"consent_ticked": True}, "given"),
        ({}, {"consent_ticked": False}, "refused"),
        ({"consent": "given"}, {}, "given"),
        ({"consent": "given"}, {"consent_ticked": False}, "refused"),
        ({"consent": "none"}, {"consent_ticked": True}, "given"),
        ({"consent": "none"}, {"consent_at": EARLIER}, "none"),
        ({}, {"consent_at": EARLIER}, "given"),
        ({}, {"confirmed_at": EARLIER}, "none"),
        ({}, {"certificate_url": CERTIFICATE}, "none"),
        ({}, {"collected_at": EARLIER}, "none"),
    ],
)
def test_a_yes_has_to_be_shown(said, row, status):
    assert bought(said, **row)["status"] == status


@pytest.mark.parametrize(
    ("said", "row", "act"),
    [
        ({}, {"consent_ticked": True, "consent_preticked": False}, "unticked_box"),
        ({}, {"consent_ticked": True, "consent_preticked": True}, "preticked_box"),
        ({}, {"consent_ticked": True}, None),
        ({"consent_act": "unticked_box"}, {"consent_ticked": True}, "unticked_box"),
        ({"consent_act": "unticked_box"}, {"consent_ticked": True, "consent_preticked": True}, "preticked_box"),
        ({"consent": "given", "consent_act": "oral"}, {}, "oral"),
        ({"consent": "given", "consent_act": "unknown"}, {}, None),
        ({"consent": "given"}, {}, None),
        ({"consent": "given"}, {"consent_preticked": True}, "preticked_box"),
        ({"consent_act": "unticked_box"}, {"consent_ticked": False}, "none"),
    ],
)
def test_by_which_act(said, row, act):
    assert bought(said, **row)["act"] == act


@pytest.mark.parametrize(
    ("said", "ours", "notice"),
    [
        ({"consent": "given"}, False, None),
        ({"consent": "given", "transfer_notice": "unknown"}, False, None),
        ({"consent": "given", "transfer_notice": "none"}, False, "none"),
        ({"consent": "given", "transfer_notice": "named_partners"}, False, "named_partners"),
        ({"consent": "given", "transfer_notice": "named_us"}, True, "named_us"),
        ({"consent": "none", "transfer_notice": "named_us"}, False, "named_us"),
        ({"consent": "given", "direct": True}, True, "none"),
    ],
)
def test_whose_consent_it_is(said, ours, notice):
    found = bought(said)
    assert (found["given_to_us"], found["transfer_notice"]) == (ours, notice)


def test_the_words_are_the_rows_own_or_the_sources():
    assert bought(consent_wording="I agree.")["wording_is_known"] is True
    assert bought(consent_wording="  ")["wording_is_known"] is False
    assert bought({"wording": "I agree."})["wording_is_known"] is True


@pytest.mark.parametrize(
    ("said", "row", "proven"),
    [
        ({}, TRIPLE, True),
        ({}, TRIPLE | {"consent_ip": None}, False),
        ({}, TRIPLE | {"consent_ip": None, "certificate_url": CERTIFICATE}, True),
        ({}, TRIPLE | {"consent_ip": None, "certificate_url": "http://cert.trustedform.com/notacert"}, False),
        ({}, TRIPLE | {"consent_ip": "10.0.0.5"}, False),
        ({}, TRIPLE | {"consent_at": None}, False),
        ({}, TRIPLE | {"consent_url": None}, False),
        ({}, TRIPLE | {"consent_url": "N/A"}, False),
        ({"form_url": "https://quotes.example.com/"}, TRIPLE | {"consent_url": None}, True),
        ({"collected_from": date(2026, 10, 1)}, TRIPLE | {"consent_at": None}, False),
    ],
)
def test_a_claimed_yes_needs_time_page_and_network_address(said, row, proven):
    assert bought({"consent": "given"} | said, **row)["is_proven"] is proven


def test_a_form_s_own_record_counts_from_any_network():
    """On our own machine the browser comes from 127.0.0.1; that is where we saw it, not what somebody claims."""
    found = form(consent_ticked=True, consent_ip="127.0.0.1", consent_url="http://localhost:8000/")
    assert (found["is_proven"], found["is_contradicted"]) == (True, False)
    assert form(consent_ticked=True, consent_url="http://localhost:8000/")["is_proven"] is False
    assert form(consent_ticked=True, consent_ip="127.0.0.1")["is_proven"] is False


@pytest.mark.parametrize(
    ("row", "contradicted"),
    [
        (TRIPLE, False),
        (TRIPLE | {"consent_at": NOON}, False),
        (TRIPLE | {"consent_at": NOON + timedelta(seconds=1)}, True),
        (TRIPLE | {"consent_ip": "10.0.0.5"}, True),
        (TRIPLE | {"consent_ip": "198.51.100.7"}, False),
        (TRIPLE | {"consent_ip": "unknown"}, False),
        (TRIPLE | {"lead_token": "00000000-0000-0000-0000-000000000000"}, True),
        (TRIPLE | {"lead_token": "6B1F0C52-3E0A-4C3A-9B57-0A1B2C3D4E5F"}, False),
        (TRIPLE | {"certificate_url": CERTIFICATE}, False),
        (TRIPLE | {"certificate_url": "http://cert.trustedform.com/notacert"}, True),
        (TRIPLE | {"certificate_url": " "}, False),
        (TRIPLE | {"confirmed_at": EARLIER + DAY}, False),
        (TRIPLE | {"confirmed_at": EARLIER - DAY}, True),
        (TRIPLE | {"confirmed_at": NOON + DAY}, True),
        ({"lead_token": None, "certificate_url": None, "consent_at": None}, False),
    ],
)
def test_evidence_against_itself(row, contradicted):
    assert bought(**row)["is_contradicted"] is contradicted


def test_a_signup_confirmed_after_its_arrival_contradicts_nothing():
    found = facts("form", {}, as_of=NOON + DAY, consent_ticked=True, consent_at=NOON, confirmed_at=NOON + DAY)
    assert (found["is_contradicted"], found["is_confirmed"]) == (False, True)


@pytest.mark.parametrize(
    ("kind", "direct", "row", "confirmed"),
    [
        ("form", True, {"confirmed_at": NOON}, True),
        ("form", True, {"confirmed_at": None}, False),
        ("list", True, {"confirmed_at": NOON, "consent_at": EARLIER}, True),
        ("list", True, {"confirmed_at": NOON}, False),
        ("list", False, {"confirmed_at": NOON, "consent_at": EARLIER}, False),
    ],
)
def test_only_our_own_confirmations_count(kind, direct, row, confirmed):
    assert facts(kind, {"direct": direct}, **row)["is_confirmed"] is confirmed


@pytest.mark.parametrize(
    ("stated", "purposes", "covers"),
    [
        (None, None, None),
        ("marketing", None, True),
        ("transactional", None, False),
        ("transactional", "newsletter", True),
        ("marketing", "orders receipts", False),
        (None, "Newsletter, orders", True),
        (None, "orders delivery", False),
        (None, "orders surprises", None),
        ("marketing", "", True),
    ],
)
def test_how_far_the_yes_reaches(stated, purposes, covers):
    assert bought({"relationship": stated}, purposes=purposes)["covers_marketing"] is covers


def test_when_it_was_given():
    assert form(consent_ticked=True)["at"] == NOON
    assert form(consent_ticked=False)["at"] is None
    assert bought({"consent": "given"}, consent_at=EARLIER)["at"] == EARLIER
    assert bought({"consent": "given", "collected_from": date(2026, 10, 1)})["at"] == datetime(2026, 10, 1, tzinfo=UTC)
    assert bought({"consent": "given", "collected_from": date(2026, 10, 1)}, collected_at=EARLIER)["at"] == EARLIER
    assert bought({"consent": "given"})["at"] is None


@pytest.mark.parametrize(
    ("said", "row", "authorization"),
    [
        ({}, {}, "none"),
        ({"wireless_authorization": frozenset()}, {}, "none"),
        ({"wireless_authorization": frozenset(WIRELESS_PARTS)}, {}, "complete"),
        ({"wireless_authorization": frozenset(WIRELESS_PARTS)}, {"consent_ticked": False}, "none"),
        ({"wireless_authorization": frozenset({"sender_named"})}, {}, "incomplete"),
        ({"wireless_authorization": frozenset(WIRELESS_PARTS) - {"signed"}}, {}, "incomplete"),
        ({"wireless_authorization": frozenset(WIRELESS_PARTS) - {"signed"}, "consent_act": "oral"}, {}, "complete"),
        ({"wireless_authorization": frozenset(WIRELESS_PARTS), "direct": False}, {}, "given_to_another"),
    ],
)
def test_authorization_to_write_to_a_phone(said, row, authorization):
    assert form(said, **row)["wireless.authorization"] == authorization


@pytest.mark.parametrize(
    ("parts", "complete"),
    [
        (None, None), (frozenset(), False), (frozenset({"purpose", "names"}), False), (frozenset(REQUEST_PARTS), True),
    ],
)  # fmt: skip
def test_a_request_says_all_it_must_or_not_or_nobody_looked(parts, complete):
    assert bought({"request_parts": parts})["request_is_complete"] is complete


@pytest.mark.parametrize(("said", "answer"), [(None, False), (False, False), (True, True)])
def test_a_parent_s_yes_has_to_be_shown(said, answer):
    assert bought({"parental_consent": said})["by_parent"] is answer
