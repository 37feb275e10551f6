"""Group commit: what several threads write at the same time is one transaction, and one wait for the disk.

Where they are several, each writes behind a savepoint, one after the other, as if it were alone: who fails takes back
what it wrote and nothing of the others. Where the database itself fails, or the commit, nobody is written and
everybody is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError, StatementError

from gateway.db.leading import Entry, Leading
from gateway.db.work import UnitOfWork, unit_of_work

Write = Callable[[UnitOfWork], None]
MOST = 16
"""In one transaction: of a few milliseconds each, so that others who write need not wait long."""


@dataclass(slots=True)
class _Call:
    write: Write
    after: list[Callable[[], None]] = field(default_factory=list)


class Shared:
    """The shared transactions of one process on one database."""

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now
        self._queue: Leading[_Call] = Leading(self._carry_all, most=MOST)

    def carry(self, write: Write) -> None:
        """Call ``write`` inside the one writing transaction; committed when this returns.

        It may be called by another thread, so it may use nothing that belongs to a thread. Raises what it raises.
        """
        call = _Call(write)
        self._queue.carry(call)
        for act in call.after:
            act()

    def _carry_all(self, entries: Sequence[Entry[_Call]]) -> None:
        try:
            with unit_of_work(self._engine, self._now) as whole:
                for entry in entries:  # each at its own instant: waiting for the others took a while
                    work = UnitOfWork(whole.connection, self._now(), entry.item.after)
                    if len(entries) == 1:  # the transaction is its own
                        entry.item.write(work)
                    else:
                        _write(work, entry)
        except Exception as error:  # noqa: BLE001 - raised to all whom it concerns
            for entry in entries:
                entry.error = entry.error or error
        else:
            for entry in entries:
                entry.is_carried = entry.error is None


def _write(work: UnitOfWork, entry: Entry[_Call]) -> None:
    """What goes wrong for it alone is its own error. Raises what is wrong with the database."""
    point = work.connection.begin_nested()
    try:
        entry.item.write(work)
    except Exception as error:
        if _is_the_databases(error):
            raise
        point.rollback()
        entry.error = error
    else:
        point.commit()


def _is_the_databases(error: BaseException) -> bool:
    """Whether nothing further can be written in this transaction, by anybody."""
    is_values = isinstance(error, DataError | IntegrityError) or type(error) is StatementError
    return isinstance(error, SQLAlchemyError) and not is_values
