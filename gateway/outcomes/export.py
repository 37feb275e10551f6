"""Rows on their way into somebody's spreadsheet as CSV: cells that a program would run as formulas are disarmed."""

import csv
import io
import re
from collections.abc import Iterable, Iterator

# CWE-1236. A formula may hide behind blanks, quotes and full-width forms; phones like +44 20 7946 0000 keep their
# digits and gain only an apostrophe.
_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠|%")  # noqa: RUF001 - the full-width forms are the point
_COVER = " \t\r\n\"'\u00a0\u200b\ufeff\u3000`"
# Numbers that a spreadsheet would write back otherwise: 004930 as 4930, 442079460000 as 4.4E+11.
_SUFFERS = re.compile(r"0[0-9]+|[0-9]{12,}")
_PARTS = re.compile(r'[,;|"\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]')
_QUOTE = '"'
MARK = "\ufeff"
"""The byte order mark: without it Excel reads UTF-8 as the country's old encoding, and Zoë becomes ZoÃ«."""


def needs_guard(cell: str) -> bool:
    """Whether a spreadsheet could run or change the cell, however many apostrophes stand before it already."""
    if cell[:1].isalpha():
        return False
    bare = cell.lstrip("'")
    return bare[:1] in _STARTS or cell.lstrip(_COVER)[:1] in _STARTS or _SUFFERS.fullmatch(bare) is not None


def csv_safe(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet could take it for a formula or change its digits."""
    return "'" + cell if needs_guard(cell) else cell


def csv_meant(cell: str) -> str:
    """What csv_safe was given: apostrophes change nothing of what needs_guard says, so the way back is exact."""
    return cell[1:] if cell[:1] == "'" and needs_guard(cell) else cell


def csv_alone(cell: str) -> str:
    """A cell as a line of its own: plain where it can be, quoted where a separator or a line's end would part it."""
    safe = csv_safe(cell)
    return f'"{safe.replace(_QUOTE, _QUOTE * 2)}"' if _PARTS.search(safe) else safe


def csv_lines(headings: list[str], rows: Iterable[list[str]], *, mark: bool = True) -> Iterator[str]:
    """CSV text line by line, every cell quoted and disarmed; ``mark``: with a byte order mark for spreadsheets."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([csv_safe(cell) for cell in headings])
    before = MARK if mark else ""
    for row in rows:
        writer.writerow([csv_safe(cell) for cell in row])
        yield before + out.getvalue()
        before = ""
        out.seek(0)
        out.truncate()
    if text := out.getvalue():  # no row came: the headings alone
        yield before + text
