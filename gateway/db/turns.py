"""Writers on one SQLite file take turns in the order they came; long writers know that somebody waits.

SQLite's own handler sleeps up to a tenth of a second between two looks, so that a signup beside an import waited for
60 to 900 ms where the lock was free after five. Here whoever waits holds a lock on a file beside the database: the
first of them looks every millisecond, at first more often, the others stand behind it in the system's own queue, and
who comes later does not get in before them. No process can forget to take the lock back, for the system drops it with
the process.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.001
SOON_SECONDS, SOON = 0.0002, 25
"""So often at first: another web process' signup is through within that, and each look too late is added to both."""


def begin_writing(connection: Connection) -> None:
    """Begin the writing transaction as soon as no other is open; an error of the driver's after a minute."""
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA busy_timeout=0")
    try:
        if is_awaited(connection.engine) or not _begun(connection):
            until = time.monotonic() + WAIT_SECONDS
            with _announced(connection.engine.url.database):
                _begin_later(connection, until)
    finally:
        driver.execute(f"PRAGMA busy_timeout={round(WAIT_SECONDS * 1000)}")


def is_awaited(engine: Engine) -> bool:
    """Whether another writer waits at this moment. PostgreSQL queues them in order; there is nothing to know there."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database:
        return False
    try:
        handle = os.open(_beside(database), os.O_RDWR)
    except OSError:  # nobody ever waited; or it is another account's: then parts stay as they are
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _begun(connection: Connection) -> bool:
    driver = connection.connection.driver_connection
    assert driver is not None
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails again, now as everybody expects errors to come
            return True
        return False
    return True


def _begin_later(connection: Connection, until: float) -> None:
    looks = 0
    while time.monotonic() < until:
        if _begun(connection):
            return
        looks += 1
        time.sleep(SOON_SECONDS if looks <= SOON else LOOK_SECONDS)
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # says that the database is locked


@contextmanager
def _announced(database: str | None) -> Iterator[None]:
    """Hold the lock that says: somebody waits. Who else holds it is waited for, a minute at most like the others."""
    if not database or database == ":memory:":
        yield
        return
    try:
        handle = os.open(_beside(database), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # it waits unannounced
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _beside(database: str) -> str:
    return database + ".waiting"
