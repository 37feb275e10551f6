"""A part is the whole block while nobody waits; who waits gets short parts, a pause, and a child that steps back."""

import os
import threading
import time

import pytest
from builders import make_services
from running_lists import MANIFEST, person

from gateway.db.turns import is_awaited
from gateway.intake import runs
from gateway.intake.ahead import NICE, Ahead
from gateway.intake.lists import bring
from gateway.intake.running import judging

ROWS = 40
SHORT = 5


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


@pytest.fixture
def opened(services, tmp_path, monkeypatch):
    """A list's run, opened to be judged."""
    monkeypatch.setattr(judging, "SHORT_PART_ROWS", SHORT)
    file = tmp_path / "list.csv"
    file.write_text("email\n" + "".join(f"{person(n)}\n" for n in range(ROWS)), encoding="utf-8")
    run = bring(services, file, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")["run"]
    made = runs._open(run, services)
    yield made
    made.close()


class Child:
    """A child as far as it can be asked to step back."""

    def __init__(self):
        self.asked = 0

    def step_back(self):
        self.asked += 1

    def close(self):
        """Nothing is open."""


def test_while_nobody_waits_a_part_is_the_whole_block(opened):
    part = opened.part(0, 10 * ROWS)
    assert (part.records, part.last) == (ROWS, True)
    opened.give_way()
    assert opened.part(0, 10 * ROWS).records == ROWS
    assert opened.part(0, 7).records == 7


def test_parts_are_short_as_long_as_somebody_waited_lately(opened, monkeypatch):
    opened.part(0, ROWS)
    opened.ahead = child = Child()
    monkeypatch.setattr(judging, "is_awaited", lambda _: True)
    opened.give_way()
    assert child.asked >= 1
    short = opened.part(0, ROWS)
    assert (short.records, short.last) == (SHORT, False)
    rest = opened.part(ROWS - 2, ROWS)
    assert (rest.records, rest.last) == (2, True)
    monkeypatch.setattr(judging, "BUSY_SECONDS", 0.0)
    assert opened.part(0, ROWS).records == ROWS


def test_the_pause_is_no_longer_than_the_part_took_and_ends_when_nobody_waits_any_more(opened, monkeypatch):
    slept = []
    monkeypatch.setattr(judging.time, "sleep", slept.append)
    asked = iter([True, True, True, False])
    monkeypatch.setattr(judging, "is_awaited", lambda _: next(asked))
    monkeypatch.setattr(judging, "LONGEST_YIELD_SECONDS", 3600.0)
    opened.handed_at = time.monotonic() - 3600  # the part took an hour: there is time for all three
    opened.give_way()
    assert slept == [judging.YIELD_SECONDS] * 3
    monkeypatch.setattr(judging, "is_awaited", lambda _: True)  # a crowd that never ends does not stop the list
    opened.handed_at = time.monotonic()
    monkeypatch.setattr(judging, "LONGEST_YIELD_SECONDS", 0.0)
    opened.give_way()
    assert len(slept) == 3


def test_a_run_gives_way_to_a_real_writer_before_its_next_part(services, opened):
    if services.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's writers do not wait for one another here")
    wrote = threading.Event()

    def write():
        with services.unit_of_work():
            wrote.set()

    with services.unit_of_work():
        other = threading.Thread(target=write)
        other.start()
        until = time.monotonic() + 30
        while not is_awaited(services.engine):
            assert time.monotonic() < until
            time.sleep(0.001)
        assert not wrote.is_set()
    opened.handed_at = 0.0
    opened.give_way()
    other.join(30)
    assert wrote.is_set()


def test_a_child_steps_back_and_one_that_is_gone_is_no_failure(engine):
    if os.getpriority(os.PRIO_PROCESS, 0) >= NICE:
        pytest.skip("these tests have stepped back themselves")

    def one():
        time.sleep(60)
        yield from ()

    child = Ahead(one, engine)
    try:
        assert os.getpriority(os.PRIO_PROCESS, child._child) == os.getpriority(os.PRIO_PROCESS, 0)
        child.step_back()
        assert os.getpriority(os.PRIO_PROCESS, child._child) == NICE
    finally:
        child.close()
    child._child = 2**22 + 1  # no process has such a number
    child.step_back()
