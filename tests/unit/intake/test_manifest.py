"""Manifests: everything that is wrong at once, each with its line and what to do; and what a good one says."""

import dataclasses
import json
import re
from datetime import date
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.lead import FIELDS, Attestation, Hop, Statement
from gateway.domain.problem import CallerError, Problem
from gateway.domain.wire import statement_from_json, statement_to_json
from gateway.intake.manifest import new_manifest, read_form, read_manifest
from gateway.intake.manifest.gaps import find_gaps
from gateway.intake.manifest.problems import minor_units
from gateway.intake.manifest.shape import AUDIENCES, DEALINGS, LEGAL_BASES, SUBSCRIBED_AS, ManifestShape

WHOLE = """\
name: Garden offers
vendor: Fernhill Data LLC
contract: FD-2026-11
price: {amount: "0.45", currency: usd}
method: co_registration
collected: {from: 2026-10-12, until: 2026-10-16}
form_url: https://www.example.com/garden
site_refuses_transfer: false
notice:
  wording: "Yes, Example Gardens Inc. may write to me: by e-mail."
  language: en-US
  transfer: named_us
  form_capture: contracts/garden.png
  request_parts: [purpose, names]
consent: {claimed: given, act: unticked_box, by_parent: true}
relationship: marketing
legal_basis: consent
audience: youth
wireless_authorization: [sender_named, signed]
hops:
  - {giver: Example Offers, taker: Fernhill Data LLC, on: 2026-10-31, under: partner agreement}
  - {giver: Fernhill Data LLC, taker: us}
attestations:
  - {says: Every person ticked the box., signed_by: J. Doe, on: 2026-11-04}
chain_duties: [collector_named]
dealings:
  {kind: inquiry, with_us: false, on: 2026-10-12, similar_offers: true, opt_out_offered: false, refusal_stated: false,
   role_relevant: true}
vendor_facts:
  {data_broker: true, registrations: {ca: 2026, VT: [2025, 2026]}, drop_run_on: 2026-11-01, privacy_terms: false}
phone: {consent: [signed, seller_named], dnc_scrubbed_on: 2026-11-02, reassigned_checked_on: 2026-11-03}
campaign:
  {products: [general, alcohol], advertisers: [A Inc., B Inc.], designated_sender: B Inc., utah_scrubbed_on: 2026-11-05,
   michigan_scrubbed_on: 2026-11-06}
country: us
region: Calif.
subscribers: corporate
stop: false
columns: {Kontakt: email, Anmeldung: consent_at.date, Uhrzeit: consent_at.time, Nummer: attribute}
promised_columns: [Kontakt, Anmeldung]
date_order: dmy
encoding: Windows-1252
"""


def refused(text: str, **kwargs) -> list[Problem]:
    with pytest.raises(CallerError) as error:
        read_manifest(text, name="list.yaml", **kwargs)
    return error.value.problems


def told(text: str, **kwargs) -> list[tuple[int | None, str | None, str, str | None]]:
    return [(problem.line, problem.field, problem.code, problem.suggestion) for problem in refused(text, **kwargs)]


