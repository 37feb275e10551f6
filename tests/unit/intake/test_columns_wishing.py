"""Headings that ask whether somebody wants mail, under names that nobody taught us: a no there is not passed over."""

import pytest

from gateway.intake.columns import map_columns
from gateway.intake.columns.headings import uses_of

ASK = [
    "I want to receive marketing emails", "Do you agree to receive our newsletter? (yes/no)", "Can we email you?",
    "Email OK", "Permission to email", "Newsletter", "Consent 1", "Werbeerlaubnis", "¿Desea recibir publicidad?",
    "Accepte les offres", "Consenso newsletter", "Zgoda na marketing", "Nyhetsbrev", "メール配信", "수신동의",
]  # fmt: skip
STILL_ON = ["Mailable", "Email Marketable?", "Subscribed to the list", "Feliratkozva", "Subscribed to newsletter [y/n]"]
STATES = [
    "Email subscriber status", "email_marketing_consent.state", "Contact: opt-in status", "Kontaktstatus", "Stav",
    "状态", "Estado de la suscripción por correo", "GDPR Status", "Статус подписки на рассылку",
]  # fmt: skip


def use_of(heading):
    assert uses_of(heading) == (), "the table knows it: nothing is shown of the words"
    return dict(map(reversed, map_columns(["email", heading]).uses)).get(1)


@pytest.mark.parametrize(
    ("heading", "use"),
    [*((heading, "consent_ticked.too") for heading in ASK), *((heading, "stop.wanted") for heading in STILL_ON),
     *((heading, "stop.status") for heading in STATES)],
)  # fmt: skip
def test_what_is_asked_is_understood_and_said(heading, use):
    assert use_of(heading) == use
    assert any(repr(heading) in note for note in map_columns(["email", heading]).notes)


@pytest.mark.parametrize(
    "heading",
    ["Order status", "Lead status 2", "Marital status", "Newsletter issue", "Newsletter opened",
     "Plan subscribed (paid)", "I accept the terms", "SMS permission to text", "May", "Contact owner", "Email count",
     "Offer", "Marketing spend",
     "City", "Company", "Last marketing email sent date", "Opportunity", "Canal", "Candidate"],
)  # fmt: skip
def test_other_headings_are_left_alone(heading):
    assert map_columns(["email", heading]).notes == []
    assert dict(map(reversed, map_columns(["email", heading]).uses)).get(1) is None


def test_the_manifest_goes_before_it():
    assert map_columns(["email", "Newsletter"], told={"Newsletter": "attribute"}).uses == [("email", 0)]


@pytest.mark.parametrize(
    "heading", ["(Do Not Modify) Row Checksum", "DO NOT EDIT - id", "Don't change: key", "do not delete"]
)
def test_what_is_asked_of_editors_refuses_nobody(heading):
    assert map_columns(["email", heading]).uses == [("email", 0)]


@pytest.mark.parametrize("heading", ["Unsubscribed", "Opt-outs", "Do not contact", "Abgemeldet"])
def test_addresses_under_a_heading_of_leaving_are_of_those_who_left(heading):
    found = map_columns(["name", heading], address_column=1)
    assert found.layout.stop
    assert any("every row is refused" in note for note in found.notes)
    assert not map_columns(["name", "who"], address_column=1).layout.stop
