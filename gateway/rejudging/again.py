"""Leads that wait under a wording, judged again slice by slice through the pipeline's one door, by whoever answered.

What came of each slice is counted in its own transactions, and how far it came after each; whoever dies over it, the
next one goes on there. The attempt fences it as it does a list's batches.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Row, or_, select, update

from gateway.db.work import UnitOfWork, reading
from gateway.domain.outcome import Settled
from gateway.outcomes.worded import count_waiting, find_waiting
from gateway.pipeline import Services, release
from gateway.rejudging.tables import rejudgings
from gateway.turns import take_turn

LEASE = timedelta(minutes=2)  # longer than any slice, DNS included
SLICE = 1000  # leads of a slice: others have their turn to write between, and the page shows how it moves
MOST_TRIES = 50  # in a row without a slice done: with the pauses between them half a day
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=2), timedelta(minutes=15)
OPEN = ("new", "leased")


class LostError(Exception):
    """Somebody else does it by now, or the wording was answered anew."""


@dataclass(frozen=True, slots=True)
class Task:
    """The right to go on with a rejudging, until it ends or another takes it."""

    number: int
    wording: str
    attempt: int
    by: str


@dataclass(frozen=True, slots=True)
class Rejudging:
    """How far one has come, as it is shown."""

    number: int
    state: str  # running, done, failed
    leads: int
    dealt: int
    prospects: int
    rejections: int
    asked_at: datetime
    by: str
    error: str | None


def work_rejudging(
    number: int, services: Services, *, told: Callable[[Rejudging], None] | None = None, seconds: float | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
) -> bool:  # fmt: skip
    """Go on with one to its end; ``told`` hears of each slice. ``seconds``: stop after about so long, True if it did.

    False as well where somebody else does it.
    """
    task = _take(number, services)
    if task is None:
        return False

    def tell() -> None:
        if told is not None:
            told(find_rejudging(services, number))

    return take_turn(
        partial(_slice, task, services), partial(_rest, task, services),
        lost=LostError, seconds=seconds, told=tell, is_stopping=is_stopping,
    )  # fmt: skip


def open_rejudgings(services: Services) -> list[int]:
    """Those that somebody could take now."""
    free = or_(rejudgings.c.lease_until.is_(None), rejudgings.c.lease_until <= services.clock.now())
    with reading(services.engine) as connection:
        query = select(rejudgings.c.id).where(rejudgings.c.state.in_(OPEN), free).order_by(rejudgings.c.id)
        return list(connection.execute(query).scalars())


def find_rejudging(services: Services, number: int) -> Rejudging:
    """One as it is shown."""
    with reading(services.engine) as connection:
        return _shown(_row(connection, number))


def latest_rejudging(connection: Any, wording: str) -> Rejudging | None:
    """The newest of a wording; None where there never was one."""
    query = select(rejudgings).where(rejudgings.c.wording == wording).order_by(rejudgings.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else _shown(row)


def _shown(row: Row[Any]) -> Rejudging:
    return Rejudging(
        row.id, "running" if row.state in OPEN else row.state, row.leads, min(row.dealt, row.leads), row.prospects,
        row.rejections, row.asked_at, row.asked_by, row.error,
    )  # fmt: skip


def _row(connection: Any, number: int) -> Row[Any]:
    found: Row[Any] = connection.execute(select(rejudgings).where(rejudgings.c.id == number)).one()
    return found


def _take(number: int, services: Services) -> Task | None:
    with services.unit_of_work() as work:
        row = _row(work.connection, number)
        if row.state not in OPEN or (row.lease_until is not None and row.lease_until > work.at):
            return None
        task = Task(number, row.wording, row.attempt + 1, row.asked_by)
        tries = row.tries + (row.state == "leased")  # its worker died without a word
        if tries >= MOST_TRIES:
            _fail(work, services, task, tries, row.error or "its worker died without a word")
            return None
        _change(work, task, state="leased", attempt=task.attempt, tries=tries, lease_until=work.at + LEASE)
    return task


def _slice(task: Task, services: Services) -> bool:
    """One slice; whether there was one. Behind the last one the rejudging is done."""
    with reading(services.engine) as connection:
        ids = find_waiting(connection, task.wording, _row(connection, task.number).reached, SLICE)
    if not ids:
        with services.unit_of_work() as work:
            row = _fenced(work, task)
            left = count_waiting(work.connection, task.wording)
            _change(work, task, state="done", ended_at=work.at, lease_until=None, error=None)
            services.ledger.append(
                work, "wording.judged",
                {"wording": task.wording, "leads": row.leads, "prospects": row.prospects,
                 "rejections": row.rejections, "holds": left, "by": task.by},
            )  # fmt: skip
        return False

    def counted(work: UnitOfWork, settled: Settled) -> None:
        row, ended = _fenced(work, task), Counter(settled.outcomes)
        _change(
            work, task, prospects=row.prospects + ended["prospect"], rejections=row.rejections + ended["rejection"],
            lease_until=work.at + LEASE,
        )  # fmt: skip

    release(ids, services, by=task.by, within=counted)
    with services.unit_of_work() as work:
        row = _fenced(work, task)
        _change(
            work, task, reached=ids[-1], dealt=row.dealt + len(ids), tries=0, error=None, lease_until=work.at + LEASE
        )
    return True


def _rest(task: Task, services: Services, error: Exception | None = None) -> None:
    """Somebody else may go on: at once, or after a pause where it failed; after too many tries nobody does."""
    with services.unit_of_work() as work:
        row = _row(work.connection, task.number)
        if row.state != "leased" or row.attempt != task.attempt:
            return
        if error is None:
            _change(work, task, state="new", lease_until=None)
            return
        said, tries = f"{type(error).__name__}: {error}".splitlines()[0][:500].replace("@", "(at)"), row.tries + 1
        if tries >= MOST_TRIES:
            _fail(work, services, task, tries, said)
            return
        until = work.at + min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
        _change(work, task, state="new", lease_until=until, tries=tries, error=said)


def _fail(work: UnitOfWork, services: Services, task: Task, tries: int, error: str) -> None:
    """It ends here and says why; what it judged stays so, and its other leads wait on."""
    _change(work, task, state="failed", ended_at=work.at, lease_until=None, tries=tries, error=error)
    services.ledger.append(work, "wording.unjudged", {"wording": task.wording, "by": task.by})


def _fenced(work: UnitOfWork, task: Task) -> Row[Any]:
    row = _row(work.connection, task.number)
    if row.state != "leased" or row.attempt != task.attempt:
        raise LostError
    return row


def _change(work: UnitOfWork, task: Task, **values: Any) -> None:
    work.connection.execute(update(rejudgings).where(rejudgings.c.id == task.number).values(**values))
