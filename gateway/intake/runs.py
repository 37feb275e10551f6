"""Runs of lists: batches leased from the work table in order, fenced by the attempt, done with their rows or not.

The database says what is owed; whoever works (a worker, the command line) takes the next batch. A batch's rows, its
ledger link, the run's receipt and the batch's done mark commit together. Batch k+1 appears when k is done, so the
first acceptable row of a mailbox wins in row order however often workers die.
"""

import gc
import json
import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from gateway.db.work import UnitOfWork, reading
from gateway.domain.lead import Batch, Origin
from gateway.domain.outcome import Receipt, Settled
from gateway.domain.wire import statement_from_json
from gateway.intake.columns import blocks_to_batch
from gateway.intake.inspection import Record
from gateway.intake.readers import Inspection
from gateway.intake.receipts import load_run
from gateway.intake.running import blame, leases
from gateway.intake.running.judging import Judging, Part
from gateway.intake.running.leases import BATCH_ROWS, Lease, LeaseLostError, give_back, take
from gateway.intake.running.named import named_batch
from gateway.intake.running.progress import estimate
from gateway.intake.running.reader import Reader
from gateway.intake.running.workers import me
from gateway.intake.tables import lists, runs, work
from gateway.outcomes.seal import account
from gateway.pipeline import Services, commit, judge

log = logging.getLogger(__name__)

Progress = Callable[[Receipt], None]


def work_run(
    run_id: int,
    services: Services,
    *,
    batch_rows: int = BATCH_ROWS,
    progress: Progress | None = None,
    seconds: float | None = None,
    others_wait: Callable[[], bool] = lambda: True,
    is_stopping: Callable[[], bool] = lambda: False,
) -> bool:
    """Do what is owed of a run, batch by batch, until it is done, failed, or held by another worker.

    ``seconds``: stop after about so long, if ``others_wait`` then, so that other work gets its turn; True if something
    was left over. To take a run up again costs more than a second: what was read is read again. ``is_stopping``: asked
    after each batch, whether to stop there in any case.
    """
    begun = None  # with the first batch done: opening a long list may take seconds, and every turn must get somewhere
    with closing(_Opened(run_id, services)) as opened:
        while (lease := take(run_id, services, batch_rows=batch_rows)) is not None:
            started = time.monotonic()
            try:
                with _without_gc():
                    _do(lease, opened.judging, services, batch_rows, started)
            except LeaseLostError:
                continue
            except Exception as error:
                give_back(lease, services, error, batch_rows=batch_rows)
                if blame.is_the_worlds(error):
                    raise
                log.warning("batch %s of run_%s failed and is tried again", lease.k, run_id, exc_info=error)
                continue
            finally:
                leases.let_go(lease)
            if progress is not None:
                with reading(services.engine) as connection:
                    progress(Receipt.from_dict(json.loads(load_run(connection, run_id).receipt)))
            if is_stopping():
                return True
            if begun is None:
                begun = time.monotonic()
            if seconds is not None and time.monotonic() - begun >= seconds:
                if others_wait():
                    return True
                begun = time.monotonic()
    return False


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


class _Opened:
    """What a worker has open of one run; opened with its first batch."""

    def __init__(self, run_id: int, services: Services) -> None:
        self._run_id = run_id
        self._services = services

    @cached_property
    def judging(self) -> Judging:
        """The run's judged batches."""
        return _open(self._run_id, self._services)

    def close(self) -> None:
        """End what was begun."""
        if "judging" in self.__dict__:
            self.judging.close()


def _open(run_id: int, services: Services) -> Judging:
    with reading(services.engine) as connection:
        run = load_run(connection, run_id)
        row = connection.execute(select(lists).where(lists.c.id == run.list_id)).one()
    statement = statement_from_json(row.statement)
    reader = Reader(
        path=services.settings.data / (row.text_path or row.file_path),
        inspection=Inspection.from_dict(json.loads(row.inspection)),
        statement=statement,
        origin=Origin("list", str(row.id), statement, run=str(run_id)),
    )
    return Judging(reader, services, run.as_of)


