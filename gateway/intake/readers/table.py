"""Where in a file the table is: its delimiter, its headings, its columns of addresses. What columns mean: columns/."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.intake.columns.headings import uses_of

DELIMITERS = (",", ";", "\t", "|")
LONGEST_HEADING = 200
HEADING_ROWS = 20  # titles and notes may stand above the headings, up to here

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@.,;<>\"]{2,}")
_DATA = re.compile(r"@|://|[0-9]{4}")
"""What stands in rows and not in headings: a headerless file must not lose its first line."""

_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
"""Soft hyphens, zero-width blanks and joiners, marks of direction and of byte order."""

IsAddressHeading = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Table:
    """The table found in the first rows of a file."""

    first_row: int  # number of the first data row, from 1
    headings: tuple[str, ...]
    has_headings: bool
    above: tuple[str, ...] = ()  # the lines above the headings
    by_content: int | None = None  # the column taken for the address because of its cells, not of its heading


def separator_of(line: str) -> str | None:
    """The delimiter that Excel's first line ``sep=;`` names."""
    found = _SEPARATOR_LINE.fullmatch(line)
    return found[1] if found else None


def find_delimiter(lines: Sequence[str], is_address: IsAddressHeading) -> str:
    """The delimiter under which the first lines make most sense; quotes are minded. A comma if none does."""

    def sense(delimiter: str) -> tuple[int, int, int]:
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return (0, 0, 0)
        known = max((_known(row, is_address) for row in rows[:HEADING_ROWS]), default=0)
        with_address = sum(any(map(looks_like_address, row)) for row in rows)
        widths = Counter(map(len, rows))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        return known, with_address, count if width > 1 else 0

    return max(DELIMITERS, key=sense)


def find_table(rows: Sequence[list[str]], is_address: IsAddressHeading) -> Table | None:
    """The table in a file's first rows; None if no column holds addresses."""
    best, place = 0, 0
    for index, row in enumerate(rows[:HEADING_ROWS]):
        if any(map(looks_like_address, row)):
            break
        if (known := _known(row, is_address)) > best:
            best, place = known, index
    if best:
        return Table(place + 2, _tidy(rows[place]), has_headings=True, above=_lines(rows[:place]))
    return _by_content(rows)


def table_below(rows: Sequence[list[str]], found: Table) -> Table:
    """The table under the first row, which is known to be its headings, whatever was found in its place."""
    return Table(2, _tidy(rows[0]), has_headings=True, by_content=found.by_content)


def looks_like_address(cell: str) -> bool:
    """Whether a cell could be an address; only for finding columns, never to judge one."""
    return "@" in cell and _ADDRESS.fullmatch(cell.strip()) is not None


def _known(row: Sequence[str], is_address: IsAddressHeading) -> int:
    """How many headings of a row are known, if one of them is that of the address."""
    return sum(bool(uses_of(cell)) or is_address(cell) for cell in row) if any(map(is_address, row)) else 0


def _by_content(rows: Sequence[list[str]]) -> Table | None:
    """The table of a file without a heading we know: the row above the first address is its headings, if any is."""
    counts = Counter(place for row in rows for place, cell in enumerate(row) if looks_like_address(cell))
    if not counts:
        return None
    column = max(counts, key=lambda place: (counts[place], -place))
    first = next(index for index, row in enumerate(rows) if len(row) > column and looks_like_address(row[column]))
    # Only the very first row may be headings that we do not know: whatever stands above would be lost without a word.
    above = rows[0] if first == 1 else []
    if len(above) > column and above[column].strip() and not any(map(_DATA.search, above)) and _names(above, rows[1:]):
        return Table(first + 1, _tidy(above), has_headings=True, by_content=column)
    width = max(map(len, rows))
    return Table(1, tuple(f"column {n}" for n in range(1, width + 1)), has_headings=False, by_content=column)


def _names(above: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row could name columns: no cell of it stands again below it in its column, as a row's values do."""
    return not any(
        cell.strip() and any(len(row) > place and row[place] == cell for row in below)
        for place, cell in enumerate(above)
    )


def _lines(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Rows as lines to be shown; blank ones are left out."""
    texts = (" ".join(cell for cell in _tidy(row) if cell) for row in rows)
    return tuple(text[:LONGEST_HEADING] for text in texts if text)


def _tidy(row: Sequence[str]) -> tuple[str, ...]:
    """Headings fit to be shown and kept: of bounded length, and with a sign for each byte that means nothing.

    Spreadsheets and mail programs pad them with blanks, some of which nobody sees; exports are known by their words.
    """
    shown = (cell.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0") for cell in row)
    return tuple(" ".join(heading.translate(_UNSEEN).split())[:LONGEST_HEADING] for heading in shown)
