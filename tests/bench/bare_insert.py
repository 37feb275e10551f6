"""The rows that the gateway stored for a list, inserted again into fresh tables: how fast the database alone is.

python tests/bench/bare_insert.py FROM_URL TO_URL

The same tables with the same indexes, the same bytes, ready in memory; the same drivers: sqlite3 executemany in one
transaction with the gateway's own settings and the journal folded in at the end, COPY by psycopg in one transaction.
Prints {"rows": n, "seconds": s} as JSON.
"""

import json
import sys
import time
from typing import Any

NOT_OF_THE_LIST = {"mail_routes", "alembic_version"}  # there before the list came


def main() -> None:
    """Do what the command line asks for."""
    from sqlalchemy import inspect

    from gateway.db.engine import open_engine
    from gateway.db.migrate import ensure_schema

    source, target = open_engine(sys.argv[1]), open_engine(sys.argv[2])
    ensure_schema(target)
    kept = {}
    with source.connect() as connection, target.connect() as there:
        tables = [
            name for name, _ in inspect(source).get_sorted_table_and_fkc_names() if name not in {None, *NOT_OF_THE_LIST}
        ]
        for table in tables:
            if there.exec_driver_sql(f'SELECT 1 FROM "{table}" LIMIT 1').first():
                continue
            found = connection.exec_driver_sql(f'SELECT * FROM "{table}"')
            names, rows = list(found.keys()), [tuple(row) for row in found]
            if rows:
                kept[table] = names, rows
    source.dispose()
    raw = target.raw_connection()
    started = time.perf_counter()
    (_into_sqlite if target.dialect.name == "sqlite" else _into_postgresql)(raw.driver_connection, kept)
    seconds = time.perf_counter() - started
    raw.close()
    print(json.dumps({"rows": sum(len(rows) for _, rows in kept.values()), "seconds": seconds}))


def _into_sqlite(connection: Any, kept: dict[str, tuple[list[str], list[tuple]]]) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("BEGIN IMMEDIATE")
    for table, (names, rows) in kept.items():
        columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
        connection.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', rows)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _into_postgresql(connection: Any, kept: dict[str, tuple[list[str], list[tuple]]]) -> None:
    with connection.cursor() as cursor:
        for table, (names, rows) in kept.items():
            columns = ", ".join(f'"{name}"' for name in names)
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
    connection.commit()


if __name__ == "__main__":
    main()