def _do(lease: Lease, judging: Judging, services: Services, batch_rows: int, started: float) -> None:
    """One batch. A batch that failed before is read and judged by itself, and no longer than it may be."""
    reader = judging.reader
    at_most = min(lease.records or batch_rows, batch_rows)
    part = judging.part(lease.first_record, at_most) if lease.records is None else _alone(lease, judging, at_most)
    expected = estimate(reader.path) if lease.k == 0 else None
    mark = partial(
        _mark_done, services=services, lease=lease, last=part is None or part.last,
        count=0 if part is None else part.records, started=started, file=reader.path, batch_rows=batch_rows,
        expected=expected,
    )  # fmt: skip
    if part is None and lease.first_record:
        raise ValueError(f"{reader.path.name} ends before row {lease.first_record} of it, which was there before")
    if part is None:
        with services.unit_of_work() as unit:
            mark(unit, receipt=Receipt())
        return
    if lease.failures and lease.records is None:
        leases.note_size(lease, services, part.records)

    def within(unit: UnitOfWork, settled: Settled) -> None:
        mark(unit, receipt=account(settled))

    commit(part.judged, services, as_of=judging.as_of, within=within)
    judging.give_way()


def _alone(lease: Lease, judging: Judging, at_most: int) -> Part | None:
    reader = judging.reader
    blocks = list(reader.blocks(lease.first_record, at_most))
    if not blocks:
        return None
    batch = _batch(lease, blocks, reader, judging.as_of)
    return Part(judge(batch, judging.services, judging.as_of), sum(map(len, blocks)), reader.is_at_end)


def _batch(lease: Lease, blocks: Sequence[Sequence[Record]], reader: Reader, as_of: datetime) -> Batch:
    """The batch of these records; of a row that is to blame, one that could not be read."""
    if lease.named is None:
        return blocks_to_batch(blocks, reader.inspection, reader.statement, reader.origin, as_of)
    return named_batch(blocks[0][0], reader.inspection, reader.statement, reader.origin, as_of, is_bare=lease.is_bare)


def _forget(services: Services, run: int, paths: Collection[Path]) -> None:
    """Delete the text that was read and the bytes it was made of, once the run's end is sure to be on the disk.

    SQLite need not wait for the disk with a list's batches (db/work.py); the next write that waits takes them along.
    """
    with services.unit_of_work() as unit:
        unit.connection.execute(update(runs).where(runs.c.id == run).values(error=runs.c.error))
    for path in paths:
        path.unlink(missing_ok=True)


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
    batch_rows: int = BATCH_ROWS,
    expected: int | None = None,
) -> None:
    """In the batch's own transaction: the receipt grows, the batch is done, the next one appears or the run ends.

    Our copy of a file with rows of which nothing may be kept goes once the run no longer needs it. ``expected``: how
    many rows the file seems to have, said with the first batch.
    """
    if not leases.fence(unit, lease):
        raise LeaseLostError
    connection = unit.connection
    run = load_run(connection, lease.run)
    if lease.named:
        for row in receipt.unread:
            row["error"] = lease.named
    total = Receipt.from_dict(json.loads(run.receipt))
    total.add(receipt)
    spent = round((time.monotonic() - started) * 1000)
    leases.change(
        unit, lease, state="done", lease_until=None, owner=None, error=None, rows=receipt.rows, milliseconds=spent
    )
    values: dict[str, Any] = {"receipt": json.dumps(total.as_dict()), "milliseconds": run.milliseconds + spent}
    values["problems"] = run.problems + (lease.named is not None)
    if expected is not None:
        values["expected"] = expected
    if last:
        values |= {"state": "done", "ended_at": unit.at}
        services.ledger.append(
            unit, "run.done",
            {"list": run.list_id, "run": lease.run, "rows": total.rows, "prospects": total.prospects,
             "holds": total.holds, "rejections": total.rejections, "erased": total.erased},
        )  # fmt: skip
        if total.erased:
            came_as = select(lists.c.file_path).where(lists.c.id == run.list_id)
            evidence = services.settings.data / connection.execute(came_as).scalar_one()
            unit.after.append(partial(_forget, services, lease.run, {file, evidence}))
    else:
        connection.execute(
            insert(work).values(
                run_id=lease.run,
                k=lease.k + 1,
                state="new",
                first_record=lease.first_record + count,
                attempt=0,
                lease_until=unit.at,
                owner=me(),
                records=blame.after_success(lease.records, batch_rows),
            )
        )
    connection.execute(update(runs).where(runs.c.id == lease.run).values(**values))