def test_a_whole_manifest_says_all_there_is():
    manifest = read_manifest(WHOLE, name="list.yaml", as_of=date(2026, 11, 21))
    assert manifest.name == "Garden offers"
    assert manifest.statement == Statement(
        direct=False, vendor="Fernhill Data LLC", contract="FD-2026-11", price_minor=45, currency="USD",
        method="co_registration", site_refuses_transfer=False, collected_from=date(2026, 10, 12),
        collected_until=date(2026, 10, 16), form_url="https://www.example.com/garden",
        wording="Yes, Example Gardens Inc. may write to me: by e-mail.", language="en-US", consent="given",
        consent_act="unticked_box", transfer_notice="named_us", relationship="marketing",
        wireless_authorization=frozenset({"sender_named", "signed"}),
        hops=(
            Hop("Example Offers", "Fernhill Data LLC", date(2026, 10, 31), "partner agreement"),
            Hop("Fernhill Data LLC", "us"),
        ),
        attestations=(Attestation("Every person ticked the box.", "J. Doe", date(2026, 11, 4)),),
        country="US", stop=False, region="Calif.", audience="youth", subscribers="corporate", legal_basis="consent",
        form_capture="contracts/garden.png", request_parts=frozenset({"purpose", "names"}),
        chain_duties=frozenset({"collector_named"}), parental_consent=True, dealings="inquiry", dealings_with_us=False,
        dealings_on=date(2026, 10, 12), similar_offers=True, opt_out_offered=False, refusal_stated=False,
        role_relevant=True, data_broker=True, registrations=(("CA", 2026), ("VT", 2025), ("VT", 2026)),
        drop_run_on=date(2026, 11, 1), privacy_terms=False, phone_consent=frozenset({"signed", "seller_named"}),
        dnc_scrubbed_on=date(2026, 11, 2), reassigned_checked_on=date(2026, 11, 3),
        utah_scrubbed_on=date(2026, 11, 5), michigan_scrubbed_on=date(2026, 11, 6),
        products=frozenset({"general", "alcohol"}), advertisers=("A Inc.", "B Inc."), designated_sender="B Inc.",
    )  # fmt: skip
    assert (manifest.date_order, manifest.encoding) == ("dmy", "cp1252")
    assert manifest.columns == {
        "Kontakt": "email", "Anmeldung": "consent_at.date", "Uhrzeit": "consent_at.time", "Nummer": "attribute",
    }  # fmt: skip
    assert manifest.promised_columns == ("Kontakt", "Anmeldung")
    assert manifest.gaps == ()
    assert json.loads(json.dumps(manifest.raw))["collected"] == {"from": "2026-10-12", "until": "2026-10-16"}


@pytest.mark.parametrize("text", ["vendor: Northwind Data LLC", "direct: true", '{"vendor": "Northwind Data LLC"}'])
def test_a_vendor_or_a_word_that_there_is_none_is_all_that_is_needed(text):
    manifest = read_manifest(text, name="list.yaml")
    assert manifest.name == "list.yaml"
    assert manifest.gaps != ()


def test_json_says_the_same_as_yaml_also_with_tabs():
    yaml = read_manifest(WHOLE, name="list.yaml")
    text = json.dumps(yaml.raw, indent="\t")
    again = read_manifest(text, name="list.json")
    assert (again.statement, again.digest, again.columns) == (yaml.statement, yaml.digest, yaml.columns)


def test_the_digest_is_of_what_is_said_and_not_of_how_it_is_laid_out():
    one = read_manifest("vendor: A\nmethod: form\n", name="x").digest
    assert read_manifest("# note\nmethod:   form\nvendor: 'A'\n", name="y").digest == one
    assert read_manifest("vendor: B\nmethod: form\n", name="x").digest != one


