"""What a vendor's columns mean, saved once and used for its later files with the same headings."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Engine, and_, delete, insert, select

from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.columns.headings import digest_of, fold
from gateway.intake.columns.layouts import find_layout
from gateway.intake.columns.mapping import ATTRIBUTE, meaning, stops_in
from gateway.intake.inspection import Inspection
from gateway.intake.manifest import Manifest
from gateway.intake.manifest.fields import USES
from gateway.intake.tables import lists, mappings
from gateway.pipeline import Services
from gateway.vendors import book

MOST_COLUMNS = 1_000
LONGEST = 200  # characters of a heading


def save_mapping(
    services: Services, vendor: str, headings: Sequence[str], columns: Mapping[str, str], *, by: str
) -> dict[str, Any]:
    """Save what a vendor's columns mean, in place of what was saved for these headings before. Raises CallerError."""
    check_mapping(vendor, headings, columns)
    with services.unit_of_work() as unit:
        book.note_vendor(unit, vendor)
        digest, folded = digest_of(headings), book.fold(vendor)
        unit.connection.execute(delete(mappings).where(_one(folded, digest)))
        unit.connection.execute(
            insert(mappings).values(
                vendor=folded, digest=digest, headings=json.dumps(list(headings)), columns=json.dumps(dict(columns)),
                saved_at=unit.at, saved_by=by,
            )
        )  # fmt: skip
        services.ledger.append(unit, "mapping.saved", {"vendor": vendor, "headings_sha256": digest, "by": by})
        return next(one for one in _load(unit.connection, folded) if one["mapping"] == digest)


def check_mapping(vendor: str, headings: Sequence[str], columns: Mapping[str, str]) -> None:
    """Raises CallerError where this cannot be saved, for whoever has something else to do that hangs on it."""
    if problems := _problems(vendor, headings, columns):
        raise CallerError(problems)


def forget_mapping(services: Services, vendor: str, digest: str, *, by: str) -> bool:
    """Forget a saved mapping; whether there was one."""
    with services.unit_of_work() as unit:
        gone = unit.connection.execute(delete(mappings).where(_one(book.fold(vendor), digest)))
        if gone.rowcount:
            services.ledger.append(unit, "mapping.forgotten", {"vendor": vendor, "headings_sha256": digest, "by": by})
        return bool(gone.rowcount)


def view_mappings(engine: Engine, vendor: str) -> list[dict[str, Any]]:
    """What was saved for a vendor, newest first; ready for JSON."""
    with reading(engine) as connection:
        return _load(connection, book.fold(vendor))


def recalled(engine: Engine, manifest: Manifest) -> Manifest:
    """The manifest with what was saved of its vendor's columns; what it says itself goes before that."""
    if not manifest.statement.vendor:
        return manifest
    saved = {one["mapping"]: one["columns"] for one in view_mappings(engine, manifest.statement.vendor)}
    return replace(manifest, saved=saved) if saved else manifest


def mapping_of(services: Services, list_id: int) -> tuple[str, Inspection]:
    """A list's vendor and how its columns were read. Raises CallerError where there is no vendor or no file yet."""
    with reading(services.engine) as connection:
        row = connection.execute(select(lists.c.statement, lists.c.inspection).where(lists.c.id == list_id)).first()
    if row is None:
        message = phrase("there is no list_%(list_id)s", list_id=list_id)
        raise CallerError([Problem("unknown_list", message, field="list")], status=404)
    vendor = json.loads(row.statement).get("vendor")
    if not vendor:
        message = phrase("list_%(list_id)s has no vendor to save a mapping for", list_id=list_id)
        raise CallerError([Problem("no_vendor", message, field="list")])
    if row.inspection is None:
        message = phrase("list_%(list_id)s has no file yet", list_id=list_id)
        raise CallerError([Problem("no_file", message, field="list")])
    return vendor, Inspection.from_dict(json.loads(row.inspection))


def as_told(found: Inspection) -> dict[str, str]:
    """How a file's columns were read, as a manifest would say it.

    Columns with several uses say that somebody left, if one of them does, else the first.
    """
    told: dict[str, str] = {}
    for use, place in sorted(found.uses, key=lambda one: not stops_in(one[:1])):  # stops first, else in their order
        if use in USES:
            told.setdefault(found.headings[place], use)
    return told


def _load(connection: Connection, vendor: str) -> list[dict[str, Any]]:
    query = select(mappings).where(mappings.c.vendor == vendor).order_by(mappings.c.saved_at.desc(), mappings.c.digest)
    return [
        {
            "mapping": row.digest, "headings": json.loads(row.headings), "columns": json.loads(row.columns),
            "saved_at": text_of(row.saved_at), "by": row.saved_by,
        }
        for row in connection.execute(query)
    ]  # fmt: skip


def _one(vendor: str, digest: str) -> Any:
    return and_(mappings.c.vendor == vendor, mappings.c.digest == digest)


def _problems(vendor: str, headings: Sequence[str], columns: Mapping[str, str]) -> list[Problem]:
    found: list[Problem] = []
    if not book.fold(vendor):
        found.append(Problem("missing", "say whose files are meant", field="vendor"))
    if not headings or len(headings) > MOST_COLUMNS or any(len(heading) > LONGEST for heading in headings):
        message = phrase(
            "give the file's headings: 1 to %(most_columns)s, each of at most %(longest)s characters",
            most_columns=f"{MOST_COLUMNS:,}",
            longest=LONGEST,
        )
        found.append(Problem("bad_headings", message, field="headings"))
    known = set(map(fold, headings))
    for heading, use in columns.items():
        if fold(heading) not in known:
            found.append(
                Problem(
                    "unknown_column",
                    phrase("the file has no column %(heading)s", heading=repr(heading)),
                    field="columns",
                )
            )
        if use not in USES:
            message = phrase(
                "%(use)s is no field of ours; %(attribute)s keeps a column without a meaning",
                use=repr(use),
                attribute=repr(ATTRIBUTE),
            )
            found.append(Problem("not_a_field", message, field="columns"))
    return found + _turned_off(headings, columns)


def _turned_off(headings: Sequence[str], columns: Mapping[str, str]) -> list[Problem]:
    """Columns that may say: do not write, and would no longer be asked, in this file and every later one."""
    layout = find_layout(headings, "")
    meant = {fold(heading): use for heading, use in columns.items()}
    return [
        Problem(
            "turns_off_stop",
            phrase("%(heading)s may say that a person wants no mail; saved as %(meant)s, no refusal in it would be "
                   "read in any later file. Say so of this file alone and save nothing, leave the column as it was "
                   "understood, or map it to %(stop)s",
                   heading=repr(heading), meant=repr(meant[fold(heading)]), stop=repr(stops[0])),
            field="columns", suggestion=stops[0],
        )
        for place, heading in enumerate(headings)
        if fold(heading) in meant
        and (stops := stops_in(meaning(layout, place, heading)))
        and not stops_in([meant[fold(heading)]])
    ]  # fmt: skip
