"""Counting vendors on a real database: what is counted, what follows of it, and what an officer's word does."""

from dataclasses import replace

import pytest
from builders import BOUGHT, list_batch, make_services, signup_batch

from gateway.account import explain_lead
from gateway.db.work import reading
from gateway.feedback.book import record
from gateway.feedback.event import Event
from gateway.ledger.browse import Wanted, find_entries
from gateway.outcomes.scored import find_sources
from gateway.pipeline import process
from gateway.scoring.keep import find_anomalies, find_card, find_mark, find_scores
from gateway.scoring.refresh import LONGEST, MOST_BEHIND, QUIET, ask_refresh, is_due, refresh
from gateway.vendors.book import history, set_standing

VENDOR = "Meridian Leads"


@pytest.fixture
def services(engine, clock, tmp_path):
    clock.move(days=2)  # the limits and H-60 are in force from 2026-11-22
    return make_services(engine, clock, tmp_path)


def deliver(services, rows, *, number="1", statement=BOUGHT):
    at = services.clock.now()
    batch = list_batch([{"email": one, "country": "US"} for one in rows], at, statement=statement)
    process(replace(batch, origin=replace(batch.origin, source=number)), services, as_of=at)


def people(count, name="p"):
    return [f"{name}{number}@example.com" for number in range(count)]


def complain(services, addresses, kind="complaint"):
    at = services.clock.now()
    record(services, [Event("generic", kind, (one,), at, event_id=f"{kind} {one}") for one in addresses])


def standing(services):
    with reading(services.engine) as connection:
        return history(connection, VENDOR)[-1]


def card(services):
    with reading(services.engine) as connection:
        return find_card(connection, VENDOR).card


def due(services):
    with reading(services.engine) as connection:
        return is_due(connection, services.clock.now())


@pytest.fixture
def approved(services, clock):
    with services.unit_of_work() as work:
        set_standing(work, VENDOR, "approved", "Contract seen", by="person_1")
    clock.move(minutes=1)
    return services


def test_a_list_is_counted_with_every_reason_and_who_had_its_people_first(services, clock):
    process(signup_batch("p0@example.com", clock.now()), services, as_of=clock.now())
    deliver(services, ["p0@example.com", "p1@example.com", "p1@example.com", "p2@example.com", "not an address"])
    clock.move(minutes=1)
    refresh(services)
    with reading(services.engine) as connection:
        (one,) = find_scores(connection, vendor=VENDOR)
    told = one.figures
    assert (told.rows, told.prospects, told.holds, told.rejections) == (5, 2, 0, 3)
    assert (told.duplicates, told.known, told.undeliverable) == (1, 1, 1)
    assert told.firsts == {"form:demo": 1, "list:1": 1}
    assert told.reasons["already_known"] == 1
    assert told.reasons.total() >= told.rejections
    assert told.people[""] == 2


def test_what_came_back_is_counted_of_people_who_were_here_long_enough(services, clock):
    deliver(services, people(10))
    clock.move(days=20)
    deliver(services, people(10, "q"), number="2")
    complain(services, ["p1@example.com", "q1@example.com"])
    complain(services, ["p2@example.com"], "unsubscribe")
    clock.move(days=15)  # the first list is 35 days old, the second 15
    complain(services, ["p3@example.com"])  # too late for thirty days
    refresh(services, whole=True)
    told = card(services).figures
    assert (told.people[""], told.people["30"], told.people["90"]) == (20, 10, 0)
    assert (told.came_back["complaints"], told.came_back["complaints_30"]) == (3, 1)
    assert (told.came_back["opt_outs"], told.came_back["opt_outs_30"]) == (1, 1)
    measured = card(services).measures
    assert (measured["complaints_30"].count, measured["complaints_30"].of) == (1, 10)
    assert "complaints_90" not in measured


def test_a_vendor_whose_leads_complain_falls_and_its_next_list_is_held_with_the_figures(approved, clock):
    deliver(approved, people(412))
    clock.move(minutes=1)
    refresh(approved)
    assert standing(approved).standing == "approved"
    complain(approved, people(3))
    assert due(approved)
    refresh(approved)
    now = standing(approved)
    assert (now.standing, now.by) == ("probation", "policy:vendors")
    figures = "3 of 412 people taken in complained, 0.73 %, at least 0.25 % with 95 % confidence"
    assert now.why.startswith(figures)
    with reading(approved.engine) as connection:
        (entry,) = find_entries(connection, Wanted(kind="vendor.standing_set"), limit=5)
        (odd,) = find_anomalies(connection, unseen=True)
    assert (entry.body["by"], entry.body["count"], entry.body["of"]) == ("policy:vendors", 3, 412)
    assert odd.kind == "acted"
    assert figures in odd.says

    clock.move(minutes=1)
    deliver(approved, people(2, "n"), number="2")
    with reading(approved.engine) as connection:
        told = explain_lead(connection, approved, 413)
    assert told["outcome"] == "hold"
    (said,) = [one["message"] for one in told["findings"] if one["rule"] == "H-60"]
    assert figures in said
    assert "policy" not in refresh(approved).fallen


def test_a_standing_set_by_an_officer_is_not_undone_by_the_same_figures(approved, clock):
    deliver(approved, people(412))
    complain(approved, people(3))
    clock.move(minutes=1)
    refresh(approved)
    clock.move(minutes=1)
    with approved.unit_of_work() as work:
        set_standing(work, VENDOR, "approved", "They mended their form", by="person_1")
    for _ in range(3):
        clock.move(days=1)
        refresh(approved, whole=True)
        assert standing(approved).standing == "approved"
    complain(approved, people(412)[10:13])
    refresh(approved)
    assert standing(approved).standing == "probation"
    assert "3 of 412 people taken in complained since" in standing(approved).why


