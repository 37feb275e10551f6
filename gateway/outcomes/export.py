"""Rows on their way into somebody's spreadsheet: cells that a program would run as formulas are disarmed."""

import csv
import io
from collections.abc import Iterable, Iterator

# CWE-1236. A formula may hide behind blanks, quotes and full-width forms; phones like +44 20 7946 0000 keep their
# digits and gain only the apostrophe that a spreadsheet hides.
_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠|%")  # noqa: RUF001 - the full-width forms are the point
_COVER = " \t\r\n\"'\u00a0\u200b\ufeff\u3000`"


def csv_safe(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet could take it for a formula."""
    if cell and (cell[0] in _STARTS or cell.lstrip(_COVER)[:1] in _STARTS):
        return "'" + cell
    return cell


def csv_lines(headings: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    """CSV text line by line: UTF-8 with a BOM for spreadsheets, every cell quoted and disarmed."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    first = True
    writer.writerow([csv_safe(cell) for cell in headings])
    for row in rows:
        writer.writerow([csv_safe(cell) for cell in row])
        yield ("\ufeff" if first else "") + out.getvalue()
        first = False
        out.seek(0)
        out.truncate()
    if first:
        yield "\ufeff" + out.getvalue()
