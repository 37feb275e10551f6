"""How old people are, whose addresses these are, what else was told of them."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.facts import CATALOGUE
from gateway.domain.lead import Batch, Origin, Statement
from gateway.screening.person import CORPORATE, INDIVIDUAL, _consent_ages, establish, is_under, years_of
from gateway.screening.reference import fold

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def facts(country="DE", as_of=NOON, said=None, **fields):
    batch = Batch(
        Origin("list", "1", Statement(direct=False, **(said or {}))), [2],
        {name: [cell] for name, cell in fields.items()}, ["{}"], NOON,
    )  # fmt: skip
    found = establish(batch, [country], as_of)
    return {name: cell[0] if isinstance(cell, list) else cell for name, cell in found.items()}


def born(year, month=11, day=21):
    return datetime(year, month, day, tzinfo=UTC)


def test_where_nobody_says_who_the_person_is_it_is_unknown():
    assert facts() == {
        "person.age": None, "person.is_under_consent_age": None, "person.subscriber": None,
        "lead.has_sensitive_data": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "age"),
    [
        ({"born_on": born(2013)}, "13"), ({"born_on": born(2013, 11, 22)}, "under_13"),
        ({"born_on": born(2012, 12)}, "13"), ({"born_on": born(2012)}, "14"), ({"born_on": born(2011)}, "15"),
        ({"born_on": born(2010)}, "16_or_17"), ({"born_on": born(2009)}, "16_or_17"),
        ({"born_on": born(2008)}, "18_or_more"), ({"born_on": born(1960)}, "18_or_more"),
        ({"born_on": born(2030)}, None), ({"born_on": born(1900)}, None),
        ({"born_on": None, "age": "34"}, "18_or_more"),
        ({"born_on": born(2030), "age": "12"}, "under_13"), ({"born_on": born(2012), "age": "40"}, "14"),
        ({"age": "15"}, "15"), ({"age": "17"}, "16_or_17"), ({"age": "9"}, "under_13"), ({"age": "0"}, None),
        ({"age": None}, None), ({"age": "old enough"}, None), ({"age": "200"}, None),
    ],
)  # fmt: skip
def test_how_old_somebody_is(fields, age):
    assert facts(**fields)["person.age"] == age
    assert age is None or age in CATALOGUE["person.age"].choices


def test_a_birthday_on_the_29th_of_february():
    leap = datetime(2012, 2, 29, tzinfo=UTC)
    assert facts(born_on=leap, as_of=datetime(2025, 2, 28, tzinfo=UTC))["person.age"] == "under_13"
    assert facts(born_on=leap, as_of=datetime(2025, 3, 1, tzinfo=UTC))["person.age"] == "13"


def test_people_grow_older():
    at = NOON
    seen = []
    while at < NOON + timedelta(days=365 * 8):
        seen.append(facts(born_on=born(2014), as_of=at)["person.age"])
        at += timedelta(days=30)
    assert list(dict.fromkeys(seen)) == list(CATALOGUE["person.age"].choices)


@pytest.mark.parametrize(
    ("typed", "years"),
    [
        ("34", 34), (" 34 ", 34), ("34.0", 34), ("34 years", 34), ("34 Jahre", 34), ("18+", 18), ("65 and over", 65),
        ("25-34", 25), ("13\u201317", 13), ("16 to 24", 16), ("0-12", 0), ("18 - 24 ans", 18), ("<18", None),
        ("under 13", 0), ("unter 16", None), ("under 25", None), ("0-99", None), ("500-600", None),
        ("30-20", None), ("18 or under", None), ("0", None), ("121", None), ("34-ish", None),
        ("1990", None), ("", None), ("-", None), ("18-Feb", None),
    ],
)  # fmt: skip
def test_an_age_as_typed_counts_as_the_youngest_it_allows(typed, years):
    assert years_of(typed) == years


@pytest.mark.parametrize(
    ("country", "age", "under"),
    [
        ("DE", "15", True), ("DE", "16_or_17", False), ("AT", "13", True), ("AT", "14", False), ("GB", "13", False),
        ("GB", "under_13", True), ("FR", "14", True), ("FR", "15", False), ("SE", "13", False), ("NO", "13", False),
        ("US", "under_13", None), (None, "under_13", None), ("DE", None, None), ("DE", "18_or_more", False),
    ],
)  # fmt: skip
def test_the_age_of_consent_is_each_state_s_own(country, age, under):
    assert is_under(age, country) is under


def test_every_state_of_the_union_and_the_area_has_an_age():
    union = set("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())  # noqa: SIM905 - read as a line
    ages = _consent_ages()
    assert set(ages) == union | {"NO", "IS", "LI", "GB"}
    assert all(13 <= age <= 16 for age in ages.values())


def test_age_and_country_of_a_row_belong_together():
    assert facts("DE", born_on=born(2012))["person.is_under_consent_age"] is True
    assert facts("AT", born_on=born(2012))["person.is_under_consent_age"] is False


@pytest.mark.parametrize(
    ("typed", "of_all", "subscriber"),
    [
        ("Individual", None, "individual"), ("Sole trader", None, "individual"), ("sole-trader", None, "individual"),
        ("Limited Company", None, "corporate"), ("GmbH", None, "corporate"), ("Ltd.", None, "corporate"),
        ("PLC", "individual", "corporate"), ("business", "corporate", None), ("B2B", None, None),
        (None, "corporate", "corporate"), ("  ", "individual", "individual"), (None, None, None),
    ],
)  # fmt: skip
def test_whose_address_it_is(typed, of_all, subscriber):
    assert facts(said={"subscribers": of_all}, subscriber=typed)["person.subscriber"] == subscriber


def test_whose_addresses_a_source_says_they_are():
    assert facts(said={"subscribers": "corporate"})["person.subscriber"] == "corporate"


def test_words_of_persons_and_of_companies_are_apart_and_as_they_are_compared():
    assert not INDIVIDUAL & CORPORATE
    assert {fold(word) for word in INDIVIDUAL | CORPORATE} == INDIVIDUAL | CORPORATE


def test_sensitive_columns_are_a_fact_of_every_row():
    assert facts(said={"sensitive_columns": ("Diabetic",)})["lead.has_sensitive_data"] is True
