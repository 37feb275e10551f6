"""Who may be contacted: the handout first, then the cadence of the phase; counted on days of the operator's zone."""

from datetime import date, timedelta

import pytest
from becoming import prospects, tell
from builders import key
from web import make_web

from gateway.becoming.contactable import find_contactable, find_reorders
from gateway.becoming.counted import history_of, tell_counts
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.outcomes.leave import leave


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_web(engine, clock, tmp_path).services


def names(found):
    return [one["address"].partition("@")[0] for one in found.people]


def day_of(clock, days=0):
    return (clock.now() + timedelta(days=days)).date().isoformat()


def test_prospects_to_whom_nothing_happened_may_be_contacted_in_the_tone_of_their_phase(services):
    prospects(services, "ana", "ben")
    found = find_contactable(services)
    assert (names(found), found.after, dict(found.not_now)) == (["ana", "ben"], None, {})
    one = found.people[0]
    assert one["channels"] == ["email"]
    assert one["cadence"]["phase"] == "prospect"
    assert one["obligations"][-1]["code"] == "keep_cadence"
    assert one["obligations"][-1]["says"].startswith("at most 4 in 30 days, 3 days apart. Introduce us.")
    assert len(one["obligations"]) > 1  # the decision's own go along


def test_pages_go_on_behind_the_last_and_end(services):
    prospects(services, *"abcde")
    first = find_contactable(services, limit=2)
    second = find_contactable(services, limit=2, after=first.after)
    third = find_contactable(services, limit=2, after=second.after)
    assert [names(found) for found in (first, second, third)] == [["a", "b"], ["c", "d"], ["e"]]
    assert third.after is None


def test_a_contact_counts_from_its_day_until_its_days_are_over(services, clock):
    prospects(services, "ana")
    tell(services, ("ana", "contact", day_of(clock)))
    assert dict(find_contactable(services).not_now) == {"too_soon": 1}
    clock.move(days=2)
    assert names(find_contactable(services)) == []
    clock.move(days=1)
    assert names(find_contactable(services)) == ["ana"]


def test_loyal_people_are_contacted_less(services, clock):
    prospects(services, "ana", "ben")
    bought = ("2026-10-01", "2026-10-22", "2026-11-10", "2026-11-20")
    tell(services, *(("ana", "purchase", day, {"product": "coffee"}) for day in bought))
    tell(services, ("ben", "purchase", "2026-10-22", {"product": "lamp"}), ("ben", "purchase", "2026-11-20"))
    tell(services, *((name, "contact", "2026-11-05") for name in ("ana", "ben")))
    assert names(find_contactable(services)) == ["ben"]
    clock.move(days=14)  # 5 December: a month after the contact
    assert names(find_contactable(services)) == ["ana", "ben"]
    tones = {one["address"]: one["cadence"]["tone"] for one in find_contactable(services).people}
    assert tones["ana@example.com"].startswith("Thanks and news first")


def test_who_did_not_come_back_after_three_tries_is_left_alone(services, clock):
    prospects(services, "ana")
    tell(services, ("ana", "purchase", "2025-01-01", {"product": "coffee"}))
    tell(services, *(("ana", "contact", day) for day in ("2025-06-01", "2025-09-15", "2026-01-15")))
    assert dict(find_contactable(services).not_now) == {"gave_up": 1}
    tell(services, ("ana", "return_visit", "2026-11-20"))
    assert names(find_contactable(services)) == ["ana"]


def test_the_phase_of_the_moment_counts_even_if_no_worker_came(services, clock):
    prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-20", {"product": "coffee"}))
    clock.move(days=80)
    (one,) = find_contactable(services).people
    assert (one["cadence"]["phase"], one["cadence"]["kind"]) == ("lapsed", "win_back")


def test_nobody_passes_beside_the_handout(services):
    prospects(services, "ana", "ben")
    tell(services, ("ana", "purchase", "2026-11-20", {"product": "coffee"}))
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key("ana@example.com"), "opt_out", work.at)], by="test")
    assert names(find_contactable(services)) == ["ben"]
    found = find_reorders(services, date(2026, 1, 1), date(2027, 12, 31), after=None, limit=10)
    assert found.lines == []


