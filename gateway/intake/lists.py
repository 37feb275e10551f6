"""Lists: registered with their manifest, given their file, looked over, and shown. The rows are run elsewhere."""

import json
import os
import uuid
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, Row, insert, select, update

from gateway.db.work import reading
from gateway.domain.outcome import Receipt
from gateway.domain.problem import CallerError, Problem
from gateway.domain.wire import statement_from_json, statement_to_json
from gateway.intake.encodings import encoding_named
from gateway.intake.manifest import read_manifest
from gateway.intake.readers import Inspection, inspect
from gateway.intake.tables import lists, runs, work
from gateway.pipeline import Services
from gateway.vendors.book import note_vendor

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class _File:
    """The bytes of a list, already in the store."""

    path: Path
    name: str  # as the uploader calls it
    digest: str  # SHA-256, hex
    size: int


def register_list(services: Services, manifest_text: str, *, name: str, by: str) -> int:
    """Write a list down with what its buyer knows of it; its number. Raises CallerError with every problem.

    ``name``: what the manifest is called in messages. ``by``: who registers it.
    """
    manifest = read_manifest(manifest_text, name=name, as_of=services.clock.now().date())
    with services.unit_of_work() as unit:
        if manifest.statement.vendor:
            note_vendor(unit, manifest.statement.vendor)
        added = unit.connection.execute(
            insert(lists)
            .values(
                name=manifest.name,
                manifest=manifest_text,
                manifest_digest=manifest.digest,
                statement=statement_to_json(manifest.statement),
                created_at=unit.at,
                created_by=by,
            )
            .returning(lists.c.id)
        )
        number = int(added.scalar_one())
        services.ledger.append(unit, "list.registered", {"list": number, "manifest_sha256": manifest.digest, "by": by})
    return number


def keep_file(services: Services, source: BinaryIO) -> tuple[Path, str, int]:
    """Copy bytes into the store under a name of ours; the path, their SHA-256 and their count. Memory: one block."""
    folder = services.settings.data / "files"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / uuid.uuid4().hex
    digest, size = sha256(), 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            while block := source.read(BLOCK):
                digest.update(block)
                out.write(block)
                size += len(block)
            out.flush()
            os.fsync(out.fileno())
    except BaseException:
        path.unlink(missing_ok=True)  # half a file is of no use to anybody
        raise
    return path, digest.hexdigest(), size


def bring(
    services: Services,
    file: Path,
    manifest_text: str,
    *,
    manifest_name: str,
    encoding: str | None,
    again: bool,
    by: str,
) -> dict[str, Any]:
    """Register a list and give it a file of this machine; as attach_file. Raises CallerError and keeps nothing then."""
    manifest = read_manifest(manifest_text, name=manifest_name, as_of=services.clock.now().date())
    with file.open("rb") as source:
        path, digest, size = keep_file(services, source)
    if not again:
        with reading(services.engine) as connection:
            earlier = _earlier(connection, digest, manifest.digest, encoding)
        if earlier is not None:
            path.unlink(missing_ok=True)
            return {"list": earlier.list_id, "run": earlier.id, "repeated": True}
    try:
        found = inspect(path, name=file.name, manifest=manifest, encoding=encoding)
    except CallerError:
        path.unlink(missing_ok=True)
        raise
    number = register_list(services, manifest_text, name=manifest_name, by=by)
    with reading(services.engine) as connection:
        row = connection.execute(select(lists).where(lists.c.id == number)).one()
    run = _start(services, row, _File(path, file.name, digest, size), found, by)
    return {"list": number, "run": run, "repeated": False}


def attach_file(
    services: Services, list_id: int, path: Path, *, file_name: str, digest: str, size: int, by: str = "gateway",
    encoding: str | None = None, again: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Give a list its file and start its run; ``{"list", "run", "repeated"}``.

    The same bytes under the same manifest are recognised: the earlier run is named (and resumed, if it was cut off)
    unless ``again``. A file that cannot be read is a CallerError, and neither it nor the list is kept.
    """
    with reading(services.engine) as connection:
        row = connection.execute(select(lists).where(lists.c.id == list_id)).one_or_none()
        if row is None:
            path.unlink(missing_ok=True)
            raise CallerError([Problem("unknown_list", f"there is no list_{list_id}", field="list")], status=404)
        if row.file_digest is not None and row.file_digest != digest:
            path.unlink(missing_ok=True)
            message = "this list has its file already; register a new list for another file"
            raise CallerError([Problem("file_present", message, field="list")], status=409)
        earlier = None if again else _earlier(connection, digest, row.manifest_digest, encoding)
    if earlier is not None:
        path.unlink(missing_ok=True)
        if earlier.list_id != list_id:
            forget_list(services, list_id)
        return {"list": earlier.list_id, "run": earlier.id, "repeated": True}
    try:
        manifest = read_manifest(row.manifest, name=row.name)
        found = inspect(path, name=file_name, manifest=manifest, encoding=encoding)
    except CallerError:
        path.unlink(missing_ok=True)
        forget_list(services, list_id)
        raise
    return {
        "list": list_id,
        "run": _start(services, row, _File(path, file_name, digest, size), found, by),
        "repeated": False,
    }


def _earlier(connection: Connection, digest: str, manifest_digest: str, encoding: str | None) -> Any | None:
    query = (
        select(runs.c.id, runs.c.list_id, lists.c.inspection).join(lists, lists.c.id == runs.c.list_id)
        .where(lists.c.file_digest == digest, lists.c.manifest_digest == manifest_digest, runs.c.state != "failed")
        .order_by(runs.c.id.desc()).limit(1)
    )  # fmt: skip
    row = connection.execute(query).one_or_none()
    if row is not None and encoding is not None and json.loads(row.inspection)["encoding"] != encoding_named(encoding):
        return None
    return row


def _start(services: Services, row: Row[Any], file: _File, found: Inspection, by: str) -> int:
    """Write the file down and owe the run's first batch; the run's number."""
    path, digest = file.path, file.digest
    statement = replace(
        statement_from_json(row.statement),
        looks_generated=found.looks_generated,
        stop=True if found.stop else statement_from_json(row.statement).stop,
    )
    with services.unit_of_work() as unit:
        if row.file_path is not None and row.file_digest == digest:
            path.unlink(missing_ok=True)  # the same bytes, run again
        else:
            unit.connection.execute(
                update(lists).where(lists.c.id == row.id).values(
                    file_name=file.name, file_path=str(path.relative_to(services.settings.data)), file_digest=digest,
                    file_bytes=file.size, inspection=json.dumps(found.as_dict()),
                    statement=statement_to_json(statement),
                )
            )  # fmt: skip
        added = unit.connection.execute(
            insert(runs)
            .values(
                list_id=row.id, state="running", as_of=unit.at, started_at=unit.at, milliseconds=0, started_by=by,
                receipt=json.dumps(Receipt().as_dict()),
            )
            .returning(runs.c.id)
        )  # fmt: skip
        run = int(added.scalar_one())
        unit.connection.execute(insert(work).values(run_id=run, k=0, state="new", first_record=0, attempt=0))
        services.ledger.append(
            unit, "run.started", {"list": row.id, "run": run, "file_sha256": digest, "bytes": file.size, "by": by}
        )
        unit.after.append(services.wake)
    return run


def forget_list(services: Services, list_id: int) -> None:
    """Drop a list that never got a readable file; nothing of it is kept but its ledger entries."""
    with services.unit_of_work() as unit:
        unit.connection.execute(lists.delete().where(lists.c.id == list_id, lists.c.file_digest.is_(None)))
        services.ledger.append(unit, "list.forgotten", {"list": list_id})