def test_every_problem_is_told_at_once_with_its_line_and_what_may_have_been_meant():
    text = """\
vender: Northwind Data LLC
price: {amount: "-1", currency: dollars, per: lead}
method: coregistration
collected: {from: 2026-03-31, until: 2026-01-10, to: 2026-02-28}
form_url: www.example.com/garden
notice: {transfer: partners, lang: english please}
consent: yes
hops:
  - {giver: A}
  - B
attestations: signed
wireless_authorization: [sender_name]
columns: {Kontakt: mail}
date_order: mdyy
stop: yes
supplier: X
encoding: cp1525
country: USA
"""
    assert told(text) == [
        (1, "vender", "unknown_key", "vendor"),
        (1, "vendor", "missing", None),
        (2, "price.amount", "negative", None),
        (2, "price.currency", "not_a_code", None),
        (2, "price.per", "unknown_key", None),
        (3, "method", "not_a_choice", "co_registration"),
        (4, "collected.to", "unknown_key", "until"),
        (4, "collected.until", "before_start", None),
        (5, "form_url", "not_a_url", "https://www.example.com/garden"),
        (6, "notice.transfer", "not_a_choice", "named_partners"),
        (6, "notice.lang", "unknown_key", "language"),
        (7, "consent", "not_a_mapping", None),
        (9, "hops[0].taker", "missing", None),
        (10, "hops[1]", "not_a_mapping", None),
        (11, "attestations", "not_a_list", None),
        (12, "wireless_authorization[0]", "not_a_choice", "sender_named"),
        (13, "columns.Kontakt", "not_a_field", "email"),
        (14, "date_order", "not_a_choice", "mdy"),
        (15, "stop", "not_boolean", "true"),
        (16, "supplier", "unknown_key", "vendor"),
        (17, "encoding", "encoding_not_known", "cp1252"),
        (18, "country", "not_a_code", None),
    ]


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("method: form", "vendor", "missing"),
        ("vendor:", "vendor", "missing"),
        ("vendor: ''", "vendor", "missing"),
        ("direct: false", "vendor", "missing"),
        ("{vendor: A, direct: true}", "direct", "contradiction"),
        ("vendor: [A]", "vendor", "not_text"),
        ("{vendor: A, contract: 1.50}", "contract", "not_text"),
        ("{vendor: A, name: true}", "name", "not_text"),
        ("vendor: " + "A" * 501, "vendor", "too_long"),
        ("{vendor: A, price: 0.45}", "price", "not_a_mapping"),
        ("{vendor: A, price: {amount: 1}}", "price.currency", "missing"),
        ("{vendor: A, price: {amount: a lot, currency: USD}}", "price.amount", "not_an_amount"),
        ("{vendor: A, price: {amount: 99999999999, currency: USD}}", "price.amount", "not_an_amount"),
        ("{vendor: A, price: {amount: true, currency: USD}}", "price.amount", "not_an_amount"),
        ("{vendor: A, price: {amount: 0.005, currency: USD}}", "price.amount", "too_fine"),
        ("{vendor: A, collected: {from: 01.03.2026}}", "collected.from", "not_a_day"),
        ("{vendor: A, collected: {from: '2026-02-30'}}", "collected.from", "no_such_day"),
        ("{vendor: A, form_url: 'ftp://example.com/x'}", "form_url", "not_a_url"),
        ("{vendor: A, form_url: 'http://localhost'}", "form_url", "not_a_url"),
        ("{vendor: A, columns: [email]}", "columns", "not_a_mapping"),
        ("{vendor: A, promised_columns: [email, '']}", "promised_columns[1]", "missing"),
        ("{vendor: A, attestations: [{says: x, signed_by: y}]}", "attestations[0].on", "missing"),
        ("{vendor: A, hops: [{giver: x, taker: ''}]}", "hops[0].taker", "missing"),
        ("{vendor: A, region: Calfornia}", "region", "not_a_region"),
        ("{vendor: A, country: CA, region: Texas}", "region", "not_a_region"),
        ("{vendor: A, audience: kids}", "audience", "not_a_choice"),
        ("{vendor: A, subscribers: people}", "subscribers", "not_a_choice"),
        ("{vendor: A, legal_basis: yes}", "legal_basis", "not_a_choice"),
        ("{vendor: A, chain_duties: collector_named}", "chain_duties", "not_a_list"),
        ("{vendor: A, notice: {request_parts: [reason]}}", "notice.request_parts[0]", "not_a_choice"),
        ("{vendor: A, consent: {by_parent: maybe}}", "consent.by_parent", "not_boolean"),
        ("{vendor: A, dealings: purchase}", "dealings", "not_a_mapping"),
        ("{vendor: A, dealings: {with_us: true}}", "dealings.kind", "missing"),
        ("{vendor: A, dealings: {kind: sale}}", "dealings.kind", "not_a_choice"),
        ("{vendor: A, dealings: {kind: purchase, on: last year}}", "dealings.on", "not_a_day"),
        ("{vendor: A, vendor_facts: {registrations: [CA]}}", "vendor_facts.registrations", "not_a_mapping"),
        ("{vendor: A, vendor_facts: {registrations: {NV: 2026}}}", "vendor_facts.registrations.NV", "not_a_register"),
        ("{vendor: A, vendor_facts: {registrations: {CA: soon}}}", "vendor_facts.registrations.CA", "not_a_year"),
        ("{vendor: A, vendor_facts: {registrations: {CA: true}}}", "vendor_facts.registrations.CA", "not_a_year"),
        ("{vendor: A, vendor_facts: {registrations: {CA: []}}}", "vendor_facts.registrations.CA", "not_a_year"),
        ("{vendor: A, phone: {consent: [oral]}}", "phone.consent[0]", "not_a_choice"),
        ("{vendor: A, campaign: {products: [wine]}}", "campaign.products[0]", "not_a_choice"),
        ("{vendor: A, campaign: {advertisers: ['']}}", "campaign.advertisers[0]", "missing"),
        ("{vendor: A, campaign: {designated_sender: B}}", "campaign.designated_sender", "not_an_advertiser"),
        (
            "{vendor: A, campaign: {advertisers: [B], designated_sender: b}}",
            "campaign.designated_sender",
            "not_an_advertiser",
        ),
        ("- vendor", None, "not_a_manifest"),
        ("only words", None, "not_a_manifest"),
    ],
)
def test_what_is_wrong_is_named(text, field, code):
    assert [(problem.field, problem.code) for problem in refused(text)] == [(field, code)]


