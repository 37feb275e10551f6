"""What a person may ask of a list's run: stop it, let it go on, undo it, judge its holds again. Asked, not yet done."""

import json
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.running.progress import ENDED, account_of
from gateway.intake.tables import errands, lists, runs, work
from gateway.outcomes.holds import count_waiting
from gateway.outcomes.origins import ranges_of_run
from gateway.outcomes.standing import find_left
from gateway.outcomes.undo import count_lost, count_undoable
from gateway.pipeline import Services


def cancel(services: Services, list_id: int, *, by: str) -> int:
    """Stop a list's run; its number. Nothing of it is committed once this returns: whoever works loses the lease.

    What was committed stays; ``resume`` goes on behind it and ``undo`` takes it back. Raises CallerError.
    """
    with services.unit_of_work() as unit:
        run = _latest(unit.connection, list_id)
        if run.state == "cancelled":
            return int(run.id)
        if run.state != "running":
            raise _not_now(
                phrase(
                    "list_%(list_id)s is %(state)s; only a running list can be cancelled",
                    list_id=list_id,
                    state=run.state,
                )
            )
        unit.connection.execute(
            update(work).where(work.c.run_id == run.id, work.c.state.in_(("new", "leased")))
            .values(state="stopped", lease_until=None, owner=None)
        )  # fmt: skip
        _state(unit, run.id, state="cancelled", ended_at=unit.at)
        rows = json.loads(run.receipt)["rows"]
        services.ledger.append(unit, "run.cancelled", {"list": list_id, "run": run.id, "rows": rows, "by": by})
    return int(run.id)


def resume(services: Services, list_id: int, *, by: str) -> int:
    """Let a run that was cancelled or has failed go on where it stopped; one that rests, at once. Its number."""
    with services.unit_of_work() as unit:
        run = _latest(unit.connection, list_id)
        if run.state not in {"running", "cancelled", "failed"}:
            raise _not_now(
                phrase("list_%(list_id)s is %(state)s; there is nothing to resume", list_id=list_id, state=run.state)
            )
        mine = update(work).where(work.c.run_id == run.id)
        if run.state == "running":
            unit.connection.execute(mine.where(work.c.state == "new").values(lease_until=unit.at, owner=None))
        else:
            unit.connection.execute(
                mine.where(work.c.state.in_(("stopped", "failed")))
                .values(state="new", lease_until=unit.at, owner=None, error=None, failures=0, records=None)
            )  # fmt: skip
            _state(unit, run.id, state="running", ended_at=None, error=None)
            services.ledger.append(unit, "run.resumed", {"list": list_id, "run": run.id, "by": by})
        unit.after.append(services.wake)
    return int(run.id)


def begin_undo(services: Services, list_id: int, *, by: str) -> int:
    """Owe the undoing of a list's run, which must have ended; the errand's number.

    Asked again, it is the same one; if it had failed, it goes on where it stopped.
    """
    with services.unit_of_work() as unit:
        run = _latest(unit.connection, list_id)
        if run.state in {"undoing", "undone"}:
            return _undo_again(unit, services, run.id)
        if run.state == "running":
            raise _not_now(phrase("list_%(list_id)s is running; cancel it first", list_id=list_id))
        found = count_undoable(unit.connection, run.id)
        _state(unit, run.id, state="undoing")
        unit.connection.execute(
            update(errands).where(errands.c.run_id == run.id, errands.c.state.not_in(ENDED))
            .values(state="done", ended_at=unit.at, error="the run is undone instead")
        )  # fmt: skip
        services.ledger.append(unit, "run.undoing", {"list": list_id, "run": run.id, "by": by})
        return _owe(unit, services, run.id, kind="undo", leads=found.prospects + found.holds, by=by)


def preview_undo(services: Services, list_id: int) -> dict[str, int]:
    """What undoing a list's run would take back, and what it would not bring back. Nothing is changed."""
    with reading(services.engine) as connection:
        run = _latest(connection, list_id)
        ranges = ranges_of_run(connection, str(run.id))
        found = count_undoable(connection, run.id)
        had_left = len(find_left(connection, ranges))
        return {
            "prospects": found.prospects - had_left, "had_left": had_left, "holds": found.holds,
            "lost_elsewhere": count_lost(connection, ranges),
        }  # fmt: skip


def begin_recheck(services: Services, list_id: int, *, by: str) -> int:
    """Owe that all of a list's waiting leads are judged again, under today's policies and facts; the errand's number.

    Asked again while it is under way, it is the same one.
    """
    with services.unit_of_work() as unit:
        run = _latest(unit.connection, list_id)
        if run.state in {"undoing", "undone"}:
            raise _not_now(
                phrase("list_%(list_id)s is %(state)s; nothing of it waits", list_id=list_id, state=run.state)
            )
        if run.state == "running":
            raise _not_now(
                phrase(
                    "list_%(list_id)s is running; once it is done, what of it waits can be judged again",
                    list_id=list_id,
                )
            )
        open_one = unit.connection.execute(
            select(errands.c.id).where(
                errands.c.run_id == run.id, errands.c.kind == "recheck", errands.c.state.not_in(ENDED)
            )
        ).scalar()
        if open_one is not None:
            return int(open_one)
        waiting = count_waiting(unit.connection, ranges_of_run(unit.connection, str(run.id)))
        services.ledger.append(unit, "run.rechecked", {"list": list_id, "run": run.id, "holds": waiting, "by": by})
        return _owe(unit, services, run.id, kind="recheck", leads=waiting, by=by)


def _owe(unit: UnitOfWork, services: Services, run_id: int, *, kind: str, leads: int, by: str) -> int:
    added = unit.connection.execute(
        insert(errands)
        .values(
            run_id=run_id, kind=kind, state="new", reached=0, leads=leads, dealt=0, account="{}", attempt=0,
            asked_at=unit.at, asked_by=by,
        )
        .returning(errands.c.id)
    )  # fmt: skip
    unit.after.append(services.wake)
    return int(added.scalar_one())


def _undo_again(unit: UnitOfWork, services: Services, run_id: int) -> int:
    """The errand that undoes a run already; one that failed is owed anew, behind what it had undone."""
    query = select(errands).where(errands.c.run_id == run_id, errands.c.kind == "undo")
    row = unit.connection.execute(query.order_by(errands.c.id.desc()).limit(1)).one()
    if row.state == "failed":
        unit.connection.execute(
            update(errands).where(errands.c.id == row.id)
            .values(state="new", ended_at=None, lease_until=None, error=None, account=json.dumps(account_of(row)))
        )  # fmt: skip
        unit.after.append(services.wake)
    return int(row.id)


def _state(unit: UnitOfWork, run_id: int, **values: Any) -> None:
    unit.connection.execute(update(runs).where(runs.c.id == run_id).values(**values))


def _latest(connection: Connection, list_id: int) -> Row[Any]:
    if connection.execute(select(lists.c.id).where(lists.c.id == list_id)).scalar() is None:
        message = phrase("there is no list_%(list_id)s", list_id=list_id)
        raise CallerError([Problem("unknown_list", message, field="list")], 404, "Not Found")
    query = select(runs).where(runs.c.list_id == list_id).order_by(runs.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise _not_now(phrase("list_%(list_id)s has no file yet, so it was never run", list_id=list_id))
    return row


def _not_now(message: str) -> CallerError:
    return CallerError([Problem("not_now", message, field="list")], 409, "Conflict")
