"""Who is carried with whom, and who waits for it."""

from threading import Semaphore, Thread

import pytest

from gateway.db import leading
from gateway.db.leading import Leading

LONG = 60  # seconds that no test takes: who waits so long for others is seen to


class Line:
    """A queue whose batches end one at a time, each when the test says so."""

    def __init__(self, most=16):
        self.carried, self.threads = [], {}
        self.begun, self.may_end = Semaphore(0), Semaphore(0)
        self.queue = Leading(self._carry_all, most=most)

    def _carry_all(self, entries):
        self.carried.append("".join(entry.item for entry in entries))
        self.begun.release()
        assert self.may_end.acquire(timeout=10)
        for entry in entries:
            entry.is_carried = True

    def come(self, names):
        """One after the other; all of them stand in the queue or are carried when this returns."""
        for name in names:
            self.threads[name] = Thread(target=self.queue.carry, args=(name,))
            self.threads[name].start()
            while len(self.queue._waiting) + len("".join(self.carried)) < len(self.threads):
                pass

    def begin(self):
        """A batch is on its way when this returns."""
        assert self.begun.acquire(timeout=10)

    def end(self):
        """The batch that is on its way; its callers were answered when this returns."""
        answered = self.carried[-1]
        self.may_end.release()
        for name in answered:
            self.threads[name].join(10)
            assert not self.threads[name].is_alive()


def three_and_one(most=16):
    """A line of whom the first was carried alone and three (or as many as may) are carried while a fifth waits."""
    line = Line(most)
    line.come("a")
    line.begin()
    line.come("bcd")
    line.end()
    line.begin()
    line.come("e")
    return line


def test_who_comes_first_leads_alone_and_who_comes_meanwhile_is_carried_together():
    line = three_and_one()
    assert line.carried == ["a", "bcd"]
    line.end()
    line.begin()  # e waited in vain for three others
    line.end()
    assert line.carried == ["a", "bcd", "e"]


def test_as_many_as_were_about_are_let_catch_up(monkeypatch):
    line = three_and_one()
    monkeypatch.setattr(leading, "PATIENCE", LONG)
    line.end()
    line.come("fgh")
    line.begin()
    line.end()
    assert line.carried == ["a", "bcd", "efgh"]


def test_nobody_waits_for_more_than_are_carried_at_once(monkeypatch):
    line = three_and_one(most=2)
    monkeypatch.setattr(leading, "PATIENCE", LONG)
    assert line.carried == ["a", "bc"]
    line.end()
    line.begin()
    line.end()
    assert line.carried == ["a", "bc", "de"]


def test_who_is_not_there_in_time_is_not_waited_for_again(monkeypatch):
    line = three_and_one()
    line.end()
    line.begin()
    line.end()
    assert line.carried == ["a", "bcd", "e"]
    monkeypatch.setattr(leading, "PATIENCE", LONG)
    line.come("f")
    line.begin()
    line.end()
    assert line.carried == ["a", "bcd", "e", "f"]


@pytest.mark.parametrize("most", [1, 4])
def test_who_fails_leaves_the_line_open(most):
    def fail(entries):
        raise ZeroDivisionError

    queue = Leading(fail, most=most)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            queue.carry("a")
