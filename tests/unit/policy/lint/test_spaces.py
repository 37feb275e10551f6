from datetime import date

import pytest

from gateway.policy.ages import Duration
from gateway.policy.conditions import All, AnyOf, Ask, Not
from gateway.policy.lint.spaces import can_be, spaces

WIDE = tuple(
    Ask(name, "in", values)
    for name, values in (
        ("address.problem", ("none", "no_at", "missing")), ("address.role_class", ("none", "group", "business")),
        ("consent.act", ("none", "oral", "written")), ("source.vendor_standing", ("none", "new", "barred")),
        ("consent.transfer_notice", ("none", "vague")), ("address.wireless_gateway", ("none", "low", "high")),
        ("row.problem", ("none", "empty", "unclosed_quote")), ("source.method", ("form", "event", "phone")),
    )
)  # fmt: skip
CONTRADICTION = All((Ask("consent.is_proven", "is", True), Ask("consent.is_proven", "is", False)))


def test_a_condition_with_too_many_combinations_is_not_judged():
    assert can_be(All((*WIDE, CONTRADICTION)), True) is None
    assert can_be(All((*WIDE[:5], CONTRADICTION)), True) is False
    assert can_be(AnyOf((*WIDE[:5], CONTRADICTION)), True) is True


def test_answers_that_nothing_names_are_one():
    (space,) = spaces(Ask("source.method", "is", "form"), Ask("person.country", "in", ("US", "CA")))
    assert space.answers == {
        "source.method": (None, "form", "co_registration"), "person.country": (None, "US", "CA", "(any other)"),
    }  # fmt: skip
    assert space.size == len(list(space.cases())) == 12
    assert len(list(space.cases(["source.method"]))) == 3
    (all_named,) = spaces(Ask("consent.status", "in", ("given", "refused", "none")))
    assert all_named.answers["consent.status"] == (None, "given", "refused", "none")


def older(count, unit):
    return Ask("consent.at", "older_than", Duration(count, unit))


@pytest.mark.parametrize(
    ("condition", "can"),
    [
        (All((older(30, "day"), Not(older(1, "month")))), True),  # a month may have 31 days
        (All((older(1, "month"), Not(older(30, "day")))), True),  # or 28
        (All((older(12, "month"), Not(older(1, "year")))), False),
        (All((older(2, "year"), Not(older(12, "month")))), False),
        (All((older(366, "day"), Not(older(1, "year")))), False),
        (All((older(365, "day"), Not(older(1, "year")))), True),  # a leap year has 366
    ],
)
def test_months_and_days_come_in_every_order_they_can(condition, can):
    assert can_be(condition, True) is can


def test_days_of_the_calendar_have_their_order_and_nothing_is_claimed_of_a_mixture():
    early = Ask("consent.at", "before", date(2025, 1, 1))
    late = Ask("consent.at", "on_or_after", date(2026, 1, 1))
    assert can_be(All((early, late)), True) is False
    assert can_be(All((Not(early), Not(late))), True) is True
    assert spaces(early, older(1, "year")) == []
    assert can_be(All((early, late, older(1, "year"))), True) is None
