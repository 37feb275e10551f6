"""Signups compute one after the other; nobody waits for whoever waits, and for nobody too long."""

from contextlib import nullcontext
from threading import Event, Thread

import pytest

from gateway.intake.guard.onebyone import OneByOne

LONG = 30.0


def beside(turn: OneByOne) -> tuple[Event, Thread]:
    """Another thread that wants the turn; the event says that it goes on."""
    goes = Event()

    def run() -> None:
        with turn:
            goes.set()

    thread = Thread(target=run)
    thread.start()
    return goes, thread


def test_others_go_on_when_the_turn_is_over_and_not_before():
    turn = OneByOne(patience=LONG)
    with turn:
        goes, thread = beside(turn)
        assert not goes.wait(0.1)
    assert goes.wait(LONG)
    thread.join()


@pytest.mark.parametrize("fails", [False, True])
def test_others_go_on_while_one_stands_aside_and_it_has_the_turn_again(fails):
    turn = OneByOne(patience=LONG)
    with turn:
        with pytest.raises(ValueError, match=r"^x$") if fails else nullcontext(), turn.aside():
            goes, thread = beside(turn)
            assert goes.wait(LONG)
            thread.join()
            if fails:
                raise ValueError("x")
        again, waits = beside(turn)
        assert not again.wait(0.1)
    assert again.wait(LONG)
    waits.join()


def test_nobody_waits_for_ever_and_nobody_gives_up_the_turn_of_another():
    turn = OneByOne(patience=0.01)
    with turn:
        impatient, thread = beside(turn)
        assert impatient.wait(LONG)
        thread.join()
        still, waits = beside(OneByOneAgain(turn))
        assert not still.wait(0.1)
    assert still.wait(LONG)
    waits.join()


class OneByOneAgain(OneByOne):
    """The same turn, for somebody patient."""

    def __init__(self, other: OneByOne) -> None:
        super().__init__(patience=LONG)
        self._turn = other._turn


def test_who_has_no_turn_stands_aside_for_nobody():
    turn = OneByOne(patience=LONG)
    with turn.aside():
        goes, thread = beside(turn)
        assert goes.wait(LONG)
        thread.join()
    with turn, turn.aside(), turn.aside():
        pass
    goes, thread = beside(turn)
    assert goes.wait(LONG)
    thread.join()
