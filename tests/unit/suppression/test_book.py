from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from gateway.db import keys as lookup
from gateway.db.work import reading, unit_of_work
from gateway.domain.ports import CAUSES, Suppression
from gateway.domain.problem import CallerError
from gateway.suppression.book import Book, Request, find, find_requests, record
from gateway.suppression.tables import suppressions

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def key(name):
    return sha256(name.encode()).digest()[:16]


def told(engine, *entries, by="officer:1", note=""):
    with unit_of_work(engine, NOON) as work:
        return record(work, entries, by=by, note=note)


def held(engine, *names):
    with reading(engine) as connection:
        return find(connection, [key(name) for name in names])


def test_an_empty_book_knows_nobody(engine):
    assert held(engine, "ana", "ben") == {}
    assert held(engine) == {}


def test_an_order_is_found_under_its_key_only(engine):
    order = Suppression(key("ana"), "opt_out", NOON)
    assert told(engine, order, note="by phone") == 1
    assert held(engine, "ana", "ben") == {key("ana"): [order]}
    assert Book(engine).find_suppressions([key("ben"), key("ana")]) == {key("ana"): [order]}


def test_a_row_says_who_wrote_it_when_and_why(engine):
    told(engine, Suppression(key("ana"), "complaint", NOON - DAY), by="feedback loop", note="abuse report")
    with reading(engine) as connection:
        row = connection.execute(select(suppressions)).one()
    assert row._mapping == {
        "id": row.id, "match_key": key("ana"), "cause": "complaint", "scope": "all", "received_at": NOON - DAY,
        "last_received_at": NOON - DAY, "recorded_at": NOON, "by": "feedback loop", "note": "abuse report",
    }  # fmt: skip


def test_several_causes_of_one_key_all_stand(engine):
    orders = [Suppression(key("ana"), cause, NOON + n * DAY) for n, cause in enumerate(CAUSES)]
    assert told(engine, *reversed(orders)) == len(CAUSES)
    assert held(engine, "ana") == {key("ana"): orders}


def test_the_same_again_adds_nothing(engine):
    order = Suppression(key("ana"), "opt_out", NOON)
    assert told(engine, order, order) == 1
    assert told(engine, order) == 0
    assert held(engine, "ana") == {key("ana"): [order]}


def test_being_told_again_later_outweighs_a_consent_given_in_between(engine):
    told(engine, Suppression(key("ana"), "opt_out", NOON))
    assert told(engine, Suppression(key("ana"), "opt_out", NOON + 9 * DAY)) == 0
    assert [order.received_at for order in held(engine, "ana")[key("ana")]] == [NOON, NOON + 9 * DAY]
    consent = NOON + 5 * DAY
    assert not all(order.received_at < consent for order in held(engine, "ana")[key("ana")])


def test_an_older_opt_out_moves_the_first_telling_back_and_the_last_one_not(engine):
    told(engine, Suppression(key("ana"), "opt_out", NOON))
    told(engine, Suppression(key("ana"), "opt_out", NOON - 9 * DAY))
    assert [order.received_at for order in held(engine, "ana")[key("ana")]] == [NOON - 9 * DAY, NOON]


@pytest.mark.parametrize("field", ["by", "note"])
def test_an_address_in_the_margin_is_refused(engine, field):
    with pytest.raises(CallerError) as caught:
        told(engine, Suppression(key("ana"), "opt_out", NOON), **{field: "asked as ana@example.com"})
    assert [(problem.code, problem.field) for problem in caught.value.problems] == [("contains_address", field)]
    assert held(engine, "ana") == {}


@pytest.mark.parametrize("bad", [(b"short", "opt_out"), (key("ana"), "boredom")])
def test_what_is_no_key_or_no_cause_is_refused(engine, bad):
    with pytest.raises(ValueError, match="no suppression can be made"):
        told(engine, Suppression(*bad, NOON))


def test_asking_with_something_that_is_no_match_key_is_an_error(engine):
    told(engine, Suppression(key("ana"), "opt_out", NOON))
    with reading(engine) as connection, pytest.raises(ValueError, match="16 bytes"):
        find(connection, [b"ana@example.com"])


def test_many_keys_are_found_across_chunks(engine, monkeypatch):
    monkeypatch.setattr(lookup, "CHUNK", 7)
    names = [f"person {n}" for n in range(100)]
    told(engine, *(Suppression(key(name), "bounce", NOON) for name in names[::3]))
    asked = [key(name) for name in names] * 2
    with reading(engine) as connection:
        assert set(find(connection, asked)) == {key(name) for name in names[::3]}


_examples = count()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(CAUSES[:3]), st.integers(-5, 5)), max_size=6),
        max_size=5,
    )
)
def test_whatever_is_recorded_no_order_vanishes_or_weakens(engine, calls):
    example = next(_examples)
    expected = {}
    for call in calls:
        entries = [Suppression(key(f"{example}{name}"), cause, NOON + days * DAY) for name, cause, days in call]
        fresh = {(entry.key, entry.cause) for entry in entries} - expected.keys()
        assert told(engine, *entries) == len(fresh)
        for entry in entries:
            expected.setdefault((entry.key, entry.cause), set()).add(entry.received_at)
        found = {}
        for orders in held(engine, *(f"{example}{name}" for name in "abc")).values():
            for order in orders:
                found.setdefault((order.key, order.cause), set()).add(order.received_at)
        assert found == {order: {min(times), max(times)} for order, times in expected.items()}


def test_a_failed_transaction_records_nothing(engine):
    with suppress(ZeroDivisionError), unit_of_work(engine, NOON) as work:
        assert record(work, [Suppression(key("ana"), "opt_out", NOON)], by="officer:1") == 1
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(suppressions)).scalar() == 0


def test_requests_are_found_by_cause_and_by_when_they_were_made_last(engine):
    told(engine, Suppression(key("ana"), "opt_out", NOON - 9 * DAY))
    told(engine, Suppression(key("ana"), "opt_out", NOON), Suppression(key("bob"), "bounce", NOON))
    with unit_of_work(engine, NOON) as work:
        record(work, [Suppression(key("tel:+12065550100"), "objection", NOON - 5 * DAY)], by="test", scope="phone")
    with reading(engine) as connection:
        everybody = list(find_requests(connection, ("opt_out", "objection"), None))
        lately = list(find_requests(connection, ("opt_out", "objection"), NOON - DAY))
    ana = Request(key("ana"), "all", NOON - 9 * DAY, NOON)
    assert everybody == [ana, Request(key("tel:+12065550100"), "phone", NOON - 5 * DAY, NOON - 5 * DAY)]
    assert lately == [ana]
