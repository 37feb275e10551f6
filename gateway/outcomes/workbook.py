"""Rows on their way into an Excel workbook: every cell a text, memory that does not grow with the rows.

In a workbook a text is a text whatever it begins with, so cells need no apostrophe: a phone stands there as it was
written. Cells are formatted as text too; what somebody types into one of them stays what was typed.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from gateway.outcomes.export import csv_safe

SHEET_ROWS = 1_048_576  # Excel's own limits: rows of a sheet, columns, characters of a cell
SHEET_COLUMNS = 16_384
CELL_CHARACTERS = 32_767
_CUT = " … (cut: a workbook holds no more in a cell; the CSV download has all of it)"
_FIRST_SHEET = "Rows"
_WIDTHS = 18, 60  # characters: of a column, and of the summary's first

Line = tuple[str, int] | tuple[str]
"""A line of the summary: a sentence and its count, or a heading."""


def write_workbook(
    out: BinaryIO,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    summary: Callable[[], Iterable[Line]],
    *,
    folder: Path,
) -> None:
    """Write a whole workbook. ``summary`` is asked when all rows are written; ``folder``: for its parts meanwhile."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".workbook-") as parts:
        book = Workbook(out, headings, folder=Path(parts))
        book.add_rows(rows)
        book.close(summary())


class Workbook:
    """An .xlsx written row by row; the sheets are kept in ``folder`` until it is closed."""

    def __init__(self, out: BinaryIO, headings: Sequence[str], *, folder: Path, sheet_rows: int = SHEET_ROWS) -> None:
        from xlsxwriter import Workbook as Writer  # 30 ms, and most commands never write one

        options = {
            "constant_memory": True, "tmpdir": str(folder), "use_zip64": True, "strings_to_formulas": False,
            "strings_to_numbers": False, "strings_to_urls": False,
        }  # fmt: skip
        self._book = Writer(out, options)
        self._text = self._book.add_format({"num_format": "@"})
        self._bold = self._book.add_format({"num_format": "@", "bold": True})
        self._headings = list(headings)
        self._sheet_rows = sheet_rows
        self._sheets = 0
        self._sheet: Any = None
        self._row = sheet_rows  # the first row begins the first sheet

    def add_rows(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows below one another; a full sheet is followed by another with the same headings."""
        for cells in rows:
            if self._row >= self._sheet_rows:
                self._begin_sheet()
            self._write(cells, self._text)

    def close(self, summary: Iterable[Line]) -> None:
        """Write the summary on a sheet of its own, and the file."""
        if not self._sheets:
            self._begin_sheet()
        sheet = self._book.add_worksheet("Summary")
        sheet.set_column(0, 0, _WIDTHS[1])
        for row, line in enumerate(summary):
            sheet.write_string(row, 0, _fit(line[0]), self._text if len(line) > 1 else self._bold)
            if len(line) > 1:
                sheet.write_number(row, 1, line[1])
        self._book.close()

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(_FIRST_SHEET if self._sheets == 1 else f"{_FIRST_SHEET} {self._sheets}")
        self._sheet.set_column(0, SHEET_COLUMNS - 1, _WIDTHS[0], self._text)
        self._sheet.freeze_panes(1, 0)
        self._row = 0
        self._write(self._headings, self._bold)

    def _write(self, cells: Sequence[str], style: Any) -> None:
        if len(cells) > SHEET_COLUMNS:
            left = len(cells) - SHEET_COLUMNS + 1
            cells = [*cells[: SHEET_COLUMNS - 1], f"({left:,} more cells; the CSV download has them)"]
        write = self._sheet.write_string
        for column, cell in enumerate(cells):
            if cell:
                write(self._row, column, _fit(cell), style)
        self._row += 1


def _fit(cell: str) -> str:
    """The cell as a workbook can hold it. What XML cannot carry is escaped by the writer, as Excel itself does."""
    if "\r" in cell:
        cell = cell.replace("\r\n", "\n").replace("\r", "\n")
    if cell[:1] == "'":  # or else a reader could not tell it from an apostrophe of ours (export.csv_meant)
        cell = csv_safe(cell)
    return cell if len(cell) <= CELL_CHARACTERS else cell[: CELL_CHARACTERS - len(_CUT)] + _CUT
