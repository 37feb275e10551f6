"""Which country, and from what we know it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import BOUGHT, list_batch

from gateway.domain.lead import Batch, Origin, Statement
from gateway.screening.jurisdiction import alpha2, country_of_domain, establish, judge

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def judged(domain="example.com", *, stated=None, **fields):
    batch = Batch(
        Origin("list", "1", Statement(direct=False, country=stated)), [2],
        {name: [cell] for name, cell in fields.items()}, ["{}"], NOON,
    )  # fmt: skip
    found = judge(batch, [domain], "US")
    return found.code[0], found.known_from[0]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("US", "US"), ("us", "US"), (" usa ", "US"), ("U.S.A.", "US"), ("United States", "US"),
        ("United States of America", "US"), ("uk", "GB"), ("Great Britain", "GB"), ("Österreich", "AT"),
        ("oesterreich", "AT"), ("The Netherlands", "NL"), ("CÔTE D\u2019IVOIRE", "CI"), ("Cote d'Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"), ("Bosnia & Herzegovina", "BA"), ("Korea, Republic of", "KR"),
        ("Türkiye", "TR"),         ("Россия", "RU"), ("deu", "DE"), ("Atlantis", None), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_a_country_by_many_names(typed, code):
    assert alpha2(typed) == code


@pytest.mark.parametrize(
    ("domain", "code"),
    [
        ("example.co.uk", "GB"), ("example.de", "DE"), ("xn--e1afmkfd.xn--p1ai", "RU"), ("example.com", None),
        ("example.io", None), ("example.ai", None), ("example.me", None), ("example.tv", None), ("example.co", None),
        ("example.eu", None), ("example.us", "US"), ("example.uk", "GB"),
    ],
)  # fmt: skip
def test_a_country_by_its_top_level_domain(domain, code):
    assert country_of_domain(domain) == code


def test_the_strongest_evidence_wins():
    assert judged("example.de", stated="FR", country="Canada", phone="+44 20 7946 0018") == ("CA", "stated")
    assert judged("example.de", stated="France", phone="+44 20 7946 0018") == ("FR", "source")
    assert judged("example.de", phone="+44 20 7946 0018") == ("GB", "phone")
    assert judged("example.de", phone="+1 202 555 0155") == ("DE", "address")
    assert judged("example.com", phone="202 555 0155") == ("US", "default")
    assert judged(None) == ("US", "default")


def test_a_country_that_was_said_and_is_not_understood_is_unknown_and_never_assumed():
    assert judged("example.de", country="Atlantis") == (None, "stated")
    assert judged("example.de", country="  ") == ("DE", "address")
    assert judged("example.com", country="") == ("US", "default")


def facts(domain="example.com", *, country=None, region=None, default="US", **fields):
    batch = Batch(
        Origin("list", "1", Statement(direct=False, country=country, region=region)), [2],
        {name: [cell] for name, cell in fields.items()}, ["{}"], NOON,
    )  # fmt: skip
    found = establish(batch, judge(batch, [domain], default))
    return {name.removeprefix("person."): cell[0] if isinstance(cell, list) else cell for name, cell in found.items()}


@pytest.mark.parametrize(
    ("said", "doubtful"),
    [
        ({"domain": "example.de", "country": "US"}, True),
        ({"domain": "example.com", "country": "US", "phone": "+44 20 7946 0018"}, True),
        ({"domain": "example.co.uk", "country": "GB", "phone": "+44 20 7946 0018"}, False),
        ({"domain": "example.com", "country": "US", "phone": "+1 202 555 0155"}, False),
        ({"domain": "example.de", "phone": "+44 20 7946 0018"}, True),
        ({"domain": "example.de"}, False),
        ({"domain": "example.com"}, False),
        ({"domain": "example.com", "region": "Ontario"}, True),  # the default is not where the province lies
        ({"domain": "example.com", "country": "CA", "region": "Texas"}, True),
        ({"domain": "example.com", "country": "US", "region": "Texas"}, False),
        ({"domain": "example.com", "country": "DE", "region": "Bayern"}, False),
    ],
)
def test_a_country_is_doubtful_where_other_evidence_speaks_for_another(said, doubtful):
    row = {name: said[name] for name in ("phone", "region") if name in said}
    batch = Batch(
        Origin("list", "1", Statement(direct=False, country=said.get("country"))), [2],
        {name: [cell] for name, cell in row.items()}, ["{}"], NOON,
    )  # fmt: skip
    assert judge(batch, [said["domain"]], "US").is_doubtful == [doubtful]


def test_what_the_row_itself_states_is_not_doubted():
    assert judged_doubt("example.de", country=["France"], phone=["+44 20 7946 0018"], region=["Texas"]) == [False]
    assert judged_doubt("example.de", country=["Atlantis"]) == [False]  # it is unknown, which is another matter


def judged_doubt(domain, **columns):
    batch = Batch(Origin("list", "1", Statement(direct=False, country="US")), [2], columns, ["{}"], NOON)
    return judge(batch, [domain], "US").is_doubtful


def test_a_region_counts_in_its_own_country_only():
    batch = Batch(
        Origin("list", "1", Statement(direct=False, region="TX")), [2, 3, 4, 5, 6],
        {"country": ["US", "CA", "US", "DE", "US"], "region": ["Calif.", "CA", "Bayern", "CA", None]}, ["{}"] * 5, NOON,
    )  # fmt: skip
    found = establish(batch, judge(batch, ["example.com"] * 5, "US"))
    assert found["person.country"] == ["US", "CA", "US", "DE", "US"]
    assert found["person.region"] == ["CA", None, None, None, "TX"]


def test_a_region_that_nobody_says_is_unknown():
    assert facts(phone="+1 202 555 0155")["region"] is None
    assert facts(region="Quebec", country="CA")["region"] == "QC"
    assert facts(region="Quebec", country="US")["region"] is None


@pytest.mark.parametrize(
    ("direct", "row", "doubtful"),
    [
        (False, {"email": "hans@firma.de", "phone": "+49 30 123456"}, True),
        (False, {"email": "hans@firma.de", "phone": "+1 212 555 0177"}, False),  # one alone is a traveller
        (False, {"email": "hans@example.com", "phone": "+49 30 123456"}, False),
        (True, {"email": "hans@firma.de", "phone": "+49 30 123456"}, False),  # the person's own word
    ],
)
def test_a_vendor_s_column_is_doubted_when_all_else_speaks_for_another_country(direct, row, doubtful):
    at = datetime(2026, 11, 21, tzinfo=UTC)
    batch = list_batch([row | {"country": "US"}], at, statement=replace(BOUGHT, direct=direct))
    found = judge(batch, [row["email"].rpartition("@")[2]], "US")
    assert (found.code, found.is_doubtful) == (["US"], [doubtful])


def test_without_a_default_nobody_knows_where_a_lead_from_nowhere_is():
    batch = list_batch([{"email": "ana@example.com"}], datetime(2026, 11, 21, tzinfo=UTC))
    found = judge(batch, ["example.com"], "")
    assert (found.code, found.known_from) == ([None], [None])
