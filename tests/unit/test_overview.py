"""What came in and what became of it: by day in the reader's zone, by reason, by source and vendor."""

from dataclasses import replace

import pytest
from builders import BOUGHT, ToldRoutes, hours_fit, list_batch, make_services, policies, signup_batch

from gateway.overview import LEAST, make_overview, reason_title
from gateway.pipeline import process


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path, routes=ToldRoutes({"dead.example.net": "no_such_domain"}))


def seen(services, *, zone="UTC", days=7):
    with services.engine.connect() as connection:
        assert hours_fit(connection)
        return make_overview(connection, services.clock.now(), zone=zone, days=days)


def rows(count, domain="example.com", start=0):
    return [{"email": f"p{n}@{domain}"} for n in range(start, start + count)]


def test_each_day_has_what_was_settled_on_it(services, clock):
    process(signup_batch("ana@example.com", clock.now()), services)
    clock.move(days=2)
    process(signup_batch("ben@example.com", clock.now()), services)
    process(signup_batch("cy@dead.example.net", clock.now()), services)
    found = seen(services)
    assert len(found.days) == 7
    assert [sum(found.by_day[day].values()) for day in found.days] == [0, 0, 0, 0, 1, 0, 2]
    assert found.totals == {"prospect": 2, "rejection": 1}
    [source] = found.sources
    assert (source.name, source.vendor, source.total) == ("demo", None, 3)


def test_days_are_those_of_the_readers_calendar(services, clock):
    clock.set(clock.now().replace(hour=2))  # still the evening before in New York
    process(signup_batch("ana@example.com", clock.now()), services)
    clock.set(clock.now().replace(hour=20))
    here, there = seen(services), seen(services, zone="America/New_York")
    assert sum(here.by_day[here.days[-1]].values()) == 1
    assert sum(there.by_day[there.days[-1]].values()) == 0
    assert sum(there.by_day[there.days[-2]].values()) == 1


def test_what_came_before_the_days_shown_is_left_out(services, clock):
    process(signup_batch("ana@example.com", clock.now()), services)
    clock.move(days=7)
    assert seen(services).totals == {}
    assert seen(services, days=8).totals == {"prospect": 1}


def test_only_the_reasons_that_decided_count(services, clock):
    process(list_batch(rows(3, "dead.example.net") + rows(1, "dead.example.net"), clock.now()), services)
    reasons = seen(services).reasons
    assert reasons["rejection"]["no_such_domain"] == 4
    assert reasons["hold"] == {}


def test_a_vendors_odd_list_is_told(services, clock):
    for number, domain in (("1", "example.com"), ("2", "example.org"), ("3", "dead.example.net")):
        batch = list_batch(rows(LEAST, domain), clock.now(), statement=BOUGHT)
        process(replace(batch, origin=replace(batch.origin, source=number)), services)
    found = seen(services)
    assert [one.name for one in found.vendors] == ["Meridian Leads"]
    assert found.vendors[0].total == 3 * LEAST
    good = found.totals["prospect"] > 0
    assert [(one.source, one.vendor) for one in found.odd] == ([("list_3", "Meridian Leads")] if good else [])
    assert good


def test_a_small_list_is_never_odd(services, clock):
    for number, domain, count in (("1", "example.com", LEAST), ("2", "dead.example.net", LEAST - 1)):
        batch = list_batch(rows(count, domain), clock.now(), statement=BOUGHT)
        process(replace(batch, origin=replace(batch.origin, source=number)), services)
    assert seen(services).odd == []


def test_reasons_are_called_as_their_rules_are():
    assert reason_title("no_such_domain", policies()) == "The domain does not exist"
    assert reason_title("duplicate_in_list", policies()) == "An earlier row of this list is the same address"
    assert reason_title("never_heard_of", policies()) == "Never heard of"
