"""Fresh databases of either kind, with every table, in milliseconds: each is a copy of one made once a session."""

import shutil
from collections.abc import Callable
from importlib import import_module
from itertools import count
from pathlib import Path

from postgres import Postgres

import gateway
from gateway.db.engine import open_engine
from gateway.db.migrate import ensure_schema

KINDS = ("sqlite", "postgresql")


def import_tables() -> None:
    """Import every room's tables, so that the catalogue is whole whichever test runs alone."""
    for path in sorted(Path(gateway.__file__).parent.glob("*/tables.py")):
        import_module(f"gateway.{path.parent.name}.tables")


class Databases:
    """Makes databases for a session of tests. The PostgreSQL server starts when the first test asks for it."""

    def __init__(self, folder: Path, server: Callable[[], Postgres]) -> None:
        self._folder = folder
        self._server = server
        self._numbers = count(1)
        self._templates: dict[str, str] = {}

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
            # Copied as files: twice as quick as through the journal, which PostgreSQL does without being told.
            server.sql(f'CREATE DATABASE "{name}" TEMPLATE "template_gateway" STRATEGY FILE_COPY')
        return server.url(name).render_as_string()


def _build(url: str) -> None:
    engine = open_engine(url)
    try:
        ensure_schema(engine)
    finally:
        engine.dispose()  # SQLite's last connection folds the journal into the file, which can then be copied
