"""Lists: registered with their manifest, given their file, looked over, and shown. The rows are run elsewhere."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from gateway.db.work import reading
from gateway.domain.outcome import Receipt
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.arrival import Arrival, Arrived, open_arrival
from gateway.intake.arrival.shelf import Shelf, Source, Stored
from gateway.intake.listwide.look import look_over
from gateway.intake.manifest import Manifest, read_manifest
from gateway.intake.mappings import recalled
from gateway.intake.starting import Begun, Place, find_earlier, may_be_whole, register
from gateway.intake.tables import drafts, lists, runs
from gateway.pipeline import Services

ORPHAN_SECONDS = 3600
RESUMABLE = ("running", "cancelled", "failed")
"""Runs that may still need their file."""


@dataclass(frozen=True, slots=True)
class File:
    """The bytes of a list, in the store under a name of ours."""

    path: Path
    digest: str  # SHA-256, hex
    size: int
    name: str  # as the uploader calls it

    @classmethod
    def of(cls, stored: Stored, name: str) -> "File":
        """Stored bytes with their name."""
        return cls(stored.path, stored.digest, stored.size, name)

    @property
    def stored(self) -> Stored:
        """The bytes alone."""
        return Stored(self.path, self.digest, self.size)


def register_list(services: Services, manifest_text: str, *, name: str, by: str) -> int:
    """Write a list down with what its buyer knows of it; its number. Raises CallerError with every problem.

    ``name``: what the manifest is called in messages. ``by``: who registers it.
    """
    manifest = read_manifest(manifest_text, name=name, as_of=services.clock.now().date())
    with services.unit_of_work() as unit:
        return register(unit, services, manifest, manifest_text, by)


def keep_file(services: Services, source: Source, name: str) -> File:
    """Copy bytes into the store under a name of ours. ``name``: what the uploader calls them. Memory: one block."""
    shelf = Shelf(folder_of(services))
    try:
        return File.of(shelf.copy(source), name)
    except BaseException:
        shelf.clear()  # half a file is of no use to anybody
        raise


def folder_of(services: Services) -> Path:
    """Where the bytes of lists lie."""
    return services.settings.data / "files"


def bring(
    services: Services,
    file: Path,
    manifest_text: str,
    *,
    manifest_name: str,
    encoding: str | None,
    again: bool,
    by: str,
    file_name: str | None = None,
) -> dict[str, Any]:
    """Register a list, give it a file of this machine and start its run: ``{"list", "run", "repeated"}``.

    ``file_name``: what its uploader calls it, where that is not its name on disk.

    A file of several lists (arrival/) is a list and a run for each; then those are of the first, and ``parts`` has the
    same of every one, with its name. The same bytes under the same manifest are recognised: the earlier run is named
    (and resumed, if it was cut off) unless ``again``. A file that cannot be read is a CallerError, and nothing is kept.
    """
    manifest = recalled(
        services.engine, read_manifest(manifest_text, name=manifest_name, as_of=services.clock.now().date())
    )
    with file.open("rb") as source:
        given = keep_file(services, source, file_name or file.name)
    if not again and (known := _known(services, given, manifest.digest, encoding)):
        given.path.unlink(missing_ok=True)
        return _told(known)
    with _opened(services, given, manifest, encoding) as arrival:
        with services.unit_of_work() as unit:
            place = Place(unit, services, arrival, manifest, manifest_text, by)
            begun = [place.begin(one, earlier=not again, encoding=encoding) for one in arrival.lists]
        _keep(arrival, begun)
    return _told(begun)


def attach_file(
    services: Services, list_id: int, given: File, *, by: str, again: bool = False, encoding: str | None = None
) -> dict[str, Any]:
    """Give a registered list its file and start its run; as bring. After an unreadable file another may be given.

    Of several lists in the file the first is this one; the others are registered under the same manifest, as all of
    them are where this one has its file already and the same is taken ``again``. Where an earlier run is named, this
    one goes on waiting.
    """
    try:
        with reading(services.engine) as connection:
            row = _awaiting(connection, list_id, given)
        known = [] if again else _known(services, given, row.manifest_digest, encoding)
    except BaseException:
        given.path.unlink(missing_ok=True)
        raise
    if known:
        given.path.unlink(missing_ok=True)
    else:
        manifest = recalled(services.engine, read_manifest(row.manifest, name=row.name))
        with _opened(services, given, manifest, encoding) as arrival:
            with services.unit_of_work() as unit:  # looked at again: another upload may have been quicker
                row = _awaiting(unit.connection, list_id, given)
                place = Place(unit, services, arrival, manifest, row.manifest, by, waiting=list_id)
                known = [place.begin(one, earlier=not again, encoding=encoding) for one in arrival.lists]
            _keep(arrival, known)
    return _told(known)


def _told(begun: Sequence[Begun]) -> dict[str, Any]:
    first = begun[0]
    repeated = all(one.repeated for one in begun)
    told: dict[str, Any] = {"list": first.list, "run": first.run, "repeated": repeated}
    if len(begun) > 1:
        told["parts"] = [
            {"part": one.part or "", "list": one.list, "run": one.run, "repeated": one.repeated} for one in begun
        ]
    return told


@contextmanager
def _opened(services: Services, given: File, manifest: Manifest, encoding: str | None) -> Iterator[Arrival]:
    with open_arrival(
        given.stored, folder_of(services), name=given.name, manifest=manifest, encoding=encoding
    ) as arrival:
        yield replace(arrival, lists=tuple(looked_whole(one, manifest, services) for one in arrival.lists))


def looked_whole(one: Arrived, manifest: Manifest, services: Services) -> Arrived:
    """A list of an arrival, looked over as a whole (listwide/)."""
    found = look_over(one.part.text, one.found, manifest.statement, services.world, services.clock.now())
    return replace(one, found=found)


def _keep(arrival: Arrival, begun: Sequence[Begun]) -> None:
    for one, started in zip(arrival.lists, begun, strict=True):
        if not started.repeated:
            arrival.keep(one.part)


def _awaiting(connection: Connection, list_id: int, given: File) -> Any:
    """The list's row, if this file may be its own."""
    row = connection.execute(select(lists).where(lists.c.id == list_id)).one_or_none()
    if row is None:
        message = phrase("there is no list_%(list_id)s", list_id=list_id)
        raise CallerError([Problem("unknown_list", message, field="list")], status=404)
    if row.file_digest is not None and given.digest not in {row.file_digest, row.arrived_digest}:
        message = phrase("this list has its file already; register a new list for another file")
        raise CallerError([Problem("file_present", message, field="list")], status=409)
    return row


