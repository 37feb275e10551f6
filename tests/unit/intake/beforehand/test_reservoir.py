"""Rows drawn at random: each as likely as any other, in order, and the same again for the same seed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake.beforehand.reservoir import draw


@pytest.mark.parametrize(("rows", "count"), [(50, 10), (50, 1), (50, 49), (400, 20)])
def test_every_row_is_as_likely_as_any_other(rows, count):
    trials = 4_000
    drawn = Counter(item for seed in range(trials) for item in draw(range(rows), count, seed)[0])
    expected = trials * count / rows
    # Chi-square's 99.99 % point after Wilson and Hilferty; draws without replacement vary less.
    degrees = rows - 1
    limit = degrees * (1 - 2 / (9 * degrees) + 3.719 * (2 / (9 * degrees)) ** 0.5) ** 3
    assert sum((drawn[row] - expected) ** 2 / expected for row in range(rows)) < limit


@given(st.integers(0, 300), st.integers(1, 60), st.integers(0, 2**53))
def test_so_many_are_drawn_in_their_order_and_all_are_counted(rows, count, seed):
    found, total = draw(iter(range(rows)), count, seed)
    assert total == rows
    assert len(found) == min(rows, count)
    assert found == sorted(set(found))
    assert draw(iter(range(rows)), count, seed) == (found, total)


def test_another_seed_draws_others():
    assert draw(range(10_000), 100, 1) != draw(range(10_000), 100, 2)
