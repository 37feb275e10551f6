"""Uploads on their way to a list: a file that somebody is being asked about, with what they said so far.

The wizard of the desk keeps them, so that back, reload and a second tab work. They hold people's data that nobody has
judged, so each goes after a day, file and all, whatever was said of it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.beforehand.opened import Brought, manifest_for, opened
from gateway.intake.beforehand.preview import preview
from gateway.intake.beforehand.sample import sample_list
from gateway.intake.lists import File, bring
from gateway.intake.manifest import Manifest
from gateway.intake.tables import drafts, lists
from gateway.pipeline import Services
from gateway.policy.reading import read_strict
from gateway.vendors.book import fold

KEPT = timedelta(days=1)
ROWS = 10  # shown of the file
OF_ONE_LIST = ("name", "columns", "date_order", "encoding", "collected", "stop", "promised_columns")
"""What a vendor's next list does not inherit from its last one: said of that file and no other."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An upload and what is said of it."""

    number: int
    by: str
    begun_at: datetime
    name: str  # as the uploader calls the file
    path: Path
    digest: str
    size: int
    answers: dict[str, Any]  # the manifest as far as it is said
    preview: dict[str, Any]
    sample: list[dict[str, Any]] | None
    list_id: int | None  # what became of it

    @property
    def text(self) -> str:
        """The manifest as it is read, and as somebody may take it along."""
        return manifest_text(self.answers)

    @property
    def vendor(self) -> str | None:
        """Whose list it is; None of our own export."""
        return self.answers.get("vendor")


def manifest_text(answers: Mapping[str, Any]) -> str:
    """Answers as the YAML of a manifest."""
    return yaml.safe_dump(dict(answers), sort_keys=False, allow_unicode=True, width=100)


def begin_draft(services: Services, given: File, answers: Mapping[str, Any], *, by: str) -> int:
    """Keep an uploaded file with what is said of it so far; its number. Raises CallerError if it cannot be read."""
    try:
        seen = _look(services, given.path, given.name, answers)
        with services.unit_of_work() as unit:
            added = unit.connection.execute(
                insert(drafts)
                .values(
                    created_at=unit.at, created_by=by, file_name=given.name, file_digest=given.digest,
                    file_path=str(given.path.relative_to(services.settings.data)), file_bytes=given.size,
                    answers=json.dumps(dict(answers)), preview=json.dumps(seen),
                )
                .returning(drafts.c.id)
            )  # fmt: skip
            return int(added.scalar_one())
    except BaseException:
        given.path.unlink(missing_ok=True)
        raise


def find_draft(services: Services, number: int, *, by: str) -> Draft:
    """Somebody's own upload. Raises CallerError (404) for another's, and for one that was swept."""
    with reading(services.engine) as connection:
        mine = (drafts.c.id == number, drafts.c.created_by == by)
        row = connection.execute(select(drafts).where(*mine)).one_or_none()
    if row is None:
        message = phrase(
            "This upload is not here any more: uploads that are not finished go after a day. Upload it again."
        )
        raise CallerError([Problem("unknown_draft", message)], 404, "Not here")
    return _draft(row, services)


def drafts_of(connection: Connection, by: str) -> list[tuple[int, str, datetime]]:
    """Number, file and beginning of somebody's unfinished uploads, newest first."""
    query = (
        select(drafts.c.id, drafts.c.file_name, drafts.c.created_at)
        .where(drafts.c.created_by == by, drafts.c.list_id.is_(None)).order_by(drafts.c.id.desc()).limit(10)
    )  # fmt: skip
    return [(row.id, row.file_name, row.created_at) for row in connection.execute(query)]


def answer(services: Services, draft: Draft, changes: Mapping[str, Any], *, looks_again: bool) -> None:
    """Say more of an upload; None takes an answer away. Raises CallerError, and then nothing is changed.

    ``looks_again``: it changes how the file is read.
    """
    said = {key: value for key, value in {**draft.answers, **changes}.items() if value is not None}
    manifest_of(services, said)
    values: dict[str, Any] = {"answers": json.dumps(said), "sample": None}
    if looks_again:
        values["preview"] = json.dumps(_look(services, draft.path, draft.name, said))
    _change(services, draft.number, values)


def replace_answers(services: Services, draft: Draft, said: Mapping[str, Any]) -> None:
    """Say all of it anew. Raises CallerError with every problem, and then nothing is changed."""
    manifest_of(services, said)
    _change(services, draft.number, {"answers": json.dumps(dict(said)), "sample": None})


