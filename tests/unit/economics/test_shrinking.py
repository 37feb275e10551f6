"""Small sources drawn towards their kind: by integrals done otherwise, and by whether the truth lies in the bounds."""

import numpy as np
import pytest
from scipy.special import betaln
from scipy.stats import beta, gamma

from gateway.economics.shrinking import means, shares


def test_a_source_of_five_people_cannot_look_wonderful():
    size, count = np.array([400.0, 500, 600, 5]), np.array([80.0, 110, 118, 4])
    *_, tiny, new = shares(size, count)
    assert tiny.value < 0.4  # 80 % of its people, a fifth of everybody's
    assert tiny.low < 0.2 < tiny.high
    assert new.low < 0.2 < new.high


def test_a_source_of_many_is_judged_by_its_own():
    found = shares(np.array([400.0, 500, 600, 4000]), np.array([80.0, 110, 118, 2400]))
    assert found[3].value == pytest.approx(0.6, abs=0.01)


def test_sources_that_are_alike_are_drawn_close_together():
    size = np.full(30, 50.0)
    count = np.random.default_rng(1).binomial(50, 0.3, 30).astype(float)
    found = np.array([one.value for one in shares(size, count)[:-1]])
    assert found.std() < 0.4 * (count / size).std()


def test_the_average_is_what_numerical_integration_gives():
    """The same model, integrated over another grid by other code."""
    size, count = np.array([40.0, 60, 90]), np.array([8.0, 20, 18])
    middles, known = np.linspace(0.002, 0.998, 400), np.exp(np.linspace(0.7 * np.log(10), 4 * np.log(10), 250))
    log_weight, values = [], []
    for middle in middles:
        a, b = middle * known, (1 - middle) * known
        log_weight.append(
            sum(betaln(a + x, b + n - x) - betaln(a, b) for n, x in zip(size, count, strict=True))
            - 0.5 * np.log1p(known)
        )
        values.append((a + count[0]) / (known + size[0]))
    weight = np.exp(np.array(log_weight) - np.max(log_weight))
    expected = float((weight * np.array(values)).sum() / weight.sum())
    assert shares(size, count)[0].value == pytest.approx(expected, abs=0.002)


def test_the_truth_lies_in_the_bounds_of_shares():
    rng = np.random.default_rng(3)
    inside = total = 0
    for _ in range(60):
        truth = beta(8, 24).rvs(10, random_state=rng)
        size = rng.integers(5, 300, 10)
        found = shares(size.astype(float), rng.binomial(size, truth).astype(float))
        inside += sum(one.low <= share <= one.high for one, share in zip(found, truth, strict=False))
        total += 10
    assert 0.92 <= inside / total <= 0.98


def test_the_truth_lies_in_the_bounds_of_money():
    """People who spend in pieces: a number of purchases, each of another size."""
    rng = np.random.default_rng(4)
    inside = total = 0
    for _ in range(60):
        truth = gamma(6, scale=1 / 6).rvs(8, random_state=rng) * 3000
        size = rng.integers(8, 400, 8)
        each = [rng.poisson(one / 4000, n) * 4000 * rng.gamma(3, 1 / 3, n) for one, n in zip(truth, size, strict=True)]
        mean = np.array([one.mean() for one in each])
        found = means(mean, np.array([one.var() / len(one) for one in each]), size.astype(float))
        inside += sum(one.low <= value <= one.high for one, value in zip(found, truth, strict=False))
        total += 8
    assert 0.91 <= inside / total <= 0.985


ALIKE = np.array([3000.0, 3200, 2900, 3100, 2800, 3300, 3050, 2950])
NEAR = np.full(8, 95.0**2)
SIZES = np.append(np.full(8, 500.0), 5.0)


def test_five_people_who_paid_nothing_are_not_worth_nothing():
    *_, nothing, _ = means(np.append(ALIKE, 0.0), np.append(NEAR, 0.0), SIZES)
    assert nothing.value > 2000
    assert nothing.low > 1000


def test_five_people_of_whom_one_is_rich_are_not_worth_a_fortune():
    *_, rich, _ = means(np.append(ALIKE, 40000.0), np.append(NEAR, 36000.0**2), SIZES)
    assert rich.value < 4000


def test_of_three_sources_nobody_knows_how_much_they_differ():
    """So one of five people is drawn half way only, and its range says that little is known."""
    mean, variance = np.array([3000.0, 3200, 40000]), np.array([90.0, 100, 36000]) ** 2
    *_, rich, _ = means(mean, variance, np.array([500.0, 600, 5]))
    assert rich.low < 3000 < rich.value < 20000


def test_of_no_spending_nothing_is_made():
    assert [one.value for one in means(np.zeros(2), np.zeros(2), np.array([5.0, 9]))] == [0, 0, 0]
