"""Headings that nobody taught us and that speak of leaving: nobody may become a prospect because we passed one over."""

import pytest

from gateway.intake.columns import map_columns
from gateway.intake.columns.against import says_against
from gateway.intake.columns.headings import known_headings, uses_of
from gateway.intake.columns.refusing import refusals_in
from gateway.intake.values import read_stop

SAY_SO = [
    "UNSUB2", "unsub_flg_y", "OPTOUT_STS", "Fed DNE", "SUPPRESS_RSN", "complaint_cnt", "REMOVED", "REMOVE_DATE",
    "doNotSolicit", "Don\u2019t email",
    "no emails please", "Excluded (Y/N)", "GDPR erased", "known_litigator", "deceased",
    "List_Removal", "Widerspruch vom", "Werbewiderspruch: Widerrufen", "退会日", "Se désabonner?", "Отписан от писем",
    "Fecha de la baja", "rezygnacja", "IsOptedOutNow", "stop",
]  # fmt: skip


@pytest.mark.parametrize("heading", SAY_SO)
def test_it_is_read_as_a_stop_and_said(heading):
    found = map_columns(["email", heading])
    assert ("stop", 1) in found.uses
    assert found.not_understood == []
    assert any(repr(heading) in note and "refusal" in note for note in found.notes)


@pytest.mark.parametrize(
    ("heading", "uses"),
    [("voice optout status", ("do_not_call",)), ("sms unsubscribe source", ("do_not_call",)),
     ("cpra optout of sharing v2", ("no_sale",)), ("STATE_DNC_2", ("stop", "do_not_call"))],
)  # fmt: skip
def test_a_refusal_of_calls_or_of_sale_is_one_of_those(heading, uses):
    assert uses_of(heading) == ()
    assert tuple(use for use, place in map_columns(["email", heading]).uses if place) == uses


@pytest.mark.parametrize(
    "heading",
    ["unsubscribe url", "List-Unsubscribe", "opt_out_link", "unsubscribe page", "soft bounces", "bounce rate", "shop",
     "Exclusivity", "Delivery", "Stopwatch", "donor", "notes 2", "Noemi", "sperm whale", "widow", "emote"],
)  # fmt: skip
def test_it_leaves_others_alone(heading):
    assert map_columns(["email", heading]).notes == []
    assert [use for use, place in map_columns(["email", heading]).uses if place and use == "stop"] == []


@pytest.mark.parametrize("heading", ["suppression_checked", "dnc scrubbed", "never unsubscribed", "not opted out"])
def test_what_also_says_the_opposite_is_asked_about(heading):
    found = map_columns(["email", heading])
    assert (found.uses, found.not_understood) == ([("email", 0)], [heading])
    assert "opposite" in found.notes[0]
    assert f"columns: {{{heading}: stop}}" in found.notes[0]


def test_the_table_goes_before_the_words():
    """Of all headings in the table these alone have words of leaving and are no refusals; nobody leaves by them."""
    refusing = {"stop", "do_not_call", "no_sale"}
    others = [
        heading for heading, uses in known_headings()[0].items()
        if refusals_in(heading)[0] and not refusing & {use.partition(".")[0] for use in uses}
    ]  # fmt: skip
    assert others == ["unsub campaign title", "unsub campaign id", "unsub reason other"]
    assert map_columns(["email", *others]).notes == []


@pytest.mark.parametrize("cell", ["Y", "1", "2026-05-01", "asked by phone", "unknown reason"])
def test_whatever_stands_in_it_refuses(cell):
    assert map_columns(["email", "UNSUB_DTM2"]).uses[1] == ("stop", 1)
    assert read_stop(cell) is True


@pytest.mark.parametrize("cell", ["N", "no", "0", "", "0000-00-00 00:00:00", "n/a"])
def test_a_plain_no_or_nothing_does_not(cell):
    assert not read_stop(cell)


def test_the_manifest_may_say_that_it_means_something_else_and_nothing_that_was_saved():
    headings = ["email", "deleted_items"]
    assert map_columns(headings, told={"deleted_items": "attribute"}).uses == [("email", 0)]
    assert ("stop", 1) in map_columns(headings, saved={"deleted_items": "attribute"}).uses


@pytest.mark.parametrize(
    ("name", "says"),
    [("dnc.csv", (True, False)), ("DNE_2026.csv", (True, False)), ("stop-list.xlsx", (True, False)),
     ("Stopliste.csv", (True, False)), ("do not mail/2026.csv", (True, False)), ("remove list.csv", (True, False)),
     ("suppress.txt", (True, False)), ("Removed", (True, False)), ("stop/2026.csv", (True, False)),
     ("Cancelled 2025.xlsx", (True, False)), ("bounces removed.csv", (True, True)),
     ("removed from shelf.csv", (False, False)),
     ("left side.csv", (False, False)), ("leads_dnc_scrubbed.csv", (True, True)), ("non-dnc leads.csv", (True, True)),
     ("Robinson Media leads.csv", (False, False)), ("shop list.csv", (False, False))],
)  # fmt: skip
def test_names_of_files_say_so_too(name, says):
    word, undone = says_against(name)
    assert (word is not None, undone) == says


@pytest.mark.parametrize(
    ("short", "use"),
    [("OPTIN_DT", "consent_at.date"), ("OPT_IN_TS", "consent_at"), ("CONSENT_TS", "consent_at"),
     ("REG_DT", "collected_at.date"), ("SRC_URL", "consent_url"), ("EMAIL_ADDR", "email"), ("PHONE_NBR", "phone"),
     ("COUNTRY_CD", "country"),
     ("CTRY_CD", "country"), ("STATE_CD", "region"), ("REG_IP", "consent_ip"), ("UNSUB_DT", "stop.filled"),
     ("TF_CERT_URL", "certificate_url"), ("CONSENT_YN", "consent_ticked")],
)  # fmt: skip
def test_words_are_understood_as_databases_shorten_them(short, use):
    assert use in uses_of(short)


@pytest.mark.parametrize(
    ("heading", "refuses"),
    [("I agree to receive your newsletter. I can unsubscribe at any time.", False),
     ("Would you like our offers? You may opt out whenever you like", False),
     ("Tick here if you do not want to receive our emails", True), ("Haben Sie sich abgemeldet", True)],
)  # fmt: skip
def test_a_question_of_a_form_as_a_heading_is_read_as_a_sentence(heading, refuses):
    assert ("stop" in refusals_in(heading)[0]) is refuses
