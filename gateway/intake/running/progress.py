"""How far a run has come: rows done, rows in all, how fast, how long yet."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.intake.tables import errands, work

LOOKED_AT = 1 << 18  # bytes of the file whose lines are counted
LATELY = 5  # batches that the rate is taken from: the machine may have been busier before
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xd0\xcf\x11\xe0", b"PAR1")
"""How files begin whose lines nobody sees: ZIP (XLSX, ODS), gzip, zstd, XLS, Parquet."""


def estimate(path: Path) -> int | None:
    """About how many rows a file has, by the length of its first lines; None where that cannot be seen."""
    size = path.stat().st_size
    with path.open("rb") as file:
        block = file.read(LOOKED_AT)
    lines = block.count(b"\n")
    if not lines or block.startswith(_PACKED):
        return None
    return max(1, round(size / ((block.rindex(b"\n") + 1) / lines)) - 1)


def view_progress(connection: Connection, run: Row[Any], rows: int) -> dict[str, Any]:
    """Rows done and in all (estimated until the run is done), rows a second, seconds left; None where unknown."""
    total, is_exact = (rows, True) if run.state == "done" else (run.expected, False)
    if total is not None and total < rows:
        total = None
    rate = _rate(connection, run.id)
    left = None
    if run.state == "running" and total is not None and rate:
        left = round((total - rows) / rate, 1)
    return {
        "rows": rows,
        "total": total,
        "total_is_exact": is_exact,
        "rows_per_second": rate,
        "seconds_left": left,
        "waits_for": _waits_for(connection, run),
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


def _waits_for(connection: Connection, run: Row[Any]) -> str | None:
    """Why the run rests, where its last try failed."""
    if run.state != "running":
        return None
    query = select(work.c.error).where(work.c.run_id == run.id, work.c.state == "new", work.c.error.is_not(None))
    error: str | None = connection.execute(query).scalar()
    return error


def view_errand(connection: Connection, run_id: int) -> dict[str, Any] | None:
    """The latest errand of a run: what is done about its leads after it ended; None if nothing ever was."""
    query = select(errands).where(errands.c.run_id == run_id).order_by(errands.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else errand_as_dict(row)


def errand_as_dict(row: Row[Any]) -> dict[str, Any]:
    """An errand for JSON."""
    return {
        "errand": row.kind,
        "state": "done" if row.state == "done" else "running",
        "leads": row.leads,
        "dealt": min(row.dealt, row.leads),
        "account": json.loads(row.account),
        "error": row.error,
    }


def is_over(view: Mapping[str, Any]) -> bool:
    """Whether nothing moves any more in a list that is shown so."""
    errand = view.get("errand")
    return view["state"] not in {"running", "undoing"} and (errand is None or errand["state"] == "done")
