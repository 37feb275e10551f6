"""Transactions that threads share: each writes as if it were alone, nobody pays for another's mistake."""

from datetime import UTC, datetime, timedelta

import pytest
from crowds import Crowd
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from gateway.db.shared import MOST, Shared

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    """A second later each time it is asked."""

    def __init__(self):
        self.at = AT

    def now(self):
        self.at += timedelta(seconds=1)
        return self.at


@pytest.fixture
def engine(engine):
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE pots (name VARCHAR PRIMARY KEY, at VARCHAR)"))
    return engine


def put(name):
    def write(work):
        work.connection.execute(
            text("INSERT INTO pots VALUES (:name, :at)"), {"name": name, "at": work.at.isoformat()}
        )  # fmt: skip

    return write


def pots(engine):
    with engine.connect() as connection:
        return [name for (name,) in connection.execute(text("SELECT name FROM pots ORDER BY at"))]


def crowd_of(engine):
    crowd = Crowd(Shared(engine, Clock().now))

    def first(work):
        put("first")(work)
        crowd.hold_up(work)

    crowd.begin("first", first)
    return crowd


def count_commits(engine):
    from sqlalchemy import event

    seen = []
    event.listen(engine, "commit", lambda _: seen.append(1))
    return seen


def test_who_comes_meanwhile_is_written_in_one_transaction_in_their_order(engine):
    crowd = crowd_of(engine)
    commits = count_commits(engine)
    names = [f"p{number:02}" for number in range(MOST + 2)]
    for name in names:
        crowd.add(name, put(name))
    crowd.end()
    assert not crowd.errors
    assert pots(engine) == ["first", *names]
    assert len(commits) == 3  # the first alone, as many as may, and the rest


def test_who_fails_takes_back_its_own_and_nothing_else(engine):
    def write_and_fail(work):
        put("half")(work)
        work.after.append(lambda: done.append("half"))
        raise ZeroDivisionError

    def write(work):
        put("good")(work)
        work.after.append(lambda: done.append("good"))

    done = []
    crowd = crowd_of(engine)
    crowd.add("good", write)
    crowd.add("half", write_and_fail)
    crowd.add("again", put("good"))  # the database itself refuses the value: on PostgreSQL that spoils a transaction
    crowd.add("fine", put("fine"))
    crowd.end()
    assert {name: type(error) for name, error in crowd.errors.items()} == {
        "half": ZeroDivisionError, "again": IntegrityError,
    }  # fmt: skip
    assert pots(engine) == ["first", "good", "fine"]
    assert done == ["good"]
    crowd.queue.carry(put("later"))  # nobody is left at the door
    assert pots(engine)[-1] == "later"


def test_where_the_database_fails_all_are_told_and_nobody_is_written(engine):
    def break_down(work):
        raise OperationalError("INSERT", None, Exception("disk I/O error"))

    crowd = crowd_of(engine)
    crowd.add("good", put("good"))
    crowd.add("bad", break_down)
    crowd.add("fine", put("fine"))
    crowd.end()
    assert {name: type(error) for name, error in crowd.errors.items()} == dict.fromkeys(
        ("good", "bad", "fine"), OperationalError
    )
    assert pots(engine) == ["first"]


def test_where_the_commit_fails_all_are_told(engine, monkeypatch):
    crowd = crowd_of(engine)
    for name in ("good", "fine"):
        crowd.add(name, put(name))

    def fail(_):
        raise engine.dialect.loaded_dbapi.OperationalError("disk I/O error")

    crowd.add("last", lambda work: monkeypatch.setattr(work.connection.dialect, "do_commit", fail))
    crowd.end()
    monkeypatch.undo()
    assert {name: type(error) for name, error in crowd.errors.items()} == dict.fromkeys(
        ("good", "fine", "last"), OperationalError
    )
    assert pots(engine) == ["first"]


def test_whoever_leads_being_stopped_leaves_nobody_waiting(engine):
    def stop(_):
        raise SystemExit

    crowd = crowd_of(engine)
    crowd.add("leader", stop)
    crowd.add("good", put("good"))
    crowd.end()
    assert {name: type(error) for name, error in crowd.errors.items()} == {"leader": SystemExit, "good": RuntimeError}
    assert pots(engine) == ["first"]
    crowd.queue.carry(put("later"))
    assert pots(engine) == ["first", "later"]
