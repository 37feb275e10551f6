"""Two accounts of which one was in the other's hands are one pair of eyes for a while, whoever stands between them."""

from datetime import timedelta

import pytest
from builders import make_services
from overriding import officers

from gateway.access.ties import APART, find_tie, tie
from gateway.db.work import reading


@pytest.fixture
def services(engine, clock, tmp_path):
    made = make_services(engine, clock, tmp_path)
    officers(made, "ann", "bo", "cy", "dee", "eve")
    return made


def note(services, person, by, how="made"):
    with services.unit_of_work() as work:
        tie(work, person, by, how)


def found(services, one, other):
    with reading(services.engine) as connection:
        return find_tie(connection, one, other, services.clock.now())


def test_whoever_made_an_account_and_its_person_are_one_hand_both_ways_for_thirty_days(services, clock):
    note(services, 2, 1)
    assert found(services, 1, 2) == found(services, 2, 1)
    assert (found(services, 1, 2).how, found(services, 1, 2).by) == ("made", 1)
    assert found(services, 1, 3) is None
    clock.move(days=30, seconds=-1)
    assert found(services, 1, 2) is not None
    clock.move(seconds=1)
    assert found(services, 1, 2) is None


def test_a_link_given_again_begins_anew(services, clock):
    note(services, 2, 1)
    clock.move(days=20)
    note(services, 2, 1, "link")
    clock.move(days=15)
    assert found(services, 2, 1).how == "link"
    assert found(services, 2, 1).ends_at == clock.now() + APART - timedelta(days=15)


def test_it_goes_over_others_for_a_week_and_ends_with_the_tie_that_ends_first(services, clock):
    note(services, 2, 1)
    clock.move(days=3)
    note(services, 3, 2)
    note(services, 5, 4)
    assert found(services, 1, 3).at == clock.now() - timedelta(days=3)
    assert found(services, 1, 3).ends_at == clock.now() + timedelta(days=4)
    assert found(services, 3, 4) is None
    clock.move(days=4)
    assert found(services, 1, 3) is None
    assert found(services, 2, 3) is not None


def test_two_whom_the_same_administrator_made_are_joined_by_that_for_a_week(services, clock):
    note(services, 2, 1)
    note(services, 3, 1)
    assert found(services, 2, 3) is not None, "whoever made both could be both"
    clock.move(days=7)
    assert found(services, 2, 3) is None
    assert found(services, 1, 3) is not None


def test_ones_own_link_joins_nobody(services):
    note(services, 1, 1, "link")
    note(services, 2, 2, "factors")
    assert found(services, 1, 2) is None
