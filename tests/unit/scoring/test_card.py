"""Measures, bounds, shrinking and grades; what is odd; what the limits say. No database."""

import random
from collections import Counter
from datetime import date

import pytest
from builders import policies

from gateway.domain.interval import wilson
from gateway.policy.vendor_limits import LETTERS, Steps
from gateway.scoring.acting import judge
from gateway.scoring.card import PRIOR, Card, make_card, percent
from gateway.scoring.figures import Figures
from gateway.scoring.odd import FALSE_ALARMS, chance_of, find_odd

LIMITS = policies().vendor_limits
DAY = date(2026, 11, 22)


def figures(rows=1000, prospects=900, people=None, **came_back):
    whole = prospects if people is None else people
    return Figures(rows=rows, prospects=prospects, rejections=rows - prospects, people=Counter({"": whole}),
                   came_back=Counter(came_back))  # fmt: skip


def card(**given):
    return make_card(figures(**given), {}, LIMITS)


def test_wilson_as_published():
    # R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    for count, of, low, high in ((81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
                                 (1, 29, 0.0061, 0.1718), (29, 29, 0.8830, 1)):  # fmt: skip
        assert wilson(count / of, of) == pytest.approx((low, high), abs=0.0001)


def test_small_numbers_are_drawn_toward_the_mean_and_large_ones_are_not():
    few = make_card(figures(rows=200, prospects=100), {"usable": 0.9}, LIMITS).measures["usable"]
    many = make_card(figures(rows=100_000, prospects=50_000), {"usable": 0.9}, LIMITS).measures["usable"]
    assert few.share == many.share == 0.5
    assert few.shrunk == pytest.approx((100 + 0.9 * PRIOR) / (200 + PRIOR))
    assert many.shrunk == pytest.approx(0.5, abs=0.001)
    assert few.low < 0.5 < few.high  # the bounds are of what was counted


def test_the_grade_is_that_of_the_worst_part_and_says_why():
    found = card(rows=2000, prospects=1900, complaints=4)
    parts = {one.of: one for one in found.parts}
    assert parts["usable"].letter == "A"
    assert parts["complaints"].letter == "D"  # 0.21 %
    assert found.grade == max((one.letter for one in found.parts), key=LETTERS.index)
    assert "0.21 % people who complained (0.08 % to 0.54 %); D is up to 0.30 %." in parts["complaints"].says
    assert card(rows=LIMITS.least_rows - 1, prospects=100).grade is None


@pytest.mark.parametrize(("steps", "share", "letter"), [
    (Steps("usable", (0.7, 0.5, 0.3, 0.15)), 0.7, "A"), (Steps("usable", (0.7, 0.5, 0.3, 0.15)), 0.69, "B"),
    (Steps("usable", (0.7, 0.5, 0.3, 0.15)), 0.1, "F"), (Steps("bounces", (0.01, 0.02, 0.05, 0.15)), 0.02, "B"),
    (Steps("bounces", (0.01, 0.02, 0.05, 0.15)), 0.0201, "C"), (Steps("bounces", (0.01, 0.02, 0.05, 0.15)), 0.2, "F"),
])  # fmt: skip
def test_a_bound_belongs_to_the_better_grade(steps, share, letter):
    assert steps.letter(share) == letter


def test_cost_has_the_bounds_of_the_share_it_rests_on():
    told = figures(rows=1000, prospects=500)
    told.cost["USD"], told.buyers = 100_000, 20
    found = make_card(told, {}, LIMITS)
    (each,), (customer,) = found.per_prospect, found.per_buyer
    assert (each.minor, each.people) == (200, 500)
    assert each.low < 200 < each.high
    assert customer.minor == 5000
    assert customer.low < 5000 < customer.high
    nobody = figures(rows=100, prospects=0)
    nobody.cost["USD"] = 10_000
    (none,) = make_card(nobody, {}, LIMITS).per_prospect
    assert none.high is None
    assert none.low > 2000


def test_a_card_is_kept_and_read_back_as_it_was():
    told = figures(complaints=3)
    told.cost["EUR"] = 5
    found = make_card(told, {}, LIMITS)
    found.trend = [("list_1", 0.9)]
    import json

    assert Card.from_json(json.dumps(found.as_dict())) == found


def say(found, standing="approved", baseline=None, since=None, on=DAY):
    return judge(found, standing, LIMITS.limits.values(), on, baseline=baseline or {}, since=since)


def test_a_limit_is_crossed_by_the_lower_bound_alone():
    assert say(card(people=412, complaints=3)).standing == "probation"
    assert say(card(people=412, complaints=1)) is None  # 0.24 %, but at least 0.04 %
    assert say(card(people=5000, complaints=60)).standing == "suspended"
    assert say(card(people=199, complaints=100)) is None
    assert say(card(people=412, complaints=3), on=date(2019, 12, 31)) is None


@pytest.mark.parametrize(("standing", "becomes"), [
    ("approved", "suspended"), ("new", "suspended"), ("probation", "suspended"), ("suspended", None), ("barred", None),
])  # fmt: skip
def test_figures_only_ever_lower_a_standing_and_never_bar(standing, becomes):
    found = say(card(people=5000, complaints=500), standing)
    assert (found.standing if found else None) == becomes


def test_what_a_person_has_dealt_with_does_not_count_again():
    found = card(people=412, complaints=5)
    assert say(found, baseline={"complaints": (5, 412)}) is None
    assert say(found, baseline={"complaints": (2, 300)}, since=DAY).says.startswith(
        "3 of 412 people taken in complained since 22 November 2026"
    )


def test_no_limit_rests_on_a_law_and_each_says_what_it_rests_on():
    assert {one.cites.kind for one in LIMITS.limits.values()} <= {"house", "provider"}
    assert all(one.because for one in LIMITS.limits.values())


def test_the_exact_test_as_by_hand():
    # Two of two here, none of two there: one of the six ways to choose two of four.
    assert chance_of(2, 2, 0, 2) == pytest.approx(1 / 6)
    assert chance_of(1, 2, 1, 2) == pytest.approx(5 / 6)
    assert chance_of(120, 400, 0, 10_000) < 1e-100


def test_lists_that_are_alike_are_rarely_called_odd():
    rng = random.Random(7)
    alarms = 0
    for _ in range(2000):
        newest, past = (
            Figures(rows=rows, reasons=Counter({
                code: sum(rng.random() < share for _ in range(rows)) for code, share in (("a", 0.03), ("b", 0.1))
            })) for rows in (200, 300)
        )  # fmt: skip
        alarms += any(find_odd(newest, past, "list_2"))
    assert alarms <= 2000 * FALSE_ALARMS + 4  # promised: 2 of 2000


def test_a_jump_is_called_odd_and_said_with_its_figures():
    past = Figures(rows=10_000, reasons=Counter({"bad_syntax": 100}), known=200)
    newest = Figures(rows=1000, reasons=Counter({"bad_syntax": 120}), known=150)
    found = {one.kind: one.says for one in find_odd(newest, past, "list_9")}
    assert found["reason"] == "12 % of the rows of list_9 have “bad syntax”; of its other lists 1.00 %."
    assert found["duplicates"].startswith("15 % of the rows of list_9 are of people whom we had")
    assert not list(find_odd(past, past, "list_9"))


def test_percents_have_digits_where_they_matter():
    assert [percent(share) for share in (0, 0.00728, 0.5, 0.999, 1)] == ["0 %", "0.73 %", "50 %", "99.90 %", "100 %"]
