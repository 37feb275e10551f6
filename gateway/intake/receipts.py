"""Lists and runs as they are shown: state, receipt. Read, never changed. Their rows: downloads.py."""

import json
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.intake.running.progress import view_errand, view_progress
from gateway.intake.tables import lists, runs
from gateway.outcomes.view import count_outcomes
from gateway.pipeline import Services


def view_lists(services: Services, *, limit: int = 100, before: int | None = None) -> list[dict[str, Any]]:
    """Lists with their latest run, newest first."""
    with reading(services.engine) as connection:
        query = select(lists).order_by(lists.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(lists.c.id < before)
        return [_view(connection, row, services) for row in connection.execute(query)]


def view_list(services: Services, list_id: int) -> dict[str, Any] | None:
    """One list: its file, how it was read, its latest run's state and receipt; None if there is none."""
    with reading(services.engine) as connection:
        row = connection.execute(select(lists).where(lists.c.id == list_id)).one_or_none()
        return None if row is None else _view(connection, row, services)


def _view(connection: Connection, row: Row[Any], services: Services) -> dict[str, Any]:
    run = connection.execute(
        select(runs).where(runs.c.list_id == row.id).order_by(runs.c.id.desc()).limit(1)
    ).one_or_none()
    found = json.loads(row.inspection) if row.inspection else None
    return {
        "list": f"list_{row.id}",
        "name": row.name,
        "state": "waiting_for_file" if run is None else run.state,
        "file": None if row.file_name is None else {
            "name": row.file_name, "bytes": row.file_bytes, "sha256": row.file_digest,
        },
        "read_as": found,
        "created_at": text_of(row.created_at),
        "created_by": row.created_by,
        "run": None if run is None else view_run(run),
        "progress": None if run is None else _progress(connection, run, services),
        "errand": None if run is None else view_errand(connection, run.id),
        "now": None if run is None else count_outcomes(connection, run.id),
    }  # fmt: skip


def _progress(connection: Connection, run: Row[Any], services: Services) -> dict[str, Any]:
    return view_progress(connection, run, json.loads(run.receipt)["rows"], services.clock.now())


def watch_list(services: Services, list_id: int) -> dict[str, Any] | None:
    """What moves of a list while it is watched: state, progress, errand. Often asked, so no lead is counted."""
    with reading(services.engine) as connection:
        if connection.execute(select(lists.c.id).where(lists.c.id == list_id)).scalar() is None:
            return None
        run = connection.execute(
            select(runs).where(runs.c.list_id == list_id).order_by(runs.c.id.desc()).limit(1)
        ).one_or_none()
        return {
            "list": f"list_{list_id}",
            "state": "waiting_for_file" if run is None else run.state,
            "progress": None if run is None else _progress(connection, run, services),
            "errand": None if run is None else view_errand(connection, run.id),
        }


def view_run(run: Row[Any], *, repeated: bool = False) -> dict[str, Any]:
    """The receipt of a run, as far as it has come."""
    receipt: dict[str, Any] = {
        "list": f"list_{run.list_id}",
        "run": f"run_{run.id}",
        "state": run.state,
        "erased": 0,  # receipts of older runs do not say
        **json.loads(run.receipt),
        "problems": run.problems,
        "seconds": round(run.milliseconds / 1000, 3),
        "as_of": text_of(run.as_of),
    }
    if run.error:
        receipt["error"] = run.error
    if repeated:
        receipt["repeated"] = True
    return receipt


def load_run(connection: Connection, run_id: int) -> Row[Any]:
    """The run's row. Raises LookupError."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise LookupError(f"there is no run_{run_id}")
    return row


def find_delivery(connection: Connection, list_id: int) -> dict[str, Any] | None:
    """What a list was delivered as: its name, its file by digest, its manifest as it was given."""
    columns = (lists.c.name, lists.c.file_name, lists.c.file_digest, lists.c.manifest, lists.c.manifest_digest)
    row = connection.execute(select(*columns).where(lists.c.id == list_id)).one_or_none()
    if row is None:
        return None
    return {
        "list": f"list_{list_id}", "name": row.name, "file": row.file_name, "file_sha256": row.file_digest,
        "manifest": row.manifest, "manifest_sha256": row.manifest_digest,
    }  # fmt: skip
