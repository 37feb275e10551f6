"""Lists: registered with their manifest, given their file, looked over, and shown. The rows are run elsewhere."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Connection, insert, select, update

from gateway.db.work import UnitOfWork, reading
from gateway.domain.lead import Statement
from gateway.domain.outcome import Receipt
from gateway.domain.problem import CallerError, Problem
from gateway.domain.wire import statement_from_json, statement_to_json
from gateway.intake.columns import sensitive
from gateway.intake.encodings import encoding_named
from gateway.intake.manifest import Manifest, read_manifest
from gateway.intake.readers import Inspection, inspect
from gateway.intake.tables import lists, runs, work
from gateway.pipeline import Services
from gateway.vendors.book import note_vendor

BLOCK = 1 << 20
ORPHAN_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a list, in the store under a name of ours."""

    path: Path
    digest: str  # SHA-256, hex
    size: int
    name: str  # as the uploader calls it


def register_list(services: Services, manifest_text: str, *, name: str, by: str) -> int:
    """Write a list down with what its buyer knows of it; its number. Raises CallerError with every problem.

    ``name``: what the manifest is called in messages. ``by``: who registers it.
    """
    manifest = read_manifest(manifest_text, name=name, as_of=services.clock.now().date())
    with services.unit_of_work() as unit:
        return _register(unit, services, manifest, manifest_text, by)


def _register(unit: UnitOfWork, services: Services, manifest: Manifest, text: str, by: str) -> int:
    if manifest.statement.vendor:
        note_vendor(unit, manifest.statement.vendor)
    added = unit.connection.execute(
        insert(lists)
        .values(
            name=manifest.name, manifest=text, manifest_digest=manifest.digest,
            statement=statement_to_json(manifest.statement), created_at=unit.at, created_by=by,
        )
        .returning(lists.c.id)
    )  # fmt: skip
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
    """Register a list, give it a file of this machine and start its run: ``{"list", "run", "repeated"}``.

    The same bytes under the same manifest are recognised: the earlier run is named (and resumed, if it was cut off)
    unless ``again``. A file that cannot be read is a CallerError, and nothing is kept.
    """
    manifest = read_manifest(manifest_text, name=manifest_name, as_of=services.clock.now().date())
    with file.open("rb") as source:
        kept = File(*keep_file(services, source), name=file.name)
    with _dropped_unless_used(kept) as use:
        earlier = None if again else _look_earlier(services, kept, manifest.digest, encoding)
        if earlier is not None:
            return _repeated(earlier)
        found = inspect(kept.path, name=kept.name, manifest=manifest, encoding=encoding)
        with services.unit_of_work() as unit:
            earlier = None if again else _earlier(unit.connection, kept.digest, manifest.digest, encoding)
            if earlier is not None:  # somebody brought the same file at the same moment
                return _repeated(earlier)
            number = _register(unit, services, manifest, manifest_text, by)
            run = _start(unit, services, number, kept, found, by=by)
        use()
    return {"list": number, "run": run, "repeated": False}


def attach_file(services: Services, list_id: int, kept: File, *, by: str) -> dict[str, Any]:
    """Give a registered list its file and start its run; as bring. After an unreadable file another may be given."""
    with _dropped_unless_used(kept) as use:
        with reading(services.engine) as connection:
            row = _awaiting(connection, list_id, kept)
            earlier = _earlier(connection, kept.digest, row.manifest_digest, None)
        if earlier is None:
            manifest = read_manifest(row.manifest, name=row.name)
            found = inspect(kept.path, name=kept.name, manifest=manifest, encoding=None)
            with services.unit_of_work() as unit:  # looked at again: another upload may have been quicker
                row = _awaiting(unit.connection, list_id, kept)
                earlier = _earlier(unit.connection, kept.digest, row.manifest_digest, None)
                if earlier is None:
                    run = _start(unit, services, list_id, kept, found, by=by)
                    unit.after.append(use)
        if earlier is None:
            return {"list": list_id, "run": run, "repeated": False}
    if earlier.list_id != list_id:
        forget_list(services, list_id)
    return _repeated(earlier)


