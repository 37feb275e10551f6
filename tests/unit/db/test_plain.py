"""Small questions past SQLAlchemy: the same rows on both databases, the usual errors, heard by whoever listens."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from gateway.db.plain import ask, ask_one
from gateway.db.work import glancing, reading, unit_of_work
from gateway.suppression.tables import suppression_hashes as table

AT = datetime(2026, 11, 20, tzinfo=UTC)
QUESTION = f"SELECT digest, cause FROM {table.name} WHERE algorithm = ? AND cause <> ? ORDER BY digest"
NAMES = ("algorithm", "digest", "cause", "scope", "received_at", "last_received_at", "recorded_at", "by", "note")


@pytest.fixture
def filled(engine):
    rows = [
        (name, bytes([n]) * 16, "opt_out", "everything", *["2026-11-20"] * 3, "t", "") for n, name in enumerate("aab")
    ]
    with unit_of_work(engine, AT) as work:
        work.insert_many(table, NAMES, rows)
    return engine


def test_the_rows_are_the_same_whether_anybody_listens_or_not(filled):
    expected = [(b"\x00" * 16, "opt_out"), (b"\x01" * 16, "opt_out")]
    heard = []
    with glancing(filled) as connection:
        quick = ask(connection, QUESTION, ("a", "%s?"))
    event.listen(filled, "before_cursor_execute", lambda *args: heard.append(args[2]))
    with glancing(filled) as connection:
        slow = ask(connection, QUESTION, ("a", "%s?"))
        assert ask(connection, QUESTION, ("none", "")) == []
        assert ask_one(connection, QUESTION, ("none", "")) is None
    assert [tuple(row) for row in quick] == [tuple(row) for row in slow] == expected
    assert [one.split()[0] for one in heard if one != "BEGIN"] == ["SELECT"] * 3


def test_errors_are_those_that_everybody_expects(engine):
    with glancing(engine) as connection, pytest.raises(DBAPIError, match="nowhere"):
        ask(connection, "SELECT 1 FROM nowhere")
    with glancing(engine) as connection:
        assert ask_one(connection, "SELECT 1") == 1, "the connection is good for the next"


def test_one_thread_glances_over_one_connection_and_another_over_its_own(engine):
    seen = []
    with glancing(engine) as outer:
        with glancing(engine) as inner:
            assert inner is outer

        def look():
            with glancing(engine) as other:
                seen.append(other is outer)

        thread = Thread(target=look)
        thread.start()
        thread.join()
        with glancing(engine) as inner:
            assert inner is outer
    assert seen == [False]
    with glancing(engine) as later:
        assert not later.closed


def test_a_glance_sees_what_was_written_meanwhile_and_a_reading_does_not(filled):
    count = f"SELECT count(*) FROM {table.name}"
    with glancing(filled) as glance, reading(filled, snapshot=True) as still:
        assert ask_one(glance, count) == ask_one(still, count) == 3
        with unit_of_work(filled, AT) as work:
            ask_one(work.connection, f"DELETE FROM {table.name} WHERE algorithm = 'b' RETURNING 1")
        assert ask_one(glance, count) == 2
        assert ask_one(still, count) == 3


def test_a_question_that_fails_spoils_no_other(engine):
    with glancing(engine) as connection:
        with pytest.raises(DBAPIError):
            ask(connection, "SELECT 1 FROM nowhere")
        assert ask_one(connection, "SELECT 1") == 1
