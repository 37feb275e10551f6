"""Leases on the batches of runs: taken, fenced by the attempt, given back with the reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from gateway.db.work import UnitOfWork, reading
from gateway.intake.running import blame
from gateway.intake.running.workers import is_dead, me
from gateway.intake.tables import errands, runs, work
from gateway.pipeline import Services

BATCH_ROWS = 100_000  # at most; as a rule it is a block that was judged (judging.py)
LEASE = timedelta(minutes=10)  # longer than any batch; a worker that died on this machine is seen at once
FIRST_PAUSE = timedelta(seconds=5)  # after a fault of the world; doubled each time
LONGEST_PAUSE = timedelta(minutes=5)  # so that a run goes on soon after an outage of hours, and none fails of it

PASSED_ON = timedelta(seconds=15)  # a batch that waits for longer waits for a worker, and not for its turn

_HELD: set[tuple[int, int, int]] = set()
"""Leases that somebody in this process works on: one that is ours and not here was let go of by a failure."""


class LeaseLostError(Exception):
    """Another worker took the batch over, or the run was cancelled; nothing was written."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one batch, until it ends or another takes it."""

    run: int
    k: int
    first_record: int
    attempt: int
    records: int | None = None  # at most so many, where the batch failed before
    failures: int = 0
    named: str | None = None  # the error of its one row, which is not to be processed any more
    is_bare: bool = False  # nor looked at


def take(run_id: int, services: Services, *, batch_rows: int = BATCH_ROWS) -> Lease | None:
    """Lease the run's open batch: a new one, or one whose worker is gone. None if there is nothing to take."""
    with services.unit_of_work(repeatable=True) as unit:
        row = unit.connection.execute(
            select(work).where(work.c.run_id == run_id, work.c.state.in_(("new", "leased")))
        ).one_or_none()
        if row is None or not is_free(row, unit.at):
            return None
        lease = Lease(run_id, row.k, row.first_record, row.attempt + 1)
        if row.state == "leased" and not _was_let_go(row):
            row = _blame(unit, lease, row, f"{blame.DIED}: its worker died without a word", batch_rows)
        if blame.is_hopeless(row) or _too_many_named(unit, row):
            fail(unit, services, lease, row.error)
            return None
        lease = Lease(
            run_id, row.k, row.first_record, lease.attempt, row.records, row.failures, blame.named(row),
            blame.is_bare(row),
        )  # fmt: skip
        change(unit, lease, state="leased", attempt=lease.attempt, lease_until=unit.at + LEASE, owner=me())
    _HELD.add((lease.run, lease.k, lease.attempt))
    return lease


def _too_many_named(unit: UnitOfWork, row: Any) -> bool:
    """Whether so many rows failed that the fault must be ours; they may be processed once it is mended."""
    if blame.named(row) is None:
        return False
    problems = unit.connection.execute(select(runs.c.problems).where(runs.c.id == row.run_id)).scalar_one()
    return bool(problems >= blame.MOST_NAMED)


def drop_leases(services: Services) -> None:
    """Give back all that this process holds, once the database answers again: it failed, and could not be told.

    Called between one piece of work and the next, when nothing is under way here. To others the process is alive.
    """
    with services.unit_of_work() as unit:
        for table in (work, errands):
            mine = update(table).where(table.c.owner == me(), table.c.state == "leased")
            unit.connection.execute(mine.values(state="new", owner=None, lease_until=unit.at))


def let_go(lease: Lease) -> None:
    """Nobody in this process works on the batch any more, whatever came of it."""
    _HELD.discard((lease.run, lease.k, lease.attempt))


