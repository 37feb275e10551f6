"""Writers on one SQLite file wait briefly, in turns, and say that they wait."""

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from gateway.db import turns
from gateway.db.engine import open_engine
from gateway.db.work import unit_of_work

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path):
    opened = open_engine(f"sqlite:///{tmp_path / 'turns.sqlite'}")
    with opened.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text("CREATE TABLE notes (n INTEGER)"))
    yield opened
    opened.dispose()


def waiting_writer(engine):
    took = []

    def write():
        started = time.monotonic()
        with unit_of_work(engine, AT) as work:
            took.append(time.monotonic() - started)
            work.connection.execute(text("INSERT INTO notes VALUES (2)"))

    thread = threading.Thread(target=write)
    thread.start()
    return thread, took


def test_who_waits_is_known_and_gets_its_turn_at_once(engine):
    assert not turns.is_awaited(engine)
    with unit_of_work(engine, AT) as work:
        work.connection.execute(text("INSERT INTO notes VALUES (1)"))
        thread, took = waiting_writer(engine)
        deadline = time.monotonic() + 10
        while not turns.is_awaited(engine):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        assert took == []
    thread.join(10)
    assert took
    assert not turns.is_awaited(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT n FROM notes ORDER BY n")).scalars().all() == [1, 2]


def test_a_lock_that_stays_is_an_error_in_the_drivers_words(engine, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.05)
    other = open_engine(str(engine.url))
    with (
        unit_of_work(engine, AT),
        pytest.raises(OperationalError, match="database is locked"),
        unit_of_work(other, AT),
    ):
        pass
    other.dispose()


def test_reading_goes_on_while_somebody_writes(engine):
    with unit_of_work(engine, AT) as work:
        work.connection.execute(text("INSERT INTO notes VALUES (1)"))
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM notes")).scalar_one() == 0
