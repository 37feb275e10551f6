"""Rows to blame: a batch that fails is taken in halves down to the row, which is named; the world's faults are not."""

import logging

import pytest
from builders import key, make_services
from running_lists import bring_rows, person, receipt_of, row_of, rows_of
from sqlalchemy import select, update
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, StatementError

from gateway.domain.problem import LedgerError
from gateway.intake import runs as running
from gateway.intake.running import blame, judging
from gateway.intake.running.leases import LEASE, LONGEST_PAUSE, give_back, take
from gateway.intake.runs import work_run
from gateway.intake.tables import work
from gateway.policy.errors import PolicyError
from gateway.suppression.book import find

POISON = person(617)
OURS = ZeroDivisionError("of our making")


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level(logging.CRITICAL)


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


def choke(monkeypatch, *addresses, error=OURS, on="commit"):
    """Whatever carries a batch with one of these addresses fails: when it is cut into fields, judged or written."""
    sizes = []

    def wrapped(real):
        def carry(first, *args, **kwargs):
            if on == "blocks_to_batch":
                first = list(first)
                records = [record for block in first for record in block]
                cells = [cell for record in records for cell in record[1]]
                size, is_named = len(records), False  # a row that was named is cut by itself
            else:
                batch = first.batch if on == "commit" else first
                cells, size, is_named = batch.column("email"), len(batch), bool(batch.broken)
            sizes.append(size)
            if not is_named and set(addresses) & set(cells):
                raise error
            return real(first, *args, **kwargs)

        return carry

    for module in (running, judging):
        if hasattr(module, on):
            monkeypatch.setattr(module, on, wrapped(getattr(module, on)))
    return sizes


@pytest.mark.parametrize("on", ["commit", "blocks_to_batch"])
def test_the_one_bad_row_of_a_thousand_is_found_and_named(services, tmp_path, monkeypatch, on):
    choke(monkeypatch, POISON, on=on)
    run = bring_rows(services, tmp_path, 1000)
    assert work_run(run, services) is False
    found, receipt = row_of(services, run), receipt_of(services, run)
    assert (found.state, found.problems) == ("done", 1)
    assert (receipt.rows, receipt.prospects, receipt.holds, receipt.rejections) == (1000, 999, 0, 1)
    assert receipt.unread == [{"row": 619, "reason": "cannot_be_processed", "error": "ZeroDivisionError"}]
    rows = rows_of(services)
    assert [row.number for row in rows] == list(range(2, 1002))
    assert [(row.number, row.address) for row in rows if row.outcome == "rejection"] == [(619, POISON)]


def test_a_bad_row_costs_few_tries(services, tmp_path, monkeypatch):
    sizes = choke(monkeypatch, POISON)
    work_run(bring_rows(services, tmp_path, 1000), services)
    assert sizes[:3] == [1000, 1000, 500]
    assert len(sizes) < 40


def test_bad_rows_side_by_side_are_all_named(services, tmp_path, monkeypatch):
    choke(monkeypatch, *(person(n) for n in (0, 1, 2, 50, 99)))
    run = bring_rows(services, tmp_path, 100)
    work_run(run, services)
    assert [item["row"] for item in receipt_of(services, run).unread] == [2, 3, 4, 52, 101]
    assert (row_of(services, run).state, row_of(services, run).problems) == ("done", 5)


def test_a_row_at_which_workers_die_is_named_by_their_deaths(services, clock, tmp_path, monkeypatch):
    """As kill -9 does: the lease ends, and nobody ever said why."""

    class DeathError(BaseException):
        pass

    choke(monkeypatch, POISON, error=DeathError())
    run = bring_rows(services, tmp_path, 1000)
    for _ in range(60):
        clock.move(seconds=LEASE.total_seconds() + 1)
        monkeypatch.setattr(running.leases, "let_go", lambda _: None)
        try:
            work_run(run, services)
        except DeathError:
            continue
        break
    assert row_of(services, run).state == "done"
    assert receipt_of(services, run).unread == [{"row": 619, "reason": "cannot_be_processed", "error": "WorkerDied"}]
    assert receipt_of(services, run).prospects == 999


