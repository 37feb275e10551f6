"""Average spending of people most of whom are young, held against a count by hand and the bootstrap."""

import numpy as np
import pytest

from gateway.economics.estimate import Z
from gateway.economics.spending import bounds, naive, spending


def of(person, at, amount, watched, day):
    return spending(
        np.array(person, np.int64), np.array(at, float), np.array(amount, float), np.array(watched, float), day
    )


def test_each_day_is_shared_by_those_who_were_watched_on_it():
    watched = [10, 10, 30, 30, 30, 30, 30]
    found = of([0, 2, 2, 5], [5, 5, 20, 25], [700, 700, 500, 1000], watched, 30)
    # day 5: 1,400 among seven; day 20: 500 among the five who were there; day 25: 1,000 among five
    assert found.mean.value == pytest.approx(1400 / 7 + 500 / 5 + 1000 / 5)
    assert found.spenders == 3
    assert naive(np.array([700, 700, 500, 1000.0]), 7) == pytest.approx(2900 / 7)


def test_without_censoring_it_is_the_plain_mean_with_the_plain_error():
    rng = np.random.default_rng(1)
    each = rng.gamma(1, 100, 50) * (rng.random(50) < 0.5)
    spent = np.flatnonzero(each)
    found = of(spent, rng.uniform(0, 20, len(spent)), each[spent], [40] * 50, 30)
    assert found.mean.value == pytest.approx(each.mean())
    assert found.mean.error == pytest.approx(each.std() / np.sqrt(50))


def test_its_error_is_what_drawing_people_again_gives():
    rng = np.random.default_rng(2)
    count = 400
    watched = rng.uniform(5, 60, count)
    person = rng.integers(0, count, 900)
    at, amount = rng.uniform(0, 60, 900), rng.gamma(2, 50, 900)
    found = of(person, at, amount, watched, 40)
    drawn = []
    for _ in range(300):
        who = rng.integers(0, count, count)
        where = [np.flatnonzero(person == one) for one in who]
        index = np.concatenate(where)
        again = np.repeat(np.arange(count), [len(one) for one in where])
        drawn.append(of(again, at[index], amount[index], watched[who], 40).mean.value)
    assert found.mean.error == pytest.approx(np.std(drawn), rel=0.15)


def test_money_given_back_is_taken_off():
    assert of([0, 0, 1], [1, 9, 2], [500, -500, 300], [30] * 10, 30).mean.value == pytest.approx(30)


def test_what_comes_behind_the_horizon_or_the_watch_does_not_count():
    found = of([0, 1, 1], [31, 12, 3], [500, 500, 100], [90, 10, 90, 90, 90, 90, 90], 30)
    assert found.mean.value == pytest.approx(100 / 7)


def test_a_horizon_nobody_reached_is_shortened_and_says_so():
    found = of([0], [3], [700], [10, 12, 14, 16, 18, 20, 22], 365)
    assert (found.days, found.is_short) == (14, True)  # five are left on day 14
    assert of([], [], [], [1, 2, 3], 30) is None


def test_five_spenders_at_least_before_an_average_is_told():
    assert of([0, 1], [1, 1], [5, 5], [30] * 10, 30).is_thin
    assert not of(range(5), [1] * 5, [5] * 5, [30] * 10, 30).is_thin


def test_few_spenders_have_wider_bounds():
    few, many = bounds(100, 20, 4), bounds(100, 20)
    assert few.low < many.low < 100 < many.high < few.high
    assert many.high == pytest.approx(100 * np.exp(Z * 0.2))
    assert few.high == pytest.approx(100 * np.exp(2.776445 * 0.2))  # Student's t of four degrees of freedom


def test_one_big_spender_who_buys_often_widens_the_interval():
    one = of([0] * 10, range(10), [100] * 10, [30] * 50, 30).mean
    ten = of(range(10), range(10), [100] * 10, [30] * 50, 30).mean
    assert one.value == ten.value
    assert one.error > 2.5 * ten.error


def test_of_a_few_big_spenders_the_error_itself_is_uncertain():
    alike = of(range(40), [1] * 40, [100] * 40, [30] * 400, 30)
    some = of(range(40), [1] * 40, [100] * 36 + [3000] * 4, [30] * 400, 30)
    assert alike.freedom == 39
    assert some.freedom == pytest.approx(8, rel=0.1)  # two for each of those who matter
    assert some.mean.high / some.mean.value > np.exp(Z * some.mean.error / some.mean.value)
