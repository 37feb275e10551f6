"""Lists of one arrival written down and their runs started, all in one transaction; the same bytes are recognised."""

import json
from dataclasses import dataclass, replace

from sqlalchemy import Connection, func, insert, select, update

from gateway.db.work import UnitOfWork
from gateway.domain.lead import Statement
from gateway.domain.outcome import Receipt
from gateway.domain.wire import statement_from_json, statement_to_json
from gateway.intake.arrival import Arrival, Arrived
from gateway.intake.columns import sensitive
from gateway.intake.encodings import encoding_named
from gateway.intake.inspection import Inspection, Made
from gateway.intake.manifest import Manifest
from gateway.intake.tables import lists, runs, work
from gateway.pipeline import Services
from gateway.vendors.book import fold, note_vendor

NOT_REPEATED = ("failed", "undone")
"""Runs whose file may be brought again as if it were new. One that is being undone still has its prospects."""


@dataclass(frozen=True, slots=True)
class Begun:
    """One list of what was brought, and its run."""

    list: int
    run: int
    part: str | None  # what to call it beside its neighbours; None if it is alone
    repeated: bool


def register(
    unit: UnitOfWork, services: Services, manifest: Manifest, text: str, by: str, *, part: str | None = None
) -> int:
    """Write a list down that has no file yet; its number."""
    if manifest.statement.vendor:
        note_vendor(unit, manifest.statement.vendor)
    added = unit.connection.execute(
        insert(lists)
        .values(
            name=f"{manifest.name}: {part}" if part else manifest.name, manifest=text, manifest_digest=manifest.digest,
            statement=statement_to_json(manifest.statement), created_at=unit.at, created_by=by,
            vendor=fold(manifest.statement.vendor) if manifest.statement.vendor else None,
        )
        .returning(lists.c.id)
    )  # fmt: skip
    number = int(added.scalar_one())
    services.ledger.append(unit, "list.registered", {"list": number, "manifest_sha256": manifest.digest, "by": by})
    return number


def find_earlier(connection: Connection, digest: str, manifest_digest: str, encoding: str | None) -> dict[Made, Begun]:
    """The newest list of each table of a file with these bytes under this manifest."""
    query = (
        select(runs.c.id, runs.c.list_id, lists.c.inspection, lists.c.part)
        .join(lists, lists.c.id == runs.c.list_id)
        .where(
            lists.c.file_digest == digest, lists.c.manifest_digest == manifest_digest,
            runs.c.state.not_in(NOT_REPEATED),
        )
        .order_by(runs.c.id.desc())
    )  # fmt: skip
    found: dict[Made, Begun] = {}
    for row in connection.execute(query):
        read_as = Inspection.from_dict(json.loads(row.inspection))
        if encoding is None or read_as.made.exact or read_as.encoding == encoding_named(encoding):
            found.setdefault(read_as.made, Begun(row.list_id, row.id, row.part, repeated=True))
    return found


def may_be_whole(connection: Connection, digest: str, manifest_digest: str) -> bool:
    """Whether no list of these bytes under this manifest is to be brought anew, its newest run failed or undone."""
    newest = (
        select(func.max(runs.c.id)).join(lists, lists.c.id == runs.c.list_id)
        .where(lists.c.file_digest == digest, lists.c.manifest_digest == manifest_digest).group_by(lists.c.id)
    )  # fmt: skip
    given_up = select(runs.c.id).where(runs.c.id.in_(newest), runs.c.state.in_(NOT_REPEATED)).limit(1)
    return connection.execute(given_up).first() is None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the lists of an arrival are written down: all of them in one transaction, or none."""

    unit: UnitOfWork
    services: Services
    arrival: Arrival
    manifest: Manifest
    text: str  # of the manifest
    by: str
    waiting: int | None = None  # a registered list without a file; it takes the first that is new

    def begin(self, one: Arrived, *, earlier: bool, encoding: str | None) -> Begun:
        """One list, registered and its run started; or the earlier one with the same bytes."""
        alone = len(self.arrival.lists) == 1
        if earlier:
            connection, digest = self.unit.connection, one.part.stored.digest
            known = find_earlier(connection, digest, self.manifest.digest, encoding).get(one.part.made)
            if known is not None:
                return replace(known, part=None if alone else one.part.label)
        part = None if alone else one.part.label
        number = self._waiting(part) or register(self.unit, self.services, self.manifest, self.text, self.by, part=part)
        return Begun(number, self._start(number, one, part), part, repeated=False)

    def _waiting(self, part: str | None) -> int | None:
        lacks = (lists.c.id == self.waiting, lists.c.file_digest.is_(None))
        row = self.unit.connection.execute(select(lists.c.id, lists.c.name).where(*lacks)).one_or_none()
        if row is None:
            return None
        if part is not None:
            name = update(lists).where(lists.c.id == row.id).values(name=f"{row.name}: {part}", part=part)
            self.unit.connection.execute(name)
        return int(row.id)

    def _start(self, list_id: int, one: Arrived, part: str | None) -> int:
        """Write the file down and owe the run's first batch; the run's number."""
        unit, stored, data = self.unit, one.part.stored, self.services.settings.data
        said = unit.connection.execute(select(lists.c.statement).where(lists.c.id == list_id)).scalar_one()
        own_text = one.part.text != stored.path
        unit.connection.execute(
            update(lists).where(lists.c.id == list_id).values(
                file_name=one.part.name, file_path=str(stored.path.relative_to(data)), file_digest=stored.digest,
                file_bytes=stored.size, text_path=str(one.part.text.relative_to(data)) if own_text else None,
                part=part, arrived_digest=self.arrival.digest, inspection=json.dumps(one.found.as_dict()),
                statement=statement_to_json(stated(statement_from_json(said), one.found)),
            )
        )  # fmt: skip
        added = unit.connection.execute(
            insert(runs)
            .values(
                list_id=list_id, state="running", as_of=unit.at, started_at=unit.at, milliseconds=0,
                started_by=self.by, receipt=json.dumps(Receipt().as_dict()),
            )
            .returning(runs.c.id)
        )  # fmt: skip
        run = int(added.scalar_one())
        unit.connection.execute(insert(work).values(run_id=run, k=0, state="new", first_record=0, attempt=0))
        entry = {"list": list_id, "run": run, "file_sha256": stored.digest, "bytes": stored.size, "by": self.by}
        if self.arrival.digest != stored.digest:
            entry["arrived_sha256"] = self.arrival.digest
        self.services.ledger.append(unit, "run.started", entry)
        unit.after.append(self.services.wake)
        return run


def stated(said: Statement, found: Inspection) -> Statement:
    """What the source says together with what its file shows."""
    wide = found.wide
    looks = {found.looks_generated, wide.looks_generated if wide else None}
    return replace(
        said, looks_generated=True if True in looks else False if False in looks else None,
        list_signs=wide.facts if wide else (), stop=True if found.stop else said.stop,
        sensitive_columns=sensitive(found.headings),
    )  # fmt: skip
