"""History decided again: who flips, by what, for how much money; and what too little is recorded of is said."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from builders import BOUGHT, list_batch, make_services, signup_batch
from policy_packs import load, pack, rule

from gateway.domain.problem import CallerError
from gateway.pipeline import process
from gateway.replay.again import Flip, Window, replay
from gateway.replay.report import as_dict, in_words
from gateway.replay.thresholds import read_threshold

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOOD = rule("US-01", when={"fact": "address.is_valid", "is": True})
OLD = rule("US-02", when={"fact": "source.collected_at", "older_than": "12 months"}, then="hold", question="evidence")
ACCEPT_REJECT, HOLD_ACCEPT, ACCEPT_HOLD = Flip("accept", "reject"), Flip("hold", "accept"), Flip("accept", "hold")


def dear(vendor, minor=45, **changes):
    return replace(BOUGHT, vendor=vendor, price_minor=minor, currency="USD", **changes)


@pytest.fixture
def services(engine, clock, tmp_path):
    """Three lists and a signup, judged by two rules."""
    made = make_services(engine, clock, tmp_path)
    policies = load(tmp_path / "then", pack("us", GOOD, OLD))
    made = replace(made, read_policies=lambda: policies)
    process(signup_batch("ana@example.com", AT), made, as_of=AT)
    rows = [{"email": f"p{n}@example.org", "region": "CA" if n % 2 else "NY"} for n in range(10)]
    process(list_batch([*rows, rows[0]], AT, statement=dear("Meridian")), made, as_of=AT)
    rows = [{"email": f"q{n}@example.org"} for n in range(5)]
    old = {"collected_from": date(2025, 1, 1), "collected_until": date(2025, 1, 31)}
    process(list_batch(rows, AT, statement=dear("Northwind", 100, **old)), made, as_of=AT)
    return made


def under(services, tmp_path, *rules, window=Window()):  # noqa: B008 - immutable
    return replay(services, load(tmp_path / "now", pack("us", *rules)), window)


def test_the_same_packs_flip_nobody(services):
    found = replay(services, services.policies, Window())
    assert (found.leads, found.flipped, found.refused_anyway) == (17, 0, 1)
    assert found.blurred == {}
    assert "None of them flips." in in_words(found)


def test_a_new_rule_flips_whom_it_meets(services, tmp_path):
    bar = rule("US-03", when={"fact": "source.is_direct", "is": False}, then="reject")
    found = under(services, tmp_path, GOOD, OLD, bar)
    assert found.flips == {ACCEPT_REJECT: 10, Flip("hold", "reject"): 5}
    assert found.money[ACCEPT_REJECT].paid == {"USD": 450}
    assert found.by["rule"] == {("US-03", ACCEPT_REJECT): 10, ("US-03", Flip("hold", "reject")): 5}
    assert found.by["vendor"] == {("Meridian", ACCEPT_REJECT): 10, ("Northwind", Flip("hold", "reject")): 5}
    assert found.by["month"][("2026-11", ACCEPT_REJECT)] == 10
    assert found.samples[ACCEPT_REJECT] == [2, 3, 4]
    said = as_dict(found)
    assert said["flips"][0]["paid_minor"] == {"USD": 450}
    assert said["flips"][0]["samples"] == ["lead_2", "lead_3", "lead_4"]
    assert any("USD 4.50 paid" in line for line in in_words(found))


def test_a_rule_taken_away_frees_whom_it_held(services, tmp_path):
    found = under(services, tmp_path, GOOD)
    assert found.flips == {HOLD_ACCEPT: 5}
    assert found.by["rule"] == {("US-02", HOLD_ACCEPT): 5}


def test_a_limit_on_the_recorded_grid_is_exact(services, tmp_path):
    shorter = OLD | {"when": {"fact": "source.collected_at", "older_than": "30 days"}}
    found = under(services, tmp_path, GOOD, shorter)  # Meridian's were collected from 1 October on
    assert found.flips == {ACCEPT_HOLD: 10}
    assert found.blurred == {}


def test_a_limit_between_recorded_ones_is_unknown_and_said_to_be(services, tmp_path):
    odd = OLD | {"when": {"fact": "source.collected_at", "older_than": "40 days"}}
    found = under(services, tmp_path, GOOD, odd)
    assert found.flips == {ACCEPT_HOLD: 10}  # unknown holds
    assert found.blurred == {"source.collected_at": 10}
    assert any("not recorded exactly enough" in line for line in in_words(found))


def test_a_state_no_rule_named_then_is_unknown_now(services, tmp_path):
    state = rule("US-04", when={"fact": "person.region", "is": "CA"}, then="reject")
    found = under(services, tmp_path, GOOD, OLD, state)
    assert found.blurred == {"person.region": 10}
    assert found.flips == {ACCEPT_HOLD: 11}  # and of the signup no state is known at all


def test_windows_narrow(services, tmp_path):
    bar = rule("US-03", when={"fact": "source.is_direct", "is": False}, then="reject")

    def leads(**window):
        return under(services, tmp_path, GOOD, OLD, bar, window=Window(**window)).leads

    assert leads(vendor="Meridian") == 11
    assert leads(source="form:demo") == 1
    assert leads(since=date(2026, 11, 22)) == 0
    assert leads(until=date(2026, 11, 20)) == 0
    assert leads(since=date(2026, 11, 21), until=date(2026, 11, 21)) == 17


def test_rules_of_another_day_can_be_tried(services, tmp_path):
    later = rule("US-03", when={"fact": "source.is_direct", "is": False}, then="reject",
                 in_force={"from": date(2027, 1, 1)})  # fmt: skip
    assert under(services, tmp_path, GOOD, OLD, later).flipped == 0
    assert under(services, tmp_path, GOOD, OLD, later, window=Window(in_force_on=date(2027, 1, 1))).flipped == 15


def test_it_decides_cases_not_leads(services, tmp_path):
    rows = [{"email": f"r{n}@example.org"} for n in range(300)]
    before = under(services, tmp_path, GOOD).cases
    process(list_batch(rows, AT, statement=dear("Meridian")), services, as_of=AT)
    after = under(services, tmp_path, GOOD)
    assert after.leads == 317
    assert after.cases <= before + 1


def test_rows_the_last_look_refused_stay_refused(services, tmp_path):
    found = under(services, tmp_path, rule("US-09", when={"fact": "address.is_valid", "is": True}, then="hold"))
    assert found.refused_anyway == 1
    assert sum(found.flips.values()) == 11


@pytest.mark.parametrize(
    ("text", "crossed"),
    [("accept->reject > 62.4%", True), ("accept->reject > 62.5%", False), ("accept->reject >= 10", True),
     ("accept->reject > 10", False), ("flips > 14", True), ("any->reject > 14", True), ("hold->any > 5", False),
     ("accept -> hold > 0", False)],
)  # fmt: skip
def test_thresholds(services, tmp_path, text, crossed):
    bar = rule("US-03", when={"fact": "source.is_direct", "is": False}, then="reject")
    assert read_threshold(text).is_crossed(under(services, tmp_path, GOOD, OLD, bar)) is crossed


@pytest.mark.parametrize("text", ["", "accept>reject > 1", "accept->refuse > 1%", "accept->reject < 1%", "flips > x"])
def test_what_is_no_threshold_is_refused(text):
    with pytest.raises(CallerError, match="write 'accept->reject > 1%'"):
        read_threshold(text)
