"""Runs of lists: batches leased from the work table in order, fenced by the attempt, done with their rows or not.

The database says what is owed; whoever works (a worker, the command line) takes the next batch. A batch's rows, its
ledger link, the run's receipt and the batch's done mark commit together. Batch k+1 appears when k is done, so the
first acceptable row of a mailbox wins in row order however often workers die.
"""

import gc
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from gateway.db.work import UnitOfWork, reading
from gateway.domain.lead import Origin, Statement
from gateway.domain.outcome import Receipt, Settled
from gateway.domain.wire import statement_from_json
from gateway.intake.columns import to_batch
from gateway.intake.readers import Inspection, read_records
from gateway.intake.receipts import load_run
from gateway.intake.tables import lists, runs, work
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.seal import account
from gateway.pipeline import Services, process, rehearsed

BATCH_ROWS = 50_000  # of 20, 50 and 100 thousand the quickest: distinct domains are looked up once a batch
BATCH_CHARACTERS = 20_000_000  # an ordinary batch has seven
LOOKED_AT = 50  # records between one look at the size and the next; each is under 1 MiB
LEASE = timedelta(minutes=10)  # longer than any batch; a worker that died on this machine is seen at once
FIRST_PAUSE = timedelta(seconds=5)  # after a failure; doubled each time, so that an outage of a minute fails no run
ATTEMPTS = 5

Progress = Callable[[Receipt], None]


class LeaseLostError(Exception):
    """Another worker took the batch over meanwhile; nothing was written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one batch, until it ends or another takes it."""

    run: int
    k: int
    first_record: int
    attempt: int


def _at_most(records: Iterator[Any]) -> Iterator[Any]:
    """Records until they hold BATCH_CHARACTERS: a batch of long rows must not take more memory than one of many."""
    size = 0
    while size < BATCH_CHARACTERS and (some := list(islice(records, LOOKED_AT))):
        yield from some
        size += sum(map(len, chain.from_iterable([record[1] for record in some])))


@dataclass(slots=True)
class _Reader:
    """The list's file, kept open between batches so that each batch reads on where the last one stopped."""

    path: Path
    inspection: Inspection
    statement: Statement
    origin: Origin
    position: int = -1
    records: Iterator[Any] | None = None

    def read(self, first: int, count: int) -> tuple[list[Any], bool]:
        """The records from ``first`` on, at most ``count``, and whether they are the last."""
        if self.records is None or self.position != first:
            self.records = read_records(self.path, self.inspection, skip=first)
        got = list(_at_most(islice(self.records, count)))
        self.position = first + len(got)
        ahead = next(self.records, None)
        self.records = None if ahead is None else chain((ahead,), self.records)
        return got, ahead is None


def work_run(
    run_id: int,
    services: Services,
    *,
    batch_rows: int = BATCH_ROWS,
    progress: Progress | None = None,
    seconds: float | None = None,
) -> bool:
    """Do what is owed of a run, batch by batch, until it is done, failed, or held by another worker.

    ``seconds``: stop after about so long, so that other work gets its turn; True if something was left over then.
    """
    begun = time.monotonic()
    reader: _Reader | None = None
    while (lease := take(run_id, services)) is not None:
        started = time.monotonic()
        try:
            reader = reader or _open(run_id, services)
            with _without_gc():
                _do(lease, reader, services, batch_rows, started)
        except LeaseLostError:
            continue
        except Exception as error:
            give_back(lease, services, error)
            raise
        if progress is not None:
            with reading(services.engine) as connection:
                progress(Receipt.from_dict(json.loads(load_run(connection, run_id).receipt)))
        if seconds is not None and time.monotonic() - begun > seconds:
            return True
    return False


def take(run_id: int, services: Services) -> Lease | None:
    """Lease the run's open batch: a new one, or one whose worker is gone. None if there is nothing to take."""
    with services.unit_of_work(repeatable=True) as unit:
        row = unit.connection.execute(
            select(work).where(work.c.run_id == run_id, work.c.state.in_(("new", "leased")))
        ).one_or_none()
        if row is None or not _is_free(row, unit.at):
            return None
        if row.attempt >= ATTEMPTS:  # its workers died without a word: the batch kills whoever takes it
            dead = Lease(run_id, row.k, row.first_record, row.attempt)
            _fail(unit, services, dead, row.error or "every worker that took it died")
            return None
        lease = Lease(run_id, row.k, row.first_record, row.attempt + 1)
        _set(unit, lease, state="leased", attempt=lease.attempt, lease_until=unit.at + LEASE, owner=_me())
    return lease


def give_back(lease: Lease, services: Services, error: Exception) -> None:
    """A batch that failed is tried again, five times in all; then the run ends as failed and says why."""
    text = f"{type(error).__name__}: {error}"[:500]
    with services.unit_of_work() as unit:
        held = _fence(unit, lease)
        if not held:
            return
        if lease.attempt >= ATTEMPTS:
            _fail(unit, services, lease, text)
            return
        again = unit.at + FIRST_PAUSE * 2**lease.attempt
        _set(unit, lease, state="new", error=text, lease_until=again, owner=None)


def _set(unit: UnitOfWork, lease: Lease, **values: Any) -> None:
    """Change the row of a lease's batch in the work table."""
    mine = update(work).where(work.c.run_id == lease.run, work.c.k == lease.k)
    unit.connection.execute(mine.values(**values))


