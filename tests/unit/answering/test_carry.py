"""Answers carried out: all of their leads or those that still wait, once each, whatever breaks between."""

from datetime import timedelta

import pytest
from builders import ToldRoutes, key, make_services, tallies_fit
from sqlalchemy import func, select
from waiting import INCOMPLETE, UNCLEAR, bring, wait_a_minute

from gateway.answering import carry
from gateway.answering.carry import carry_out, find_due
from gateway.answering.giving import find_meant, give
from gateway.answering.groups import Filter, find_groups
from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.jobs.owed import recheck
from gateway.outcomes import answers
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import holds, leads
from gateway.pipeline import release

BY = "person_7"


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path, routes=ToldRoutes({"silent.example.net": "unknown"}))


def answer(services, kind="refuse", wanted=None, **terms):
    """An answer of person_7 to all that waits, or to what is wanted of it."""
    with services.unit_of_work() as work:
        meant = find_meant(work.connection, services, wanted or Filter(), kind)
        return give(work, services, meant, reason="as agreed", by=BY, **terms)


def now(services, number=1):
    with reading(services.engine) as connection:
        return answers.find(connection, number)


def states(services):
    with reading(services.engine) as connection:
        query = select(holds.c.state, leads.c.outcome, func.count()).join(leads, leads.c.id == holds.c.lead_id)
        counts = connection.execute(query.group_by(holds.c.state, leads.c.outcome)).all()
        assert tallies_fit(connection)
    return {(state, outcome): n for state, outcome, n in counts}


def test_it_waits_its_minute_and_is_then_carried_out_once(services):
    bring(services, INCOMPLETE, 5)
    assert answer(services).leads == 5
    assert find_due(services) == []
    assert carry_out(1, services) is False
    assert states(services) == {("waiting", "hold"): 5}
    wait_a_minute(services)
    assert find_due(services) == [1]
    assert carry_out(1, services) is False
    assert states(services) == {("refused", "rejection"): 5}
    assert (now(services).state, now(services).account) == ("done", {"refused": 5})
    assert find_due(services) == []
    carry_out(1, services)
    assert now(services).account == {"refused": 5}


def test_while_it_waits_its_leads_are_in_no_group_and_nobody_elses_answer_takes_them(services):
    bring(services, INCOMPLETE, 3)
    answer(services)
    with reading(services.engine) as connection:
        assert find_groups(connection, services, Filter()) == []
    with pytest.raises(CallerError):
        answer(services, "ask", days=14)


def test_two_answers_to_the_same_leads_the_second_gets_what_the_first_left(services):
    bring(services, INCOMPLETE, 4)
    with services.unit_of_work() as work:
        first = answers.give(work, "refuse", [1, 2, 3], about="some", reason="x", by=BY)
        second = answers.give(work, "ask", [2, 3, 4], about="some", reason="x", by="person_8")
    assert (first.leads, second.leads) == (3, 1)


class CutError(Exception):
    """The worker ends here."""


@pytest.mark.parametrize("kind", ["refuse", "ask"])
@pytest.mark.parametrize("broken", [1, 2, 3])
def test_a_crash_between_slices_loses_nothing_and_does_nothing_twice(services, monkeypatch, kind, broken):
    bring(services, INCOMPLETE, 7)
    answer(services, kind, days=14 if kind == "ask" else None)
    wait_a_minute(services)
    monkeypatch.setattr(carry, "SLICE", 2)
    written, count = carry._reached, []

    def cut(*given):
        count.append(1)
        if len(count) == broken:
            raise CutError
        written(*given)

    monkeypatch.setattr(carry, "_reached", cut)
    with pytest.raises(CutError):
        carry_out(1, services)
    assert sum(now(services).account.values()) == 2 * (broken - 1)
    assert find_due(services) == []  # it pauses
    services.clock.move(minutes=10)
    carry_out(1, services)
    assert now(services).account == {"refused" if kind == "refuse" else "asked": 7}
    assert states(services) == ({("refused", "rejection"): 7} if kind == "refuse" else {("waiting", "hold"): 7})


