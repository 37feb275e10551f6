"""Signups carried together end as they would one after the other, and nobody pays for another's trouble."""

from datetime import UTC, datetime

import pytest
from builders import make_services, signup_batch, tallies_fit
from crowds import Crowd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from gateway.intake.together import MOST, Together, joined
from gateway.ledger.tables import entries
from gateway.outcomes.tables import batches, leads
from gateway.pipeline import process

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIGNUPS = st.lists(
    st.fixed_dictionaries(
        {"address": st.sampled_from(["ann@example.com", "Ann+x@example.com", "bob@example.org", "info@example.net"])},
        optional={
            "consent_ticked": st.booleans(),
            "first_name": st.just("Ann"),
            "country": st.sampled_from(["DE", "US"]),
        },
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def nothing(_):
    pass


class Still:
    """A clock that stands."""

    def now(self):
        return AT


def stood(engine):
    with engine.connect() as connection:
        assert tallies_fit(connection)
        query = select(leads.c.address, leads.c.outcome, leads.c.decision_id, leads.c.extra, leads.c.duplicate_of)
        return list(connection.execute(query.order_by(leads.c.id)))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(signups=SIGNUPS)
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_outcomes_are_those_of_one_after_the_other(databases, kind, tmp_path, signups):
    from gateway.db.engine import open_engine

    found = []
    for together in (False, True):
        engine = open_engine(databases.fresh(kind))
        services = make_services(engine, Still(), tmp_path)
        made = [signup_batch(at=AT, **signup) for signup in signups]
        for batch in [joined(made)] if together else made:
            process(batch, services, as_of=AT)
        found.append(stood(engine))
        engine.dispose()
    assert found[0] == found[1]


class SigningUp(Crowd):
    """Threads that sign up."""

    def __init__(self, engine, tmp_path):
        super().__init__(Together(make_services(engine, Still(), tmp_path)))
        self.begin("first@example.com", signup_batch("first@example.com", AT), self.hold_up)

    def add(self, address, within=nothing):
        super().add(address, signup_batch(address, AT), within)


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_who_comes_while_another_is_written_is_written_with_the_next(engine, tmp_path):
    crowd = SigningUp(engine, tmp_path)
    for number in range(MOST + 3):
        crowd.add(f"p{number}@example.com")
    crowd.end()
    assert not crowd.errors
    assert len(stood(engine)) == MOST + 4
    assert count(engine, batches) == count(engine, entries) == 3


def test_who_fails_fails_alone(engine, tmp_path):
    def fail(work):
        raise ZeroDivisionError

    crowd = SigningUp(engine, tmp_path)
    crowd.add("good@example.com")
    crowd.add("bad@example.com", fail)
    crowd.add("fine@example.com")
    crowd.end()
    assert {address: type(error) for address, error in crowd.errors.items()} == {"bad@example.com": ZeroDivisionError}
    assert [row.address for row in stood(engine)] == ["first@example.com", "good@example.com", "fine@example.com"]
    crowd.queue.carry(signup_batch("later@example.com", AT), nothing)  # nobody is left at the door
    assert len(stood(engine)) == 4


def test_what_is_the_worlds_fault_is_told_to_all_at_once_and_nothing_is_tried_again(engine, tmp_path):
    tried = []

    def be_locked(work):
        tried.append(1)
        raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))

    crowd = SigningUp(engine, tmp_path)
    for number in range(5):
        crowd.add(f"p{number}@example.com", be_locked)
    crowd.end()
    assert len(tried) == 1
    assert [type(crowd.errors[f"p{number}@example.com"]) for number in range(5)] == [OperationalError] * 5
    assert [row.address for row in stood(engine)] == ["first@example.com"]
    crowd.queue.carry(signup_batch("later@example.com", AT), nothing)
    assert len(stood(engine)) == 2


def test_nobody_is_written_twice_whose_commit_nobody_knows_the_end_of(engine, tmp_path, monkeypatch):
    """The connection breaks behind the commit: each for itself would be a second time."""
    crowd = SigningUp(engine, tmp_path)

    def cut_off(batch, services, **more):
        process(batch, services, **more)
        raise OperationalError("COMMIT", None, Exception("the connection was lost"))

    monkeypatch.setattr("gateway.intake.together.process", cut_off)
    for number in range(3):
        crowd.add(f"p{number}@example.com")
    crowd.end()
    assert len(crowd.errors) == 3
    assert len(stood(engine)) == 4


def test_who_was_carried_along_by_one_that_is_stopped_is_told_so_and_written_by_nobody(engine, tmp_path):
    def stop(work):
        raise KeyboardInterrupt

    crowd = SigningUp(engine, tmp_path)
    crowd.add("stopped@example.com", stop)
    crowd.add("along@example.com")
    crowd.end()
    told = {address: type(error) for address, error in crowd.errors.items()}
    assert told == {"stopped@example.com": KeyboardInterrupt, "along@example.com": RuntimeError}
    assert [row.address for row in stood(engine)] == ["first@example.com"]


def test_a_carrier_that_is_stopped_leaves_nobody_waiting(engine, tmp_path):
    def stop(work):
        raise KeyboardInterrupt

    crowd = SigningUp(engine, tmp_path)
    first = signup_batch("stopped@example.com", AT)
    crowd.go_on.set()
    crowd.threads[0].join(30)
    with pytest.raises(KeyboardInterrupt):
        crowd.queue.carry(first, stop)
    crowd.queue.carry(signup_batch("later@example.com", AT), nothing)
    assert [row.address for row in stood(engine)] == ["first@example.com", "later@example.com"]
