"""Accept, negotiate or refuse: at the borders, and when the bounds hold a limit."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake.beforehand.advice import Cost, advise
from gateway.intake.beforehand.bounds import Estimate
from gateway.intake.beforehand.sample import _bounds
from gateway.policy.buying import Threshold

BAD = Threshold("rejections", 0.30, 0.60, "because")
GOOD = Threshold("prospects", 0.50, 0.20, "because")
PRICE = Threshold("cost_per_prospect", 200.0, 600.0, "because", "USD")
FINE = Estimate(0.9, 0.89, 0.91)


def answer_of(threshold, low, high, rows=100_000):
    share = (low + high) / 2
    answer, (compared,) = advise({threshold.of: Estimate(share, low, high)}, None, [threshold], rows)
    assert compared.answer == answer
    return compared


@pytest.mark.parametrize(
    ("low", "high", "answer", "undecided"),
    [(0.1, 0.2, "accept", False), (0.2, 0.30, "accept", False), (0.2, 0.3001, "negotiate", True),
     (0.30, 0.4, "negotiate", True), (0.3001, 0.60, "negotiate", False), (0.5, 0.6001, "negotiate", True),
     (0.60, 0.7, "negotiate", True), (0.6001, 0.7, "refuse", False), (0.1, 0.9, "negotiate", True)],
)  # fmt: skip
def test_of_what_should_be_little_all_bounds_must_lie_below(low, high, answer, undecided):
    found = answer_of(BAD, low, high)
    assert (found.answer, found.undecided) == (answer, undecided)


@pytest.mark.parametrize(
    ("low", "high", "answer", "undecided"),
    [(0.50, 0.6, "accept", False), (0.4999, 0.6, "negotiate", True), (0.20, 0.4999, "negotiate", False),
     (0.1999, 0.4, "negotiate", True), (0.1, 0.1999, "refuse", False), (0.1, 0.20, "negotiate", True)],
)  # fmt: skip
def test_of_what_should_be_much_all_bounds_must_lie_above(low, high, answer, undecided):
    found = answer_of(GOOD, low, high)
    assert (found.answer, found.undecided) == (answer, undecided)


def test_one_refusal_refuses_and_acceptance_needs_all():
    shares = {"prospects": FINE, "rejections": Estimate(0.05, 0.04, 0.06)}
    assert advise(shares, None, [GOOD, BAD], 1000)[0] == "accept"
    assert advise(shares | {"rejections": Estimate(0.4, 0.39, 0.41)}, None, [GOOD, BAD], 1000)[0] == "negotiate"
    assert advise(shares | {"rejections": Estimate(0.7, 0.69, 0.71)}, None, [GOOD, BAD], 1000)[0] == "refuse"
    assert advise({}, None, [GOOD, BAD], 1000) == ("negotiate", [])  # nothing was measured


def test_the_answer_says_which_threshold_and_by_how_much():
    assert "16.0 points beyond what is refused" in answer_of(BAD, 0.75, 0.77).says
    assert "10.0 points within what is accepted" in answer_of(BAD, 0.19, 0.21).says
    assert "10.0 points beyond what is accepted" in answer_of(BAD, 0.39, 0.41).says
    assert "5.0 points beyond what is refused" in answer_of(GOOD, 0.14, 0.16).says


def test_an_open_limit_says_how_many_rows_would_settle_it():
    found = answer_of(BAD, 0.25, 0.33)
    assert found.more_rows is not None
    assert f"about {found.more_rows:,} rows would settle it" in found.says
    assert answer_of(BAD, 0.28, 0.32, rows=50).more_rows is None  # the share is the limit itself


def cost(share, low, high, currency="USD"):
    return Cost(share, low, high, currency, lambda minor: min(1.0, 30 / minor))


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [(100, 200, "accept"), (100, 201, "negotiate"), (601, 900, "refuse"), (601, inf, "refuse"), (150, inf, "negotiate"),
     (300, 400, "negotiate")],
)  # fmt: skip
def test_a_cost_without_end_is_never_accepted(low, high, answer):
    found = advise({"prospects": FINE}, cost(low, low, high), [PRICE], 1000)
    assert found[0] == answer
    assert found[1][0].says.startswith("cost per prospect: USD")


def test_a_price_in_another_currency_is_compared_with_nothing():
    assert advise({"prospects": FINE}, cost(100, 90, 110, "EUR"), [PRICE], 1000) == ("negotiate", [])


def silent_about(count, unanswered, drawn, threshold=BAD, rows=1_000_000):
    _, (compared,) = advise({threshold.of: _bounds(count, drawn, rows, unanswered)}, None, [threshold], rows)
    return compared


def test_where_dns_was_silent_no_more_rows_are_asked_for():
    found = silent_about(500, 400, 2000)  # 25 % to 45 %, and the limit is 30 %
    assert (found.undecided, found.more_rows, found.waits_for_dns) == (True, None, True)
    assert "because DNS was silent" in found.says
    assert "the same seed" in found.says
    assert found.as_dict()["waits_for_dns"] is True


@given(st.integers(0, 300), st.integers(0, 300), st.sampled_from([BAD, GOOD]))
def test_never_are_fewer_rows_advised_than_were_drawn(count, unanswered, threshold):
    found = silent_about(count, unanswered, 600, threshold)
    assert found.more_rows is None or found.more_rows > 600
    assert found.undecided or not found.waits_for_dns
    assert found.undecided or found.more_rows is None


def test_a_cost_that_hangs_on_silent_domains_waits_for_them():
    prospects = _bounds(100, 2000, 100_000, 1500)
    price = Cost(30 / prospects.share, 30 / prospects.high, 30 / prospects.low, "USD", lambda minor: 30 / minor)
    found = advise({"prospects": prospects}, price, [PRICE], 100_000)[1][0]
    assert (found.undecided, found.more_rows, found.waits_for_dns) == (True, None, True)
