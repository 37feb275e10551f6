"""Bounds on shares: against published values, by simulation, and at the ends."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake.beforehand.bounds import Estimate, estimate, rows_to_settle

ENDLESS = 10**15


@pytest.mark.parametrize(
    ("count", "drawn", "low", "high"),
    [  # Newcombe, Statistics in Medicine 17, 1998, table I, method 3 (Wilson's score without continuity correction)
        (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718),
    ],
)  # fmt: skip
def test_published_values_come_out(count, drawn, low, high):
    found = estimate(count, drawn, ENDLESS)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@pytest.mark.parametrize(("rows", "share"), [(3_000, 0.02), (3_000, 0.35), (100_000, 0.004), (700, 0.5)])
def test_the_truth_lies_within_the_bounds_95_times_in_a_hundred(rows, share):
    rng = random.Random(f"{rows} {share}")
    so = round(rows * share)
    hits = 0
    for _ in range(2_000):
        count = sum(place < so for place in rng.sample(range(rows), 500))
        found = estimate(count, 500, rows)
        hits += found.low <= share <= found.high
    assert 0.925 <= hits / 2_000 <= 0.98


@given(st.integers(1, 3_000), st.integers(1, 10_000), st.data())
def test_bounds_hold_the_share_and_what_was_seen(drawn, more, data):
    rows = drawn + more
    count = data.draw(st.integers(0, drawn))
    found = estimate(count, drawn, rows)
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert count / rows <= found.low
    assert found.high <= 1 - (drawn - count) / rows + 1e-12
    assert estimate(count, drawn, ENDLESS).high - estimate(count, drawn, ENDLESS).low >= found.high - found.low - 1e-9


def test_a_whole_list_is_no_guess():
    assert estimate(7, 50, 50) == Estimate(0.14, 0.14, 0.14)


@pytest.mark.parametrize(("count", "drawn", "rows"), [(0, 0, 5), (1, 6, 5), (6, 5, 9), (-1, 5, 9)])
def test_what_is_no_sample_is_refused(count, drawn, rows):
    with pytest.raises(ValueError, match="no sample"):
        estimate(count, drawn, rows)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99), st.integers(100, 100_000))
def test_so_many_rows_settle_a_limit_and_one_fewer_would_not(share, limit, rows):
    needed = rows_to_settle(share, limit, rows)
    if needed is None:
        found = estimate(share * (rows - 1), rows - 1, rows)
        assert found.low <= limit <= found.high
        return
    found = estimate(share * needed, needed, rows)
    assert not found.low <= limit <= found.high
    if needed > 1:
        found = estimate(share * (needed - 1), needed - 1, rows)
        assert found.low <= limit <= found.high