@contextmanager
def _dropped_unless_used(kept: File) -> Iterator[Callable[[], None]]:
    """Bytes that no list names are of no use to anybody, and they are personal data."""
    used: list[bool] = []
    try:
        yield lambda: used.append(True)
    finally:
        if not used:
            kept.path.unlink(missing_ok=True)


def _repeated(earlier: Any) -> dict[str, Any]:
    return {"list": earlier.list_id, "run": earlier.id, "repeated": True}


def _awaiting(connection: Connection, list_id: int, kept: File) -> Any:
    """The list's row, if this file may be its own."""
    row = connection.execute(select(lists).where(lists.c.id == list_id)).one_or_none()
    if row is None:
        raise CallerError([Problem("unknown_list", f"there is no list_{list_id}", field="list")], status=404)
    if row.file_digest is not None and row.file_digest != kept.digest:
        message = "this list has its file already; register a new list for another file"
        raise CallerError([Problem("file_present", message, field="list")], status=409)
    return row


def _look_earlier(services: Services, kept: File, manifest_digest: str, encoding: str | None) -> Any | None:
    with reading(services.engine) as connection:
        return _earlier(connection, kept.digest, manifest_digest, encoding)


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


def _start(unit: UnitOfWork, services: Services, list_id: int, kept: File, found: Inspection, *, by: str) -> int:
    """Write the file down and owe the run's first batch; the run's number."""
    text = unit.connection.execute(select(lists.c.statement).where(lists.c.id == list_id)).scalar_one()
    said = statement_from_json(text)
    unit.connection.execute(
        update(lists).where(lists.c.id == list_id).values(
            file_name=kept.name, file_path=str(kept.path.relative_to(services.settings.data)), file_digest=kept.digest,
            file_bytes=kept.size, inspection=json.dumps(found.as_dict()),
            statement=statement_to_json(stated(said, found)),
        )
    )  # fmt: skip
    added = unit.connection.execute(
        insert(runs)
        .values(
            list_id=list_id, state="running", as_of=unit.at, started_at=unit.at, milliseconds=0, started_by=by,
            receipt=json.dumps(Receipt().as_dict()),
        )
        .returning(runs.c.id)
    )  # fmt: skip
    run = int(added.scalar_one())
    unit.connection.execute(insert(work).values(run_id=run, k=0, state="new", first_record=0, attempt=0))
    services.ledger.append(
        unit, "run.started", {"list": list_id, "run": run, "file_sha256": kept.digest, "bytes": kept.size, "by": by}
    )
    unit.after.append(services.wake)
    return run


def stated(said: Statement, found: Inspection) -> Statement:
    """What the source says together with what its file shows."""
    return replace(
        said, looks_generated=found.looks_generated, stop=True if found.stop else said.stop,
        sensitive_columns=sensitive(found.headings),
    )  # fmt: skip


def forget_list(services: Services, list_id: int) -> None:
    """Drop a list that never got a readable file; nothing of it is kept but its ledger entries."""
    with services.unit_of_work() as unit:
        gone = unit.connection.execute(lists.delete().where(lists.c.id == list_id, lists.c.file_digest.is_(None)))
        if gone.rowcount:
            services.ledger.append(unit, "list.forgotten", {"list": list_id})


def sweep_files(services: Services) -> int:
    """Delete stored bytes that no list needs; a process died over them. Young ones may be under way; how many went."""
    folder = services.settings.data / "files"
    with reading(services.engine) as connection:
        named = set(connection.execute(select(lists.c.file_path)).scalars()) - _erased_files(connection)
    old = services.clock.now().timestamp() - ORPHAN_SECONDS
    swept = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        if str(path.relative_to(services.settings.data)) not in named and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _erased_files(connection: Connection) -> set[str]:
    """Files of ended runs with rows of which nothing may be kept."""
    query = select(lists.c.file_path, runs.c.receipt).join(runs, runs.c.list_id == lists.c.id)
    ended = connection.execute(query.where(runs.c.state != "running"))
    return {row.file_path for row in ended if Receipt.from_dict(json.loads(row.receipt)).erased}
