"""After rows were emptied: what the database still keeps of their bytes is overwritten, as far as that can be done.

SQLite overwrites what is deleted (secure_delete) but keeps the journal until it is folded in, and a page that was
split may hold a copy; so the file is searched, and made anew if anything is found. PostgreSQL frees the space of old
rows; its write-ahead log, its standbys and every backup keep them for as long as they themselves are kept.
"""

import re
import sqlite3
import time
from collections.abc import Collection, Iterable
from mmap import ACCESS_READ, mmap
from pathlib import Path

from sqlalchemy import Engine

WAIT_SECONDS = 30.0
_LOOK_SECONDS = 0.05


def scrub(engine: Engine, texts: Collection[str] | None, tables: Iterable[str]) -> bool:
    """Overwrite what is left of deleted rows; False if readers kept the journal open, so that it is to be done again.

    ``texts``: what must not be found in SQLite's file any more; None where nobody knows it by now, and the file is made
    anew. ``tables``: those that PostgreSQL is to clean.
    """
    if engine.dialect.name != "sqlite":
        # Told to SQLAlchemy, which takes it back whatever happens: left as it is in the pool, the next to write on
        # this connection would commit each statement by itself.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in tables:
                connection.exec_driver_sql(f'VACUUM "{table}"')
        return True
    raw = engine.raw_connection()
    try:
        driver = raw.driver_connection
        assert driver is not None
        if not _fold(driver):
            return False
        if texts is None or holds(Path(engine.url.database or ""), texts):
            driver.execute("VACUUM")
            return _fold(driver)
        return True
    finally:
        raw.close()


def _fold(driver: sqlite3.Connection) -> bool:
    """The journal into the file, and the journal's own file to nothing."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return True
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_SECONDS)


def holds(path: Path, texts: Collection[str]) -> bool:
    """Whether a file has any of these texts in its bytes, whatever their case, as UTF-8 or UTF-16."""
    if not texts or not path.is_file() or not path.stat().st_size:
        return False
    forms = sorted({re.escape(text.encode(kind)) for text in texts for kind in ("utf-8", "utf-16-le", "utf-16-be")})
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        return re.search(b"|".join(forms), data, re.IGNORECASE) is not None
