"""Rows written as CSV of our own, which is read back to the letter: the table of a sheet, of JSON, of Parquet.

A row that could not be read where it came from is written with its problem, so that it ends as a rejection with its
number like any broken row of a text file (readers/records.py reads both back).
"""

import csv
import io
from collections.abc import Sequence
from typing import Any, BinaryIO

from gateway.intake.arrival.limits import MOST_BYTES, too_large
from gateway.intake.readers.lines import LINE_LIMIT
from gateway.intake.readers.records import CELL_KEPT, CELL_LIMIT, PROBLEM_MARK

_LINE_KEPT = 100  # cells of a row that is too long; each is shortened too


class ExactWriter:
    """Writes rows. Lone surrogates go through as bytes that mean nothing, and come back as unreadable characters."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._text = io.TextIOWrapper(out, "utf-8", errors="surrogatepass", newline="", write_through=False)
        self._csv: Any = csv.writer(self._text, lineterminator="\r\n")  # with LF alone a CR would go unquoted
        self.rows = 0

    def write(self, cells: Sequence[str]) -> None:
        """One row."""
        if cells:
            if sum(map(len, cells)) > LINE_LIMIT or max(map(len, cells)) > CELL_LIMIT:
                self.write_broken("cell_too_long", cells[:_LINE_KEPT])
                return
            if cells[0].startswith(PROBLEM_MARK):
                self.write_broken("unreadable_characters", cells)
                return
        self._csv.writerow(cells)
        self._count()

    def write_broken(self, problem: str, cells: Sequence[str]) -> None:
        """A row that could not be read; ``problem`` is one of row.problem (domain/facts.py)."""
        shown = [cell if len(cell) <= CELL_KEPT else cell[:CELL_KEPT] + "…" for cell in cells]
        self._csv.writerow([PROBLEM_MARK + problem, *shown])
        self._count()

    def _count(self) -> None:
        self.rows += 1
        if not self.rows % 1000 and self._out.tell() > MOST_BYTES:
            raise too_large("as text")

    def close(self) -> None:
        """Hand everything on; the file itself stays open."""
        self._text.flush()
        self._text.detach()
