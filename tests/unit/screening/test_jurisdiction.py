"""Which country, and from what we know it."""

from datetime import UTC, datetime

import pytest

from gateway.domain.lead import Batch, Origin, Statement
from gateway.screening.jurisdiction import alpha2, country_of_domain, judge

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
