"""A worker that is told to stop: the batch under way is done, nothing stays taken, and another goes on at once."""

import os
import signal
import time
from pathlib import Path

import pytest

ROWS = 300


def family(pid):
    """The processes in the worker's group, itself among them."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it ended meanwhile
            continue
        if int(group) == pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize(
    ("kind", "broker", "sign"),
    [("sqlite", "", signal.SIGTERM), ("sqlite", "", signal.SIGINT), ("postgresql", "database", signal.SIGTERM),
     pytest.param("sqlite", "redis", signal.SIGTERM, marks=pytest.mark.slow)],
)  # fmt: skip
def test_a_worker_stops_between_two_batches_and_leaves_nothing_taken(
    ground_on, databases, broker_named, *, kind, broker, sign
):
    url = broker if broker in {"", "database"} else broker_named(broker).url
    ground = ground_on(databases.fresh(kind), url, rows=ROWS)
    ground.begin()
    worker = ground.add_worker()
    ground.get_on()
    (os.killpg if sign == signal.SIGINT else os.kill)(worker.pid, sign)  # Ctrl-C reaches everybody at the terminal
    assert worker.wait(60) == 0, ground.logs()
    ground.wait_for(lambda: not family(worker.pid), "all its processes are gone")
    assert ground.state() == "running", "the run was over too soon to try anything"
    assert ground.ask("SELECT state, failures FROM work WHERE state <> 'done'") == [("new", 0)], ground.logs()
    ground.add_worker()
    ground.finish()
    ground.check()


def test_a_worker_with_nothing_to_do_stops_at_once(ground_on, databases):
    """It did not: farewells between threads that had nothing to say to each other took four seconds."""
    ground = ground_on(databases.fresh("sqlite"), rows=1)
    seconds = []
    for _ in range(3):
        worker = ground.add_worker()
        ground.wait_for(lambda: ground.ask("SELECT count(*) FROM heartbeats") != [(0,)], "a sign of life")
        begun = time.monotonic()
        os.kill(worker.pid, signal.SIGTERM)
        assert worker.wait(60) == 0, ground.logs()
        seconds.append(time.monotonic() - begun)
        ground.do("DELETE FROM heartbeats")
    assert min(seconds) < 3, seconds  # a third of a second on a quiet machine