def test_it_falls_further_but_is_never_barred_and_never_rises(approved, clock):
    deliver(approved, people(412))
    complain(approved, people(200))
    clock.move(minutes=1)
    refresh(approved)
    assert standing(approved).standing == "suspended"
    with reading(approved.engine) as connection:
        assert {one.kind for one in find_anomalies(connection)} == {"acted", "provider_terms"}
    deliver(approved, people(5_000, "good"), number="2")
    clock.move(minutes=1)
    refresh(approved, whole=True)
    assert standing(approved).standing == "suspended"


def test_few_people_move_nothing(approved, clock):
    deliver(approved, people(100))
    complain(approved, people(40))
    clock.move(minutes=1)
    refresh(approved)
    assert standing(approved).standing == "approved"
    assert card(approved).grade is None


def test_it_is_due_when_a_list_is_quiet_when_somebody_reports_and_every_day(services, clock):
    assert not due(services)
    deliver(services, people(3))
    assert due(services)  # the first time
    clock.move(minutes=1)
    refresh(services)
    assert not due(services)
    deliver(services, people(3, "q"), number="2")
    assert not due(services)
    refresh(services)
    with reading(services.engine) as connection:
        assert [one.source for one in find_scores(connection)] == ["1"]
        mark = find_mark(connection)
    clock.move(seconds=QUIET.total_seconds())
    assert due(services)
    refresh(services)
    with reading(services.engine) as connection:
        assert [one.source for one in find_scores(connection)] == ["1", "2"]
        assert find_mark(connection).batch > mark.batch
    assert not due(services)
    complain(services, ["q1@example.com"])
    assert due(services)
    refresh(services)
    assert card(services).figures.came_back["complaints"] == 1
    assert not due(services)
    clock.move(days=1)
    assert due(services)


def test_lists_of_long_ago_are_history(services, clock):
    deliver(services, people(300))
    clock.move(days=366)
    deliver(services, people(20, "q"), number="2")
    clock.move(minutes=1)
    refresh(services, whole=True)
    assert card(services).figures.rows == 20


def test_a_list_unlike_the_others_is_odd(services, clock):
    deliver(services, people(400))
    clock.move(days=1)
    deliver(services, ["nonsense", "rubbish"] * 60 + people(280, "q"), number="2")
    clock.move(minutes=1)
    assert refresh(services).odd
    with reading(services.engine) as connection:
        found = find_anomalies(connection, vendor=VENDOR, unseen=True)
    assert {one.source for one in found} == {"2"}
    assert any("list_2" in one.says and "of its other lists 0 %" in one.says for one in found)
    assert refresh(services, whole=True).odd == 0  # said once


def test_a_vendor_that_sells_without_a_pause_is_counted_all_the_same_and_keeps_no_worker_busy(services, clock):
    deliver(services, ["l1@example.com"], number="1")
    rounds, counts = int(2 * LONGEST / QUIET) + 4, 0
    for number in range(rounds):
        deliver(services, [f"p{number}@example.com"], number="2")  # never quiet
        clock.move(seconds=QUIET.total_seconds() - 1)
        if due(services):
            counts += refresh(services).sources
            assert not due(services)
    with reading(services.engine) as connection:
        figures = {one.source: one.figures.rows for one in find_scores(connection, vendor=VENDOR)}
        mark = find_mark(connection)
    assert figures["1"] == 1
    assert figures["2"] > rounds // 3
    assert 3 <= counts <= 5  # the whole at first, then each list as it is ready, and the busy one every few minutes
    assert mark.batch > rounds // 3


def test_a_list_that_grows_again_while_another_is_under_way_is_counted_again(services, clock):
    deliver(services, ["a1@example.com"], number="1")
    clock.move(minutes=1)
    refresh(services)
    for part in (2, 3):
        deliver(services, [f"a{part}@example.com"], number="1")
        clock.move(seconds=QUIET.total_seconds() + 1)
        deliver(services, [f"b{part}@example.com"], number="2")
        assert due(services)
        refresh(services)
        assert not due(services)
        with reading(services.engine) as connection:
            figures = {one.source: one.figures.rows for one in find_scores(connection, vendor=VENDOR)}
        assert figures["1"] == part


def test_what_is_never_counted_by_itself_is_passed_over_now_and_then(services, clock, monkeypatch):
    assert MOST_BEHIND >= 1_000
    monkeypatch.setattr("gateway.scoring.refresh.MOST_BEHIND", 3)
    deliver(services, ["l1@example.com"])
    clock.move(minutes=1)
    refresh(services)
    for number in range(4):
        assert not due(services)
        process(signup_batch(f"s{number}@example.com", clock.now()), services, as_of=clock.now())
    assert due(services)
    assert refresh(services).sources == 0
    assert not due(services)
    with reading(services.engine) as connection:
        assert find_mark(connection).batch == 5


def test_whoever_asks_while_it_is_counted_is_answered_afterwards(services, clock, monkeypatch):
    deliver(services, people(2))
    refresh(services, whole=True)
    assert not due(services)

    def ask_meanwhile(connection):
        with services.unit_of_work() as work:
            ask_refresh(work)
        return find_sources(connection)

    with services.unit_of_work() as work:
        ask_refresh(work)
    clock.move(days=1)
    assert due(services)
    refresh(services)
    assert not due(services)
    clock.move(days=1)  # everything is due, nobody asked
    monkeypatch.setattr("gateway.scoring.refresh.find_sources", ask_meanwhile)
    refresh(services)
    assert due(services)
    monkeypatch.undo()
    refresh(services)
    assert not due(services)
