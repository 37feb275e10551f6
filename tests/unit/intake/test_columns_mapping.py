"""Headings become fields: what is known, what only looks like consent, what the manifest says, what nobody knows."""

from pathlib import Path

import pytest

from gateway.domain.lead import FIELDS
from gateway.intake.columns import headings as table
from gateway.intake.columns import map_columns
from gateway.intake.columns.headings import CAUTIONS, USES, fold, known_headings, uses_of

LINES = [
    line.split("\t")
    for line in Path(table.__file__).with_name("headings.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def uses(headings: list[str], **kwargs) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for use, place in map_columns(headings, **kwargs).uses:
        found.setdefault(use, []).append(headings[place])
    return found


def test_every_line_of_the_table_has_a_use_there_is():
    cautions = {f"caution.{why}" for why in CAUTIONS}
    assert [line for line in LINES if line[1] not in USES | cautions] == []


def test_no_heading_stands_in_the_table_twice_for_the_same_use():
    seen = [(fold(heading), use) for heading, use in LINES]
    assert sorted({line for line in seen if seen.count(line) > 1}) == []


def test_every_field_can_be_fed_by_some_heading():
    fed = {use.split(".")[0] for _, use in LINES}
    assert set(FIELDS) - fed == set()


def test_nothing_that_looks_like_consent_feeds_a_field_of_consent():
    consent = {name for name in FIELDS if name.startswith(("consent_", "confirmed_"))}
    doubtful = [uses for uses in known_headings()[1].values() if any(use.startswith("caution") for use in uses)]
    assert [uses for uses in doubtful if consent & {use.split(".")[0] for use in uses}] == []


@pytest.mark.parametrize(
    ("heading", "field"),
    [("E-Mail", "email"), ("EMAIL", "email"), ("e_mail", "email"), (" Email  Address ", "email"),
     ("Correo electrónico", "email"), ("CORREO ELECTRONICO", "email"), ("Adresse e-mail", "email"),
     ("Электронная почта", "email"), ("メールアドレス", "email"), ("work_email", "email"),
     ("prénom", "first_name"), ("PRENOM", "first_name"), ("Vorname", "first_name"), ("fname", "first_name"),
     ("Nachname", "last_name"), ("Фамилия", "last_name"), ("surname", "last_name"),
     ("Phone Number", "phone"), ("Country/Region", "country"), ("CC", "country"), ("State/Province", "region"),
     ("ip_address", "consent_ip"), ("OPTIN_IP", "consent_ip"), ("source_url", "consent_url"),
     ("consent_ts", "consent_at"), ("opt_in_at", "consent_at"), ("xxTrustedFormCertUrl", "certificate_url"),
     ("universal_leadid", "lead_token"), ("LeadiD", "lead_token"), ("submitted_at", "collected_at"),
     ("HASOPTEDOUTOFEMAIL", "stop"), ("emailOptOut", "stop"), ("doNotEmail", "stop"), ("Do Not Call", "do_not_call"),
     ("Unsubscribed from all email", "stop"), ("D.O.B.", "born_on"), ("birthDate", "born_on"), ("Age", "age"),
     ("last_order", "last_dealing_at"), ("LAST PURCHASE DATE", "last_dealing_at"), ("gpc", "no_sale"),
     ("do_not_sell", "no_sale"), ("Province", "region"), ("Rechtsform", "subscriber")],
)  # fmt: skip
def test_a_heading_is_known_however_it_is_written(heading, field):
    assert list(uses([heading])) == [field]


@pytest.mark.parametrize(
    "heading",
    ["Email Status", "Marketing contact status", "CREATED_AT", "Added At", "Create Date", "Lifecycle Stage",
     "Contact Accuracy Score", "MEMBER_RATING", "Legal basis for processing contact's data", "Notice Provided Date",
     "Email permission status - home", "DOUBLE_OPT-IN", "tcpa_consent"],
)  # fmt: skip
def test_what_looks_like_consent_is_kept_and_said_not_to_be(heading):
    found = map_columns(["email", heading])
    assert {use.split(".")[0] for use, _ in found.uses} <= {"email", "stop"}
    assert [note for note in found.notes if note.startswith("Not taken as consent") and repr(heading) in note] != []
    assert found.not_understood == []


def test_a_system_s_own_number_is_no_token():
    assert uses_of("Lead ID") == ("kept",)
    assert uses_of("lead_id") == ("kept",)
    assert uses_of("leadid") == ("lead_token",)


def test_the_first_of_two_columns_wins_and_the_other_is_told():
    found = map_columns(["email", "Mobile", "Phone", "unheard of", ""])
    assert found.uses == [("email", 0), ("phone", 1)]
    assert found.not_understood == ["Phone", "unheard of", "column 5"]
    assert found.notes == ["'Phone' is a second column for phone; column 2 is used."]


def test_several_columns_of_addresses_are_one_field_and_so_are_all_stops():
    assert uses(["Email address - home", "Email address - work", "Opt Out", "Bounced"]) == {
        "email": ["Email address - home", "Email address - work"], "stop": ["Opt Out", "Bounced"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["optin_date", "optin_time"], ["consent_at.date", "consent_at.time"]),
        (["optin_time", "optin_date"], ["consent_at.time", "consent_at.date"]),
        (["OPTIN_TIME"], ["consent_at"]),
        (["optin_date"], ["consent_at"]),
        (["consent_ts", "optin_time"], ["consent_at"]),
        (["optin_time", "consent_ts"], ["consent_at"]),
        (["consent_ts", "optin_date"], ["consent_at"]),
    ],
)
def test_date_and_time_are_joined_where_both_are_there(headings, expected):
    found = map_columns(headings)
    assert [use for use, _ in found.uses] == expected
    assert len(found.not_understood) == len(headings) - len(expected)


def test_the_manifest_goes_before_everything_we_think_to_know():
    headings = ["email", "Kontakt", "Phone", "Nummer", "Opt-in", "Seit"]
    told = {"kontakt": "email", "NUMMER": "phone", "opt in": "attribute", "Seit": "consent_at", "Ort": "region"}
    found = map_columns(headings, told=told)
    assert found.uses == [("email", 1), ("phone", 3), ("consent_at", 5)]
    assert found.not_understood == ["Phone"]
    assert found.notes[0] == "The manifest gives a meaning to the column 'Ort', and the file has none of that name."


def test_a_name_that_was_meant_is_offered():
    found = map_columns(["email", "Anmeldung am"], told={"Anmeldungam": "consent_at", "Anmeldng": "consent_at"})
    (note,) = found.notes
    assert note.startswith("The manifest gives a meaning to the column 'Anmeldng', and the file has none of that name.")
    assert note.endswith("Did you mean 'Anmeldung am'?")


MAILCHIMP = ["Email Address", "First Name", "Opted in?", "UNSUB_REASON", "MEMBER_RATING", "OPTIN_TIME", "OPTIN_IP",
             "CONFIRM_TIME", "CONFIRM_IP", "CC", "LEID", "EUID"]  # fmt: skip


@pytest.mark.parametrize(
    ("extra", "name", "layout", "stop"),
    [
        (["LAST_CHANGED"], "subscribed_members_export_a1b2c3.csv", "mailchimp_subscribed", False),
        (["LAST_CHANGED"], "list.csv", "mailchimp_subscribed", False),
        (["UNSUB_TIME", "UNSUB_REASON"], "list.csv", "mailchimp_unsubscribed", True),
        (["UNSUB_TIME"], "subscribed_members_export_a1b2c3.csv", "mailchimp_unsubscribed", True),
        ([], "C:\\exports\\Unsubscribed_members_export.csv", "mailchimp_unsubscribed", True),
        (["CLEAN_TIME"], "list.csv", "mailchimp_cleaned", True),
        ([], "export/cleaned_email_audience_export.csv", "mailchimp_cleaned", True),
        ([], "nonsubscribed_members_export_a1b2c3.csv", "mailchimp_nonsubscribed", False),
    ],
)
def test_mailchimp_says_the_status_in_the_file_s_name_or_its_columns(extra, name, layout, stop):
    found = map_columns([*MAILCHIMP, *extra], file_name=name)
    assert (found.layout.name, found.layout.stop) == (layout, stop)


def test_mailchimp_s_columns_left_of_the_rating_are_the_owner_s_own():
    headings = [*MAILCHIMP, "UNSUB_TIME", "UNSUB_REASON"]
    found = map_columns(headings, file_name="unsubscribed_members_export.csv")
    assert found.uses == [
        ("email", 0), ("first_name", 1), ("consent_at", 5), ("consent_ip", 6), ("confirmed_at", 7),
        ("confirmed_ip", 8), ("country", 9), ("stop.filled", 12), ("stop.filled", 13),
    ]  # fmt: skip
    assert found.not_understood == ["Opted in?", "UNSUB_REASON"]


def test_a_broker_s_delivery_is_told_by_its_columns():
    assert map_columns(["email", "ip_address", "source_url", "optin_date"]).layout.name == "broker"
    assert map_columns(["email", "ip_address", "name"]).layout.name == "plain"


def test_a_broker_s_dnc_is_about_the_phone_and_anybody_else_s_may_be_about_mail():
    assert uses(["email", "ip_address", "source_url", "dnc"]) == {
        "email": ["email"], "consent_ip": ["ip_address"], "consent_url": ["source_url"], "do_not_call": ["dnc"],
    }  # fmt: skip
    assert uses(["email", "dnc"]) == {"email": ["email"], "stop": ["dnc"], "do_not_call": ["dnc"]}


def test_several_columns_of_one_refusal_all_count():
    assert uses(["email", "gpc", "do_not_sell", "state_dnc", "federal_dnc"]) == {
        "email": ["email"], "no_sale": ["gpc", "do_not_sell"], "do_not_call": ["state_dnc", "federal_dnc"],
    }  # fmt: skip


def test_mailchimp_s_birthday_has_no_year_and_is_kept():
    assert uses(["Email Address", "Birthday", *MAILCHIMP[4:]])["email"] == ["Email Address"]
    found = map_columns(["Email Address", "Birthday", "Age", *MAILCHIMP[4:]])
    assert [use for use, _ in found.uses[:2]] == ["email", "age"]
    assert found.not_understood == []


def test_meta_s_time_of_creation_is_when_the_form_was_sent():
    assert uses(["form_id", "is_organic", "created_time", "email"]) == {
        "collected_at": ["created_time"],
        "email": ["email"],
    }
    assert uses(["created_time", "email"]) == {"email": ["email"]}


@pytest.mark.parametrize(
    ("heading", "field", "stop"),
    [("Unsubscribed", "last_name", "stop"), ("Email Status", "region", "stop.status"), ("UNSUB_DT2", "phone", "stop"),
     ("Do Not Contact", "email", "stop")],
)  # fmt: skip
def test_a_column_of_refusals_is_read_as_such_whatever_field_it_is_given(heading, field, stop):
    found = map_columns(["mail", heading], told={heading: field})
    assert (field, 1) in found.uses
    assert (stop, 1) in found.uses
    (note,) = (note for note in found.notes if repr(heading) in note)
    assert f"{{{heading}: attribute}}" in note


def test_only_attribute_turns_a_column_of_refusals_off_and_that_is_told():
    found = map_columns(["mail", "Unsubscribed"], told={"Unsubscribed": "attribute"})
    assert [use for use, place in found.uses if place == 1] == []
    assert any("no mark in it refuses anybody" in note for note in found.notes)
    assert map_columns(["mail", "Ort"], told={"Ort": "attribute"}).notes == []
    assert map_columns(["mail", "Unsubscribed"], told={"Unsubscribed": "stop"}).notes == []


def test_a_heading_that_stands_twice_is_meant_both_times():
    found = map_columns(["mail", "X", "Ort", "X"], told={"X": "stop"})
    assert [place for use, place in found.uses if use == "stop"] == [1, 3]
