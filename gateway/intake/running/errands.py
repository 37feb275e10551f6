"""Errands: what is done about a run's leads after it ended, slice by slice, so that nobody waits for the writer long.

The errand says how far it came, in the slice's own transaction; whoever dies over it, the next one goes on there. The
attempt fences it as it does batches. One that fails again and again without coming further ends as failed, and may be
asked for again.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select, update

from gateway.db.work import UnitOfWork, reading
from gateway.emission.person import find_emitted
from gateway.feedback.ties import find_reported
from gateway.intake.running.blame import DIED, is_the_worlds, said
from gateway.intake.running.leases import FIRST_PAUSE, LONGEST_PAUSE, LeaseLostError, is_free
from gateway.intake.running.progress import ENDED, TRIES, account_of, errand_as_dict
from gateway.intake.running.workers import me
from gateway.intake.tables import errands, runs
from gateway.outcomes.holds import count_answers, count_waiting, find_waiting
from gateway.outcomes.origins import ranges_of_run
from gateway.outcomes.undo import Undone, find_undoable
from gateway.pipeline import Services, release, undo
from gateway.turns import take_turn

LEASE = timedelta(minutes=2)  # longer than any slice, DNS included
SLICE = 5000  # leads in one transaction: it lasts a fraction of a second
MOST_TRIES = 5  # in a row without one slice done, where the fault lies with us or the leads
MOST_OUTAGES = 200  # the same of the world's faults, which pass: with the longest pause between them most of a day
Told = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Task:
    """The right to do an errand, until it ends or another takes it."""

    errand: int
    run: int
    list: int
    kind: str
    attempt: int
    by: str


def work_errand(errand_id: int, services: Services, *, told: Told | None = None, seconds: float | None = None) -> bool:
    """Do an errand to its end; ``told`` hears of each slice. ``seconds``: stop after about so long, True if it did.

    False as well where somebody else does it.
    """
    task = _take(errand_id, services)
    if task is None:
        return False

    def tell() -> None:
        if told is not None:
            told(find_errand(services, errand_id))

    is_left = take_turn(
        partial(_slice, task, services), partial(_rest, task, services), lost=LeaseLostError, seconds=seconds, told=tell
    )
    if not is_left:
        tell()
    return is_left


def open_errands(services: Services) -> list[int]:
    """Errands that somebody could take now."""
    with reading(services.engine) as connection:
        query = select(errands).where(errands.c.state.not_in(ENDED)).order_by(errands.c.id)
        now = services.clock.now()
        return [row.id for row in connection.execute(query) if is_free(row, now)]


def find_errand(services: Services, errand_id: int) -> dict[str, Any]:
    """One errand as it is shown."""
    with reading(services.engine) as connection:
        return errand_as_dict(_row(connection, errand_id))


def _row(connection: Any, errand_id: int) -> Row[Any]:
    found: Row[Any] = connection.execute(select(errands).where(errands.c.id == errand_id)).one()
    return found


def _take(errand_id: int, services: Services) -> Task | None:
    with services.unit_of_work() as unit:
        row = _row(unit.connection, errand_id)
        if row.state in ENDED or not is_free(row, unit.at):
            return None
        list_id = unit.connection.execute(select(runs.c.list_id).where(runs.c.id == row.run_id)).scalar_one()
        task = Task(errand_id, row.run_id, list_id, row.kind, row.attempt + 1, row.asked_by)
        if row.state == "leased":
            account, tries = _one_try_more(row)
            error = f"{DIED}: its worker died without a word"
            if tries >= MOST_TRIES:
                _fail(unit, services, task, account, error)
                return None
            _change(unit, task, account=account, error=error)
        _change(unit, task, state="leased", attempt=task.attempt, lease_until=unit.at + LEASE, owner=me())
    return task


def _one_try_more(row: Row[Any]) -> tuple[str, int]:
    """The account of an errand that failed once more, and how many times in a row that is."""
    account = json.loads(row.account)
    account[TRIES] = account.get(TRIES, 0) + 1
    return json.dumps(account), account[TRIES]


def _fail(unit: UnitOfWork, services: Services, task: Task, account: str, error: str) -> None:
    """It ends here and says why. What was dealt with stays so; asked for again, it goes on behind it."""
    _change(unit, task, state="failed", ended_at=unit.at, lease_until=None, owner=None, account=account, error=error)
    services.ledger.append(unit, "errand.failed", {"list": task.list, "run": task.run, "errand": task.kind})


def _rest(task: Task, services: Services, error: Exception | None = None) -> None:
    """Somebody else may go on: at once, or after a pause where it failed; after too many tries nobody does."""
    with services.unit_of_work() as unit:
        row = _row(unit.connection, task.errand)
        if row.state != "leased" or row.attempt != task.attempt:
            return
        if error is None:
            _change(unit, task, state="new", lease_until=None, owner=None, error=None)
            return
        account, tries = _one_try_more(row)
        if tries >= (MOST_OUTAGES if is_the_worlds(error) else MOST_TRIES):
            _fail(unit, services, task, account, said(error))
            return
        until = unit.at + min(FIRST_PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)
        _change(unit, task, state="new", lease_until=until, owner=None, account=account, error=said(error))


def _slice(task: Task, services: Services) -> bool:
    """One slice; whether there was one. Behind the last one the errand is done."""
    with reading(services.engine) as connection:
        ranges = ranges_of_run(connection, str(task.run))
        reached = _row(connection, task.errand).reached
        find = find_undoable if task.kind == "undo" else find_waiting
        ids = find(connection, ranges, reached, SLICE)
    if not ids:
        _end(task, services, ranges)
        return False
    if task.kind == "undo":
        undo(
            ids, services, run_id=task.run, find_reported=_find_used,
            within=lambda unit, undone: _reached(unit, task, ids, undone),
        )  # fmt: skip
        return True
    release(ids, services, by=_name(task))
    with services.unit_of_work() as unit:
        _reached(unit, task, ids)
    return True


def _reached(unit: UnitOfWork, task: Task, ids: list[int], undone: Undone | None = None) -> None:
    """The errand has come so far. Raises LeaseLostError where it is somebody else's by now."""
    row = _row(unit.connection, task.errand)
    if row.state != "leased" or row.attempt != task.attempt:
        raise LeaseLostError
    account = Counter(json.loads(row.account))
    del account[TRIES]  # it came further
    if undone is not None:
        account.update(asdict(undone))
    _change(
        unit, task, reached=ids[-1], dealt=row.dealt + len(ids), account=json.dumps(account), error=None,
        lease_until=unit.at + LEASE,
    )  # fmt: skip


