"""Fresh databases of either kind, with every table, in milliseconds: each is a copy of one made once a session."""

import shutil
from collections.abc import Callable
from importlib import import_module
from itertools import count
from pathlib import Path

import psycopg
from postgres import Postgres

import gateway
from gateway.db.engine import open_engine
from gateway.db.migrate import ensure_schema

KINDS = ("sqlite", "postgresql")


def import_tables() -> None:
    """Import every room's tables, so that the catalogue is whole whichever test runs alone."""
    home = Path(gateway.__file__).parent
    for path in sorted(home.rglob("tables.py")):
        import_module(".".join(["gateway", *path.relative_to(home).with_suffix("").parts]))


class Databases:
    """Makes databases for a session of tests. The PostgreSQL server starts when the first test asks for it."""

    def __init__(self, folder: Path, server: Callable[[], Postgres]) -> None:
        self._folder = folder
        self._server = server
        self._numbers = count(1)
        self._templates: dict[str, str] = {}
        self._free: list[str] = []  # of PostgreSQL: as good as fresh, and a tenth of a second quicker
        self._shape = ""
        self._emptying: dict[str, psycopg.Connection] = {}

    def fresh(self, kind: str, *, empty: bool = False) -> str:
        """The URL of a database nobody has written to: with every table, or ``empty``."""
        name = f"test_{next(self._numbers)}"
        if kind == "sqlite":
            return self._fresh_sqlite(name, empty=empty)
        return self._fresh_postgresql(name, empty=empty)

    def drop(self, url: str) -> None:
        """Forget a database; its engine must be disposed of before."""
        if url.startswith("postgresql"):
            name = url.partition("?")[0].rpartition("/")[2]
            if self._emptied(name):
                self._free.append(name)
            else:
                self._hang_up(name)
                self._server().sql(f'DROP DATABASE "{name}" WITH (FORCE)')
            return
        for path in self._folder.glob(Path(url).name + "*"):
            path.unlink()

    def _fresh_sqlite(self, name: str, *, empty: bool) -> str:
        url = f"sqlite:///{self._folder / name}.sqlite"
        if not empty:
            if "sqlite" not in self._templates:
                path = self._folder / "template.sqlite"
                _build(f"sqlite:///{path}")
                self._templates["sqlite"] = str(path)
            shutil.copyfile(self._templates["sqlite"], self._folder / f"{name}.sqlite")
        return url

    def _fresh_postgresql(self, name: str, *, empty: bool) -> str:
        server = self._server()
        if empty:
            server.sql(f'CREATE DATABASE "{name}"')
        else:
            if "postgresql" not in self._templates:
                server.sql('CREATE DATABASE "template_gateway"')
                _build(server.url("template_gateway").render_as_string())
                self._templates["postgresql"] = "template_gateway"
            if self._free:
                return server.url(self._free.pop()).render_as_string()
            # Copied as files: twice as quick as through the journal, which PostgreSQL does without being told.
            server.sql(f'CREATE DATABASE "{name}" TEMPLATE "template_gateway" STRATEGY FILE_COPY')
        return server.url(name).render_as_string()

    def _emptied(self, name: str) -> bool:
        """Make a database as it was when it was fresh; False if its tables are not those any more."""
        if "postgresql" not in self._templates:
            return False
        server = self._server()
        if not self._shape:
            self._shape = server.ask("template_gateway", _SHAPE)
        try:
            return self._empty(name)
        except psycopg.OperationalError:  # the test sent everybody away
            self._hang_up(name)
            return self._empty(name)

    def _empty(self, name: str) -> bool:
        # Kept for the tests that get the database next: what a server's process has to learn of a database before
        # its first answer costs four times what is asked here.
        if name not in self._emptying:
            self._emptying[name] = self._server().connect(name)
        connection = self._emptying[name]
        connection.execute(_ALONE)
        if connection.execute(_SHAPE).fetchone() != (self._shape,):
            return False
        connection.execute(_EMPTY)
        return True

    def close(self) -> None:
        """Hang up everywhere."""
        for name in list(self._emptying):
            self._hang_up(name)

    def _hang_up(self, name: str) -> None:
        if name in self._emptying:
            self._emptying.pop(name).close()


_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Every column of every table and index, every function: what a test can add and forget.
_SHAPE = """
SELECT md5(string_agg(concat(c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull), ' '
                      ORDER BY c.relname, a.attnum))
    || concat(
        ' ', (SELECT count(*) FROM pg_proc), ' ', (SELECT count(*) FROM pg_namespace), ' ',
        (SELECT count(*) FROM pg_trigger))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
"""
# Of a hundred tables a test writes to ten; the others are not even opened.
_EMPTY = """
DO $$ DECLARE one record; filled boolean; BEGIN
  SET LOCAL session_replication_role = replica;  -- no order among tables that refer to one another
  FOR one IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
             AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0 LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', one.relname) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', one.relname); END IF;
  END LOOP;
  FOR one IN SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace
             AND CASE relkind WHEN 'S' THEN pg_sequence_last_value(oid) END IS NOT NULL LOOP
    PERFORM setval(format('%I', one.relname)::regclass, 1, false);
  END LOOP;
END $$
"""


def _build(url: str) -> None:
    engine = open_engine(url)
    try:
        ensure_schema(engine)
    finally:
        engine.dispose()  # SQLite's last connection folds the journal into the file, which can then be copied
