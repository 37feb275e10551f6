"""Leads that come one by one among others': found and counted in a few questions, and nobody else's among them."""

from dataclasses import replace

import pytest
from builders import BOUGHT, list_batch, make_services, signup_batch
from sqlalchemy import event

from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.outcomes.leave import leave
from gateway.outcomes.origins import bridged, joined, keys_of_prospects, ranges_of_list
from gateway.outcomes.scored import cells_of_rows, posted_of_rows, stands_of_rows
from gateway.pipeline import process
from gateway.scoring.count import count_source
from gateway.screening.address.keys import key_of

MANY = 30


@pytest.fixture
def services(engine, clock, tmp_path):
    services = make_services(engine, clock, tmp_path)
    at = clock.now()
    for number in range(MANY):
        one = list_batch([{"email": f"p{number}@example.com", "country": "US"}], at, statement=BOUGHT)
        process(replace(one, origin=replace(one.origin, source="1")), services, as_of=at)
        process(signup_batch(f"s{number}@example.com", at), services, as_of=at)
    return services


def test_ranges_are_bridged_where_little_lies_between():
    assert bridged([(1, 2), (3, 4), (9, 12), (4, 5)], apart=3) == [(1, 5), (9, 12)]
    assert bridged([(1, 2), (3, 4), (9, 12)], apart=4) == [(1, 4), (9, 12)]
    assert bridged([], apart=9) == []


@pytest.mark.parametrize("size", [1, 7, MANY, MANY + 1])
def test_the_people_of_a_list_are_found_page_by_page_whatever_came_between(services, size):
    with reading(services.engine) as connection:
        ranges = ranges_of_list(connection, 1)
        found, reached = dict[int, bytes](), 0
        while some := keys_of_prospects(connection, ranges, reached, size):
            assert len(some) <= size
            found |= some
            reached = max(some)
    assert len(joined(ranges)) == MANY
    assert sorted(found) == [start for start, _ in joined(ranges)]


def test_a_source_of_single_leads_is_counted_in_a_few_questions_and_nobody_elses_leaving_is_its(services, clock):
    at = clock.now()
    people = ("p3@example.com", "s3@example.com", "s4@example.com")
    with services.unit_of_work() as work:
        orders = [Suppression(key_of(one, services.world.match_keys), "opt_out", at) for one in people]
        assert leave(work, services.ledger, orders, by="test").withdrawn == len(people)
    asked = list[str]()
    with reading(services.engine) as connection:
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        (found,) = count_source(connection, "list", "1", at)
    assert found.figures.rows == found.figures.people[""] == MANY
    assert found.figures.came_back["opt_outs"] == 1
    assert len(asked) < MANY


def test_the_rows_of_such_a_source_are_read_in_a_few_questions_and_no_others(services):
    asked = list[str]()
    with reading(services.engine) as connection:
        ranges = ranges_of_list(connection, 1)
        mine = [start for start, _ in joined(ranges)]
        event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))
        assert [lead for lead, *_ in stands_of_rows(connection, ranges)] == mine
        assert [lead for lead, *_ in cells_of_rows(connection, ranges)] == mine
        assert list(posted_of_rows(connection, ranges, set(range(2 * MANY)))) == []  # they came as rows
    assert len(asked) < MANY // 3