def _known(services: Services, given: File, manifest_digest: str, encoding: str | None) -> list[Begun]:
    """The lists of a file that was brought before as it is; of one that lies packed, its parts are recognised later."""
    with reading(services.engine) as connection:
        if not may_be_whole(connection, given.digest, manifest_digest):
            return []  # which of its lists are new is seen table by table
        found = find_earlier(connection, given.digest, manifest_digest, encoding)
    return sorted(found.values(), key=lambda one: one.list)


def sweep_files(services: Services) -> int:
    """Delete stored bytes that no list needs; a process died over them. Young ones may be under way; how many went."""
    folder = folder_of(services)
    with reading(services.engine) as connection:
        rows = connection.execute(select(lists.c.file_path, lists.c.text_path)).all()
        named = {path for row in rows for path in row} - _erased_files(connection)
        named |= set(connection.execute(select(drafts.c.file_path)).scalars())  # a day and no longer (drafts.py)
    old = services.clock.now().timestamp() - ORPHAN_SECONDS
    swept = 0
    for path in folder.glob("*") if folder.is_dir() else ():
        if str(path.relative_to(services.settings.data)) not in named and path.stat().st_mtime < old:
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def _erased_files(connection: Connection) -> set[str]:
    """Files of ended runs with rows of which nothing may be kept."""
    query = select(lists.c.file_path, lists.c.text_path, runs.c.receipt).join(runs, runs.c.list_id == lists.c.id)
    ended = connection.execute(query.where(runs.c.state.not_in(RESUMABLE)))
    erased = [row for row in ended if Receipt.from_dict(json.loads(row.receipt)).erased]
    return {path for row in erased for path in (row.file_path, row.text_path)}