def give_back(lease: Lease, services: Services, error: Exception, *, batch_rows: int = BATCH_ROWS) -> None:
    """A batch that failed is tried again: after a pause where the world failed, else at once, and soon in halves."""
    with services.unit_of_work() as unit:
        if not fence(unit, lease):
            return
        if blame.is_the_worlds(error):
            pause = min(FIRST_PAUSE * 2 ** min(lease.attempt, 10), LONGEST_PAUSE)
            change(unit, lease, state="new", error=blame.said(error), lease_until=unit.at + pause, owner=None)
            return
        row = unit.connection.execute(select(work).where(work.c.run_id == lease.run, work.c.k == lease.k)).one()
        row = _blame(unit, lease, row, blame.said(error), batch_rows)
        if blame.is_hopeless(row):
            fail(unit, services, lease, row.error)
        else:
            change(unit, lease, state="new", lease_until=unit.at, owner=None)


def _blame(unit: UnitOfWork, lease: Lease, row: Any, error: str, batch_rows: int) -> Any:
    """One failure more that lies in the rows; the batch's row as it stands then."""
    failures, records = blame.after_failure(row.failures, row.records, batch_rows)
    change(unit, lease, failures=failures, records=records, error=error)
    return unit.connection.execute(select(work).where(work.c.run_id == lease.run, work.c.k == lease.k)).one()


def note_size(lease: Lease, services: Services, records: int) -> None:
    """Before a batch that failed is tried again, how many records it has: should the worker die, halves are known."""
    with services.unit_of_work() as unit:
        if not fence(unit, lease):
            raise LeaseLostError
        change(unit, lease, records=records)


def change(unit: UnitOfWork, lease: Lease, **values: Any) -> None:
    """Change the row of a lease's batch in the work table."""
    mine = update(work).where(work.c.run_id == lease.run, work.c.k == lease.k)
    unit.connection.execute(mine.values(**values))


def fail(unit: UnitOfWork, services: Services, lease: Lease, why: str) -> None:
    """The run ends here and says why; what was done stays done, and it can be resumed."""
    change(unit, lease, state="failed", error=why, lease_until=None, owner=None)
    unit.connection.execute(
        update(runs).where(runs.c.id == lease.run).values(state="failed", ended_at=unit.at, error=why)
    )
    services.ledger.append(unit, "run.failed", {"run": lease.run, "batch": lease.k})


def fence(unit: UnitOfWork, lease: Lease) -> bool:
    """Whether the lease is still ours; asked inside the transaction that would rest on it."""
    row = unit.connection.execute(
        select(work.c.state, work.c.attempt).where(work.c.run_id == lease.run, work.c.k == lease.k)
    ).one()
    return bool(row.state == "leased" and row.attempt == lease.attempt)


def is_free(row: Any, now: datetime) -> bool:
    """Whether open work may be taken: new and not resting after a failure, or its worker's lease is over."""
    if row.lease_until is None or row.lease_until <= now:
        return True
    return row.state == "leased" and (is_dead(row.owner) or _was_let_go(row))


def is_at_work(row: Any, begun: datetime, now: datetime) -> bool:
    """Whether somebody works on a run whose open batch is ``row``, or had it until a moment ago.

    ``begun``: when the run did. On another machine a worker that died is noticed once its lease is over.
    """
    if row.state == "leased":
        return not is_free(row, now)
    return now - (row.lease_until or begun) <= PASSED_ON and not is_dead(row.owner)


def _was_let_go(row: Any) -> bool:
    """Whether this very process had the batch and failed without being able to say so: the database was gone."""
    return row.owner == me() and hasattr(row, "k") and (row.run_id, row.k, row.attempt) not in _HELD


def open_runs(services: Services) -> list[int]:
    """Runs with a batch that somebody could take now, those first that have had the least time of anybody yet.

    So a small list is done soon beside twenty long ones, and those share the time among them.
    """
    with reading(services.engine) as connection:
        query = (
            select(work.c.run_id, work.c.k, work.c.state, work.c.attempt, work.c.lease_until, work.c.owner)
            .join(runs, runs.c.id == work.c.run_id)
            .where(work.c.state.in_(("new", "leased")))
            .order_by(runs.c.milliseconds, runs.c.id)
        )
        now = services.clock.now()
        return [row.run_id for row in connection.execute(query) if is_free(row, now)]