def test_days_in_the_future_are_told_from_the_day_that_is_given():
    text = """\
vendor: A
collected: {from: 2026-11-20, until: 2026-11-22}
hops: [{giver: A, taker: us, on: 2027-01-01}]
attestations: [{says: x, signed_by: y, on: 2026-11-21}]
"""
    later = """\
dealings: {kind: purchase, on: 2026-11-22}
vendor_facts: {registrations: {CA: 2027, VT: 2026}, drop_run_on: 2026-11-22}
phone: {dnc_scrubbed_on: 2026-11-22, reassigned_checked_on: 2026-11-21}
campaign: {utah_scrubbed_on: 2026-11-22, michigan_scrubbed_on: 2026-11-22}
"""
    assert told(text + later, as_of=date(2026, 11, 21)) == [
        (2, "collected.until", "in_the_future", None),
        (3, "hops[0].on", "in_the_future", None),
        (5, "dealings.on", "in_the_future", None),
        (6, "vendor_facts.drop_run_on", "in_the_future", None),
        (6, "vendor_facts.registrations.CA", "in_the_future", None),
        (7, "phone.dnc_scrubbed_on", "in_the_future", None),
        (8, "campaign.utah_scrubbed_on", "in_the_future", None),
        (8, "campaign.michigan_scrubbed_on", "in_the_future", None),
    ]
    assert read_manifest(text, name="list.yaml").statement.collected_until == date(2026, 11, 22)


def test_handovers_that_do_not_join_up_are_a_fact_and_no_problem():
    text = "vendor: A\nhops: [{giver: X, taker: Y}, {giver: Z, taker: us}]"
    assert read_manifest(text, name="list.yaml").statement.hops == (Hop("X", "Y"), Hop("Z", "us"))


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("0.45", "USD", 45), ("1", "EUR", 100), ("30", "JPY", 30), ("0.5", "JPY", None), ("0.125", "KWD", 125),
     ("0.125", "USD", None), ("0", "USD", 0), ("0.10", "USD", 10)],
)  # fmt: skip
def test_prices_are_kept_in_minor_units(amount, currency, units):
    assert minor_units(Decimal(amount), currency) == units


