"""Words of leaving in columns and notes of something else, and leavers whose columns seemed to be of something else."""

import json

import pytest

from gateway.intake.columns import map_columns
from gateway.intake.columns.leaving import says_left
from gateway.intake.columns.refusing import refusals_in
from gateway.intake.columns.wishing import asks_for_mail
from tests.unit.intake.test_columns_said import batch_of, stops

THINGS = [
    ("Company", ["Stop", "Bounce, Inc.", "Removed", "Blacklist", "Objection! Legal", "Opposition"]),
    ("Job Title", ["Bounce", "Suppressed", "Objection"]), ("Department", ["Suppression", "Bounce"]),
    ("City", ["Stop", "Bounce"]), ("Address line 2", ["Stop 3"]), ("Lineitem name", ["STOP", "Remove"]),
    ("Order Status", ["Removed", "Cancelled"]), ("Payment", ["Bounced", "Declined"]), ("Spouse name", ["Deceased"]),
    ("Shipping Status", ["Undeliverable"]), ("Policy status", ["cancelled", "Withdrawn"]),
    ("Loan status", ["withdrawn"]), ("Deal stage", ["Lost", "Removed"]), ("Application", ["rejected"]),
    ("Membership Status", ["Cancelled", "Withdrawn"]), ("Delivery Status", ["Held", "Cancelled", "Pending"]),
    ("What bothers you most?", ["stop"]),
]  # fmt: skip
TOLD = [
    ("utm_campaign", "unsubscribed-winback"), ("utm_term", "remove my name from mailing list"), ("Keyword", "opt out"),
    ("Ad name", "STOP | v2"), ("Terms", "I agree. Opt-out any time."), ("Footer", "Unsubscribe"),
    ("Privacy policy", "Opt out: click. Erasure request: mail us"), ("Skills", "bounce management; unsubscribe"),
    ("Referrer", "unsubscribe"), ("Mentions légales", "Opposition : écrire au service"),
]  # fmt: skip
OTHER_CHANNELS = [("WhatsApp", "opted out"), ("Push status", "unsubscribed"), ("Direct mail", "Do not mail"),
                  ("Text reply", "STOP"), ("Call Status", "Stop")]  # fmt: skip
ELSEWHERE = [
    "asked to be removed from parents insurance", "Asked to stop sending paper bills", "request removal quote",
    "wants deletion of the second appliance", "opted out of Medicare Part B", "He opted out of the HOA",
    "Do not contact at work", "do not contact after 8pm, call works", "does not want to be contacted before 5pm",
    "Auto abgemeldet", "Kfz abgemeldet am 3.4.2025", "dado de baja en Vodafone", "Objection: price",
    "ne veut plus recevoir sa facture papier", "no quiere más deuda", "non vuole ricevere bollette cartacee",
    "our domain was blacklisted", "email opt out: no", "do not email: false", json.dumps({"spouse": "deceased"}),
    json.dumps({"keyword": "unsubscribe"}), json.dumps({"opt_out": {"sms": True, "email": False}}),
    json.dumps({"sms": {"status": "unsubscribed"}, "email": {"status": "subscribed"}}), "offers accepted: 0",
    json.dumps([{"channel": "sms", "opted_in": False}]), json.dumps({"verified": {"email": False}}),
]  # fmt: skip
LEFT = [
    json.dumps({"consent": {"email": False}}), json.dumps({"email": {"marketing": False}}), "newsletter: no",
    json.dumps({"marketing": {"email": "no"}}), json.dumps({"subscribed": False}), "email_opt_in=0", "Email - NO",
    json.dumps([{"channel": "email", "opted_in": False}]), json.dumps({"email": False, "sms": True}), "Subscribed? No",
    json.dumps({"email_marketing_consent": {"state": "not_subscribed"}}), "Subscribed: no", "Unsuscribed",
    "unsubscribe me", "don't send me any more emails", "told us not to email", "flagged us as spam", "forget me",
    "requested to be deleted", "does not want to hear from us", "email bounced back", "aus dem Verteiler nehmen",
    "Einwilligung widerrufen", "ne veut plus de mails", "retirer de la liste de diffusion", "eliminar de la lista",
    "quiere darse de baja", "vuole cancellarsi", "remover da lista", "van de lijst halen", "prosi o wypisanie",
    "отказался от рассылки", "メルマガ解除", "请勿发邮件",
    "does not want insurance mails any more; take off the email list",
    "opted out of all marketing", "asked to be removed from our insurance mailing list",
]  # fmt: skip