def _end(task: Task, services: Services, ranges: list[tuple[int, int]]) -> None:
    with services.unit_of_work() as unit:
        row = _row(unit.connection, task.errand)
        if row.state != "leased" or row.attempt != task.attempt:
            raise LeaseLostError
        entry = {"list": task.list, "run": task.run, "by": task.by}
        if task.kind == "undo":
            account = asdict(Undone()) | account_of(row)
            unit.connection.execute(update(runs).where(runs.c.id == task.run).values(state="undone", ended_at=unit.at))
            services.ledger.append(unit, "run.undone", entry | account)
        else:  # counted from the holds, so that no crash between a slice and its note leaves one out
            account = count_answers(unit.connection, ranges, _name(task))
            account["holds"] = count_waiting(unit.connection, ranges)
            services.ledger.append(unit, "run.judged_again", entry | account)
        _change(
            unit, task, state="done", ended_at=unit.at, lease_until=None, owner=None, account=json.dumps(account),
            error=None,
        )  # fmt: skip


def _name(task: Task) -> str:
    """Who answers the holds of a recheck."""
    return f"recheck:{task.errand}"


def _change(unit: UnitOfWork, task: Task, **values: Any) -> None:
    unit.connection.execute(update(errands).where(errands.c.id == task.errand).values(**values))


def _find_used(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    """Of whom senders reported, or receivers were told: they are withdrawn, and so revoked, and not forgotten."""
    keys = list(keys)
    return find_reported(connection, keys) | find_emitted(connection, keys)
