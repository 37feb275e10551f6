"""Every match key of a database put in another's place, inside one transaction. It knows no room and no address."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, inspect

from gateway.db.keys import CHUNK

COLUMN = "match_key"
Renew = Callable[[Iterable[bytes]], list[bytes]]


def keyed_tables(connection: Connection) -> list[str]:
    """The tables that keep match keys, whichever rooms are loaded."""
    looked = inspect(connection)
    return [
        table for table in sorted(looked.get_table_names())
        if COLUMN in {column["name"] for column in looked.get_columns(table)}
    ]  # fmt: skip


def rekey(connection: Connection, renew: Renew) -> dict[str, int]:
    """Renew the keys of all tables; how many rows of each."""
    change = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    return {table: change(connection, table, renew) for table in keyed_tables(connection)}


def _sqlite(connection: Connection, table: str, renew: Renew) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.create_function("renewed", 1, lambda key: renew([bytes(key)])[0], deterministic=True)
    try:
        changed = connection.exec_driver_sql(
            f'UPDATE "{table}" SET {COLUMN} = renewed({COLUMN}) WHERE {COLUMN} IS NOT NULL'  # noqa: S608 - our own names
        )
        return changed.rowcount
    finally:
        driver.create_function("renewed", 1, None)


def _postgresql(connection: Connection, table: str, renew: Renew) -> int:
    """By a table of old and new keys: the secret never leaves this process."""
    driver = connection.connection.driver_connection
    assert driver is not None
    query = f'SELECT DISTINCT {COLUMN} FROM "{table}" WHERE {COLUMN} IS NOT NULL'  # noqa: S608 - our own names
    old = [bytes(row[0]) for row in connection.exec_driver_sql(query)]
    connection.exec_driver_sql("CREATE TEMPORARY TABLE renewed (old bytea PRIMARY KEY, new bytea) ON COMMIT DROP")
    with driver.cursor() as cursor, cursor.copy("COPY renewed (old, new) FROM STDIN") as copy:
        for start in range(0, len(old), CHUNK):
            some = old[start : start + CHUNK]
            for pair in zip(some, renew(some), strict=True):
                copy.write_row(pair)
    changed = connection.exec_driver_sql(
        f'UPDATE "{table}" SET {COLUMN} = renewed.new FROM renewed WHERE "{table}".{COLUMN} = renewed.old'  # noqa: S608 - our own names
    )
    connection.exec_driver_sql("DROP TABLE renewed")
    return changed.rowcount
