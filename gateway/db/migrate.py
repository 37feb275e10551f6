"""Brings a database's tables up to date with Alembic; a database that is current costs one SELECT."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

HEAD = "0009"
"""The newest migration; a test holds it against the folder."""


def current(engine: Engine) -> str | None:
    """The migration the database stands at; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def ensure_schema(engine: Engine) -> None:
    """Create or upgrade the tables where needed. Two processes that start at once do not collide."""
    if current(engine) != HEAD:
        upgrade(engine)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations, under the one-writer lock."""
    from alembic import command
    from alembic.config import Config

    from gateway.db.work import WRITER_LOCK

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (WRITER_LOCK,))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
