"""Rules of phases that were changed: what tells the past otherwise is noted once."""

from dataclasses import replace
from datetime import date

import pytest
from builders import make_services

from gateway.becoming.restating import find_last, note, parts_of, restated

TODAY = date(2026, 11, 21)


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def change(rules, name, **values):
    new = tuple(replace(rule, **values) if rule.id == name else rule for rule in rules.rules)
    return replace(rules, rules=new, digest="another")


def told(before, now):
    return restated(parts_of(before), parts_of(now), now, TODAY)


def test_what_counts_for_the_past_is_named_and_what_begins_today_is_not(services):
    rules = services.policies.lifecycle
    first = rules.rules[0]
    assert told(rules, change(rules, "LC-20", kind="long_term")) == ["LC-20"]
    assert told(rules, change(rules, "LC-20", until_on=TODAY)) == []
    assert told(rules, change(rules, "LC-20", title="In other words")) == []
    later = replace(first, id="OWN-1", from_on=TODAY)
    assert told(rules, replace(rules, rules=(later, *rules.rules))) == []
    early = replace(first, id="OWN-1", from_on=date(2020, 1, 1))
    assert told(rules, replace(rules, rules=(early, *rules.rules))) == ["OWN-1"]
    assert told(replace(rules, rules=(early, *rules.rules)), rules) == ["OWN-1"]
    paces = {**rules.paces, "coffee": replace(rules.paces["coffee"], lasts=30)}
    assert told(rules, replace(rules, paces=paces)) == ["pace coffee"]


def test_it_is_noted_once_with_what_changed(services):
    rules = services.policies.lifecycle
    other = change(rules, "LC-20", kind="long_term")
    for one, restates in ((rules, []), (rules, []), (other, ["LC-20"]), (other, ["LC-20"])):
        with services.unit_of_work() as work:
            note(work, services.ledger, one)
        with services.engine.connect() as connection:
            last = find_last(connection)
        assert (last["rules"], last["restates"]) == (one.digest, restates)
    with services.engine.connect() as connection:
        assert (
            connection.exec_driver_sql("SELECT count(*) FROM ledger_entries WHERE kind = 'lifecycle.rules'").scalar()
            == 2
        )
