"""A question is kept with its answer, the oldest go; too many at once and too long a time are refused in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from builders import list_batch, make_services
from policy_packs import load, pack, rule

from gateway.console.desk.policies_runner import LONGEST, MOST, Runner
from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.pipeline import process
from gateway.replay.again import Window
from gateway.replay.what_ifs import KEPT, begin, find, find_last, finish

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOOD = rule("US-01", when={"fact": "address.is_valid", "is": True})


@pytest.fixture
def services(engine, clock, tmp_path):
    policies = load(tmp_path / "packs", pack("us", GOOD))
    made = replace(make_services(engine, clock, tmp_path), read_policies=lambda: policies)
    process(list_batch([{"email": f"p{n}@example.org"} for n in range(5)], AT), made, as_of=AT)
    return made


def test_the_last_hundred_are_kept(services):
    with services.unit_of_work() as work:
        numbers = [begin(work, "person_1", {"n": n}) for n in range(KEPT + 5)]
        finish(work, numbers[-1], {"a": 1})
    with reading(services.engine) as connection:
        assert find(connection, numbers[4]) is None
        assert find(connection, numbers[5]).state == "running"
        assert find(connection, numbers[-1]).result == {"a": 1}
        assert [one.number for one in find_last(connection, 2)] == numbers[:-3:-1]


def test_an_answer_is_given_once(services):
    with services.unit_of_work() as work:
        number = begin(work, "person_1", {})
        finish(work, number, {"why": "first"}, failed=True)
        finish(work, number, {"why": "second"})
    with reading(services.engine) as connection:
        assert (find(connection, number).state, find(connection, number).result) == ("failed", {"why": "first"})


def test_what_takes_too_long_is_given_up(services, clock):
    class Hasty:
        """A clock on which everything takes longer than there is time."""

        def now(self):
            return clock.move(seconds=LONGEST.total_seconds() + 1)

    hasty = replace(services, clock=Hasty())
    with services.unit_of_work() as work:
        number = begin(work, "person_1", {})
    at_work = Runner()
    at_work.reserve()
    assert wait(at_work, hasty, number)
    with reading(services.engine) as connection:
        assert find(connection, number).state == "failed"
        assert "Choose fewer days" in find(connection, number).result["why"]


def wait(at_work, services, number):
    """Start it and wait for its end."""
    done = at_work.start(services, number, services.policies, Window(), [])
    while number in at_work.progress:
        done = True
    return done or number not in at_work.progress


def test_no_more_than_so_many_at_once(services):
    at_work = Runner()
    for _ in range(MOST):
        at_work.reserve()
    with pytest.raises(CallerError, match="Try again when they are done"):
        at_work.reserve()
    at_work.leave()
    at_work.reserve()


def test_a_failure_of_ours_is_told_as_such(services):
    with services.unit_of_work() as work:
        number = begin(work, "person_1", {})
    at_work = Runner()
    at_work.reserve()
    at_work.start(services, number, services.policies, Window(), ["no bound at all"])
    while number in at_work.progress:
        pass
    with reading(services.engine) as connection:
        assert find(connection, number).result == {"why": "The mistake is ours. It has been written down."}
