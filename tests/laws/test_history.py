"""However events are told, in whatever parts and order, the history comes to say the same; what we said is not lost."""

from datetime import UTC, datetime, timedelta

import pytest
from becoming import prospects
from builders import make_services
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.becoming.said import Said
from gateway.becoming.taking import take_in
from gateway.db.work import reading
from gateway.domain.happening import Happening
from gateway.lifecycle import history
from gateway.lifecycle.happenings import numbered
from gateway.lifecycle.standing import find_standing
from gateway.policy.phases.judge import live, ordered
from gateway.policy.phases.tally import Told

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KINDS = ("first_purchase", "purchase", "use", "contact", "reply", "survey", "referral", "return_visit")
days = st.integers(0, 900).map(lambda day: NOW - timedelta(days=day, hours=1))
lives = st.lists(
    st.builds(
        Happening, st.just(0), st.sampled_from(KINDS), days, product=st.sampled_from([None, "coffee", "seeds", "lamp"]),
        amount_minor=st.sampled_from([None, 500, -500]), currency=st.just("EUR"),
    ),
    min_size=1, max_size=10,
)  # fmt: skip


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(lives, st.randoms(use_true_random=False))
def test_told_in_any_order_and_parts_it_is_one_history(services, clock, life, random):
    (number,) = prospects(services, f"p{random.getrandbits(60)}")
    told = [Said(f"{number} {place}", "prospect", number, one) for place, one in enumerate(life)]
    random.shuffle(told)
    beliefs = []
    while told:
        part = [told.pop() for _ in range(min(len(told), random.randint(1, 4)))]
        take_in(services, "shop", part)
        with reading(services.engine) as connection:
            changes = history.changes_of(connection, [number]).get(number, [])
        beliefs.append((clock.now(), history.timeline(changes)))
        clock.move(seconds=1)
    with reading(services.engine) as connection:
        changes = history.changes_of(connection, [number]).get(number, [])
        happened = numbered(connection, [number])[number]
        stands = find_standing(connection, [number])[number]
    life_now = live(
        ordered([Told(*one) for one in happened]), services.policies.lifecycle, clock.now(), "America/New_York"
    )
    expected = [one for place, one in enumerate(life_now.changes) if place or one.phase != "prospect"]
    assert [(one.at, one.phase, one.kind) for one in history.timeline(changes)] == [
        (one.at, one.phase, one.kind) for one in expected
    ]
    assert (stands.phase, stands.kind) == (expected[-1].is_like if expected else ("prospect", None))
    for known_by, believed in beliefs:  # what we said on each of those moments can still be told
        assert history.timeline(changes, known_by) == believed