def test_a_new_manifest_needs_only_the_vendor():
    template = new_manifest()
    assert [problem.field for problem in refused(template)] == ["vendor"]
    filled = template.replace("\nvendor:\n", "\nvendor: Northwind Data LLC\n")
    assert read_manifest(filled, name="list.yaml").statement == Statement(direct=False, vendor="Northwind Data LLC")


def test_a_new_manifest_shows_every_key_as_it_may_be_written():
    written = re.compile(r"# ([a-z_]+:.*|  [A-Za-z_]+:.*|  - \{.*)")
    text = "\n".join(found[1] for line in new_manifest().splitlines() if (found := written.fullmatch(line)))
    manifest = read_manifest(text, name="template", as_of=date(2026, 11, 21))
    assert set(manifest.raw) | {"vendor"} == {field.data_key or name for name, field in ManifestShape().fields.items()}
    assert manifest.statement.price_minor == 45
    assert len(manifest.statement.hops) == 2
    assert manifest.columns == {"Kontakt": "email", "Anmeldung": "consent_at"}
    shown = {name for name in vars_of(manifest.statement) if getattr(manifest.statement, name) not in {None, ()}}
    found_by_us = {"looks_generated", "list_signs", "sensitive_columns"}  # at arrival; no manifest says them
    of_forms, of_leads_bought_singly = {"asks_confirmation"}, {"paid_for"}
    assert shown | {"vendor"} == set(vars_of(manifest.statement)) - found_by_us - of_forms - of_leads_bought_singly


def vars_of(statement) -> list[str]:
    return [item.name for item in dataclasses.fields(statement)]


def test_a_new_manifest_names_every_field_a_column_may_feed():
    text = " ".join(new_manifest().split())
    assert [name for name in FIELDS if not re.search(rf"\b{name}\b", text)] == []


def test_the_choices_are_those_of_the_statement():
    kinds = get_type_hints(Statement)
    for name, choices in (
        ("audience", AUDIENCES), ("subscribers", SUBSCRIBED_AS), ("legal_basis", LEGAL_BASES), ("dealings", DEALINGS),
    ):  # fmt: skip
        assert {choice for kind in get_args(kinds[name]) for choice in get_args(kind)} == set(choices)


def test_what_nobody_says_is_told_with_the_rule_that_follows():
    gaps = find_gaps(Statement(direct=False, vendor="A"))
    assert [gap.split(":")[0] for gap in gaps] == [
        "method", "collected", "form_url", "hops", "consent", "consent.act", "notice.wording", "notice.transfer",
        "contract", "price", "attestations", "vendor_facts.data_broker", "vendor_facts.privacy_terms",
    ]  # fmt: skip
    assert sum("CS-08 holds" in gap for gap in gaps) == 3


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (Statement(direct=True, method="event", collected_from=date(2026, 1, 1), consent="none"), []),
        (Statement(direct=True, method="unknown", collected_until=date(2026, 1, 1), consent="none"),
         ["method", "form_url"]),
        (Statement(direct=False, vendor="A", method="scraped", consent="none"),
         ["collected", "form_url", "site_refuses_transfer", "hops", "contract", "price", "attestations",
          "vendor_facts.data_broker", "vendor_facts.privacy_terms"]),
    ],
)  # fmt: skip
def test_gaps_are_asked_only_where_they_matter(statement, expected):
    assert [gap.split(":")[0] for gap in find_gaps(statement)] == expected


