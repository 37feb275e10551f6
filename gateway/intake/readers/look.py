"""A file looked over before any row is taken in: what it is, how to read it, what its columns mean, what to mind."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError
from gateway.intake.columns.headings import digest_of, fold, names_address
from gateway.intake.columns.mapping import Columns, map_columns, missing_column
from gateway.intake.columns.ours import our_places
from gateway.intake.columns.seen import dated, describe, name_by_cells
from gateway.intake.columns.sensitive import sensitive
from gateway.intake.hashed import TO_WRITE
from gateway.intake.inspection import AS_IT_CAME, Inspection, Made
from gateway.intake.manifest import Manifest
from gateway.intake.readers.encoding import Encoding, TextFile, find_encoding
from gateway.intake.readers.lines import cut_lines
from gateway.intake.readers.records import COLUMN_LIMIT, Records, Shape
from gateway.intake.readers.refused import refuse
from gateway.intake.readers.survey import survey_rows
from gateway.intake.readers.table import Table, find_delimiter, find_table, separator_of, table_below

FIRST_LINES = 200  # looked at for the delimiter and the headings
FIRST_CHARACTERS = 100_000

_HASHES = frozenset({"md5", "sha1", "sha256", "emailmd5", "emailsha1", "emailsha256"})


def inspect(
    path: Path, *, name: str, manifest: Manifest | None = None, encoding: str | None = None, made: Made = AS_IT_CAME
) -> Inspection:
    """Look a file over. ``name``: as the uploader calls it; ``encoding`` goes before the manifest's.

    ``made``: what it was before it became the text that is looked over (arrival/).

    Raises CallerError, saying what to do, when the file cannot be read at all: it is no text, its encoding has to be
    declared, it is empty, or no column of it holds addresses.
    """
    declared = encoding or (manifest.encoding if manifest else None)
    told = manifest.columns if manifest else {}
    found = Encoding("utf-8") if made.exact else find_encoding(path, declared)
    is_address = _address_headings(told)
    shape = Shape(",", exact=True) if made.exact else _find_shape(path, found, is_address)
    table, rows = _find_table(path, found, shape, is_address, headed=made.shift < 0, declared=declared)
    saved = manifest.saved.get(digest_of(table.headings), {}) if manifest and table.has_headings else {}
    columns = map_columns(
        table.headings, told=told, saved=saved, file_name=name, address_column=table.by_content,
        seen=name_by_cells(rows, len(table.headings)),
    )  # fmt: skip
    if not any(use == "email" for use, _ in columns.uses):
        raise _address_denied(table, {**saved, **told})
    order = manifest.date_order if manifest else None
    inspection = Inspection(
        name=name, encoding=found.name, mark=found.mark, delimiter=shape.delimiter, skip_spaces=shape.skip_spaces,
        separator_line=shape.separator_line, first_row=table.first_row + made.shift, headings=table.headings,
        has_headings=table.has_headings, layout=columns.layout.name, uses=tuple(columns.uses),
        not_understood=tuple(columns.not_understood), notes=(), date_order=order,
        is_protected=False, stop=_says_stop(columns, manifest), looks_generated=None, rows_looked_at=0,
        made=made, mapping=describe(table.headings, columns, rows, order),
    )  # fmt: skip
    survey = survey_rows(path, inspection)
    return replace(
        inspection,
        notes=(*_notes_on_table(table, columns, manifest, rows), *survey.notes()),
        questions=survey.questions(),
        is_protected=survey.is_protected or bool(our_places(table.headings)),
        looks_generated=survey.looks_generated(),
        rows_looked_at=survey.rows,
    )


def _says_stop(columns: Columns, manifest: Manifest | None) -> bool:
    """Whether everybody in the file left. The manifest may say that its name means nothing; columns are not denied."""
    by_name = columns.layout.stop and not columns.layout.name.startswith("mailchimp")
    return columns.layout.stop and not (by_name and manifest is not None and manifest.statement.stop is False)


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


def _find_table(
    path: Path, encoding: Encoding, shape: Shape, is_address: Callable[[str], bool], *, headed: bool,
    declared: str | None,
) -> tuple[Table, list[list[str]]]:  # fmt: skip
    """The table of a file and its first rows; ``headed``: its first row is known to be its headings.

    ``declared``: the encoding that somebody said; a wrong one may be why there are no addresses.
    """
    with TextFile(path, encoding) as file:
        records = list(islice(chain.from_iterable(Records(shape).blocks(file)), FIRST_LINES))
    rows = [cells for _, cells, _ in records]
    if not any(cell.strip() for cells in rows for cell in cells):
        raise refuse("file_empty", phrase("the file holds nothing but blank lines"))
    table = find_table(rows, is_address)
    if table and headed:
        table = table_below(rows, table)
    if table is None:
        raise _wrong_encoding(path, rows, declared) or _no_address(rows, shape)
    if len(table.headings) > COLUMN_LIMIT:
        message = phrase(
            "the file has %(count)s columns; at most %(column_limit)s are read. Leave out those that say nothing of "
            "the people or of their consent, and give it again",
            count=f"{len(table.headings):,}",
            column_limit=f"{COLUMN_LIMIT:,}",
        )
        raise refuse("too_many_columns", message)
    return table, [cells for _, cells, problem in records[table.first_row - 1 :] if not problem]


def _address_denied(table: Table, said: dict[str, str]) -> CallerError:
    """Every row would be refused for its lack of an address, and it is one answer that takes all of them away."""
    there = set(map(fold, table.headings))
    denied = ", ".join(f"{heading}: {use}" for heading, use in said.items() if fold(heading) in there)
    message = phrase(
        "as the columns are said to be (%(denied)s), none holds the e-mail addresses. Take back what is said of the "
        "column of addresses, or say which it is: columns: {heading: email}",
        denied=denied or ", ".join(table.headings[:8]),
    )
    return refuse("address_column_denied", message)  # a list all the same, never passed over in an archive


def _wrong_encoding(path: Path, rows: list[list[str]], declared: str | None) -> CallerError | None:
    """The refusal of a file whose bytes have the sign of addresses, and whose letters have not as they were read."""
    if declared is None or any("@" in cell for cells in rows for cell in cells):
        return None
    with path.open("rb") as file:
        if b"@" not in file.read(FIRST_CHARACTERS):
            return None
    shown = ", ".join(repr(cell.strip()[:40]) for cell in rows[0][:8])
    message = phrase(
        "read as %(declared)s, the file has no e-mail addresses; its first row is %(shown)s. It has another encoding: "
        "say which, or none, and it is looked for",
        declared=declared,
        shown=shown,
    )
    return refuse("encoding_wrong", message)  # it may be a list of people who left, never passed over in an archive


def _no_address(rows: list[list[str]], shape: Shape) -> CallerError:
    first = next(cells for cells in rows if any(cell.strip() for cell in cells))
    if _HASHES & set(map(fold, first)):
        return refuse("hashed_addresses", TO_WRITE)
    shown = ", ".join(repr(cell.strip()[:40]) for cell in first[:8])
    message = phrase(
        "no column of the file holds e-mail addresses; its first row, cut at %(called)s, is "
        "%(shown)s. If one of these is the column of addresses, say so in the manifest: columns: "
        "{heading: email}",
        called=_called(shape.delimiter),
        shown=shown,
    )
    return refuse(
        "no_address_column",
        message,
    )


def _called(delimiter: str) -> str:
    return {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}.get(delimiter, repr(delimiter))


def _notes_on_table(table: Table, columns: Columns, manifest: Manifest | None, rows: list[list[str]]) -> list[str]:
    found = []
    if table.above:
        lines = "; ".join(repr(line) for line in table.above)
        found.append(f"What stands above the headings is no row and is left out: {lines}.")
    if any(how == "saved" for how in columns.how.values()):
        found.append("The columns are mapped as was saved for this vendor's files with these headings.")
    if not table.has_headings:
        found.append("The file has no headings; its columns are called 'column 1', 'column 2' and so on.")
    place = table.by_content
    if place is not None and ("email", place) in columns.uses:
        heading = table.headings[place] or f"column {place + 1}"
        found.append(f"{heading!r} is taken as the address because its cells look like addresses.")
    found += columns.notes
    found += _notes_on_cells(table, columns, rows)
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


def _notes_on_cells(table: Table, columns: Columns, rows: list[list[str]]) -> list[str]:
    """What is said of columns that were told by their cells, or could have been but for their meaning."""
    found = [
        f"{table.headings[place]!r} is taken as a phone number because its cells look like phone numbers."
        for use, place in columns.uses
        if use == "phone" and columns.how.get(place) == "values"
    ]
    nameless = [place for place in range(len(table.headings)) if place not in columns.how]
    for place in dated(rows, nameless):
        heading = table.headings[place] or f"column {place + 1}"
        found.append(
            f"{heading!r} holds dates, and nothing says of what. Say it in the manifest, as in columns: "
            f"{{{heading}: collected_at}}."
        )
    return found
