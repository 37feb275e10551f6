"""Lists take turns: a small one is done soon beside many long ones, which share the time; wake-ups never pile up."""

from collections import deque

import pytest
from builders import make_services
from running_lists import MANIFEST, person
from sqlalchemy import func, select

from gateway.db.work import reading
from gateway.intake.lists import bring
from gateway.intake.receipts import load_run
from gateway.intake.running.leases import open_runs
from gateway.intake.runs import work_run
from gateway.intake.tables import work
from gateway.jobs import tasks

LONG, MANY = 60, 20  # rows of a long list, which are six batches; lists


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


class Task:
    """A task as far as ours are called and sent."""

    def __init__(self, name, call, sent):
        self.name, self.run, self._sent = name, call, sent

    def apply_async(self, args=(), *, expires):
        self._sent.append((self.name, args, expires))


class Worker:
    """Celery's application and one child of a worker: it takes message after message, in the order they came.

    Celery's own remembers tasks for every application of the process, and these are of one gateway each.
    """

    def __init__(self, services):
        self.tasks, self.sent, self.did = {}, deque(), []
        tasks.add_tasks(self, lambda: services)

    def task(self, *, name):
        return lambda call: self.tasks.setdefault(name, Task(name, call, self.sent))

    def take(self):
        """Do what the next message says; its task, or None where there is none."""
        if not self.sent:
            return None
        name, args, _ = self.sent.popleft()
        self.tasks[name].run(*args)
        self.did.append(name)
        return name


@pytest.fixture
def worker(services, monkeypatch):
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0.0)  # a batch a turn
    monkeypatch.setitem(work_run.__kwdefaults__, "batch_rows", 10)
    return Worker(services)


def brought(services, folder, number, rows):
    file = folder / f"list{number}.csv"
    file.write_text("email\n" + "".join(f"{person(number * LONG + n)}\n" for n in range(rows)), encoding="utf-8")
    return bring(services, file, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")["run"]


def done(services, run):
    with reading(services.engine) as connection:
        state = load_run(connection, run).state
        batches = select(func.count()).where(work.c.run_id == run, work.c.state == "done")
        return state, connection.execute(batches).scalar_one()


def test_a_small_list_is_done_soon_beside_twenty_long_ones(services, worker, tmp_path):
    long = [brought(services, tmp_path, number, LONG) for number in range(MANY)]
    reconcile = worker.tasks["gateway.reconcile"]
    reconcile.run()
    while any(done(services, run)[1] < 1 for run in long):  # all are under way
        reconcile.run()
        assert worker.take()
    small = brought(services, tmp_path, MANY, 5)
    begun = len(worker.did)
    reconcile.run()
    while done(services, small)[0] != "done":
        assert worker.take()
    assert len(worker.did) - begun <= 1
    assert {done(services, run)[0] for run in long} == {"running"}


def test_wake_ups_for_runs_are_as_many_as_a_worker_has_hands_and_are_forgotten_soon(services, worker, tmp_path):
    for number in range(MANY):
        brought(services, tmp_path, number, LONG)
    worker.tasks["gateway.reconcile"].run()
    assert list(worker.sent) == [("gateway.advance", (), tasks.SOON_EXPIRES)] * tasks.CHILDREN
    assert tasks.SOON_EXPIRES < tasks.EXPIRES


def test_all_runs_end_by_their_own_wake_ups_alone(services, worker, tmp_path):
    long = [brought(services, tmp_path, number, LONG) for number in range(3)]
    worker.tasks["gateway.reconcile"].run()
    while worker.take():
        pass
    assert [done(services, run) for run in long] == [("done", 6)] * 3
    assert open_runs(services) == []


def test_whoever_had_least_time_is_first(services, tmp_path, monkeypatch):
    monkeypatch.setitem(work_run.__kwdefaults__, "batch_rows", 10)
    first, second, third = (brought(services, tmp_path, number, LONG) for number in range(3))
    assert open_runs(services) == [first, second, third]
    work_run(first, services, seconds=0)
    assert open_runs(services) == [second, third, first]


def test_a_run_alone_keeps_its_turn(services, worker, tmp_path):
    alone = brought(services, tmp_path, 0, LONG)
    worker.tasks["gateway.advance"].run()
    assert done(services, alone) == ("done", 6)
