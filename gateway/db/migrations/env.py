"""Alembic's entry: runs the migrations on the connection that gateway.db.migrate opened."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import BigInteger

from gateway.db.base import Instant, metadata


def render(kind: str, thing: Any, _: Any) -> str | Literal[False]:
    """Our own column types as SQLAlchemy's: a migration must not change when the code does."""
    if kind == "type" and isinstance(thing, Instant):
        return "sa.String(27)"
    if kind == "type" and isinstance(thing, BigInteger):
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render,
    transactional_ddl=True,
)
context.run_migrations()
