"""Web processes that share a port count as one: what one of them counted, the others know with their next question."""

import multiprocessing
from datetime import UTC, datetime, timedelta

import pytest

from gateway.intake.guard.rates import Rates
from gateway.intake.guard.siblings import Siblings

AT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)
WINDOW = timedelta(hours=1)


@pytest.fixture
def beside():
    """Do something in a process of its own, as the sibling of this place, and wait for its end."""
    fork = multiprocessing.get_context("fork")

    def act(siblings, place, what):
        def live():
            siblings.begin(place)
            what()

        child = fork.Process(target=live)
        child.start()
        child.join(30)
        assert child.exitcode == 0

    return act


def made(count):
    siblings = Siblings(count)
    return siblings, siblings.share("forms", Rates(WINDOW)), siblings.share("networks", Rates(WINDOW))


def test_what_one_counts_all_count(beside):
    siblings, forms, networks = made(3)
    siblings.begin(0)
    forms.add("demo", AT)
    beside(siblings, 1, lambda: [forms.add("demo", AT) for _ in range(4)])
    beside(siblings, 2, lambda: [networks.add("203.0.113.0/24", AT), forms.add("other", AT)])
    assert forms.count("demo", AT) == 5
    assert forms.add("other", AT) == 2
    assert networks.count("203.0.113.0/24", AT) == 1
    assert networks.count("demo", AT) == 0


def test_a_sibling_hears_what_was_counted_before_it_asks(beside):
    siblings, forms, _ = made(3)
    siblings.begin(0)
    beside(siblings, 1, lambda: [forms.add("demo", AT) for _ in range(7)])

    def ask():
        assert forms.count("demo", AT) == 7

    beside(siblings, 2, ask)
    assert forms.count("demo", AT) == 7  # who asked told nobody


def test_what_is_told_late_counts_into_the_hour_that_was_begun():
    rates = Rates(WINDOW)
    rates.add("demo", AT + WINDOW)
    assert rates.heard("demo", AT.timestamp()) == 2
    assert rates.count("demo", AT + WINDOW) == 2


def test_nobody_waits_for_a_sibling_that_does_not_listen(beside):
    siblings, forms, _ = made(2)
    siblings.begin(0)
    beside(siblings, 1, lambda: [forms.add("demo", AT) for _ in range(20_000)])
    assert 1_000 < forms.count("demo", AT) < 20_000  # as much as the pipe holds
    beside(siblings, 1, lambda: [forms.add("more", AT) for _ in range(3)])
    assert forms.count("more", AT) == 3


def test_alone_nothing_is_told_and_a_key_may_be_long(beside):
    alone, forms, _ = made(1)
    alone.begin(0)
    assert forms.add("demo", AT) == 1
    siblings, forms, _ = made(2)
    siblings.begin(0)
    beside(siblings, 1, lambda: [forms.add("x" * 600, AT), forms.add("é\tü", AT)])
    assert (forms.count("x" * 600, AT), forms.count("é\tü", AT)) == (0, 1)
