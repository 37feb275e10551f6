"""Cancelled, resumed: nothing is committed after the answer, and the receipt is that of an undisturbed run."""

import os
import subprocess
import sys
import threading

import pytest
from builders import make_services, tallies_fit
from running_lists import bring_rows, person, prospects_of, receipt_of, row_of, rows_of
from sqlalchemy import func, select

from gateway.cli.bar import progress_text
from gateway.domain.problem import CallerError
from gateway.intake import runs as running
from gateway.intake.receipts import view_list, watch_list
from gateway.intake.running.commands import begin_undo, cancel, resume
from gateway.intake.running.leases import open_runs, take
from gateway.intake.runs import work_run
from gateway.ledger.tables import entries
from gateway.outcomes.tables import leads

ROWS = 200


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


def counted(services):
    with services.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(leads)).scalar_one()


def test_nothing_is_committed_after_the_answer(services, tmp_path, monkeypatch):
    """The worker is in the midst of a batch, judged and about to be written, when somebody else cancels."""
    run = bring_rows(services, tmp_path, ROWS)
    real, judged, answered = running.commit, threading.Event(), threading.Event()

    def slow(one, *args, **kwargs):
        if one.batch.numbers[0] > 52:
            judged.set()
            assert answered.wait(20)
        return real(one, *args, **kwargs)

    monkeypatch.setattr(running, "commit", slow)
    worker = threading.Thread(target=work_run, args=(run, services), kwargs={"batch_rows": 25})
    worker.start()
    assert judged.wait(20)
    assert cancel(services, 1, by="test") == run
    there = counted(services)
    answered.set()
    worker.join(20)
    assert counted(services) == there == 75
    assert (row_of(services, run).state, receipt_of(services, run).rows) == ("cancelled", 75)
    assert open_runs(services) == []
    assert work_run(run, services) is False


def test_a_cancel_waits_for_the_batch_that_is_being_written(services, tmp_path, monkeypatch):
    """A batch inside its transaction is in or out when the answer comes, and neither changes afterwards."""
    run = bring_rows(services, tmp_path, ROWS)
    real, inside = running._mark_done, threading.Event()

    def slow(unit, **kwargs):
        inside.set()
        threading.Event().wait(0.5)
        return real(unit, **kwargs)

    monkeypatch.setattr(running, "_mark_done", slow)
    worker = threading.Thread(target=work_run, args=(run, services), kwargs={"batch_rows": 25})
    worker.start()
    assert inside.wait(20)
    cancel(services, 1, by="test")
    there = counted(services)
    worker.join(30)
    assert counted(services) == there
    assert receipt_of(services, run).rows == there < ROWS


def test_resumed_it_ends_as_if_nothing_had_been(services, databases, clock, tmp_path):
    run = bring_rows(services, tmp_path, ROWS)
    work_run(run, services, batch_rows=30, seconds=0)
    cancel(services, 1, by="test")
    resume(services, 1, by="test")
    work_run(run, services, batch_rows=30)
    from gateway.db.engine import open_engine

    url = databases.fresh("sqlite")
    undisturbed = make_services(open_engine(url), clock, tmp_path / "other")
    work_run(bring_rows(undisturbed, tmp_path, ROWS), undisturbed)
    assert receipt_of(services, run) == receipt_of(undisturbed, 1)
    assert [(row.number, row.address, row.outcome) for row in rows_of(services)] == [
        (row.number, row.address, row.outcome) for row in rows_of(undisturbed)
    ]
    assert len(prospects_of(services)) == receipt_of(services, run).prospects > 100
    with services.engine.connect() as connection:
        assert tallies_fit(connection)
        kinds = connection.execute(select(entries.c.kind)).scalars().all()
    assert kinds.count("run.cancelled") == kinds.count("run.resumed") == kinds.count("run.done") == 1
    undisturbed.engine.dispose()


def test_a_failed_run_goes_on_when_what_was_wrong_is_mended(services, tmp_path, monkeypatch):
    run = bring_rows(services, tmp_path, 3)
    with monkeypatch.context() as patch:
        patch.setattr(running, "commit", lambda *_args, **_kwargs: 1 / 0)
        work_run(run, services)
    assert row_of(services, run).state == "failed"
    resume(services, 1, by="test")
    work_run(run, services)
    found = row_of(services, run)
    assert (found.state, found.error, found.problems) == ("done", None, 0)
    assert receipt_of(services, run).prospects == 3


