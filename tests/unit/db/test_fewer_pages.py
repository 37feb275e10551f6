"""Tables that are made again keep their rows, numbers and the view that speaks of them; both ways."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from databases import KINDS
from sqlalchemy import text

from gateway.db import migrate
from gateway.db.engine import open_engine

AT = "2026-11-20T12:00:00.000000Z"
TALLY = "INSERT INTO tallies (batch_id, decision_id, outcome, extra, leads) VALUES (:n, 1, 'hold', '', :n)"
ASKED = (
    "INSERT INTO confirmations (lead_id, match_key, source, token_digest, mail_id, purposes, language, state, asked_at,"
    f" expires_at) VALUES (:n, :key, 'demo', :key, :n, '', 'en', 'asked', '{AT}', '{AT}') RETURNING id"
)
MAIL = (
    "INSERT INTO mails (kind, match_key, source, language, message_id, state, not_before, tries, unknown, attempt,"
    f" created_at) VALUES ('confirmation', :key, 'demo', 'en', :name, 'new', '{AT}', 0, 0, 0, '{AT}') RETURNING id"
)


@pytest.fixture(params=KINDS)
def before(request, databases):
    """A database as it was before."""
    url = databases.fresh(request.param, empty=True)
    opened = open_engine(url)
    migrate.upgrade(opened, "0008")
    yield opened
    opened.dispose()
    databases.drop(url)


def go_back(engine, revision):
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def add(engine, *numbers):
    """A tally, a question and a mail for each; the numbers that the last two got."""
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        for n in numbers:
            connection.execute(text(TALLY), {"n": n})
            key = bytes([n]) * 16
            asked = connection.execute(text(ASKED), {"n": n, "key": key}).scalar()
            mail = connection.execute(text(MAIL), {"key": key, "name": f"<{n}@example.com>"}).scalar()
    return asked, mail


def kept(engine):
    with engine.connect() as connection:
        connection.execute(text("SELECT * FROM prospects_for_analysts")).all()
        return [
            [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1"))]
            for table in ("tallies", "confirmations", "mails")
        ]


def test_rows_and_numbers_go_on_as_they_were(before):
    assert add(before, 1, 2, 3) == (3, 3)
    rows = kept(before)
    migrate.ensure_schema(before)
    assert kept(before) == rows
    assert add(before, 4) == (4, 4)
    rows = kept(before)
    go_back(before, "0008")
    assert kept(before) == rows
    assert add(before, 5) == (5, 5)
    migrate.ensure_schema(before)
    assert [len(table) for table in kept(before)] == [5, 5, 5]
