"""What a row may cost, of what a prospect may and of the rows that become one; and who is weighed with whom."""

from collections import Counter
from math import exp, hypot, log
from types import SimpleNamespace

import numpy as np
import pytest

from gateway.economics.affording import product
from gateway.economics.estimate import Estimate
from gateway.economics.weighing import ENOUGH, _parts


def test_the_bounds_of_both_are_added_up_on_the_scale_of_logarithms():
    row = product(Estimate(400, 300, 560, 60), Estimate(0.5, 0.4, 0.6, 0.05))
    assert row.value == 200
    assert row.low == pytest.approx(200 * exp(-hypot(log(400 / 300), log(0.5 / 0.4))))
    assert row.high == pytest.approx(200 * exp(hypot(log(560 / 400), log(0.6 / 0.5))))


def test_of_a_share_known_for_certain_the_bounds_are_the_prospect_s():
    row = product(Estimate(100, 10, 260, 60), Estimate(0.3, 0.3, 0.3))
    assert (row.low, row.value, row.high) == pytest.approx((3, 30, 78))


def test_a_value_that_may_not_pay_its_costs_is_perhaps_worth_nothing_a_row():
    row = product(Estimate(30, 0, 90, 25), Estimate(0.35, 0.33, 0.37, 0.01))
    assert row.low == 0
    assert product(Estimate(0, 0, 90), Estimate(0.35, 0.33, 0.37)).high == pytest.approx(90 * 0.37)


def people_of(sizes):
    """Of each form so many people."""
    places = [SimpleNamespace(vendor=None, kind="form", name=name) for name in sizes]
    return SimpleNamespace(places=places, place=np.repeat(np.arange(len(sizes)), list(sizes.values())))


def test_sources_of_few_people_are_taken_together_and_no_larger_one_with_them():
    """An old source of few would otherwise be the late days of a young one of many."""
    people = people_of({"old": 50, "tiny": 5, "young": ENOUGH, "large": 900})
    assert Counter(len(part) for part in _parts(people)) == Counter([55, ENOUGH, 900])
    assert sorted(np.concatenate(_parts(people)).tolist()) == list(range(1055))
    assert [len(part) for part in _parts(people_of({"one": 40}))] == [40]
