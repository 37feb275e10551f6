"""Requests to stop by the day on which they must be honoured: by whose obligations, those past due on demand."""

from datetime import date, timedelta

import pytest
from builders import SECRET, key, list_batch, signup_batch
from dated_duties import services_with_duties

from gateway.domain.address import MatchKeys
from gateway.domain.lead import Statement
from gateway.domain.ports import Suppression
from gateway.due.requests import Duties, find_entries
from gateway.outcomes.leave import leave
from gateway.pipeline import process
from gateway.screening.phone import phone_key

BOUGHT = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")


@pytest.fixture
def services(engine, clock, tmp_path):
    return services_with_duties(engine, clock, tmp_path)


def suppress(services, *addresses, cause="opt_out", at=None):
    at = at or services.clock.now()
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(one), cause, at) for one in addresses], by="test")


def found(services, *, past=False, each=False):
    now = services.clock.now()
    with services.engine.connect() as connection:
        entries = find_entries(connection, services, now, past=past, each=each)
        lines = [(e.code, e.due_on.isoformat(), e.source or "-", e.people, tuple(sorted(e.leads))) for e in entries]
    return sorted(lines)


def test_the_obligations_are_sorted_by_what_they_are_of(services):
    duties = Duties.of(services.policies)
    assert duties.of_phone == {"stop_calls"}
    assert duties.of_mail == {"stop_on_opt_out", "provider_stop", "slow_stop"}
    assert duties.of_providers == ("provider_stop",)


def test_a_prospect_s_own_obligations_count_and_else_the_law_s(services, clock):
    rows = [{"email": "bea@example.com", "country": "DE"}, {"email": "ann@example.com", "country": "US"}]
    process(list_batch(rows, clock.now(), statement=BOUGHT), services)
    suppress(services, "bea@example.com", "ann@example.com", "never.seen@example.com")
    assert found(services, each=True) == [
        ("provider_stop", "2026-11-23", "-", 1, ()),
        ("provider_stop", "2026-11-23", "list_1", 2, (1, 2)),
        ("slow_stop", "2026-12-21", "list_1", 1, (1,)),
        ("stop_on_opt_out", "2026-12-07", "-", 1, ()),
        ("stop_on_opt_out", "2026-12-07", "list_1", 1, (2,)),
    ]


def test_the_safe_day_comes_along(services):
    suppress(services, "ann@example.com")
    with services.engine.connect() as connection:
        entries = list(find_entries(connection, services, services.clock.now(), past=False, each=False))
    [law] = [entry for entry in entries if entry.code == "stop_on_opt_out"]
    assert (law.due_on, law.safe_on, law.id) == (date(2026, 12, 7), date(2026, 12, 4), "OB-20")


def test_other_causes_are_nobody_s_request(services):
    suppress(services, "a@example.com", cause="bounce")
    suppress(services, "b@example.com", cause="told_by_list")
    suppress(services, "c@example.com", cause="manual")
    assert found(services) == []


def test_one_person_counts_once_whatever_was_said_how_often(services, clock):
    suppress(services, "ann@example.com", cause="opt_out")
    clock.move(days=2)
    suppress(services, "ann@example.com", cause="complaint")
    suppress(services, "ann@example.com", cause="opt_out")
    counted = {(code, on): people for code, on, _, people, _ in found(services)}
    assert counted == {("provider_stop", "2026-11-23"): 1, ("stop_on_opt_out", "2026-12-07"): 1}


def test_what_is_past_due_is_shown_on_demand_only(services, clock):
    suppress(services, "old@example.com", at=clock.now() - timedelta(days=400))
    suppress(services, "ann@example.com", at=clock.now() - timedelta(days=5))
    assert [code for code, *_ in found(services)] == ["stop_on_opt_out"]
    assert [(code, on) for code, on, *_ in found(services, past=True)] == [
        ("provider_stop", "2025-10-19"), ("provider_stop", "2026-11-18"), ("stop_on_opt_out", "2025-10-31"),
        ("stop_on_opt_out", "2026-12-01"),
    ]  # fmt: skip


def test_who_asks_again_is_owed_it_again(services, clock):
    suppress(services, "ann@example.com", at=clock.now() - timedelta(days=400))
    assert found(services) == []
    suppress(services, "ann@example.com")
    assert [(code, on) for code, on, *_ in found(services)] == [
        ("provider_stop", "2026-11-23"), ("stop_on_opt_out", "2026-12-07"),
    ]  # fmt: skip


def test_who_said_yes_again_is_not_waited_for(services, clock):
    process(signup_batch("ann@example.com", clock.now(), country="US"), services)
    clock.move(hours=1)
    suppress(services, "ann@example.com")
    assert found(services)
    clock.move(hours=1)
    back = signup_batch("ann@example.com", clock.now(), country="US", confirmed_at=clock.now())
    assert process(back, services).outcomes == ["prospect"]
    assert found(services) == []


def test_numbers_are_owed_what_phone_rules_say(services):
    order = Suppression(phone_key("+12065550100", MatchKeys(SECRET.encode())), "opt_out", services.clock.now())
    with services.unit_of_work() as work:
        leave(work, services.ledger, [order], by="test", scope="phone")
    assert found(services) == [("stop_calls", "2026-12-07", "-", 1, ())]