@pytest.mark.parametrize(("heading", "cells"), THINGS)
def test_what_names_other_things_says_nothing_of_mail_and_plain_words_do(tmp_path, heading, cells):
    plain = ["Do Not Email", "unsubscribed", "Opted out"]
    assert stops(tmp_path, heading, *cells, *plain) == [False] * len(cells) + [True] * len(plain)


@pytest.mark.parametrize(("heading", "cell"), TOLD)
def test_wordings_and_adverts_say_of_nobody_that_he_left(tmp_path, heading, cell):
    assert stops(tmp_path, heading, cell) == [False]


@pytest.mark.parametrize(("heading", "cell"), OTHER_CHANNELS)
def test_who_left_another_channel_has_not_left_the_mail_unless_it_says_so(tmp_path, heading, cell):
    assert stops(tmp_path, heading, cell, "do not email") == [False, True]


@pytest.mark.parametrize("heading", ["Call notes", "Call outcome", "Phone screen notes", "Text", "Voice of customer"])
def test_notes_of_calls_tell_of_mail(tmp_path, heading):
    assert stops(tmp_path, heading, "Unsubscribed", "asked to be removed from our mailing list") == [True, True]


@pytest.mark.parametrize("cell", ELSEWHERE)
def test_what_else_is_left_is_not_our_mail(cell):
    assert not says_left(cell)


@pytest.mark.parametrize("cell", LEFT)
def test_who_left_is_seen(tmp_path, cell):
    assert stops(tmp_path, "Notes", cell) == [True]


@pytest.mark.parametrize("cell", ["Unsubscribes 2024", "Opt-Outs", "Global Unsubs", "Abmeldungen", "news; Bajas"])
def test_lists_are_named_as_files_are(tmp_path, cell):
    assert stops(tmp_path, "List name", cell, "Newsletter 2024", "unsubs removed") == [True, False, False]


@pytest.mark.parametrize(
    "heading",
    ["License revoked", "Accidents removed", "Spouse deceased", "Exclude driver", "Do not resuscitate",
     "Loan withdrawn",
     "Tree removal needed", "Old boiler removed", "Bounced checks", "Withdrawal amount", "Withdrawals"],
)  # fmt: skip
def test_headings_of_what_else_is_removed_refuse_nobody(heading):
    assert refusals_in(heading) == ((), False)


@pytest.mark.parametrize(
    "heading", ["Order mails unsubscribed", "Email removed", "Customer opt out", "Application: unsubscribed"]
)
def test_headings_of_mail_refuse_whatever_else_they_name(heading):
    assert "stop" in refusals_in(heading)[0]


def test_a_plain_status_beside_orders_is_theirs(tmp_path):
    rows = ["Cancelled", "Pending", "Archived", "Refunded", "unsubscribed", "bounced", "Do not contact"]
    text = "email,Order ID,Status\n" + "".join(f"p{i}@example.com,{i},{row}\n" for i, row in enumerate(rows))
    said = [bool(cell) for cell in batch_of(tmp_path, text).column("stop")]
    assert said == [False] * 4 + [True] * 3
    assert any("taken for theirs" in note for note in map_columns(["email", "Order ID", "Status"]).notes)
    assert stops(tmp_path, "Status", *rows[:3]) == [True] * 3, "alone it is the person's"


@pytest.mark.parametrize("name", ["subscribed", "email_opt_in", "marketing email", "E-Mails", "newsletter"])
def test_a_no_behind_these_names_refuses(name):
    assert asks_for_mail(name)


@pytest.mark.parametrize("name", ["email opt out", "unsubscribed", "verified email", "emails received", "emails sent"])
def test_a_no_behind_those_does_not(name):
    assert not asks_for_mail(name)
