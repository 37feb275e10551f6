"""Moves of people from one address to another, as two match keys."""

from datetime import timedelta

import pytest
from builders import key, make_services
from sqlalchemy import select

from gateway.domain.ports import Suppression
from gateway.outcomes.leave import leave
from gateway.suppression.book import find
from gateway.suppression.moves import follow, forget_moves, record_moves
from gateway.suppression.tables import moves

OLD, NEW, NEWER, OTHER = (key(f"{name}@example.com") for name in ("old", "new", "newer", "other"))


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def held(services):
    with services.engine.connect() as connection:
        found = connection.execute(select(moves.c.match_key, moves.c.new_match_key))
        return sorted((bytes(old), bytes(new)) for old, new in found)


def tell(services, *told):
    with services.unit_of_work() as work:
        record_moves(work, told)


def test_a_move_is_kept_once_and_both_ways_and_to_nowhere_is_none(services):
    tell(services, (OLD, NEW), (OLD, NEW), (OLD, OLD))
    tell(services, (OLD, NEW), (OLD, OTHER))
    assert held(services) == sorted([(OLD, NEW), (NEW, OLD), (OLD, OTHER), (OTHER, OLD)])


def test_leaving_follows_every_move_also_in_a_circle_and_a_bounce_follows_none(services, clock):
    tell(services, (OLD, NEW), (NEW, NEWER), (NEWER, OLD))
    with services.unit_of_work() as work:
        at = work.at - timedelta(days=1)
        orders = [Suppression(OLD, "objection", at, "brand:Harbor"), Suppression(OLD, "bounce", at)]
        assert leave(work, services.ledger, orders, by="test").recorded == 2
        assert list(follow(work.connection, [OLD])) == []
        found = find(work.connection, [NEW, NEWER, OTHER])
    assert found == {one: [Suppression(one, "objection", at, "brand:Harbor")] for one in (NEW, NEWER)}


def test_who_is_erased_moved_nowhere_and_came_from_nowhere(services):
    tell(services, (OLD, NEW), (NEW, NEWER), (OTHER, NEWER))
    with services.unit_of_work() as work:
        assert forget_moves(work, NEW) == 4
    assert held(services) == sorted([(OTHER, NEWER), (NEWER, OTHER)])
