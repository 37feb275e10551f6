from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from gateway.db.work import reading, unit_of_work
from gateway.lifecycle.happenings import KINDS, Happening, of_prospects, page, record
from gateway.lifecycle.tables import happenings

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FULL = Happening(
    1, "purchase", NOON, "Lenses, monthly", "contact lenses", 2.5, -1990, "EUR", "spring", "email", 4, 10
)  # fmt: skip


def told(engine, *rows, teller="shop", at=NOON):
    with unit_of_work(engine, at) as work:
        return record(work, teller, rows)


def all_of(engine, **asked):
    with reading(engine) as connection:
        return page(connection, **asked)


def test_what_is_told_is_given_back_as_it_was_told(engine):
    bare = Happening(2, "use", NOON - timedelta(days=1))
    assert told(engine, ("a", FULL), ("b", bare)) == [True, True]
    assert all_of(engine) == [(1, FULL), (2, bare)]


def test_what_is_told_again_changes_nothing(engine):
    assert told(engine, ("a", FULL), ("a", replace(FULL, kind="use")), ("b", FULL)) == [True, False, True]
    assert told(engine, ("b", replace(FULL, amount_minor=1)), ("c", FULL)) == [False, True]
    assert [one for _, one in all_of(engine)] == [FULL, FULL, FULL]


def test_ids_are_a_tellers_own(engine):
    assert told(engine, ("a", FULL)) == [True]
    assert told(engine, ("a", FULL), teller="till") == [True]


def test_a_tellers_id_is_not_kept_as_it_was_written(engine):
    told(engine, ("ana@example.com", FULL), ("x" * 10_000, FULL), ("odd \ud800 \x00", FULL))
    with reading(engine) as connection:
        kept = connection.execute(select(happenings.c.event_key)).scalars().all()
    assert {len(key) for key in kept} == {64}
    assert told(engine, ("ana@example.com", FULL)) == [False]


def test_a_persons_happenings_come_in_the_order_of_time_and_then_of_telling(engine):
    day = [replace(FULL, at=NOON + timedelta(days=number), quantity=number) for number in range(4)]
    twin = replace(day[1], quantity=9)
    told(engine, *((str(number), day[number]) for number in (3, 1, 0)))
    told(engine, ("late", day[2]), ("twin", twin), ("ben", replace(day[0], prospect_id=2)))
    with reading(engine) as connection:
        found = of_prospects(connection, [1, 2, 2, 3])
    assert found == {1: [day[0], day[1], twin, day[2], day[3]], 2: [replace(day[0], prospect_id=2)]}


def test_an_instant_of_any_zone_is_kept_as_that_instant(engine):
    told(engine, ("a", replace(FULL, at=datetime(2026, 11, 22, 2, tzinfo=timezone(timedelta(hours=14))))))
    assert all_of(engine)[0][1].at == NOON


def test_pages_go_by_number(engine):
    told(engine, *((str(number), replace(FULL, prospect_id=number)) for number in range(1, 41)))
    first = all_of(engine, limit=25)
    rest = all_of(engine, after=first[-1][0], limit=25)
    assert [one.prospect_id for _, one in first + rest] == list(range(1, 41))
    assert all_of(engine, after=rest[-1][0]) == []


def test_every_kind_can_be_kept(engine):
    assert all(told(engine, *((kind, replace(FULL, kind=kind)) for kind in KINDS)))


@pytest.mark.parametrize("wrong", [{"kind": "sale"}, {"at": datetime(2026, 1, 1)}])  # noqa: DTZ001 - the point of it
def test_what_no_reader_may_meet_is_refused_whole(engine, wrong):
    with pytest.raises(ValueError, match=r"kind|zone"):
        told(engine, ("a", FULL), ("b", replace(FULL, **wrong)))
    assert all_of(engine) == []


def test_nothing_is_nothing(engine):
    assert told(engine) == []
