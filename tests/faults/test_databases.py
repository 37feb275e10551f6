"""The database dies, is cut off at COMMIT, or is full, in the middle of a run: nothing is lost, nothing doubled."""

import signal
from pathlib import Path

from commit_cutter import CommitCutter


def test_postgresql_killed_and_started_again_in_the_middle_of_a_run(ground_on, mortal):
    mortal.sql("CREATE DATABASE leads")
    ground = ground_on(mortal.url("leads").render_as_string(), "database", rows=400)
    ground.begin()
    for _ in range(2):
        ground.add_worker()
    for how in (signal.SIGKILL, signal.SIGQUIT, signal.SIGKILL):
        ground.get_on()
        mortal.crash(how)
        mortal.start_again()
    ground.finish()
    ground.check()


def test_a_worker_started_before_its_database_waits_for_it(ground_on, mortal):
    mortal.sql("CREATE DATABASE leads")
    ground = ground_on(mortal.url("leads").render_as_string(), rows=100)
    ground.begin()
    mortal.crash(signal.SIGQUIT)
    ground.add_worker()
    ground.wait_for(lambda: "what is owed waits" in ground.logs(), "the worker says that it waits")
    mortal.start_again()
    ground.finish()
    ground.check()


def test_a_connection_cut_at_commit_neither_loses_nor_doubles(ground_on, databases, tmp_path):
    url = databases.fresh("postgresql")
    ground = ground_on(url, rows=400)
    ground.begin()
    server = url.partition("host=")[2].replace("%2F", "/")
    cutter = CommitCutter(tmp_path, Path(server), every=5)
    ground.env["GATEWAY_DATABASE_URL"] = url.replace(url.partition("host=")[2], str(tmp_path))
    ground.add_worker()
    ground.env["GATEWAY_DATABASE_URL"] = url
    ground.finish()
    cutter.close()
    assert cutter.cuts > 5
    ground.check()


def test_a_full_disk_pauses_a_run_that_goes_on_when_there_is_room(ground_on, databases, tmp_path):
    """The disk is full as SQLite tells it, by PRAGMA max_page_count: "database or disk is full"."""
    ground = ground_on(databases.fresh("sqlite"), rows=400)
    ground.begin()
    pages = tmp_path / "pages"
    pages.write_text("1000000")
    ground.add_worker("--pages", str(pages))
    ground.get_on()
    pages.write_text("1")  # SQLite takes the pages it has for the least
    ground.wait_for(lambda: "database or disk is full" in ground.logs(), "the worker says that the disk is full")
    assert ground.state() == "running"
    done = ground.batches_done()
    assert 0 < done < ground.rows / 20
    assert "database or disk is full" in ground.ask("SELECT error FROM work WHERE state <> 'done'")[0][0]
    pages.write_text("1000000")
    ground.finish()
    ground.check()
