"""Where people stand follows from what happened alone: not from the order of telling, nor from who asks when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.happening import KINDS, STOPPED, Happening
from gateway.policy.loader import load_policies
from gateway.policy.phases.judge import evaluate, live, ordered
from gateway.policy.phases.tally import Dealing, Told

RULES = load_policies([Path(__file__).parents[2] / "policies"]).lifecycle
START = datetime(2020, 1, 1, tzinfo=UTC)
ZONES = st.sampled_from(["UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
hours = st.integers(0, 24 * 365 * 6)
instants = hours.map(lambda hour: START + timedelta(hours=hour))
happened = st.builds(
    Happening, st.just(1), st.sampled_from(KINDS), instants,
    product=st.sampled_from([None, "coffee", "seeds", "ski", "lamp", "contact lenses"]),
    quantity=st.sampled_from([None, 1.0, 3.0, 0.5]), amount_minor=st.sampled_from([None, 100, 300, -100, -300, 0]),
    currency=st.sampled_from(["EUR", "USD"]),
)  # fmt: skip
lives = st.lists(happened, max_size=25).map(lambda some: [Told(n, one) for n, one in enumerate(some, 1)])
dealings = st.lists(
    st.builds(Dealing, instants, st.sampled_from(["withdrawn", "consented"]), st.sampled_from(["", "bounce"])),
    max_size=4,
)


@given(lives, dealings, instants, ZONES, st.randoms())
def test_the_order_of_telling_does_not_matter(told, dealt, as_of, zone, random):
    shuffled = told[:]
    random.shuffle(shuffled)
    assert live(ordered(told, dealt), RULES, as_of, zone) == live(ordered(shuffled, dealt[::-1]), RULES, as_of, zone)


@given(lives, dealings, instants, ZONES)
def test_asked_at_any_moment_and_derived_in_order_are_the_same(told, dealt, as_of, zone):
    events = ordered(told, dealt)
    life = live(events, RULES, as_of, zone)
    asked = evaluate(events, RULES, as_of, zone)
    derived = life.changes[-1].is_like if life.changes else ("prospect", None)
    assert derived == asked.is_like
    for before, after in pairwise(life.changes):
        assert before.at < after.at
        assert evaluate(events, RULES, after.at, zone).is_like == after.is_like
        assert evaluate(events, RULES, after.at - timedelta(microseconds=1), zone).is_like == before.is_like


@given(lives, dealings, instants, instants, ZONES)
def test_what_comes_later_changes_nothing_of_what_was(told, dealt, one, other, zone):
    early, late = sorted((one, other))
    events = ordered(told, dealt)
    known = [event for event in events if (event.at if isinstance(event, Dealing) else event.one.at) <= early]
    short, long = live(known, RULES, early, zone), live(events, RULES, late, zone)
    assert long.changes[: len(short.changes)] == short.changes
    assert all(change.at > early for change in long.changes[len(short.changes) :])


@given(lives, dealings, instants, ZONES)
def test_time_alone_changes_nothing_before_it_was_said_to(told, dealt, as_of, zone):
    events = ordered(told, dealt)
    life = live(events, RULES, as_of, zone)
    until = life.next_change_at or as_of + timedelta(days=4000)
    assert until > as_of
    assert evaluate(events, RULES, until - timedelta(microseconds=1), zone).is_like == evaluate(
        events, RULES, as_of, zone
    ).is_like  # fmt: skip


@given(lives, dealings, instants, ZONES)
def test_do_not_contact_is_left_only_by_a_later_consent(told, dealt, as_of, zone):
    changes = live(ordered(told, dealt), RULES, as_of, zone).changes
    consents = {one.at for one in dealt if one.what == "consented"}
    for before, after in pairwise(changes):
        if before.kind == "do_not_contact":
            assert after.at in consents


@given(lives, dealings, instants, ZONES)
def test_whoever_stopped_and_did_not_consent_later_is_left_alone(told, dealt, as_of, zone):
    stops = [one.one.at for one in told if one.one.kind in STOPPED] + [o.at for o in dealt if o.what == "withdrawn"]
    stops = [at for at in stops if at <= as_of]
    consents = [one.at for one in dealt if one.what == "consented" and one.at <= as_of]
    found = evaluate(ordered(told, dealt), RULES, as_of, zone).kind == "do_not_contact"
    assert found == (bool(stops) and all(at <= max(stops) for at in consents))


@given(lives, instants, ZONES, st.integers(1, 5), st.integers(0, 10))
def test_satisfaction_says_nothing_of_loyalty(told, as_of, zone, satisfaction, recommend):
    said = [Told(n, replace(one, satisfaction=satisfaction, recommend=recommend)) for n, one in told]
    assert live(ordered(told), RULES, as_of, zone) == live(ordered(said), RULES, as_of, zone)


@pytest.mark.parametrize("year", [1, 1900, 9999])
def test_the_ends_of_the_calendar_break_nothing(year):
    day = datetime(year, 12, 31, 23, 59, tzinfo=UTC) if year == 9999 else datetime(year, 1, 1, tzinfo=UTC)
    for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
        for product in ("seeds", "lamp", "ski"):
            told = [Told(1, Happening(1, "purchase", day, product, quantity=1e300))]
            assert live(ordered(told), RULES, day, zone).changes[-1].phase != "prospect"