def draw_sample(services: Services, draft: Draft, *, rows: int, seed: int | None = None) -> None:
    """Sample an upload under what is said of it, and keep what that shows."""
    brought = Brought(draft.path, draft.name, manifest_of(services, draft.answers))
    with opened(brought, services) as parts:
        drawn = [
            (one.label, sample_list(one.text, one.found, one.statement, services, rows=rows, seed=seed))
            for one in parts
        ]
    found = [{"part": label, **sample.as_dict()} for label, sample in drawn]
    _change(services, draft.number, {"sample": json.dumps(found)})


def bring_draft(services: Services, draft: Draft, *, by: str, again: bool) -> dict[str, Any]:
    """Make lists of an upload and start their runs: lists.bring, under what is said of it. Raises CallerError."""
    begun = bring(
        services, draft.path, draft.text, manifest_name=_said_name(draft), encoding=None, again=again, by=by,
        file_name=draft.name,
    )  # fmt: skip
    if not begun["repeated"]:
        gone = {"list_id": begun["list"], "preview": None, "sample": None}
        _change(services, draft.number, gone)
        draft.path.unlink(missing_ok=True)
    return begun


def drop_draft(services: Services, draft: Draft) -> None:
    """Forget an upload, file and all."""
    with services.unit_of_work() as unit:
        unit.connection.execute(delete(drafts).where(drafts.c.id == draft.number))
    draft.path.unlink(missing_ok=True)


def is_swept_due(connection: Connection, at: datetime) -> bool:
    """Whether an upload is older than a day."""
    return connection.execute(select(drafts.c.id).where(drafts.c.created_at < at - KEPT).limit(1)).first() is not None


def sweep_drafts(services: Services) -> int:
    """Forget uploads that are older than a day; how many went."""
    old = drafts.c.created_at < services.clock.now() - KEPT
    with reading(services.engine) as connection:
        paths = list(connection.execute(select(drafts.c.file_path).where(old)).scalars())
    if not paths:
        return 0
    for path in paths:  # before its row: a file that no row names is swept as well, but later
        (services.settings.data / path).unlink(missing_ok=True)
    with services.unit_of_work() as unit:
        gone = unit.connection.execute(delete(drafts).where(old, drafts.c.file_path.in_(paths)))
    return int(gone.rowcount)


def last_said(connection: Connection, vendor: str) -> tuple[str, dict[str, Any]] | None:
    """The name of a vendor's last list and what its manifest says that may hold for the next; None without one."""
    query = select(lists.c.name, lists.c.manifest).where(lists.c.vendor == fold(vendor))
    row = connection.execute(query.order_by(lists.c.id.desc()).limit(1)).first()
    if row is None:
        return None
    said = json.loads(json.dumps(read_strict(row.manifest, name=row.name).data, default=str))
    return row.name, {key: value for key, value in said.items() if key not in OF_ONE_LIST}


def find_same(connection: Connection, digest: str) -> list[tuple[int, str, datetime]]:
    """Number, name and day of the lists that came of these very bytes, newest first."""
    same = or_(lists.c.file_digest == digest, lists.c.arrived_digest == digest)
    query = select(lists.c.id, lists.c.name, lists.c.created_at).where(same).order_by(lists.c.id.desc()).limit(5)
    return [(row.id, row.name, row.created_at) for row in connection.execute(query)]


def manifest_of(services: Services, answers: Mapping[str, Any]) -> Manifest:
    """What is said, read as a manifest with what was saved for its vendor. Raises CallerError with every problem."""
    return manifest_for(services, name="the list", text=manifest_text(answers), text_name=_called(answers))


def _called(answers: Mapping[str, Any]) -> str:
    return str(answers.get("name") or "the manifest")


def _said_name(draft: Draft) -> str:
    return str(draft.answers.get("name") or draft.name)


def _look(services: Services, path: Path, name: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    return preview(Brought(path, name, manifest_of(services, answers)), services, rows=ROWS)


def _change(services: Services, number: int, values: Mapping[str, Any]) -> None:
    with services.unit_of_work() as unit:
        here = (drafts.c.id == number, drafts.c.list_id.is_(None))
        if not unit.connection.execute(update(drafts).where(*here).values(**values)).rowcount:
            message = phrase(
                "This upload was finished or taken away meanwhile, perhaps in another tab. Nothing was changed."
            )
            raise CallerError([Problem("unknown_draft", message)], 409, "Not here any more")


def _draft(row: Row[Any], services: Services) -> Draft:
    return Draft(
        row.id, row.created_by, row.created_at, row.file_name, services.settings.data / row.file_path, row.file_digest,
        row.file_bytes, json.loads(row.answers), json.loads(row.preview or "{}"),
        json.loads(row.sample) if row.sample else None, row.list_id,
    )  # fmt: skip