SOLD = {
    "direct": False, "vendor": "A", "method": "event", "collected_from": date(2026, 1, 1), "consent": "given",
    "consent_act": "oral", "wording": "Yes.", "transfer_notice": "named_us", "contract": "1", "price_minor": 1,
    "attestations": (Attestation("x", "y", date(2026, 1, 1)),), "hops": (Hop("B", "A"), Hop("A", "us")),
    "registrations": (("CA", 2026),), "drop_run_on": date(2026, 1, 1), "privacy_terms": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"registrations": ()}, ["vendor_facts.registrations"]),
        ({"drop_run_on": None}, ["vendor_facts.drop_run_on"]),
        ({"registrations": (), "drop_run_on": None, "data_broker": False}, []),
        ({"registrations": (), "drop_run_on": None, "privacy_terms": None, "country": "MX"}, []),
        ({"country": "CA"}, ["notice.request_parts"]),
        ({"country": "CA", "request_parts": frozenset()}, []),
        ({"country": "CA", "consent": "none"}, []),
        ({"country": "GB"}, ["subscribers"]),
        ({"country": "FR"}, ["notice.form_capture", "legal_basis"]),
        ({"country": "FR", "form_capture": "x", "legal_basis": "consent"}, []),
        ({"country": "FR", "consent": "none", "legal_basis": None}, ["legal_basis"]),
    ],
)
def test_gaps_that_only_one_country_s_law_asks_about(changes, expected):
    assert [gap.split(":")[0] for gap in find_gaps(Statement(**(SOLD | changes)))] == expected


def test_an_unclear_notice_of_handing_over_is_a_gap():
    whole = read_manifest(WHOLE.replace("named_us", "vague"), name="list.yaml")
    assert [gap for gap in whole.gaps if "CS-12 holds" in gap] != []


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MAYBE = st.none() | TEXT
DAYS = st.none() | st.dates()
STATEMENTS = st.builds(
    Statement,
    direct=st.booleans(), vendor=MAYBE, contract=MAYBE, price_minor=st.none() | st.integers(0, 10**9), currency=MAYBE,
    method=st.sampled_from([None, "form", "scraped"]), site_refuses_transfer=st.none() | st.booleans(),
    collected_from=DAYS, collected_until=DAYS, form_url=MAYBE, wording=MAYBE, language=MAYBE,
    consent=st.sampled_from([None, "given", "none"]), consent_act=st.sampled_from([None, "oral"]),
    transfer_notice=st.sampled_from([None, "vague"]), relationship=st.sampled_from([None, "marketing"]),
    wireless_authorization=st.none() | st.frozensets(st.sampled_from(["signed", "sender_named"])),
    hops=st.lists(st.builds(Hop, giver=TEXT, taker=TEXT, on=DAYS, under=MAYBE), max_size=3).map(tuple),
    attestations=st.lists(st.builds(Attestation, says=TEXT, signed_by=TEXT, on=st.dates()), max_size=3).map(tuple),
    country=MAYBE, stop=st.none() | st.booleans(), looks_generated=st.none() | st.booleans(),
    list_signs=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    sensitive_columns=st.lists(TEXT, max_size=2).map(tuple), form_capture=MAYBE, dealings_on=DAYS,
    registrations=st.lists(st.tuples(st.sampled_from(["CA", "VT"]), st.integers(2000, 2100)), max_size=2).map(tuple),
    phone_consent=st.none() | st.frozensets(st.sampled_from(["signed", "seller_named"])),
    products=st.none() | st.frozensets(st.sampled_from(["general", "adult"])), utah_scrubbed_on=DAYS,
    advertisers=st.lists(TEXT, max_size=2).map(tuple), designated_sender=MAYBE,
)  # fmt: skip


@settings(deadline=None)  # a busy machine is no fault
@given(STATEMENTS)
def test_every_statement_comes_back_from_json_as_it_was(statement):
    assert statement_from_json(statement_to_json(statement)) == statement


