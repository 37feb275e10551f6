from datetime import UTC, date, datetime

import pytest

from gateway.domain.facts import CATALOGUE
from gateway.policy.ages import Duration
from gateway.policy.casewriter import ORDINARY, find_cases
from gateway.policy.conditions import All, AnyOf, Ask, Not

DAY = date(2026, 11, 21)
OURS = Ask("consent.given_to_us", "is", True)
US = Ask("person.country", "is", "US")


def test_an_ordinary_signup_is_made_of_answers_that_facts_can_give():
    for name, value in ORDINARY.items():
        spec = CATALOGUE[name]
        assert (isinstance(value, bool), value in spec.choices or spec.kind == "text") != (False, False), name


@pytest.mark.parametrize(
    ("condition", "fires", "silent"),
    [
        (OURS, {"consent.given_to_us": True}, {"consent.given_to_us": False}),
        (Not(OURS), {"consent.given_to_us": False}, {"consent.given_to_us": True}),
        (Ask("consent.act", "known", False), {"consent.act": None}, {"consent.act": "unticked_box"}),
        (Ask("person.country", "not_in", ("US", "DE")), {"person.country": "FR"}, {"person.country": "US"}),
        (Ask("person.region", "is", "CA"), {"person.region": "CA"}, {"person.region": "NV"}),
        (
            Ask("consent.at", "older_than", Duration(2, "year")),
            {"consent.at": datetime(2024, 11, 20, tzinfo=UTC)}, {"consent.at": datetime(2025, 11, 21, tzinfo=UTC)},
        ),
        (
            Ask("consent.at", "on_or_after", date(2027, 1, 31)),
            {"consent.at": datetime(2027, 2, 1, tzinfo=UTC)}, {"consent.at": datetime(2027, 1, 30, tzinfo=UTC)},
        ),
        (Ask("consent.at", "known", True), {"consent.at": datetime(2026, 11, 20, tzinfo=UTC)}, {"consent.at": None}),
    ],
)  # fmt: skip
def test_a_case_for_and_a_case_against(condition, fires, silent):
    assert find_cases(condition, None, DAY) == (fires, silent)


def test_the_two_differ_in_as_little_as_can_be():
    fires, silent = find_cases(All((OURS, US, Ask("consent.act", "is", "oral"))), None, DAY)
    assert fires == {"consent.given_to_us": True, "person.country": "US", "consent.act": "oral"}
    assert sum(fires[name] != silent[name] for name in fires) == 1


def test_both_are_leads_that_the_pack_is_asked_of():
    fires, silent = find_cases(OURS, US, DAY)
    assert fires == {"consent.given_to_us": True, "person.country": "US"}
    assert silent == {"consent.given_to_us": False, "person.country": "US"}


def test_there_may_be_none_or_too_many_to_try():
    assert find_cases(All((OURS, Not(OURS))), None, DAY)[0] is None
    assert find_cases(AnyOf((OURS, Not(OURS))), None, DAY)[1] is None
    mixed = AnyOf((Ask("consent.at", "before", DAY), Ask("consent.at", "older_than", Duration(1, "year"))))
    with pytest.raises(ValueError, match="compares too much"):
        find_cases(mixed, None, DAY)