def test_a_row_that_fails_whatever_is_done_fails_its_run(services, tmp_path, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("always")

    monkeypatch.setattr(running, "commit", broken)
    run = bring_rows(services, tmp_path, 3)
    assert work_run(run, services) is False
    found = row_of(services, run)
    assert (found.state, found.error) == ("failed", "ZeroDivisionError: always")
    assert rows_of(services) == []


def test_a_fault_of_ours_does_not_refuse_a_list_row_by_row(services, tmp_path, monkeypatch):
    monkeypatch.setattr(blame, "MOST_NAMED", 3)
    choke(monkeypatch, *(person(n) for n in range(50)))
    run = bring_rows(services, tmp_path, 50)
    work_run(run, services)
    assert (row_of(services, run).state, row_of(services, run).problems) == ("failed", 3)


def test_an_opt_out_is_not_lost_with_a_row_that_cannot_be_processed(services, tmp_path, monkeypatch):
    choke(monkeypatch, POISON)
    file = tmp_path / "left.csv"
    file.write_text(f"email,unsubscribed\nann@example.com,\n{POISON},yes\n", encoding="utf-8")
    work_run(bring_rows(services, tmp_path, 0, file=file), services)
    with services.engine.connect() as connection:
        found = find(connection, {key(POISON)})
    assert [order.cause for order in found[key(POISON)]] == ["told_by_list"]


@pytest.mark.parametrize(
    "error",
    [OperationalError("INSERT", {}, Exception("the database system is shutting down")), OSError(28, "no space left"),
     MemoryError(), PolicyError([]), LedgerError("the key"), ConnectionResetError()],
)  # fmt: skip
def test_what_the_world_does_is_waited_out_and_never_held_against_a_row(services, clock, tmp_path, monkeypatch, error):
    run = bring_rows(services, tmp_path, 20)
    with monkeypatch.context() as patch:

        def broken(*_args, **_kwargs):
            raise error

        patch.setattr(running, "commit", broken)
        for _ in range(30):
            with pytest.raises(type(error)):
                work_run(run, services)
            assert work_run(run, services) is False  # it rests
            clock.move(seconds=LONGEST_PAUSE.total_seconds())
    with services.engine.connect() as connection:
        row = connection.execute(select(work).where(work.c.run_id == run)).one()
    assert (row.state, row.failures, row.records) == ("new", 0, None)
    work_run(run, services)
    assert (row_of(services, run).state, receipt_of(services, run).prospects) == ("done", 20)


def test_errors_of_drivers_are_the_worlds_but_not_those_about_data():
    import psycopg

    assert blame.is_the_worlds(psycopg.errors.DiskFull())
    assert blame.is_the_worlds(psycopg.OperationalError())
    assert not blame.is_the_worlds(psycopg.DataError())
    assert not blame.is_the_worlds(DataError("INSERT", {}, Exception()))
    assert not blame.is_the_worlds(IntegrityError("INSERT", {}, Exception()))
    assert not blame.is_the_worlds(StatementError("no such value", "INSERT", {}, ValueError()))
    assert not blame.is_the_worlds(FileNotFoundError())
    assert not blame.is_the_worlds(UnicodeError())


def test_a_worker_that_could_not_say_that_it_failed_takes_its_batch_up_itself(services, tmp_path, monkeypatch):
    run = bring_rows(services, tmp_path, 5)

    def gone(*_args, **_kwargs):
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    with monkeypatch.context() as patch:
        patch.setattr(running, "commit", gone)
        patch.setattr(running, "give_back", gone)
        with pytest.raises(OperationalError):
            work_run(run, services)
    work_run(run, services)
    assert row_of(services, run).state == "done"


def test_after_bad_rows_batches_grow_again(services, tmp_path, monkeypatch):
    sizes = choke(monkeypatch, person(0))
    work_run(bring_rows(services, tmp_path, 1000), services, batch_rows=64)
    assert sizes[-3:] == [64, 64, 1000 - (sum([1, 2, 4, 8, 16, 32]) + 64 * 14)]


def test_a_failure_of_a_lease_that_was_lost_counts_for_nothing(services, tmp_path):
    run = bring_rows(services, tmp_path, 5)
    lease = take(run, services)
    with services.unit_of_work() as unit:
        unit.connection.execute(update(work).values(attempt=lease.attempt + 1))
    give_back(lease, services, ZeroDivisionError())
    with services.engine.connect() as connection:
        assert connection.execute(select(work.c.failures)).scalar_one() == 0