def test_a_run_that_rests_is_taken_up_at_once(services, tmp_path, monkeypatch):
    run = bring_rows(services, tmp_path, 3)
    with monkeypatch.context() as patch:

        def full(*_args, **_kwargs):
            raise OSError(28, "No space left on device")

        patch.setattr(running, "commit", full)
        with pytest.raises(OSError, match="No space"):
            work_run(run, services)
    assert "No space left" in view_list(services, 1)["progress"]["waits_for"]
    assert open_runs(services) == []
    resume(services, 1, by="test")
    assert open_runs(services) == [run]
    work_run(run, services)
    assert row_of(services, run).state == "done"


def test_what_makes_no_sense_is_said(services, tmp_path):
    with pytest.raises(CallerError, match="no list_1"):
        cancel(services, 1, by="test")
    run = bring_rows(services, tmp_path, 3)
    with pytest.raises(CallerError, match="cancel it first"):
        begin_undo(services, 1, by="test")
    work_run(run, services)
    with pytest.raises(CallerError, match="only a running list"):
        cancel(services, 1, by="test")
    with pytest.raises(CallerError, match="nothing to resume"):
        resume(services, 1, by="test")


def test_cancelled_twice_is_cancelled(services, tmp_path):
    run = bring_rows(services, tmp_path, 3)
    assert cancel(services, 1, by="test") == cancel(services, 1, by="test") == run


def test_progress_says_how_far_how_fast_and_how_long(services, tmp_path):
    run = bring_rows(services, tmp_path, ROWS)
    assert (
        watch_list(services, 1)["progress"] | {"rows": 0, "total": None, "seconds_left": None}
        == watch_list(services, 1)["progress"]
    )
    work_run(run, services, batch_rows=50, seconds=0)
    midway = watch_list(services, 1)["progress"]
    assert (midway["rows"], midway["total_is_exact"]) == (50, False)
    assert 150 < midway["total"] < 250
    assert midway["rows_per_second"] > 0
    assert midway["seconds_left"] == round((midway["total"] - 50) / midway["rows_per_second"], 1)
    work_run(run, services)
    end = watch_list(services, 1)["progress"]
    assert (end["rows"], end["total"], end["total_is_exact"], end["seconds_left"]) == (ROWS, ROWS, True, None)


def test_a_run_whose_worker_died_has_no_speed_and_says_what_happens_next(services, clock, tmp_path, monkeypatch):
    run = bring_rows(services, tmp_path, ROWS)
    work_run(run, services, batch_rows=50, seconds=0)
    assert watch_list(services, 1)["progress"]["at_work"] is True
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: gone.pid)
        assert take(run, services) is not None
    clock.move(minutes=1)
    found = watch_list(services, 1)["progress"]
    assert (found["at_work"], found["rows_per_second"], found["seconds_left"]) == (False, None, None)
    assert "nobody works on it" in found["waits_for"]
    assert "`gateway work`" in found["waits_for"]
    assert "`gateway lists resume list_1`" in found["waits_for"]
    assert "nobody works on it" in progress_text(found)
    work_run(run, services)
    assert watch_list(services, 1)["progress"]["waits_for"] is None


def test_a_run_that_was_passed_on_and_is_not_taken_up_says_so_after_a_moment(services, clock, tmp_path):
    run = bring_rows(services, tmp_path, ROWS)
    assert watch_list(services, 1)["progress"]["at_work"] is True
    clock.move(minutes=1)
    assert watch_list(services, 1)["progress"]["at_work"] is False
    work_run(run, services, batch_rows=50, seconds=0)
    assert watch_list(services, 1)["progress"]["at_work"] is True
    clock.move(minutes=1)
    assert watch_list(services, 1)["progress"]["at_work"] is False
    cancel(services, 1, by="test")
    resume(services, 1, by="test")
    assert watch_list(services, 1)["progress"]["at_work"] is True


def test_of_what_nobody_can_see_the_lines_of_no_total_is_guessed(tmp_path):
    from gateway.intake.running.progress import estimate

    for head in (b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xd0\xcf\x11\xe0", b"PAR1"):
        file = tmp_path / "packed"
        file.write_bytes(head + b"abc\n" * 100)
        assert estimate(file) is None
    file.write_text("email\n" + "".join(f"{person(n)}\n" for n in range(1000)), encoding="utf-16-le")
    assert 990 < estimate(file) < 1010
