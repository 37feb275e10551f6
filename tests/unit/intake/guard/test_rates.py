"""Rates: never far from what a list of instants would count, in bounded memory, and honest about when to come again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.intake.guard.rates import Rates

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seconds(count):
    return NOON + timedelta(seconds=count)


def test_what_happened_is_counted_by_key():
    rates = Rates(HOUR)
    assert [rates.add("a", NOON) for _ in range(3)] == [1, 2, 3]
    assert (rates.count("a", NOON), rates.count("b", NOON)) == (3, 0)


def test_what_happened_long_ago_is_forgotten():
    rates = Rates(HOUR)
    rates.add("a", NOON)
    assert rates.count("a", NOON + HOUR) == 1
    assert rates.count("a", NOON + 1.5 * HOUR) == 0.5
    assert rates.count("a", NOON + 2 * HOUR) == 0


def test_the_key_that_was_quiet_for_longest_is_forgotten_first():
    rates = Rates(HOUR, most_keys=2)
    for key in ("a", "b", "a", "c"):
        rates.add(key, NOON)
    assert [rates.count(key, NOON) for key in "abc"] == [2, 0, 1]


@given(st.lists(st.integers(0, 10_000), max_size=60), st.integers(0, 7200))
def test_the_count_lies_between_those_of_one_and_of_two_windows(ago, later):
    rates, now = Rates(HOUR), seconds(10_000 + later)
    for at in sorted(ago):
        rates.add("a", seconds(at))
    told = rates.count("a", now)
    at_least = sum(1 for at in ago if seconds(at) >= NOON + (now - NOON) // HOUR * HOUR)
    at_most = sum(1 for at in ago if now - seconds(at) <= 2 * HOUR)
    assert at_least <= told <= at_most


@given(st.lists(st.integers(0, 7200), min_size=1, max_size=60), st.integers(1, 20))
def test_whoever_comes_again_when_told_is_below_the_limit(ago, most):
    rates, now = Rates(HOUR), seconds(7200)
    for at in sorted(ago):
        rates.add("a", seconds(at))
    if rates.count("a", now) < most:
        return
    wait = rates.seconds_until_less("a", most, now)
    assert rates.count("a", now + timedelta(seconds=wait)) < most
    assert wait <= 2 * 3600 + 1
