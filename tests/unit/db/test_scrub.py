"""Overwriting what was deleted leaves the connections of the pool as they were, whatever happens."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.db.scrub import scrub
from gateway.db.work import unit_of_work


class KilledError(Exception):
    """The process dies here."""


def test_a_cleaning_that_fails_leaves_no_connection_that_commits_by_itself(engine, clock):
    if engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError):
            scrub(engine, (), ("leads", "no_such_table"))
    else:
        assert scrub(engine, ("ann@example.com",), ("leads",))

    def write_and_die():
        with unit_of_work(engine, clock.now()) as work:
            work.connection.execute(text("INSERT INTO heartbeats (worker, at) VALUES ('w', 'x')"))
            raise KilledError

    with pytest.raises(KilledError):
        write_and_die()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM heartbeats")).scalar_one() == 0
