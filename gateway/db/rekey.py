"""Every match key of a database put in another's place, inside one transaction. It knows no room and no address."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, inspect

from gateway.db.keys import CHUNK

COLUMN = "match_key"  # and whatever ends so: new_match_key
Renew = Callable[[Iterable[bytes]], list[bytes]]


def keyed_columns(connection: Connection) -> list[tuple[str, str]]:
    """The tables that keep match keys, each with its column, whichever rooms are loaded."""
    looked = inspect(connection)
    return [
        (table, column["name"]) for table in sorted(looked.get_table_names())
        for column in looked.get_columns(table) if column["name"].endswith(COLUMN)
    ]  # fmt: skip


def rekey(connection: Connection, renew: Renew) -> dict[str, int]:
    """Renew the keys of all tables; how many rows of each."""
    change = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    return {table: change(connection, table, column, renew) for table, column in keyed_columns(connection)}


def _sqlite(connection: Connection, table: str, column: str, renew: Renew) -> int:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.create_function("renewed", 1, lambda key: renew([bytes(key)])[0], deterministic=True)
    try:
        changed = connection.exec_driver_sql(
            f'UPDATE "{table}" SET {column} = renewed({column}) WHERE {column} IS NOT NULL'  # noqa: S608 - our own names
        )
        return changed.rowcount
    finally:
        driver.create_function("renewed", 1, None)


def _postgresql(connection: Connection, table: str, column: str, renew: Renew) -> int:
    """By a table of old and new keys: the secret never leaves this process."""
    driver = connection.connection.driver_connection
    assert driver is not None
    query = f'SELECT DISTINCT {column} FROM "{table}" WHERE {column} IS NOT NULL'  # noqa: S608 - our own names
    old = [bytes(row[0]) for row in connection.exec_driver_sql(query)]
    connection.exec_driver_sql("CREATE TEMPORARY TABLE renewed (old bytea PRIMARY KEY, new bytea) ON COMMIT DROP")
    with driver.cursor() as cursor, cursor.copy("COPY renewed (old, new) FROM STDIN") as copy:
        for start in range(0, len(old), CHUNK):
            some = old[start : start + CHUNK]
            for pair in zip(some, renew(some), strict=True):
                copy.write_row(pair)
    changed = connection.exec_driver_sql(
        f'UPDATE "{table}" SET {column} = renewed.new FROM renewed WHERE "{table}".{column} = renewed.old'  # noqa: S608 - our own names
    )
    connection.exec_driver_sql("DROP TABLE renewed")
    return changed.rowcount
