"""A consent receipt has every mandatory field of ISO/IEC TS 27560 whatever is known, and says what was recorded."""

import itertools
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from gateway.domain.lead import Hop, Statement
from gateway.domain.ports import Sender
from gateway.person.receipt import Consent, receipt_of

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
# law.md 5.6, those marked as mandatory
METADATA = {"schema_version", "record_id", "receipt_id", "pii_principal_id"}
PROCESSING = {
    "privacy_notice", "language", "purposes", "pii_information", "pii_controllers", "storage_locations",
    "retention_period", "jurisdiction", "recipient_third_parties", "withdrawal_method",
}  # fmt: skip
PARTY = {"id", "address", "name", "contact", "type"}
EVENT = {"time", "validity_duration", "entity_id", "type", "state"}
STATES = {
    "ConsentGiven", "RenewedConsentGiven", "ConsentUnknown", "ConsentRequested", "ConsentRequestDeferred",
    "ConsentRefused", "ConsentWithdrawn", "ConsentExpired", "ConsentTerminated", "ConsentInvalidated",
}  # fmt: skip
TYPES = {"ImpliedConsent", "ExpressedConsent", "ExplicitlyExpressedConsent", "unknown"}
CONFIRMED = {"state": "confirmed", "answered_at": "2026-11-21T12:05:00.000000Z", "ip": "203.0.113.0", "agent": "Fox"}
SIGNUP = {
    "email": "ana@example.com", "first_name": "Ana", "consent_ticked": True, "consent_preticked": False,
    "consent_wording": "Yes, write to me.", "language": "en", "consent_url": "https://www.example.com/join",
    "consent_ip": "203.0.113.9", "consent_agent": "Fox", "consent_at": AT, "purposes": "newsletter offers",
}  # fmt: skip
BOUGHT = Statement(
    direct=False, vendor="Meridian Leads", method="co_registration", transfer_notice="named_partners",
    hops=(Hop("Quotes Ltd", "Meridian Leads", date(2026, 10, 2), "contract 7"), Hop("Meridian Leads", "us")),
)  # fmt: skip


def consent(**changes):
    plain = {
        "lead": "lead_1", "gateway": "here", "principal": "ana@example.com", "fields": SIGNUP,
        "statement": Statement(direct=True, method="form"), "origin": "demo", "is_form": True, "arrived_at": AT,
        "status": "given", "waits_for_confirmation": False, "withdrawn_at": None,
    }  # fmt: skip
    return Consent(**plain | changes)


def every_case():
    return itertools.product(
        ({}, SIGNUP), (Statement(direct=True), BOUGHT), (True, False), ("given", "refused", "none", "unknown"),
        (True, False), (None, AT), ((), (CONFIRMED,), ({**CONFIRMED, "state": "refused"},)),
        (Sender(), Sender(("Riverside",), "1 Mill Lane", "https://www.example.com/stop")),
    )  # fmt: skip


def test_every_mandatory_field_stands_in_every_receipt():
    for fields, statement, is_form, status, waits, left, confirmations, sender in every_case():
        made = receipt_of(consent(
            fields=fields, statement=statement, is_form=is_form, status=status, waits_for_confirmation=waits,
            withdrawn_at=left, confirmations=confirmations, sender=sender), AT)  # fmt: skip
        assert made["metadata"].keys() >= METADATA
        assert made["processing"].keys() >= PROCESSING
        assert all(party.keys() >= PARTY for party in made["parties"])
        assert all(data["pii_type"] for data in made["personal_data"])
        assert all(event.keys() >= EVENT for event in made["events"])
        assert {event["state"] for event in made["events"]} <= STATES
        assert {event["type"] for event in made["events"]} <= TYPES
        for part in (made["metadata"], made["processing"], *made["parties"], *made["events"]):
            assert all(value not in (None, "", [], {}) for value in part.values())


def test_both_acts_of_a_double_opt_in_are_events():
    left = datetime(2026, 12, 1, tzinfo=UTC)
    events = receipt_of(consent(confirmations=(CONFIRMED,), withdrawn_at=left), AT)["events"]
    assert [(event["event"], event["state"], event["type"]) for event in events] == [
        ("signup", "ConsentGiven", "ExpressedConsent"),
        ("confirmation", "ConsentGiven", "ExplicitlyExpressedConsent"),
        ("withdrawal", "ConsentWithdrawn", "ExpressedConsent"),
    ]
    signup = events[0]
    assert (signup["ip"], signup["agent"], signup["page"], signup["ticked"], signup["preticked"]) == (
        "203.0.113.9", "Fox", "https://www.example.com/join", True, False,
    )  # fmt: skip
    assert events[1]["ip"] == "203.0.113.0"


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "ConsentGiven"),
        ({"waits_for_confirmation": True}, "ConsentRequested"),
        ({"status": "refused"}, "ConsentRefused"),
        ({"status": "none"}, "ConsentUnknown"),
        ({"status": "unknown"}, "ConsentUnknown"),
    ],
)
def test_what_is_not_known_is_not_called_given(changes, state):
    assert receipt_of(consent(**changes), AT)["events"][0]["state"] == state


def test_a_box_that_came_ticked_expresses_nothing():
    made = receipt_of(consent(fields=SIGNUP | {"consent_preticked": True}), AT)
    assert made["events"][0]["type"] == "ImpliedConsent"


def test_the_words_are_given_whole_and_by_digest():
    notice = receipt_of(consent(), AT)["processing"]["privacy_notice"]
    assert notice == {"wording": "Yes, write to me.", "sha256": sha256(b"Yes, write to me.").hexdigest()}


def test_a_bought_lead_tells_vendor_hops_and_certificate():
    fields = SIGNUP | {"certificate_url": "https://cert.trustedform.com/1"}
    made = receipt_of(consent(is_form=False, origin="list_3", statement=BOUGHT, fields=fields), AT)
    assert made["provenance"] == {
        "source": "list_3", "given_by": "Meridian Leads", "transfer_notice": "named_partners",
        "hops": [{"giver": "Quotes Ltd", "taker": "Meridian Leads", "on": "2026-10-02", "under": "contract 7"},
                 {"giver": "Meridian Leads", "taker": "us"}],
    }  # fmt: skip
    assert made["events"][0]["certificate"] == "https://cert.trustedform.com/1"
    assert {party["name"] for party in made["parties"]} >= {"Meridian Leads", "Quotes Ltd"}


def test_a_record_keeps_its_id_and_every_receipt_has_its_own():
    one, two, other = receipt_of(consent(), AT), receipt_of(consent(), AT), receipt_of(consent(lead="lead_2"), AT)
    ids = [made["metadata"] for made in (one, two, other)]
    assert ids[0]["record_id"] == ids[1]["record_id"] != ids[2]["record_id"]
    assert len({made["receipt_id"] for made in ids}) == 3
    assert receipt_of(consent(gateway="there"), AT)["metadata"]["record_id"] != ids[0]["record_id"]
