"""The migrations make exactly the tables that the code names, on both databases, also when two start at once."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from databases import KINDS, import_tables

from gateway.db import migrate
from gateway.db.base import metadata
from gateway.db.engine import open_engine


@pytest.fixture(params=KINDS)
def empty(request, databases):
    url = databases.fresh(request.param, empty=True)
    opened = open_engine(url)
    yield opened
    opened.dispose()
    databases.drop(url)


def test_the_head_is_the_newest_migration():
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_they_make_the_tables_the_code_names(empty):
    import_tables()
    migrate.ensure_schema(empty)
    assert migrate.current(empty) == migrate.HEAD
    with empty.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_two_that_start_at_once_do_not_collide(empty):
    failures = []

    def start():
        try:
            migrate.ensure_schema(empty)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test reports it
            failures.append(error)

    both = [threading.Thread(target=start) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert failures == []
    assert migrate.current(empty) == migrate.HEAD
