from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from psycopg import IntegrityError as CopyError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from gateway.db.work import reading, unit_of_work
from gateway.lifecycle import store
from gateway.lifecycle.store import STATES, Known, Newcomer, admit, export, known, withdraw
from gateway.lifecycle.tables import events, prospects

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)


def key(name):
    return sha256(name.encode()).digest()[:16]


def newcomer(name, lead=1, **changes):
    fields = {
        "key": key(name), "address": f"{name}@example.com", "first_name": name.title(), "last_name": None,
        "phone": None, "country": "US", "purposes": None, "lead_id": lead, "decision_id": 7,
    }  # fmt: skip
    return Newcomer(**{**fields, **changes})


def admitted(engine, *names, at=NOON):
    with unit_of_work(engine, at) as work:
        admit(work, [newcomer(name, lead) for lead, name in enumerate(names, 11)])


def withdrawn(engine, *names, at=LATER, cause="opt_out"):
    with unit_of_work(engine, at) as work:
        return withdraw(work, [key(name) for name in names], cause)


def of(engine, *names):
    with reading(engine) as connection:
        return known(connection, [key(name) for name in names])


def _numbers_of_a_crowd(engine, names):
    admitted(engine, *names)
    found = of(engine, *names)
    assert {name: found[key(name)].lead_id for name in names} == {name: 11 + n for n, name in enumerate(names)}
    with reading(engine) as connection:
        written = {row["address"]: row["lead_id"] for row in export(connection)}
    assert {f"{name}@example.com": 11 + n for n, name in enumerate(names)}.items() <= written.items()
    return [found[key(name)].prospect_id for name in names]


def test_a_crowd_is_numbered_in_the_order_of_its_rows(engine):
    names = [f"person{n}" for n in range(store.MANY + 1)]
    assert _numbers_of_a_crowd(engine, names) == [*range(1, len(names) + 1)]


def test_a_crowd_in_a_wide_store_is_numbered_in_the_order_of_its_keys_each_with_what_is_its_own(engine, monkeypatch):
    monkeypatch.setattr(store, "WIDE", 1)
    admitted(engine, "ben")
    names = [f"person{n}" for n in range(store.MANY + 1)]
    numbers = dict(zip(names, _numbers_of_a_crowd(engine, names), strict=True))
    assert sorted(names, key=numbers.__getitem__) == sorted(names, key=key)
    assert min(numbers.values()) == 2


def test_an_empty_store_knows_nobody(engine):
    assert of(engine, "ana") == {}
    with reading(engine) as connection:
        assert list(export(connection)) == []


def test_newcomers_are_known_and_numbered_in_their_order(engine):
    admitted(engine, "ben", "ana")
    admitted(engine, "cleo")
    assert of(engine, "ana", "ben", "cleo", "dan") == {
        key("ben"): Known(1, 11, "prospect", withdrawn=False),
        key("ana"): Known(2, 12, "prospect", withdrawn=False),
        key("cleo"): Known(3, 11, "prospect", withdrawn=False),
    }


def test_nobody_comes_in_with_an_empty_batch(engine):
    admitted(engine)
    assert of(engine, "ana") == {}


def test_one_mailbox_is_one_prospect(engine):
    admitted(engine, "ana")
    with pytest.raises((IntegrityError, CopyError)):
        admitted(engine, "ben", "ana")
    assert set(of(engine, "ana", "ben")) == {key("ana")}


def test_a_newcomer_is_exported_as_it_came(engine):
    with unit_of_work(engine, NOON) as work:
        admit(work, [newcomer("zoë", 5, last_name="O'Neil, \u00e9", phone="+12025550123", country=None)])
    with reading(engine) as connection:
        assert list(export(connection)) == [{
            "id": 1, "match_key": key("zoë"), "address": "zoë@example.com", "first_name": "Zoë",
            "last_name": "O'Neil, \u00e9",
            "phone": "+12025550123", "country": None, "purposes": None, "state": "prospect",
            "since": "2026-11-21T12:00:00.000000Z",
            "lead_id": 5, "decision_id": 7,
        }]  # fmt: skip


def test_who_is_withdrawn_stays_known_and_is_never_exported(engine):
    admitted(engine, "ana", "ben", "cleo")
    assert withdrawn(engine, "cleo", "ana", "nobody") == [1, 3]
    assert of(engine, "ana", "ben") == {
        key("ana"): Known(1, 11, "lapsed", withdrawn=True),
        key("ben"): Known(2, 12, "prospect", withdrawn=False),
    }
    with reading(engine) as connection:
        assert [row["address"] for row in export(connection)] == ["ben@example.com"]
        row = connection.execute(select(prospects).where(prospects.c.id == 1)).one()
    assert (row.since, row.withdrawn_at, row.withdrawn_cause) == (LATER, LATER, "opt_out")


def test_withdrawing_twice_changes_nothing_more(engine):
    admitted(engine, "ana")
    assert withdrawn(engine, "ana", cause="bounce,complaint,erasure,legal,manual,objection,opt_out") == [1]
    assert withdrawn(engine, "ana", at=LATER + timedelta(days=1), cause="bounce") == []
    with reading(engine) as connection:
        assert connection.execute(select(prospects.c.withdrawn_at)).scalar_one() == LATER
        assert len(connection.execute(select(events)).all()) == 1


def test_every_change_of_state_after_admission_is_an_event(engine):
    admitted(engine, "ana", "ben")
    withdrawn(engine, "ben", cause="told_by_list")
    with reading(engine) as connection:
        rows = connection.execute(select(events).order_by(events.c.id)).all()
    assert [tuple(row[1:6]) for row in rows] == [
        (2, LATER, "prospect", "lapsed", "told_by_list"),
    ]
    assert {row.to_state for row in rows} <= set(STATES)


def test_an_export_goes_on_over_many_pages(engine, monkeypatch):
    monkeypatch.setattr(store, "_PAGE", 3)
    admitted(engine, *(f"p{n}" for n in range(10)))
    with reading(engine) as connection:
        assert [row["id"] for row in export(connection)] == list(range(1, 11))
