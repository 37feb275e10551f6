"""How a source too young for the horizon is stretched: by the average of the others, by as much as they differ."""

from dataclasses import replace
from math import exp, log1p, sqrt

import numpy as np
import pytest

from gateway.economics.spending import spending
from gateway.economics.stretching import LEAST_SOURCES, Kind, _together, share_at, stretch
from gateway.economics.waiting import curve

YEAR, YOUNG = 365.0, 120.0


def drawn(rng, ever, wait, watched):
    """First purchases of people of whom a share ever buys."""
    count = len(watched)
    after = np.where(rng.random(count) < ever, rng.exponential(wait, count), np.nan)
    return np.where(after <= watched, after, np.nan)


def kind_of_curves(parts):
    """All people together, and each source by itself."""
    after, watched = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Kind(curve(after, watched), YEAR, {}, [curve(*part) for part in parts], {})


def test_a_young_source_goes_on_as_sources_do_and_not_as_all_people_do():
    """The late days of all people are mostly those of the one old source, of which hardly anybody buys."""
    rng = np.random.default_rng(3)
    truth, alone, together, inside = 0.24 * (1 - exp(-YEAR / 120)), [], [], 0
    for _ in range(60):
        parts = [
            (drawn(rng, ever, 120, watched := rng.uniform(least, most, count)), watched)
            for ever, count, least, most in ((0.03, 2500, 600, 700), (0.3, 900, 10, 450), (0.25, 900, 10, 450))
        ]
        young = curve(drawn(rng, 0.24, 120, watched := np.full(600, YOUNG)), watched)
        kind = kind_of_curves(parts)
        size, count = share_at(young, kind, YEAR)
        together.append(count / size)
        inside += abs(count / size - truth) < 1.96 * sqrt(truth * (1 - truth) / size)
        size, count = share_at(young, replace(kind, members=[]), YEAR)
        alone.append(count / size)
    assert abs(np.mean(together) - truth) < 0.5 * abs(np.mean(alone) - truth)
    assert np.mean(together) == pytest.approx(truth, rel=0.08)
    assert inside / 60 > 0.9


def by_hand(come, variance):
    """DerSimonian and Laird's (1986) average of a few, and how much one more may differ from it."""
    more, chance = [], []
    for (early, all_of_it), (known, all_known) in zip(come, variance, strict=True):
        half = all_known / all_of_it / 2
        first, late = early + half, all_of_it - early + half
        more.append(log1p(late / first))
        rest = all_known - known
        chance.append(
            (late / (first + late)) ** 2 * ((rest + 2 * half**2) / late**2 + (known + 2 * half**2) / first**2)
        )
    weight = [1 / one for one in chance]
    middle = sum(w * m for w, m in zip(weight, more, strict=True)) / sum(weight)
    beyond = sum(w * (m - middle) ** 2 for w, m in zip(weight, more, strict=True)) - (len(more) - 1)
    differ = max(beyond, 0) / (sum(weight) - sum(w * w for w in weight) / sum(weight))
    weight = [1 / (one + differ) for one in chance]
    return sum(w * m for w, m in zip(weight, more, strict=True)) / sum(weight), differ + 1 / sum(weight)


@pytest.mark.parametrize("differ", [1.0, 3.0])
def test_it_is_the_average_of_random_effects_by_hand(differ):
    come = [(0.10, 0.22), (0.05, 0.09 * differ), (0.20, 0.40)]
    variance = [(0.0004, 0.0011), (0.0002, 0.0006), (0.0010, 0.0030)]
    told = [(np.array(one), np.array(other)) for one, other in zip(come, variance, strict=True)]
    found = _together(np.array([120.0, 365.0]), told)
    assert (found.more[0], found.doubt[0]) == pytest.approx(by_hand(come, variance))


def test_sources_that_differ_beyond_chance_make_it_less_certain():
    path, alike = (np.array([0.1, 0.2]), np.array([0.0002, 0.0005])), np.array([0.05, 0.2])
    same = _together(np.array([120.0, 365.0]), [path] * 4)
    other = _together(np.array([120.0, 365.0]), [path, path, (alike, path[1]), (alike, path[1])])
    assert other.doubt[0] > 3 * same.doubt[0]


def test_of_too_few_sources_all_people_are_asked():
    rng = np.random.default_rng(4)
    part = (drawn(rng, 0.4, 90, watched := rng.uniform(10, 700, 900)), watched)
    young = curve(drawn(rng, 0.2, 90, watched := np.full(300, YOUNG)), watched)
    kind = kind_of_curves([part] * (LEAST_SOURCES - 1))
    assert kind.further(YEAR) is None
    size, count = share_at(young, kind, YEAR)
    assert count / size > young.within(YOUNG).value
    assert size < 300


def test_of_a_young_source_of_which_nobody_bought_little_is_known():
    rng = np.random.default_rng(6)
    kind = kind_of_curves([(drawn(rng, 0.3, 120, w := rng.uniform(10, 700, 900)), w) for _ in range(3)])
    size, count = share_at(curve(np.full(80, np.nan), np.full(80, YOUNG)), kind, YEAR)
    assert count == 0
    assert 0.4 * 80 < size < 0.8 * 80  # two thirds of what is bought in a year is bought by then


def test_spending_goes_on_as_it_does_among_the_others():
    rng = np.random.default_rng(7)

    def of(rate, watched, day=YEAR):
        who = np.repeat(np.arange(len(watched)), rng.poisson(rate * watched))
        at = watched[who] * rng.random(len(who))
        return spending(who, at, rng.gamma(3, 1000, len(who)), watched, day)

    old = [of(rate, rng.uniform(380, 700, 400)) for rate in (0.001, 0.004, 0.002)]
    kind = Kind(curve(np.empty(0), np.empty(0)), YEAR, {"USD": (np.empty(0), np.empty(0))}, [], {"USD": old})
    young = of(0.003, np.full(200, YOUNG))
    factor, doubt = stretch(young, kind, "USD")
    assert factor == pytest.approx(YEAR / YOUNG, rel=0.1)
    assert 0 < doubt < 0.01
    assert stretch(old[0], kind, "USD") == (1.0, 0.0)
    assert stretch(young, replace(kind, spent={}), "USD") == (0.0, 0.0)  # nobody knows how it goes on
