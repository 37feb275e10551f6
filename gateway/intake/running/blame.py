"""Who is to blame for a batch that failed: the world, which passes, or one of its rows, which is found and named.

What the world does to us (no database, no disk, no policies) is waited out and never held against a row. Anything else
lies in the rows: the batch is taken again in halves, down to the row, which ends as a rejection that says so.
"""

from typing import Any

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from gateway.domain.problem import LedgerError
from gateway.policy.errors import PolicyError

TRIED_WHOLE = 2  # failures before a batch is taken in halves: one may be chance
TRIED_ALONE = 2  # failures of a row alone before it is named
DIED_ALONE = 5  # the same where its workers died without a word: they may have been killed for another reason
WORST = 5  # failures more, and the run fails: what is wrong lies not in the row
MOST_NAMED = 100  # rows of a run that are blamed before the run fails: so many are a fault of ours
DIED = "WorkerDied"  # stands where an error's class would

_WORLD = (MemoryError, PolicyError, LedgerError)


def is_the_worlds(error: BaseException) -> bool:
    """Whether an error says nothing of the rows: it would have come with any others too, and passes."""
    if isinstance(error, OSError):
        return not isinstance(error, FileNotFoundError)  # the list's own file does not come back by waiting
    if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
        return False  # a value that could not even be handed to the driver
    if isinstance(error, SQLAlchemyError):
        return not isinstance(error, DataError | IntegrityError)
    return isinstance(error, _WORLD) or _is_drivers(error)


def _is_drivers(error: BaseException) -> bool:
    """A driver's error that came past SQLAlchemy, as those of COPY do; known by its name (PEP 249)."""
    names = {one.__name__ for one in type(error).__mro__ if one.__module__.partition(".")[0] in {"psycopg", "sqlite3"}}
    return "Error" in names and not names & {"DataError", "IntegrityError"}


def said(error: BaseException) -> str:
    """An error for the work table: its class first."""
    return f"{type(error).__name__}: {error}"[:500]


def after_failure(failures: int, records: int | None, batch_rows: int) -> tuple[int, int | None]:
    """How a batch is taken after one failure more: failures so far, and at most how many records."""
    if records == 1:
        return failures + 1, 1
    if records is None:
        failures += 1
        return (failures, None) if failures < TRIED_WHOLE else _halved(failures, batch_rows)
    return _halved(failures + 1, records)


def _halved(failures: int, records: int) -> tuple[int, int]:
    """Half of the records; a row alone begins to count anew."""
    half = max(1, records // 2)
    return (0 if half == 1 else failures), half


def after_success(records: int | None, batch_rows: int) -> int | None:
    """How many records the next batch may take: back to all of them by doubling, for bad rows seldom come alone."""
    return None if records is None or records * 2 >= batch_rows else records * 2


def named(row: Any) -> str | None:
    """The class of the error that a row alone failed with each time; None while it is not to blame for sure."""
    return (row.error or DIED).partition(":")[0] if row.records == 1 and row.failures >= _needed(row) else None


def is_bare(row: Any) -> bool:
    """Whether the row failed even as one that could not be read: then not even its address is looked for."""
    return bool(row.failures > _needed(row))


def is_hopeless(row: Any) -> bool:
    """Whether nothing that could be done with the row helped."""
    return bool(row.records == 1 and row.failures >= _needed(row) + WORST)


def _needed(row: Any) -> int:
    return DIED_ALONE if (row.error or DIED).startswith(DIED) else TRIED_ALONE
