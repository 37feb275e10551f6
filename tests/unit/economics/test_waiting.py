"""Kaplan and Meier's curve, held against a textbook, a count by hand and a second way to reckon it."""

from fractions import Fraction
from math import exp, log

import numpy as np
import pytest
from scipy.stats import beta, binomtest

from gateway.economics.estimate import Estimate, Z
from gateway.economics.waiting import curve, difference, effective

NAN = float("nan")
# Remission of 21 children under 6-MP, in weeks; + still in remission (Freireich and others, Blood 21, 1963; the worked
# example of Kleinbaum and Klein, Survival Analysis, chapter 2).
HAPPENED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
TEXTBOOK = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
ERRORS = {6: 0.0764, 7: 0.0869, 10: 0.0963, 13: 0.1068, 16: 0.1141, 22: 0.1282, 23: 0.1346}


def remission():
    after = np.array([*HAPPENED, *[NAN] * len(CENSORED)], float)
    return curve(after, np.array([*[99] * len(HAPPENED), *CENSORED], float))


@pytest.mark.parametrize("week", TEXTBOOK)
def test_the_textbook_s_curve_and_standard_errors(week):
    found = remission().within(week)
    assert 1 - found.value == pytest.approx(TEXTBOOK[week], abs=5e-5)
    assert found.error == pytest.approx(ERRORS[week], abs=5e-5)


def test_the_textbook_s_median():
    assert remission().median().value == 23


def by_hand(after, watched, day):
    """The same by counting, in fractions; and the beta product's bounds from the first two moments of its factors."""
    lived = [(min(a, w), a <= w) for a, w in zip(after, watched, strict=True)]
    stays = mean = square = Fraction(1)
    for at in sorted({time for time, died in lived if died and time <= day}):
        risk = sum(time >= at for time, _ in lived)
        died = sum(time == at and gone for time, gone in lived)
        stays *= Fraction(risk - died, risk)
        mean *= Fraction(risk - died + 1, risk + 1)
        square *= Fraction((risk - died + 1) * (risk - died + 2), (risk + 1) * (risk + 2))
    left = sum(time > day or (time == day and not died) for time, died in lived)

    def end(chance, mean, square):
        known = float(mean * (1 - mean) / (square - mean**2) - 1)
        return 1 - beta(float(mean) * known, float(1 - mean) * known).ppf(chance)

    low = end(0.975, mean, square)
    return 1 - float(stays), low, end(0.025, mean * Fraction(left, left + 1), square * Fraction(left, left + 2))


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_counting_by_hand_gives(seed):
    rng = np.random.default_rng(seed)
    watched = rng.integers(1, 40, 60).astype(float)
    after = np.where(rng.random(60) < 0.7, rng.integers(0, 40, 60), np.inf).astype(float)
    found = curve(np.where(np.isinf(after), NAN, after), watched).within(20)
    value, low, high = by_hand(after.tolist(), watched.tolist(), 20)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))


@pytest.mark.parametrize("count", [1, 7, 15])
def test_where_nobody_is_censored_the_bounds_are_clopper_and_pearson_s(count):
    after = np.array([*np.arange(1.0, count + 1), *[NAN] * (20 - count)])
    found = curve(after, np.full(20, 40.0)).within(30)
    exact = binomtest(count, 20).proportion_ci(0.95, "exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high))


def test_of_few_who_are_left_of_whom_by_chance_none_did_it_the_bounds_know_how_few():
    """Three hundred were watched for 50 days and fourteen for 90: bounds by Greenwood's variance often miss."""
    rng = np.random.default_rng(5)
    watched = np.array([50.0] * 300 + [90.0] * 14)
    truth = 1 - exp(-90 / 600)
    plain = inside = 0
    for _ in range(400):
        after = rng.exponential(600, 314)
        found = curve(np.where(after <= watched, after, NAN), watched).within(90)
        inside += found.low <= truth <= found.high
        width = Z * found.error / ((1 - found.value) * -log(1 - found.value))
        plain += 1 - (1 - found.value) ** exp(-width) <= truth <= 1 - (1 - found.value) ** exp(width)
    assert plain / 400 < 0.7
    assert inside / 400 >= 0.95


def test_nothing_is_said_of_days_that_too_few_were_watched_for():
    after, watched = np.full(10, NAN), np.array([5.0] * 6 + [30.0] * 4)
    found = curve(after, watched)
    assert found.within(5) is not None
    assert found.within(30) is None
    assert found.until() == 5


def test_nobody_yet_is_not_nobody_ever():
    found = curve(np.full(20, NAN), np.full(20, 30.0)).within(30)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 20))  # Clopper and Pearson


def test_everybody_is_not_certain():
    found = curve(np.arange(1.0, 11), np.full(10, 30.0)).within(30)
    assert found.value == 1
    assert 0.6 < found.low < 0.75


def test_of_nobody_nothing_is_known():
    found = curve(np.empty(0), np.empty(0))
    assert (found.within(30), found.median(), found.until(), effective(found, 30)) == (None, None, 0, (0, 0))


def test_where_fewer_than_half_do_it_there_is_no_median():
    after = np.array([1.0, 2.0] + [NAN] * 10)
    assert curve(after, np.full(12, 30.0)).median() is None


def test_without_censoring_the_effective_count_is_the_count():
    after = np.array([1.0] * 30 + [NAN] * 70)
    assert effective(curve(after, np.full(100, 60.0)), 50) == pytest.approx((100, 30))


def test_the_difference_of_two_shares_has_newcombe_s_bounds():
    # Newcombe 1998, table II, example (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339
    from gateway.economics.shares import share_of

    found = difference(share_of(56, 70), share_of(48, 80))
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert difference(Estimate(0.3, 0.2, 0.4), Estimate(0.3, 0.2, 0.4)).value == 0


def test_of_few_who_are_left_the_effective_count_is_small_though_none_of_them_did_it():
    """Half of a hundred did it by the tenth day; of five of the others it is known for a month that they did not."""
    after = np.array([*np.full(50, 10.0), *[NAN] * 50])
    found = curve(after, np.array([*np.full(50, 90.0), *np.full(45, 12.0), *np.full(5, 90.0)]))
    size, count = effective(found, 45)
    assert count / size == pytest.approx(0.5)
    assert effective(found, 12)[0] == pytest.approx(100)
    assert 40 < size < 60  # had one of the five done it next, it would be 60 % and not 50 %