@settings(deadline=None)  # a busy machine is no fault
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates().map(str) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["vendor", "price", "amount", "currency", "hops", "giver", "on", "collected", "from", "columns",
                         "notice", "consent", "attestations", "says", "promised_columns", "direct", "x|y", "region",
                         "country", "vendor_facts", "registrations", "campaign", "advertisers", "designated_sender",
                         "phone", "dealings", "on"]),
        inner, max_size=4,
    ),
))  # fmt: skip
def test_whatever_is_written_is_read_or_told(value):
    for read in (read_manifest, read_form):
        try:
            read(json.dumps(value), name="list.json", as_of=date(2026, 11, 21))
        except CallerError as error:
            assert error.problems != []  # noqa: PT017 - either way is right; what must not come is another exception


FORM = """\
notice: {wording: Yes., language: fr, form_capture: forms/news.png, request_parts: [purpose, withdrawal]}
consent: {act: typed_address, by_parent: false}
legal_basis: consent
audience: general
country: CA
region: Québec
dealings: {kind: inquiry, similar_offers: true, opt_out_offered: true}
phone: {consent: [signed]}
campaign: {products: [general], advertisers: [A Inc.]}
"""


def test_what_a_form_states_is_a_manifest_of_fewer_keys():
    assert read_form(FORM, name="form.yaml", as_of=date(2026, 11, 21)) == Statement(
        direct=True, method="form", wording="Yes.", language="fr", form_capture="forms/news.png",
        request_parts=frozenset({"purpose", "withdrawal"}), consent_act="typed_address", parental_consent=False,
        legal_basis="consent", audience="general", country="CA", region="Québec", dealings="inquiry",
        similar_offers=True, opt_out_offered=True, phone_consent=frozenset({"signed"}),
        products=frozenset({"general"}), advertisers=("A Inc.",),
    )  # fmt: skip


def test_what_is_said_of_lists_is_not_said_of_a_form():
    text = """\
vendor: A
notice: {transfer: named_us}
consent: {claimed: given}
dealings: {kind: inquiry, with_us: true}
audiense: general
campaign: {products: [general], utah_scrubbed_on: 2027-01-01}
region: Texas
country: CA
"""
    with pytest.raises(CallerError) as error:
        read_form(text, name="form.yaml", as_of=date(2026, 11, 21))
    problems = error.value.problems
    assert [(problem.line, problem.field, problem.code, problem.suggestion) for problem in problems] == [
        (1, "vendor", "unknown_key", None),
        (2, "notice.transfer", "unknown_key", None),
        (3, "consent.claimed", "unknown_key", None),
        (4, "dealings.with_us", "unknown_key", None),
        (5, "audiense", "unknown_key", "audience"),
        (6, "campaign.utah_scrubbed_on", "in_the_future", None),
        (7, "region", "not_a_region", None),
    ]
    assert problems[0].message == "'vendor' is said of lists; a form has no such key"


@pytest.mark.parametrize("text", ["- audience", "only words"])
def test_a_form_that_states_no_keys_is_refused(text):
    with pytest.raises(CallerError) as error:
        read_form(text, name="form.yaml")
    assert [problem.code for problem in error.value.problems] == ["not_a_manifest"]


@pytest.mark.parametrize(("text", "asks"), [("asks_confirmation: true", True), ("country: US", None)])
def test_only_a_form_can_ask_for_confirmations(text, asks):
    assert read_form(text, name="form").asks_confirmation is asks
    with pytest.raises(CallerError, match="there is no key 'asks_confirmation' here"):
        read_manifest(f"vendor: Meridian Leads\nasks_confirmation: true\n{text.replace('asks_confirmation: true', '')}",
                      name="list")  # fmt: skip


@pytest.mark.parametrize("read", [read_manifest, read_form])
@pytest.mark.parametrize("brand", ["a:b", "ann@example.com", "x" * 61])
def test_a_brand_that_no_order_could_name_is_a_problem(read, brand):
    """Its people could not leave it: an order is of `brand:NAME`, and has its length."""
    with pytest.raises(CallerError) as error:
        read(f'brand: "{brand}"\n', name="m", as_of=date(2026, 11, 21))
    assert ("bad_brand", "brand") in {(problem.code, problem.field) for problem in error.value.problems}
