"""Opens the database with the settings that were tried: WAL and BEGIN IMMEDIATE on SQLite, psycopg on PostgreSQL."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError

from gateway.db.turns import WAIT_SECONDS, begin_writing

LATELY_SECONDS = 1.0
"""A connection to PostgreSQL that answered so long ago is alive."""
JOURNAL_PAGES = 4000
"""So long (64 MB) the journal is before whoever commits folds it in, which takes a tenth of a second. Beside a list
that is the list's to do: what nobody waits for comes to it first, and a signup only where no list runs."""


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///…`` or ``postgresql://…``; a missing SQLite folder is made (0700)."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _sqlite(parsed)
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"), pool_size=10, max_overflow=50, hide_parameters=True,
        connect_args={"options": "-c timezone=UTC"},
    )  # fmt: skip
    _ask_whether_alive(engine)
    return engine


def _ask_whether_alive(engine: Engine) -> None:
    """Before a connection is used that nobody used of late, as pool_pre_ping does before every use.

    A signup uses two, and each such question takes as long as one of its own.
    """

    @event.listens_for(engine, "checkin")
    def put_back(_connection: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def take(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) < LATELY_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool takes another


def _sqlite(url: Any) -> Engine:
    engine = create_engine(
        url, connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False}, hide_parameters=True, pool_size=20,
        max_overflow=40,
    )  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver's own deferred BEGIN fails when a read turns into a write under another writer; ours says
        # BEGIN IMMEDIATE for writers (unit of work) and plain BEGIN for readers.
        connection.isolation_level = None
        # A page of 16 KiB takes bulk inserts a fifth to a quarter faster than 4 KiB; it holds for new files only.
        cursor = connection.cursor()
        for pragma in (
            "page_size=16384", "journal_mode=WAL",
            "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={round(WAIT_SECONDS * 1000)}",
            "cache_size=-65536", "temp_store=MEMORY",
            "secure_delete=ON",  # what is deleted is overwritten: whoever is erased is so in the file's bytes too
        ):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        options = connection.get_execution_options()
        writing = options.get("writes", False)
        if writing:
            repeatable = options.get("repeatable", False)
            if connection.info.get("repeatable") is not repeatable:  # pooled connections come back as they were left
                connection.exec_driver_sql(f"PRAGMA synchronous={'NORMAL' if repeatable else 'FULL'}")
                pages = JOURNAL_PAGES if repeatable else 3 * JOURNAL_PAGES
                connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={pages}")
                connection.info["repeatable"] = repeatable
            begin_writing(connection)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine
