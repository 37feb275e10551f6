"""One lead decided again: what it rests on stays as recorded, and the rules that make a difference are named."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from builders import list_batch, make_services, signup_batch
from policy_packs import load, pack, rule
from sqlalchemy import delete

from gateway.db.work import reading
from gateway.outcomes.tables import policy_sets
from gateway.pipeline import process
from gateway.replay.one import decide_again

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOOD = rule("US-01", when={"fact": "address.is_valid", "is": True})
BAR = rule("US-02", when={"fact": "source.is_direct", "is": False}, then="reject")
LATER = BAR | {"in_force": {"from": date(2027, 1, 1)}}


@pytest.fixture
def services(engine, clock, tmp_path):
    made = replace(make_services(engine, clock, tmp_path), read_policies=lambda: load(tmp_path / "a", pack("us", GOOD)))
    process(signup_batch("ana@example.com", AT), made, as_of=AT)
    process(list_batch([{"email": "bo@example.org"}, {"email": "bo@example.org"}], AT), made, as_of=AT)
    return made


def again(services, number):
    with reading(services.engine) as connection:
        return decide_again(connection, services, number)


def under(services, tmp_path, *rules):
    policies = load(tmp_path / "b", pack("us", *rules))
    return replace(services, read_policies=lambda: policies)


def test_the_same_rules_say_the_same(services):
    found = again(services, 2)
    assert (found.flips, found.is_same, found.rules, found.gone, found.new) == (False, True, [], [], [])


def test_a_new_rule_is_named_where_it_makes_the_difference(services, tmp_path):
    now = under(services, tmp_path, GOOD, BAR)
    assert again(now, 1).is_same
    found = again(now, 2)
    assert (found.before.verdict, found.after.verdict, found.rules) == ("accept", "reject", ["US-02"])
    assert [one.rule for one in found.new] == ["US-02"]


def test_the_rules_are_those_of_today(services, tmp_path, clock):
    now = under(services, tmp_path, GOOD, LATER)
    assert again(now, 2).is_same
    clock.set(datetime(2027, 1, 2, tzinfo=UTC))
    assert again(now, 2).rules == ["US-02"]


def test_a_last_look_is_said_and_no_rule_changes_it(services):
    assert again(services, 3).last_look == "duplicate_in_list"


def test_what_cannot_be_decided_again_is_none(services, tmp_path):
    assert again(services, 99) is None
    with services.unit_of_work() as work:
        work.connection.execute(delete(policy_sets))
    assert again(under(services, tmp_path, GOOD, BAR), 2) is None
