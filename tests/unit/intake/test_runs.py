"""Leases, fences and failures of runs: a batch is done once, by one worker, or the run says why not."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from builders import make_services
from sqlalchemy import select, update

from gateway.domain.outcome import Receipt
from gateway.domain.wire import statement_from_json
from gateway.intake import runs as running
from gateway.intake.lists import File, attach_file, bring, register_list, sweep_files
from gateway.intake.receipts import load_run, view_list
from gateway.intake.running import reader, workers
from gateway.intake.running.leases import LEASE, LeaseLostError, give_back, open_runs, take
from gateway.intake.runs import work_run
from gateway.intake.tables import lists, runs, work
from gateway.outcomes.tables import leads

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\n"
)


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


@pytest.fixture
def run(services, tmp_path):
    return start(services, tmp_path, 5)


def start(services, tmp_path, count):
    file = tmp_path / "autumn.csv"
    file.write_text("email\n" + "".join(f"person{i}@example.com\n" for i in range(count)), encoding="utf-8")
    begun = bring(services, file, MANIFEST, manifest_name="m.yaml", encoding=None, again=False, by="test")
    return begun["run"]


def row_of(services, run):
    with services.engine.connect() as connection:
        return load_run(connection, run)


def test_a_lease_keeps_others_away_until_it_ends(services, clock, run, monkeypatch):
    first = take(run, services)
    assert (first.k, first.attempt) == (0, 1)
    assert take(run, services) is None
    assert open_runs(services) == []
    clock.move(seconds=LEASE.total_seconds() + 1)
    assert open_runs(services) == [run]
    assert take(run, services).attempt == 2


def test_a_worker_that_died_on_this_machine_loses_its_lease_at_once(services, run, monkeypatch):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    monkeypatch.setattr(os, "getpid", lambda: gone.pid)
    assert take(run, services) is not None
    monkeypatch.undo()
    assert take(run, services).attempt == 2


def test_another_process_of_the_same_number_is_not_the_worker(services, run, monkeypatch):
    monkeypatch.setattr(workers, "_start_of", lambda _pid: "1")  # the worker before the restart of its container
    assert take(run, services) is not None
    monkeypatch.undo()
    assert take(run, services).attempt == 2


def test_a_worker_that_lost_its_lease_writes_nothing(services, clock, run, monkeypatch):
    real, stolen = running.commit, []

    def slow(*args, **kwargs):
        if not stolen:
            clock.move(seconds=LEASE.total_seconds() + 1)
            stolen.append(take(run, services))
        return real(*args, **kwargs)

    monkeypatch.setattr(running, "commit", slow)
    assert work_run(run, services) is False
    with services.engine.connect() as connection:
        assert connection.execute(select(leads.c.id)).all() == []
    assert row_of(services, run).state == "running"
    clock.move(seconds=LEASE.total_seconds() + 1)
    work_run(run, services)
    assert row_of(services, run).state == "done"
    with services.engine.connect() as connection:
        assert len(connection.execute(select(leads.c.id)).all()) == 5


def test_batches_of_any_size_give_one_receipt(services, tmp_path):
    run = start(services, tmp_path, 10)
    work_run(run, services, batch_rows=3)
    found = view_list(services, 1)
    assert (found["run"]["rows"], found["run"]["prospects"], found["state"]) == (10, 10, "done")
    assert found["now"] == {"prospects": 10, "holds": 0, "rejections": 0}


def test_long_rows_make_small_batches(services, tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "BATCH_CHARACTERS", 50)
    run = start(services, tmp_path, 10)
    work_run(run, services)
    with services.engine.connect() as connection:
        assert len(connection.execute(select(work.c.k).where(work.c.run_id == run)).all()) > 3
    assert view_list(services, 1)["run"]["rows"] == 10


def test_two_uploads_to_one_list_are_one_run_or_a_refusal(services, tmp_path, monkeypatch):
    number = register_list(services, MANIFEST, name="m.yaml", by="test")

    def kept(text, name):
        path = services.settings.data / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return File(path, name * 32, len(text), f"{name}.csv")

    from gateway.intake import lists as listing

    real = listing.looked_whole

    def overtaken(one, *more):
        if one.part.text.name == "aa":
            monkeypatch.setattr(listing, "looked_whole", real)
            attach_file(services, number, kept("email\nbob@example.org\n", "bb"), by="other")
        return real(one, *more)

    monkeypatch.setattr(listing, "looked_whole", overtaken)
    with pytest.raises(Exception, match="its file already"):
        attach_file(services, number, kept("email\nann@example.com\n", "aa"), by="test")
    with services.engine.connect() as connection:
        assert connection.execute(select(lists.c.file_name)).scalars().all() == ["bb.csv"]
        assert len(connection.execute(select(runs.c.id)).all()) == 1
    assert [path.name for path in (services.settings.data / "files").iterdir()] == ["bb"]


def test_bytes_no_list_names_are_swept_after_a_while(services, clock, run, tmp_path):
    orphan = services.settings.data / "files" / "orphan"
    orphan.write_text("email\nann@example.com\n", encoding="utf-8")
    then = (clock.now() - timedelta(hours=2)).timestamp()
    os.utime(orphan, (then, then))
    for path in orphan.parent.iterdir():
        os.utime(path, (then, then))
    assert sweep_files(services) == 1
    assert not orphan.exists()
    work_run(run, services)
    assert row_of(services, run).state == "done"


def test_a_lost_lease_is_no_failure(services, run, monkeypatch):
    lease = take(run, services)
    with services.unit_of_work() as unit:
        unit.connection.execute(update(work).values(attempt=lease.attempt + 1))
    nothing = Receipt()
    with pytest.raises(LeaseLostError), services.unit_of_work() as unit:
        running._mark_done(unit, services, lease, nothing, last=True, count=0, started=0.0, file=Path("none"))
    give_back(lease, services, OSError("late"))
    assert row_of(services, run).error is None


def test_what_a_file_shows_is_stated_of_all_its_leads(services, tmp_path):
    file = tmp_path / "autumn.csv"
    file.write_text("email,Religion,first name\nann@example.com,none of yours,Ann\n", encoding="utf-8")
    begun = bring(services, file, MANIFEST, manifest_name="m.yaml", encoding=None, again=False, by="test")
    with services.engine.connect() as connection:
        kept = connection.execute(select(lists.c.statement).where(lists.c.id == begun["list"])).scalar_one()
    assert statement_from_json(kept).sensitive_columns == ("Religion",)
