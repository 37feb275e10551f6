"""What never changes is asked once for each connection, and remembered only if it was committed."""

from contextlib import suppress
from datetime import UTC, datetime

from gateway.db.lasting import lasting
from gateway.db.work import unit_of_work

AT = datetime(2026, 11, 20, tzinfo=UTC)


def asked(engine, name, answer, *, fails=False):
    """What comes back, and whether it was asked for."""
    calls = []

    def find():
        calls.append(name)
        return answer

    with suppress(ZeroDivisionError), unit_of_work(engine, AT) as work:
        found = lasting(work, "things", name, find)
        if fails:
            raise ZeroDivisionError
    return found, bool(calls)


def test_it_is_asked_once_for_each_connection(engine):
    assert asked(engine, "a", 7) == (7, True)
    assert asked(engine, "b", 8) == (8, True)
    assert asked(engine, "a", 9) == (7, False)
    engine.dispose()
    assert asked(engine, "a", 9) == (9, True)


def test_what_was_taken_back_is_not_remembered(engine):
    assert asked(engine, "a", 7, fails=True) == (7, True)
    assert asked(engine, "a", 8) == (8, True)
