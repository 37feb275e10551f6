"""Entries found by their instants, which the order of their numbers tells, also where a clock was put back."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.db.work import reading, unit_of_work
from gateway.ledger.book import Ledger
from gateway.ledger.browse import Wanted, find_entries, find_seal

LEDGER = Ledger("a secret of the ledger's tests")
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seal(engine, batch, minutes):
    with unit_of_work(engine, NOON + timedelta(minutes=minutes)) as work:
        LEDGER.append(work, "batch.settled", {"batch": batch})
        LEDGER.append(work, "thing.done", {"batch": batch})


@pytest.fixture
def sealed(engine):
    """Batches 1 to 9, two entries each; the fourth and fifth at the same instant."""
    for batch in range(1, 10):
        seal(engine, batch, batch - (batch == 5))
    return engine


@pytest.mark.parametrize(("since", "until", "seqs"), [
    (None, 3, range(1, 5)), (4, 5, range(7, 11)), (4, 4, []), (5, 7, range(11, 13)), (8.5, None, range(17, 19)),
    (10, None, []), (None, 99, range(1, 19)), (-5, 1, []),
])  # fmt: skip
def test_days_are_ranges_of_numbers(sealed, since, until, seqs):
    begin, end = (None if at is None else NOON + timedelta(minutes=at) for at in (since, until))
    with reading(sealed) as connection:
        found = find_entries(connection, Wanted(since=begin, until=end))
    assert sorted(one.seq for one in found) == list(seqs)


def test_a_batchs_seal_is_found_by_its_instant(sealed):
    with reading(sealed) as connection:
        for batch in range(1, 10):
            entry = find_seal(connection, batch, NOON + timedelta(minutes=batch - (batch == 5)))
            assert entry is not None
            assert (entry.seq, entry.body["batch"]) == (2 * batch - 1, batch)
        assert find_seal(connection, 3, NOON + timedelta(minutes=2)) is None
        assert find_seal(connection, 11, NOON) is None


def test_a_seal_is_found_where_the_clock_was_put_back(sealed):
    for batch in range(10, 16):
        seal(sealed, batch, batch - 60)
    with reading(sealed) as connection:
        for batch in range(10, 16):
            entry = find_seal(connection, batch, NOON + timedelta(minutes=batch - 60))
            assert entry is not None
            assert entry.seq == 2 * batch - 1
