"""Small questions put to the driver itself: what every signup asks, and what the database answers in microseconds.

Measured for one row by its key on SQLite: 2.7 µs here, 16 µs as plain SQL through SQLAlchemy.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def ask(connection: Connection, question: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement, as the driver gives them, if it has any; ``?`` stands for a value on both databases.

    On a connection that has begun nothing (glancing) it is answered as of its own instant. Whoever listens to an
    engine's statements hears this one, too.
    """
    sqlite = connection.dialect.name == "sqlite"
    statement = question if sqlite else _marked(question)
    if connection.engine.dispatch.before_cursor_execute:
        heard = connection.exec_driver_sql(statement, tuple(values) or None)
        return [tuple(row) for row in heard] if heard.returns_rows else []
    driver: Any = connection.connection.dbapi_connection
    try:
        if sqlite:
            cursor = driver.execute(statement, values)
            return [] if cursor.description is None else cursor.fetchall()
        cursor = _cursor(connection, driver).execute(statement, values or None)
        return [] if cursor.rownumber is None else cursor.fetchall()  # description would be made for each column
    except connection.dialect.loaded_dbapi.Error as error:  # as everybody expects errors to come
        raise DBAPIError.instance(
            statement, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True,
            dialect=connection.dialect,
        ) from error  # fmt: skip


def _cursor(connection: Connection, driver: Any) -> Any:
    """A PostgreSQL connection's one for all small questions: to make one takes a quarter as long as to ask."""
    kept: dict[str, Any] = connection.info
    if (cursor := kept.get("cursor")) is None:
        cursor = kept["cursor"] = driver.cursor()
    return cursor


def ask_one(connection: Connection, question: str, values: Sequence[Any] = ()) -> Any:
    """The first cell of the first row; None where there is no row."""
    rows = ask(connection, question, values)
    return rows[0][0] if rows else None


@cache
def _marked(question: str) -> str:
    """With the marks of PostgreSQL's driver."""
    return question.replace("?", "%s")
