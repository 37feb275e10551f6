"""How far a run has come: rows done, rows in all, how fast, how long yet."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.intake.running.leases import is_at_work
from gateway.intake.tables import errands, work

LOOKED_AT = 1 << 18  # bytes of the file whose lines are counted
LATELY = 5  # batches that the rate is taken from: the machine may have been busier before
ENDED = ("done", "failed")
"""States of errands that nobody works on any more."""
TRIES = "tries"
"""In an errand's account: how often in a row it failed."""
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xd0\xcf\x11\xe0", b"PAR1")
"""How files begin whose lines nobody sees: ZIP (XLSX, ODS), gzip, zstd, XLS, Parquet."""
_NOBODY = (
    "nobody works on it at this moment. A worker goes on where it stopped, by itself; if none runs, `gateway work` "
    "starts one, and `gateway lists resume list_{number}` goes on without one."
)


def estimate(path: Path) -> int | None:
    """About how many rows a file has, by the length of its first lines; None where that cannot be seen."""
    size = path.stat().st_size
    with path.open("rb") as file:
        block = file.read(LOOKED_AT)
    lines = block.count(b"\n")
    if not lines or block.startswith(_PACKED):
        return None
    return max(1, round(size / ((block.rindex(b"\n") + 1) / lines)) - 1)


def view_progress(connection: Connection, run: Row[Any], rows: int, now: datetime) -> dict[str, Any]:
    """Rows done and in all (estimated until the run is done), rows a second, seconds left; None where unknown.

    A run that rests, or that nobody works on, has no speed, and nobody knows how long it takes.
    """
    total, is_exact = (rows, True) if run.state == "done" else (run.expected, False)
    if total is not None and total < rows:
        total = None
    at_work, waits_for = _at_work(connection, run, now)
    rate = _rate(connection, run.id) if at_work or run.state != "running" else None
    left = None
    if run.state == "running" and total is not None and rate:
        left = round((total - rows) / rate, 1)
    return {
        "rows": rows,
        "total": total,
        "total_is_exact": is_exact,
        "rows_per_second": rate,
        "seconds_left": left,
        "at_work": at_work,
        "waits_for": waits_for,
    }


def _rate(connection: Connection, run_id: int) -> float | None:
    query = (
        select(work.c.rows, work.c.milliseconds)
        .where(work.c.run_id == run_id, work.c.state == "done", work.c.milliseconds.is_not(None))
        .order_by(work.c.k.desc()).limit(LATELY)
    )  # fmt: skip
    done = connection.execute(query).all()
    spent = sum(row.milliseconds for row in done)
    return round(sum(row.rows for row in done) / spent * 1000, 1) if spent else None


def _at_work(connection: Connection, run: Row[Any], now: datetime) -> tuple[bool, str | None]:
    """Whether somebody works on the run; if nobody does and it has not ended, why, and what happens next."""
    if run.state != "running":
        return False, None
    query = select(work).where(work.c.run_id == run.id, work.c.state.in_(("new", "leased")))
    row = connection.execute(query).one_or_none()
    if row is None:  # its end is being written
        return True, None
    if row.state == "new" and row.error is not None and row.lease_until is not None and row.lease_until > now:
        return False, f"its last try failed and is made again: {row.error}"
    if is_at_work(row, run.started_at, now):
        return True, None
    failed = f"its last try failed ({row.error}), and " if row.error else ""
    return False, failed + _NOBODY.format(number=run.list_id)


def view_errand(connection: Connection, run_id: int) -> dict[str, Any] | None:
    """The latest errand of a run: what is done about its leads after it ended; None if nothing ever was."""
    query = select(errands).where(errands.c.run_id == run_id).order_by(errands.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else errand_as_dict(row)


def account_of(row: Row[Any]) -> dict[str, int]:
    """What an errand changed so far."""
    return {name: count for name, count in json.loads(row.account).items() if name != TRIES}


def errand_as_dict(row: Row[Any]) -> dict[str, Any]:
    """An errand for JSON."""
    return {
        "errand": row.kind,
        "state": row.state if row.state in ENDED else "running",
        "leads": row.leads,
        "dealt": min(row.dealt, row.leads),
        "account": account_of(row),
        "tries": json.loads(row.account).get(TRIES, 0),
        "error": row.error,
    }


def is_over(view: Mapping[str, Any]) -> bool:
    """Whether nothing moves any more in a list that is shown so."""
    errand = view.get("errand")
    return view["state"] != "running" and (errand is None or errand["state"] in ENDED)