def test_a_worker_that_dies_without_a_word_is_followed_by_another(services, monkeypatch):
    bring(services, INCOMPLETE, 4)
    answer(services)
    wait_a_minute(services)
    taken = carry._take(1, services)
    assert find_due(services) == []
    services.clock.move(minutes=3)
    carry_out(1, services)
    assert states(services) == {("refused", "rejection"): 4}
    with pytest.raises(carry.AnswerLostError), services.unit_of_work() as work:
        carry._mine(work, taken)


def test_what_fails_again_and_again_ends_and_its_leads_wait_on(services, monkeypatch):
    bring(services, INCOMPLETE, 2)
    answer(services)

    def fail(*_args, **_more):
        raise CutError("so it is")

    monkeypatch.setattr(carry, "refuse", fail)
    for _ in range(carry.MOST_TRIES):
        services.clock.move(minutes=10)
        with pytest.raises(CutError):
            carry_out(1, services)
    assert (now(services).state, now(services).error) == ("failed", "CutError: so it is")
    with reading(services.engine) as connection:
        (group,) = find_groups(connection, services, Filter())
    assert group.leads == 2


def test_leads_that_were_settled_in_the_meantime_are_left_as_they_are(services):
    bring(services, INCOMPLETE, 4)
    answer(services)
    order = Suppression(key("p1.of1@example.com"), "opt_out", services.clock.now())
    with services.unit_of_work() as work:
        leave(work, services.ledger, [order], by="test")
    release([3], services, by="test", answers={3: {"consent_url": "https://www.example.com/x"}})
    wait_a_minute(services)
    carry_out(1, services)
    with reading(services.engine) as connection:
        rows = connection.execute(select(leads.c.id, leads.c.extra).order_by(leads.c.id)).all()
        assert tallies_fit(connection)
    assert dict(map(tuple, rows))[2] == "suppressed_meanwhile"
    account = now(services).account
    assert (account["settled_meanwhile"], sum(account.values())) == (1, 4)


def test_the_deadline_that_passes_within_the_minute_is_not_held_against_the_officer(services):
    bring(services, INCOMPLETE, 2)
    services.clock.move(days=30, seconds=-30)
    answer(services, "ask", days=14)
    wait_a_minute(services)
    assert recheck(services) == 0
    carry_out(1, services)
    assert states(services) == {("waiting", "hold"): 2}
    with reading(services.engine) as connection:
        (group,) = find_groups(connection, services, Filter())
    assert group.is_asked
    assert group.deadline_at == services.clock.now() - timedelta(seconds=61) + timedelta(days=14)


def test_asked_and_judged_again_a_lead_stays_with_its_vendor_until_the_deadline(services):
    bring(services, UNCLEAR, 2, at="silent.example.net")
    answer(services, "ask", days=7)
    wait_a_minute(services)
    carry_out(1, services)
    services.clock.move(hours=1)
    assert recheck(services) == 2
    with reading(services.engine) as connection:
        (group,) = find_groups(connection, services, Filter())
    assert (group.is_asked, group.question) == (True, "evidence")


def test_evidence_that_a_vendor_does_not_bring_in_time_is_a_refusal(services):
    bring(services, INCOMPLETE, 2)
    answer(services, "ask", days=7)
    wait_a_minute(services)
    carry_out(1, services)
    services.clock.move(days=8)
    recheck(services)
    assert states(services) == {("refused", "rejection"): 2}


def test_undone_it_is_as_if_it_had_never_been_given(services):
    bring(services, INCOMPLETE, 2)
    answer(services)
    with services.unit_of_work() as work:
        assert answers.undo(work, 1)
        assert not answers.undo(work, 1)
        assert not answers.hasten(work, 1)
    wait_a_minute(services)
    assert find_due(services) == []
    assert answer(services).leads == 2
