"""A file looked over before any row is taken in: what it is, how to read it, what its columns mean, what to mind."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from gateway.domain.problem import CallerError
from gateway.intake.columns.headings import fold, names_address
from gateway.intake.columns.mapping import Columns, map_columns, missing_column
from gateway.intake.columns.sensitive import sensitive
from gateway.intake.inspection import Inspection
from gateway.intake.manifest import Manifest
from gateway.intake.readers.encoding import Encoding, TextFile, find_encoding
from gateway.intake.readers.lines import cut_lines
from gateway.intake.readers.records import COLUMN_LIMIT, Records, Shape
from gateway.intake.readers.refused import refuse
from gateway.intake.readers.survey import survey_rows
from gateway.intake.readers.table import Table, find_delimiter, find_table, separator_of

FIRST_LINES = 200  # looked at for the delimiter and the headings
FIRST_CHARACTERS = 100_000

_HASHES = frozenset({"md5", "sha1", "sha256", "emailmd5", "emailsha1", "emailsha256"})


def inspect(path: Path, *, name: str, manifest: Manifest | None = None, encoding: str | None = None) -> Inspection:
    """Look a file over. ``name``: as the uploader calls it; ``encoding`` goes before the manifest's.

    Raises CallerError, saying what to do, when the file cannot be read at all: it is no text, its encoding has to be
    declared, it is empty, or no column of it holds addresses.
    """
    declared = encoding or (manifest.encoding if manifest else None)
    told = manifest.columns if manifest else {}
    found = find_encoding(path, declared)
    is_address = _address_headings(told)
    shape = _find_shape(path, found, is_address)
    table = _find_table(path, found, shape, is_address)
    columns = map_columns(table.headings, told=told, file_name=name, address_column=table.by_content)
    inspection = Inspection(
        name=name, encoding=found.name, mark=found.mark, delimiter=shape.delimiter, skip_spaces=shape.skip_spaces,
        separator_line=shape.separator_line, first_row=table.first_row, headings=table.headings,
        has_headings=table.has_headings, layout=columns.layout.name, uses=tuple(columns.uses),
        not_understood=tuple(columns.not_understood), notes=(), date_order=manifest.date_order if manifest else None,
        is_protected=False, stop=columns.layout.stop, looks_generated=None, rows_looked_at=0,
    )  # fmt: skip
    survey = survey_rows(path, inspection)
    return replace(
        inspection,
        notes=(*_notes_on_table(table, columns, manifest), *survey.notes()),
        is_protected=survey.is_protected,
        looks_generated=survey.looks_generated(),
        rows_looked_at=survey.rows,
    )


def _address_headings(told: dict[str, str]) -> Callable[[str], bool]:
    """Which headings are those of addresses: the ones the manifest names, else the ones we know."""
    named = {fold(heading) for heading, use in told.items() if use == "email"}
    others = {fold(heading) for heading, use in told.items() if use != "email"}

    def is_address(heading: str) -> bool:
        return fold(heading) in named if named else names_address(heading) and fold(heading) not in others

    return is_address


def _find_shape(path: Path, encoding: Encoding, is_address: Callable[[str], bool]) -> Shape:
    """How the cells of a file are cut."""
    with TextFile(path, encoding) as file:
        block = next(cut_lines(file), None)
    lines: list[str] = []
    size = 0
    for line in block.lines[:FIRST_LINES] if block else []:
        size += len(line)
        if size > FIRST_CHARACTERS and lines:
            break
        lines.append(line)
    separator = separator_of(lines[0]) if lines else None
    if separator is not None:
        return Shape(separator, skip_spaces=_has_spaced_quotes(lines, separator), separator_line=True)
    delimiter = find_delimiter(lines, is_address)
    return Shape(delimiter, skip_spaces=_has_spaced_quotes(lines, delimiter))


def _has_spaced_quotes(lines: list[str], delimiter: str) -> bool:
    """Whether quotes come after a space, as in ``a@example.com, "Ann"``: then the space is no part of the cell."""
    spaced = re.compile(re.escape(delimiter) + ' +"(?!")')
    return any(map(spaced.search, lines))


def _find_table(path: Path, encoding: Encoding, shape: Shape, is_address: Callable[[str], bool]) -> Table:
    with TextFile(path, encoding) as file:
        records = list(islice(chain.from_iterable(Records(shape).blocks(file)), FIRST_LINES))
    rows = [cells for _, cells, _ in records]
    if not any(cell.strip() for cells in rows for cell in cells):
        raise refuse("file_empty", "the file holds nothing but blank lines")
    table = find_table(rows, is_address)
    if table is None:
        raise _no_address(rows, shape)
    if len(table.headings) > COLUMN_LIMIT:
        message = f"the file has {len(table.headings):,} columns; at most {COLUMN_LIMIT:,} are read"
        raise refuse("too_many_columns", message)
    return table


def _no_address(rows: list[list[str]], shape: Shape) -> CallerError:
    first = next(cells for cells in rows if any(cell.strip() for cell in cells))
    if _HASHES & set(map(fold, first)):
        message = (
            "the file holds hashes instead of addresses; nobody can be written to by a hash. Ask for the addresses"
        )
        return refuse("hashed_addresses", message)
    shown = ", ".join(repr(cell.strip()[:40]) for cell in first[:8])
    return refuse(
        "no_address_column",
        f"no column of the file holds e-mail addresses; its first row, cut at {_called(shape.delimiter)}, is {shown}. "
        "If one of these is the column of addresses, say so in the manifest: columns: {heading: email}",
    )


def _called(delimiter: str) -> str:
    return {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}.get(delimiter, repr(delimiter))


def _notes_on_table(table: Table, columns: Columns, manifest: Manifest | None) -> list[str]:
    found = []
    if not table.has_headings:
        found.append("The file has no headings; its columns are called 'column 1', 'column 2' and so on.")
    place = table.by_content
    if place is not None and ("email", place) in columns.uses:
        heading = table.headings[place] or f"column {place + 1}"
        found.append(f"{heading!r} is taken as the address because its cells look like addresses.")
    found += columns.notes
    if names := sensitive(table.headings):
        found.append(
            "These columns name what the law protects most, such as health and belief; leave them out of the file: "
            f"{', '.join(map(repr, names))}."
        )
    if manifest:
        folded = set(map(fold, table.headings))
        found += [
            missing_column(heading, table.headings, "promises")
            for heading in manifest.promised_columns
            if fold(heading) not in folded
        ]
    return found
