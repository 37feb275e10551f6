"""The unit of work: the only place that writes. One transaction, one writer at a time, all or nothing.

SQLite has one writer by nature; on PostgreSQL an advisory lock makes it so. That keeps the ledger gapless and
the first acceptable row of a key the winner on both (docs/decisions/0003-one-writer.md). No network call inside.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import local
from typing import Any

from sqlalchemy import Connection, Engine, Table

from gateway.db.insert import insert_columns
from gateway.db.plain import ask

WRITER_LOCK = 0x6C656164  # "lead"; any constant, the same for every process of one gateway


@dataclass(slots=True)
class UnitOfWork:
    """An open transaction and the instant it happens at. ``after`` runs once it is committed, never before."""

    connection: Connection
    at: datetime
    after: list[Callable[[], None]] = field(default_factory=list)

    def insert_many(
        self,
        table: Table,
        names: Sequence[str],
        rows: Sequence[tuple[Any, ...]],
        *,
        same: Mapping[str, int | str] | None = None,
    ) -> None:
        """Insert rows of driver-ready values (instants as text_of, bytes, str, int) the fastest way there is.

        ``same``: columns with one value for all rows; on SQLite each value less to bind saves a twentieth of the time.
        """
        if rows:
            self.insert_columns(table, dict(zip(names, zip(*rows, strict=True), strict=True)), same=same)

    def insert_columns(
        self, table: Table, columns: Mapping[str, Sequence[Any]], *, same: Mapping[str, int | str] | None = None
    ) -> None:
        """The same for rows that are given in columns: what a list's thousands of rows come in."""
        insert_columns(self.connection, table, columns, same or {})


@contextmanager
def unit_of_work(
    engine: Engine, at: datetime | Callable[[], datetime], *, repeatable: bool = False
) -> Iterator[UnitOfWork]:
    """Open the one writing transaction; commit at the end, roll back on any exception, then run ``after``.

    ``at``: the instant it happens at, or the clock to read once the lock is held: waiting for it may take a while.
    ``repeatable``: what is written is owed in the database and would be done again, as a list's batch is. SQLite then
    need not wait for the disk: a power cut takes the batch whole, with its done mark, and the run goes on before it.
    """
    with engine.connect().execution_options(writes=True, repeatable=repeatable) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            ask(connection, "SELECT pg_advisory_xact_lock(?)", (WRITER_LOCK,))
        work = UnitOfWork(connection, at() if callable(at) else at)
        yield work
    for act in work.after:
        act()


_open = local()


@contextmanager
def glancing(engine: Engine) -> Iterator[Connection]:
    """A connection for small questions, each answered as of its own instant; it begins nothing.

    Inside another of the same thread it is the same connection: to take one from the pool costs more than to ask.
    """
    outer: dict[Engine, Connection] = _open.__dict__.setdefault("connections", {})
    if engine in outer:
        yield outer[engine]
        return
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # two turns less, and a question that fails spoils no other
            connection.execution_options(isolation_level="AUTOCOMMIT")
        outer[engine] = connection
        try:
            yield connection
        finally:
            del outer[engine]


@contextmanager
def reading(engine: Engine, *, snapshot: bool = False) -> Iterator[Connection]:
    """A connection to read from; nothing it does is kept.

    ``snapshot``: all its questions are answered as of one instant, whatever is written meanwhile. SQLite always does.
    """
    with engine.connect() as connection:
        if snapshot and connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        connection.begin()
        yield connection