def test_who_left_in_a_restored_table_is_not_named_either(services):
    from gateway.suppression.book import record

    prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-20", {"product": "coffee"}))
    with services.unit_of_work() as work:
        record(work, [Suppression(key("ana@example.com"), "opt_out", work.at + timedelta(seconds=1))], by="test")
    assert dict(find_contactable(services).not_now) == {"stopped": 1}
    (line,) = find_reorders(services, date(2026, 1, 1), date(2027, 12, 31), after=None, limit=10).lines
    assert (line["address"], line["lead"], line["why_not"]) == (None, None, "stopped")


def test_by_phone_only_whose_number_may_be_used(services):
    prospects(services, "ana")
    found = find_contactable(services, channel="phone")
    assert (found.people, dict(found.not_now)) == ([], {"no_phone": 1})


def test_of_one_phase_only(services):
    prospects(services, "ana", "ben")
    tell(services, ("ben", "purchase", "2026-11-20"))
    assert names(find_contactable(services, phase="new")) == ["ben"]
    others = find_contactable(services, phase="prospect")
    assert (names(others), dict(others.not_now)) == (["ana"], {"another_phase": 1})  # nothing happened to her
    with pytest.raises(CallerError, match="there is no phase 'loyals'; there are prospect, new"):
        find_contactable(services, phase="loyals")
    assert names(find_contactable(services, phase="loyal")) == []


def test_reorders_come_by_day_and_go_on_behind_a_place(services):
    prospects(services, "ana", "ben")
    tell(
        services,
        ("ana", "purchase", "2026-11-10", {"product": "coffee"}),
        ("ana", "purchase", "2026-11-01", {"product": "contact lenses"}),
        ("ben", "purchase", "2026-11-08", {"product": "coffee"}),
    )
    days = date(2026, 11, 1), date(2026, 12, 31)
    found = find_reorders(services, *days, after=None, limit=2)
    assert [(one["reorder_on"], one["address"], one["product"]) for one in found.lines] == [
        ("2026-11-22", "ben@example.com", "coffee"), ("2026-11-24", "ana@example.com", "coffee"),
    ]  # fmt: skip
    rest = find_reorders(services, *days, after=found.after, limit=2)
    assert [(one["product"], one["run_out_on"]) for one in rest.lines] == [("contact lenses", "2026-12-01")]
    assert rest.after is None
    with pytest.raises(CallerError):
        find_reorders(services, *days, after="soon", limit=2)


def test_people_are_counted_in_our_words_and_in_those_of_others(services):
    prospects(services, *"abcde")
    tell(services, ("a", "purchase", "2026-11-20"), ("b", "reply", "2026-11-20"), ("c", "opt_out", "2026-11-20"))
    ours = {(one["phase"], one["kind"]): one["people"] for one in tell_counts(services)}
    assert {place: count for place, count in ours.items() if count} == {
        ("prospect", None): 3, ("new", None): 1, ("lapsed", "do_not_contact"): 1,
    }  # fmt: skip
    assert tell_counts(services, "five-stages") == [
        {"stage": "reach", "people": 2}, {"stage": "acquisition", "people": 1}, {"stage": "conversion", "people": 1},
        {"stage": "retention", "people": 0}, {"stage": "loyalty", "people": 0}, {"stage": "outside", "people": 1},
    ]  # fmt: skip
    with pytest.raises(CallerError, match="there is no view"):
        tell_counts(services, "funnel")


def test_the_history_names_rule_events_and_when_we_knew(services):
    (ana,) = prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-10"))
    (one,) = history_of(services, ana)
    assert (one["phase"], one["rule"], one["events"]) == ("new", "LC-50", [1])
    assert (one["at"][:10], one["known_at"][:10]) == ("2026-11-10", "2026-11-21")
