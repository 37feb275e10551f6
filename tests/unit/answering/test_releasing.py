"""Releasing many: rules set aside by an override, everything else as before, and what is impossible said before."""

import random
from contextlib import suppress
from dataclasses import replace

import pytest
from builders import BOUGHT, ToldRoutes, key, make_services, tallies_fit
from sqlalchemy import func, select
from waiting import INCOMPLETE, bring, wait_a_minute

from gateway.answering import releasing
from gateway.answering.carry import carry_out
from gateway.answering.giving import find_meant, give, some_of
from gateway.answering.groups import Filter, find_groups
from gateway.answering.releasing import foresee, rules_of
from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.jobs.owed import recheck
from gateway.outcomes import answers
from gateway.outcomes.leave import leave
from gateway.outcomes.overrides import list_records, second
from gateway.outcomes.tables import leads

BY = "person_7"


@pytest.fixture
def routes():
    return ToldRoutes({"gmial.com": "unknown"})


@pytest.fixture
def services(engine, clock, tmp_path, routes):
    return make_services(engine, clock, tmp_path, routes=routes)


def meant(services, wanted=None):
    with reading(services.engine) as connection:
        return find_meant(connection, services, wanted or Filter(), "release")


def foreseen(services):
    found = meant(services)
    with reading(services.engine) as connection:
        some = some_of(connection, found)
    return foresee(services, rules_of(found.groups, services), some)


def answer(services, wanted=None):
    found = meant(services, wanted)
    with services.unit_of_work() as work:
        return give(work, services, found, reason="We have read it", by=BY)


def carry(services, number=1):
    wait_a_minute(services)
    while carry_out(number, services):
        pass
    with reading(services.engine) as connection:
        assert tallies_fit(connection)
        return answers.find(connection, number)


def outcomes(services):
    with reading(services.engine) as connection:
        query = select(leads.c.outcome, func.count()).group_by(leads.c.outcome)
        return dict(map(tuple, connection.execute(query).all()))


MISTYPED = replace(BOUGHT, consent="none")


def test_leads_at_a_mistyped_domain_become_prospects_when_its_rules_are_set_aside(services):
    bring(services, MISTYPED, 3, at="hotmial.com")
    seen = foreseen(services)
    assert (seen.tried, dict(seen.outcomes), seen.others) == (3, {"prospect": 3}, {})
    answer(services)
    done = carry(services)
    assert (done.state, done.account) == ("done", {"prospects": 3})
    assert outcomes(services) == {"prospect": 3}
    with reading(services.engine) as connection:
        (record,) = list_records(connection)
    assert (record.by, record.reason, record.leads) == (BY, "We have read it", 3)
    assert set(record.rules) == {finding.rule for finding in seen.rules}


def test_what_nobody_may_set_aside_cannot_be_released(services):
    bring(services, INCOMPLETE, 3)
    with pytest.raises(CallerError, match="CS-08"):
        meant(services)


def test_who_left_in_the_meantime_is_no_prospect_and_the_others_are(services):
    bring(services, MISTYPED, 3, at="hotmial.com")
    answer(services)
    order = Suppression(key("p1.of1@hotmial.com"), "opt_out", services.clock.now())
    with services.unit_of_work() as work:
        leave(work, services.ledger, [order], by="test")
    assert carry(services).account == {"prospects": 2, "settled_meanwhile": 1}


def test_what_else_holds_a_lead_is_foreseen_and_holds_it(services, routes):
    bring(services, MISTYPED, 2, at="gmial.com")
    seen = foreseen(services)
    assert dict(seen.outcomes) == {"hold": 2}
    assert ("H-12", "Nobody knows yet whether the domain takes mail") in seen.others
    assert not seen.takes_two
    answer(services)
    assert carry(services).account == {"still": 2}
    with reading(services.engine) as connection:
        (group,) = find_groups(connection, services, Filter())
    assert group.answers_itself  # nothing is left of it for an officer
    routes.kinds.clear()
    services.clock.move(days=1)
    recheck(services)
    assert outcomes(services) == {"prospect": 2}


@pytest.mark.parametrize("at_once", [2, 3])
def test_a_crash_between_overrides_and_releases_neither_doubles_nor_loses(services, monkeypatch, at_once):
    bring(services, MISTYPED, 7, at="hotmial.com")
    answer(services)
    monkeypatch.setattr(releasing, "MOST_LEADS", at_once)
    monkeypatch.setattr("gateway.answering.carry.SLICE", 2)
    wait_a_minute(services)
    real, chance = answers.change, random.Random(at_once)

    def cut(work, number, **values):
        real(work, number, **values)
        if chance.random() < 0.3:
            raise OSError("cut off")

    monkeypatch.setattr(answers, "change", cut)
    now = None
    while now is None or now.state in answers.OPEN:
        with suppress(OSError):
            carry_out(1, services)
        services.clock.move(minutes=6)
        with reading(services.engine) as connection:
            now = answers.find(connection, 1)
    assert outcomes(services) == {"prospect": 7}
    with reading(services.engine) as connection:
        records = list_records(connection)
        assert tallies_fit(connection)
    assert sum(record.leads for record in records) == 7
    assert now.account == {"prospects": 7}


def test_where_a_rule_takes_two_the_leads_wait_for_the_second_person(services, monkeypatch):
    bring(services, MISTYPED, 3, at="hotmial.com")
    asked = releasing.ask_override
    monkeypatch.setattr(releasing, "ask_override", lambda *args, **more: asked(*args, **more | {"doubled": {"H-06"}}))
    answer(services)
    assert carry(services).account == {"second_person": 3}
    assert outcomes(services) == {"hold": 3}
    with services.unit_of_work() as work:
        second(work, services.ledger, 1, by="person_8")
    recheck(services)
    assert outcomes(services) == {"prospect": 3}