def _fail(unit: UnitOfWork, services: Services, lease: Lease, why: str) -> None:
    _set(unit, lease, state="failed", error=why, lease_until=None, owner=None)
    unit.connection.execute(
        update(runs).where(runs.c.id == lease.run).values(state="failed", ended_at=unit.at, error=why)
    )
    services.ledger.append(unit, "run.failed", {"run": lease.run, "batch": lease.k})


def _is_free(row: Any, now: datetime) -> bool:
    """Whether an open batch may be taken: new and not resting after a failure, or its worker's lease is over."""
    return row.lease_until is None or row.lease_until <= now or (row.state == "leased" and _is_dead(row.owner))


def open_runs(services: Services) -> list[int]:
    """Runs with a batch that somebody could take now."""
    with reading(services.engine) as connection:
        query = select(work.c.run_id, work.c.state, work.c.lease_until, work.c.owner).where(
            work.c.state.in_(("new", "leased"))
        )
        now = services.clock.now()
        return [row.run_id for row in connection.execute(query) if _is_free(row, now)]


def rehearse_list(
    path: Path, inspection: Inspection, statement: Statement, services: Services, *, batch_rows: int = BATCH_ROWS,
    progress: Progress | None = None,
) -> Receipt:  # fmt: skip
    """A dry run: read, screened and decided like a run, its receipt in full, and nothing written."""
    as_of = services.clock.now()
    reader = _Reader(path, inspection, statement, Origin("list", "0", statement))
    receipt, rehearsal, done = Receipt(), Rehearsal(), 0
    last = False
    while not last:
        records, last = reader.read(done, batch_rows)
        batch = to_batch(records, inspection, statement, reader.origin, as_of)
        receipt.add(account(rehearsed(batch, services, rehearsal, as_of=as_of)))
        done += len(records)
        if progress is not None:
            progress(receipt)
    return receipt


@contextmanager
def _without_gc() -> Iterator[None]:
    """A batch makes hundreds of thousands of objects and no cycles; looking for cycles took a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _open(run_id: int, services: Services) -> _Reader:
    with reading(services.engine) as connection:
        run = load_run(connection, run_id)
        row = connection.execute(select(lists).where(lists.c.id == run.list_id)).one()
    statement = statement_from_json(row.statement)
    return _Reader(
        path=services.settings.data / row.file_path,
        inspection=Inspection.from_dict(json.loads(row.inspection)),
        statement=statement,
        origin=Origin("list", str(row.id), statement, run=str(run_id)),
    )


def _do(lease: Lease, reader: _Reader, services: Services, batch_rows: int, started: float) -> None:
    with reading(services.engine) as connection:
        as_of: datetime = load_run(connection, lease.run).as_of
    records, last = reader.read(lease.first_record, batch_rows)
    if not records:
        with services.unit_of_work() as unit:
            _mark_done(unit, services, lease, Receipt(), last=True, count=0, started=started, file=reader.path)
        return
    batch = to_batch(records, reader.inspection, reader.statement, reader.origin, as_of)

    def within(unit: UnitOfWork, settled: Settled) -> None:
        receipt, count = account(settled), len(records)
        _mark_done(unit, services, lease, receipt, last=last, count=count, started=started, file=reader.path)

    process(batch, services, as_of=as_of, within=within)


def _mark_done(
    unit: UnitOfWork,
    services: Services,
    lease: Lease,
    receipt: Receipt,
    *,
    last: bool,
    count: int,
    started: float,
    file: Path,
) -> None:
    """In the batch's own transaction: the receipt grows, the batch is done, the next one appears or the run ends.

    Our copy of a file with rows of which nothing may be kept goes once the run no longer needs it.
    """
    if not _fence(unit, lease):
        raise LeaseLostError
    connection = unit.connection
    run = load_run(connection, lease.run)
    total = Receipt.from_dict(json.loads(run.receipt))
    total.add(receipt)
    spent = run.milliseconds + round((time.monotonic() - started) * 1000)
    _set(unit, lease, state="done", lease_until=None, owner=None, error=None)
    values: dict[str, Any] = {"receipt": json.dumps(total.as_dict()), "milliseconds": spent}
    if last:
        values |= {"state": "done", "ended_at": unit.at}
        services.ledger.append(
            unit, "run.done",
            {"list": run.list_id, "run": lease.run, "rows": total.rows, "prospects": total.prospects,
             "holds": total.holds, "rejections": total.rejections, "erased": total.erased},
        )  # fmt: skip
        if total.erased:
            unit.after.append(partial(file.unlink, missing_ok=True))
    else:
        connection.execute(
            insert(work).values(
                run_id=lease.run, k=lease.k + 1, state="new", first_record=lease.first_record + count, attempt=0
            )
        )
    connection.execute(update(runs).where(runs.c.id == lease.run).values(**values))


def _fence(unit: UnitOfWork, lease: Lease) -> bool:
    """Whether the lease is still ours; asked inside the transaction that would rest on it."""
    row = unit.connection.execute(
        select(work.c.state, work.c.attempt).where(work.c.run_id == lease.run, work.c.k == lease.k)
    ).one()
    return bool(row.state == "leased" and row.attempt == lease.attempt)


def _me() -> str:
    return f"{socket.gethostname()}/{os.getpid()}"


def _is_dead(owner: str | None) -> bool:
    """Whether the lease's worker ran on this machine and is gone. Taking over early is safe: the attempt fences."""
    host, _, pid = (owner or "").rpartition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
