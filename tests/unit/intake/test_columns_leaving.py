"""What cells say of leaving, in exports and notes as people and systems write them."""

from pathlib import Path

import pytest

from gateway.intake.columns import leaving
from gateway.intake.columns.leaving import _all_marks, _phrases, read_status, say_left, says_left
from gateway.intake.values import read_box, read_stop
from gateway.screening.address.found import addresses_in

LEFT = [
    "Unsubscribed 3/4/2025", "unsubscribed (2024)", "Opted out on 2025-01-02", "UNSUBSCRIBED via link 2025-03-04",
    "do not email - per phone call", "*** DO NOT EMAIL ***", "Do Not Email Again", "Bad Data - Unsubscribed",
    "Not interested - Remove", "Opt-Out/Remove", "Opt-Out (Email)", "Email Opt-Out Request", "Unsub 03/04",
    "Family ::: Unsubscribed ::: * myContacts", "HARD_BOUNCE", "opted_out_email", "Hard Bounce: 550", "REMOVE",
    "Asked to be removed from our list", "wants no more emails", "Requested removal 3/4/25", "please unsubscribe",
    "Customer opted out by phone", "take me off your list", "Clicked unsubscribe link", "Called twice. Opted out.",
    "Please remove from mailing list\nCalled twice.", "does not want to receive any more e-mails",
    "Do not contact again.", "consent was withdrawn", "hat sich abgemeldet", "Abgemeldet am 3.4.2025",
    "keine Werbung mehr", "wünscht keine Werbung", "Bitte keine E-Mails", "Widerruf vom 3.4.2025",
    "ne souhaite plus recevoir", "Inactif - désabonné", "no desea recibir correos", "solicitó la baja", "配信停止希望",
    "退会済み", "取消订阅", "Відписався", "Odhlášen", "geen mails meer",
    "please stop emailing me", "Quit sending me your ads!", "hates our emails, take him off the list", "DNC - Email",
    "Suppression list", '[{"reason": "USER_SUPPRESSED"}]', '["HARD_BOUNCE"]',
]  # fmt: skip
STAYED = [
    "Great customer", "stopped by the booth", "asked about removing stains", "never unsubscribed",
    "has not opted out", "until unsubscribed", "https://example.com/unsubscribed", "You can unsubscribe at any time",
    "unsubscribe link in footer", "Remove Before Flight Inc", "Blackburn", "no opt out", "nicht abgemeldet",
    "Bounce House Ltd", "Do Not Email Inc.", "wants more emails", "likes to be first", "Newsletter", "[]",
    "Keine Angabe", "opt-in", "Stop & Shop", "Baja California",
    "quit smoking", "stop sign", "took the early bus off the motorway", "stop mailing address", "dnc agency",
]  # fmt: skip


@pytest.mark.parametrize("cell", LEFT)
def test_whoever_left_is_seen(cell):
    assert says_left(cell)
    assert say_left(["Ann", cell, "12 Main Street"]) == {cell}, "one of its marks must be in it"
    assert read_status(cell)


@pytest.mark.parametrize("cell", STAYED)
def test_nobody_else_is(cell):
    assert not says_left(cell)


def test_terms_that_tell_how_to_leave_say_nothing_of_who_left():
    terms = "By ticking the box I agree to receive offers. I may opt out at any time by the link in each mail. " * 5
    assert not says_left(terms)


def test_every_phrase_of_the_table_has_a_mark_and_is_found():
    """A cell without a mark is not looked at: a phrase without one would be a line of the table that does nothing."""
    lines = Path(leaving.__file__).with_name("leaving.tsv").read_text(encoding="utf-8").splitlines()
    told = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert len(told) > 300
    for phrase, kind in told:
        assert read_status(phrase), phrase
        if kind != "status":
            assert say_left([phrase]) == {phrase}, phrase
            assert say_left([phrase.title()]) or phrase.title().casefold() != phrase, phrase
    assert len(set(map(tuple, told))) == len(told)
    assert "" not in {*_phrases().alone, *_phrases().status, *_all_marks()}


@pytest.mark.parametrize(
    "status",
    [
        "pending",
        "Deleted",
        "Held",
        "GloballySuppressed",
        "Auf Blacklist",
        "Supprim\u00e9",
        "\u0423\u0434\u0430\u043b\u0451\u043d",
    ],
)
def test_some_words_count_in_statuses_alone(status):
    assert read_status(status)
    assert not read_status("active")


@pytest.mark.parametrize("cell", ["[]", "{}", "Subscribed", "Allow", "0.0", "Opted in", "never"])
def test_an_answer_that_says_that_nothing_is_refused_refuses_nothing(cell):
    assert not read_stop(cell)


@pytest.mark.parametrize(
    "cell",
    ["No, thanks", "Nein, danke", "Non merci", "No gracias", "0.0", "nem", "\u4e0d\u8981"],
)
def test_a_no_is_read_as_people_write_it(cell):
    assert read_box(cell) is False


@pytest.mark.parametrize("cell", ["Norway", "None", "no idea", "Nora", "nee Smith"])
def test_what_begins_like_a_no_is_none(cell):
    assert read_box(cell) is None


def test_the_three_colons_of_googles_contacts_stand_between_addresses():
    assert addresses_in("a@example.com ::: b@example.org") == ["a@example.com", "b@example.org"]
    assert addresses_in("a@example.com :: b@example.org") == []


@pytest.mark.parametrize(
    "cell",
    [
        "no more than 3 emails", "wants no more than one email a week", "no more emails than necessary",
        "asked to stop sending paper invoices", "will not stop emailing us", "do not email before 9am",
        "requested removal of tree stump", "sent 3 mails. no longer at ACME", "soft cheese", "the marketing manager",
    ],
)  # fmt: skip
def test_notes_of_people_who_stay(cell):
    assert not says_left(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "no more emails please", "do not want any more of your mails", "asked not to receive marketing", "Said STOP",
        "requested we stop", "wants off the list", "pls delete my details", "lose my email address",
        "removed at own request", "on our blacklist", "has withdrawn her consent", "customer,mktg_optout",
        "ex-subscriber", "Marked as junk", "Confirmed Opt-Out", "No consent", "told us not to contact her",
    ],
)  # fmt: skip
def test_notes_of_people_who_left(cell):
    assert says_left(cell)
