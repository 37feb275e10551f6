"""A store that already knows many people, made by direct inserts after the pattern of those of a small list.

Every person has a lead and a prospect, as an import would have left them: the same columns, the same indexes.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ground import imported, opened, prepare, settings

PATTERN_ROWS = 2_000
SLICE = 100_000


def filled(folder: Path, data: Path, people: int, program: list[str], database: str | None = None) -> None:
    """Make a house whose store holds about so many people, none of whom is on the benchmark's lists."""
    import generate

    prepare(data, database)
    pattern = folder / f"pattern-{data.name}.csv"
    generate.write_list(PATTERN_ROWS, pattern, seed=99)
    imported(pattern, PATTERN_ROWS, settings(data, database), program)
    engine = opened(data, database)
    try:
        _multiply(engine, people)
    finally:
        engine.dispose()


def _multiply(engine: Any, people: int) -> None:
    from datetime import UTC, datetime

    from gateway.db.work import unit_of_work
    from gateway.lifecycle.tables import prospects
    from gateway.outcomes.tables import leads

    with engine.connect() as connection:
        first = next(iter(connection.exec_driver_sql("SELECT * FROM prospects ORDER BY id LIMIT 1").mappings()))
        lead = connection.exec_driver_sql(f"SELECT * FROM leads WHERE id = {first['lead_id']}").mappings().one()
        lead_id = connection.exec_driver_sql("SELECT max(id) FROM leads").scalar()
        id_ = connection.exec_driver_sql("SELECT max(id) FROM prospects").scalar()
    for start in range(0, people, SLICE):
        keys = sorted(os.urandom(len(first["match_key"])) for _ in range(min(SLICE, people - start)))
        numbers = range(start, start + len(keys))
        with unit_of_work(engine, datetime.now(UTC)) as work:
            for table, pattern, own in (
                (leads, lead, lambda n: {"id": lead_id + 1 + n}),
                (prospects, first, lambda n: {"id": id_ + 1 + n, "lead_id": lead_id + 1 + n}),
            ):
                work.insert_many(table, list(pattern), list(_rows(pattern, own, keys, numbers)))
    _say_batches(engine, people, lead_id)


def _rows(pattern: Any, own: Any, keys: list[bytes], numbers: range) -> Iterator[tuple]:
    for key, number in zip(keys, numbers, strict=True):
        said = {"match_key": key, "address": f"person{number}@store.example.org"}
        yield tuple({**pattern, **said, **own(number)}.values())


def _say_batches(engine: Any, people: int, lead_id: int) -> None:
    """The leads belong to a batch, or the next import would give their numbers out again."""
    from datetime import UTC, datetime

    from gateway.db.work import unit_of_work
    from gateway.outcomes.tables import batches

    with engine.connect() as connection:
        last = dict(connection.exec_driver_sql("SELECT * FROM batches ORDER BY id DESC LIMIT 1").mappings().one())
    last |= {"id": last["id"] + 1, "first_lead": lead_id + 1, "leads": people}
    with unit_of_work(engine, datetime.now(UTC)) as work:
        work.insert_many(batches, list(last), [tuple(last.values())])


def know(engine: Any) -> dict[str, int]:
    """How many leads and prospects a house holds."""
    with engine.connect() as connection:
        return {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("leads", "prospects")
        }


if __name__ == "__main__":
    import sys

    house = Path(sys.argv[1])
    filled(house.parent, house, int(sys.argv[2]), [sys.executable, "-m", "gateway"])
    print(json.dumps(know(opened(house))))
