"""A file opened to be looked at and not to be taken in: everything unpacked from it is gone afterwards."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from gateway.db.work import reading
from gateway.domain.lead import Statement
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.arrival import Arrived, open_arrival
from gateway.intake.arrival.shelf import Stored
from gateway.intake.inspection import Inspection
from gateway.intake.lists import folder_of, looked_whole
from gateway.intake.manifest import Manifest, read_manifest
from gateway.intake.manifest.gaps import find_gaps
from gateway.intake.mappings import recalled
from gateway.intake.starting import stated
from gateway.intake.tables import lists
from gateway.intake.values import DateOrder
from gateway.pipeline import Services


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody wants to know of: a file and what is said of it."""

    path: Path
    name: str  # as its uploader calls it
    manifest: Manifest
    encoding: str | None = None
    ours: bool = False  # the file is a copy of ours, and goes when it was looked at


@dataclass(frozen=True, slots=True)
class Opened:
    """One list of the file, looked over."""

    label: str
    text: Path
    found: Inspection
    statement: Statement


@contextmanager
def opened(brought: Brought, services: Services) -> Iterator[Sequence[Opened]]:
    """The lists of a file, in the order in which a run takes them. Raises CallerError, saying what to do."""
    size = brought.path.stat().st_size
    with open_arrival(
        Stored(brought.path, "", size), folder_of(services), name=brought.name, manifest=brought.manifest,
        encoding=brought.encoding, ours=brought.ours,
    ) as arrival:  # fmt: skip
        yield [_looked_over(one, brought.manifest, services) for one in arrival.lists]


def _looked_over(one: Arrived, manifest: Manifest, services: Services) -> Opened:
    found = looked_whole(one, manifest, services).found
    return Opened(one.part.label, one.part.text, found, stated(manifest.statement, found))


def manifest_for(
    services: Services, *, name: str, list_id: int | None = None, text: str | None = None,
    text_name: str = "the manifest", date_order: DateOrder | None = None,
) -> Manifest:  # fmt: skip
    """What is said of a file: by its text, by the list it is meant for, or nothing. ``date_order`` goes before it."""
    today = services.clock.now().date()
    if list_id is not None:
        manifest = _manifest_of(services, list_id)
    elif text is not None:
        manifest = read_manifest(text, name=text_name, as_of=today)
    else:
        manifest = _nothing_said(name)
    manifest = recalled(services.engine, manifest)
    return manifest if date_order is None else replace(manifest, date_order=date_order)


def _nothing_said(name: str) -> Manifest:
    said = Statement(direct=False)
    return Manifest(
        name=name, statement=said, date_order=None, encoding=None, columns={}, promised_columns=(), digest="", raw={},
        gaps=find_gaps(said),
    )  # fmt: skip


def _manifest_of(services: Services, list_id: int) -> Manifest:
    with reading(services.engine) as connection:
        row = connection.execute(select(lists.c.manifest, lists.c.name).where(lists.c.id == list_id)).one_or_none()
    if row is None:
        message = phrase("there is no list_%(list_id)s", list_id=list_id)
        raise CallerError([Problem("unknown_list", message, field="list")], 404, "Not Found")
    return read_manifest(row.manifest, name=row.name)
