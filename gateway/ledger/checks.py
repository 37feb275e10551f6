"""Checking the whole ledger in the background: how far it has come, and what it found, for pages to show.

A row for each check, written now and then by whoever checks. One that was not heard of for a while was cut off.
"""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, Row, insert, select, update

from gateway.db.work import UnitOfWork
from gateway.ledger.book import Ledger, count_entries
from gateway.ledger.tables import checks

SILENT = timedelta(seconds=30)
PACE_SECONDS = 1.0
WorkMaker = Callable[[], AbstractContextManager[UnitOfWork]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check as it stands."""

    number: int
    asked_at: datetime
    by: str
    since: str | None  # the kept checkpoint
    state: str  # running, cut_off, done
    entries: int  # checked so far
    total: int  # when it began
    seconds: float
    ok: bool | None
    root: str | None
    first_bad: int | None
    why: str | None

    @property
    def pace(self) -> int:
        """Entries a second."""
        return round(self.entries / self.seconds) if self.seconds else 0


def begin_check(work: UnitOfWork, *, by: str, since: str | None) -> int:
    """Write down that a check begins; its number."""
    total = count_entries(work.connection)
    begun = insert(checks).values(
        asked_at=work.at, by=by, since=since, state="running", entries=0, total=total, seen_at=work.at, milliseconds=0
    )
    return int(work.connection.execute(begun.returning(checks.c.id)).scalar_one())


def run_check(ledger: Ledger, engine: Engine, unit_of_work: WorkMaker, number: int, since: str | None) -> None:
    """Check everything, saying every second how far it has come. Returns when it is done."""
    started = told = time.monotonic()

    def tell(entries: int) -> None:
        nonlocal told
        if time.monotonic() - told >= PACE_SECONDS:
            told = time.monotonic()
            _note(unit_of_work, number, entries=entries, milliseconds=round((told - started) * 1000))

    found = ledger.verify(engine, since=since, progress=tell)
    _note(
        unit_of_work, number, entries=found.entries, state="done", ok=int(found.ok), root=found.root,
        first_bad=found.first_bad, why=found.why, milliseconds=max(1, round((time.monotonic() - started) * 1000)),
    )  # fmt: skip


def _note(unit_of_work: WorkMaker, number: int, **told: object) -> None:
    with unit_of_work() as work:
        work.connection.execute(update(checks).where(checks.c.id == number).values(seen_at=work.at, **told))


def find_check(connection: Connection, at: datetime) -> Check | None:
    """The latest check, as it stands at this instant; None if there was none yet."""
    row = connection.execute(select(checks).order_by(checks.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _check(row, at)


def _check(row: Row[tuple[object, ...]], at: datetime) -> Check:
    state = "cut_off" if row.state == "running" and row.seen_at + SILENT < at else row.state
    return Check(
        row.id, row.asked_at, row.by, row.since, state, row.entries, row.total, row.milliseconds / 1000,
        None if row.ok is None else bool(row.ok), row.root, row.first_bad, row.why,
    )  # fmt: skip
