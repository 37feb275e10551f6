"""Physical lines become records of cells, each with its number; a broken one is told, and never takes others with it.

The csv module is the reference. Blocks without quotes are cut by str.split, which gives the same cells in less time,
and where besides all rows are as wide as each other, all at once (evenly.py). A quote that opens and does not close as
RFC 4180 has it costs its own line only.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from gateway.intake.even import Even
from gateway.intake.inspection import Record
from gateway.intake.readers.encoding import TextFile
from gateway.intake.readers.evenly import cut_evenly
from gateway.intake.readers.lines import LINE_LIMIT, Block, CutLine, blocks_of, cut_texts, is_clean

CELL_LIMIT = 65_536  # characters
CELL_KEPT = 1_000  # of a cell that is too long
COLUMN_LIMIT = 1_000
OPEN_LINES = 1_000  # a quoted cell that spans more lines than this was never meant to
PROBLEM_MARK = "\0"
"""Begins the first cell of a row that could not be read where it came from; its problem follows (arrival/exact.py)."""

_BLANKS = '" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000' + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""What a row without any content is made of, besides delimiters: the quote and all that str.strip takes away."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How cells are cut out of lines, and how many of them a row may fill."""

    delimiter: str
    skip_spaces: bool = False
    separator_line: bool = False
    width: int | None = None  # None: as many as there are
    exact: bool = False  # written by arrival/exact.py: every quote is where the csv module puts it
    shift: int = 0  # from a record's place to its number: -1 where the headings have none


class Records:
    """Cuts the records of one file, block by block."""

    def __init__(self, shape: Shape) -> None:
        csv.field_size_limit(CELL_LIMIT)  # of the whole process; everybody here wants the same
        self._shape = shape
        self._number = shape.shift
        self._held: list[str] = []  # lines of a record that is still open at the end of a block

    def blocks(self, file: TextFile) -> Iterator[Sequence[Record]]:
        """The records of each block of the file. Numbers count from 1, as spreadsheets do."""
        first = self._shape.separator_line
        for text in cut_texts(file):
            if not first and (even := self._evenly(text)):
                yield even
                continue
            for block in blocks_of(text):
                if first:
                    del block.lines[0]
                    first = False
                if records := self._records(block):
                    yield records
        if records := self._records(Block([], has_quotes=True, is_clean=True), final=True):
            yield records

    def span(self, lines: list[str], at: int, *, final: bool) -> int:
        """How many lines the record takes that begins at a line; 0 if its end is not among them yet."""
        if '"' not in lines[at]:
            return 1
        if not self._shape.exact:
            return self._next(lines, at, final=final)[0]
        quotes = 0
        for place in range(at, len(lines)):
            quotes += lines[place].count('"')
            if quotes % 2 == 0:
                return place - at + 1
        return len(lines) - at if final else 0

    def _evenly(self, text: str) -> Even | None:
        """The records of whole lines in which nothing is odd."""
        if self._held or isinstance(text, CutLine):
            return None
        width = self._shape.width or COLUMN_LIMIT
        even = cut_evenly(text, self._shape.delimiter, self._number + 1, width=width, longest=CELL_LIMIT)
        if even is not None:
            self._number += len(even)
        return even

    def _records(self, block: Block, *, final: bool = False) -> list[Record]:
        """The records of the held lines and a block; the lines of one that is still open are held for the next."""
        held, self._held = self._held, []  # always with a quote, and nobody remembers whether they were clean
        lines = held + block.lines if held else block.lines
        if self._shape.exact:
            return self._exactly(lines, is_clean=block.is_clean and not held)
        rows, at = self._quickly(lines, has_quotes=block.has_quotes or bool(held))
        records = self._numbered(rows, lines, is_clean=block.is_clean and not held)
        while at < len(lines):
            count, cells, problem = self._next(lines, at, final=final)
            if not count:
                self._held = lines[at:]
                break
            at += count
            self._number += 1
            problem = problem or self._problem(cells)
            if problem == "cell_too_long":
                cells = [_shortened(cell) for cell in cells]
            records.append((self._number, cells, problem))
        return records

    def _quickly(self, lines: list[str], *, has_quotes: bool) -> tuple[list[list[str]], int]:
        """The rows of the first lines, as far as nothing is odd, and how many lines they take."""
        if not lines or max(map(len, lines)) > CELL_LIMIT or isinstance(lines[-1], CutLine):
            return [], 0
        if not has_quotes:
            return [line.rstrip("\r\n").split(self._shape.delimiter) for line in lines], len(lines)
        try:
            rows = list(self._csv(lines))
        except csv.Error:
            return [], 0
        if len(rows) == len(lines) and not self._is_open(lines[-1]):
            return rows, len(lines)
        reader, at = self._csv(lines), 0
        for index, _ in enumerate(reader):
            if reader.line_num - at > 1 or reader.line_num == len(lines):
                count, _, problem = self._next(lines, at, final=False)
                if count != reader.line_num - at or problem:
                    return rows[:index], at
            at = reader.line_num
        return rows, at

    def _exactly(self, lines: list[str], *, is_clean: bool) -> list[Record]:
        """The records of a file of ours: one ends with the first line by which its quotes are even in number."""
        whole, quotes = 0, 0
        for place, line in enumerate(lines, start=1):
            quotes += line.count('"')
            if quotes % 2 == 0:
                whole = place
        self._held = lines[whole:]
        return self._numbered(list(self._csv(lines[:whole])), lines[:whole], is_clean=is_clean)

    def _numbered(self, rows: list[list[str]], lines: list[str], *, is_clean: bool) -> list[Record]:
        if not rows:
            return []
        width = self._shape.width or COLUMN_LIMIT
        odd = not is_clean or max(map(len, rows)) > width
        odd = odd or not all(map(str.strip, lines, repeat(_BLANKS + self._shape.delimiter)))
        numbers = range(self._number + 1, self._number + 1 + len(rows))
        self._number += len(rows)
        if odd:
            return [(number, *self._judged(row)) for number, row in zip(numbers, rows, strict=True)]
        return list(zip(numbers, rows, repeat(None), strict=False))

    def _next(self, lines: list[str], at: int, *, final: bool) -> tuple[int, list[str], str | None]:
        """How many lines the next record takes, its cells and its problem; 0 lines if its end is not here yet."""
        line = lines[at]
        if isinstance(line, CutLine) or len(line) > LINE_LIMIT:
            return 1, [line], "cell_too_long"
        if '"' not in line:
            return 1, line.rstrip("\r\n").split(self._shape.delimiter), None
        if not self._is_open(line):
            return 1, *self._cells([line])
        end = _closing_line(lines, at)
        if end == len(lines) and not final:
            return 0, [], None
        if end is not None and end < len(lines):
            cells, problem = self._cells(lines[at : end + 1], strict=True)
            if problem != "unclosed_quote":
                return end + 1 - at, cells, problem
        return 1, [_shortened(line.rstrip("\r\n"))], "unclosed_quote"

    def _cells(self, lines: list[str], *, strict: bool = False) -> tuple[list[str], str | None]:
        try:
            rows = list(self._csv(lines, strict=strict))
        except csv.Error as error:
            if "field larger than" in str(error):
                return "".join(lines).split(self._shape.delimiter), "cell_too_long"
            return [], "unclosed_quote"
        return (rows[0], None) if len(rows) == 1 else ([], "unclosed_quote")

    def _is_open(self, line: str) -> bool:
        """Whether the line ends inside quotes, so that its record goes on in the next."""
        try:
            return len(list(self._csv([line, "x"]))) == 1
        except csv.Error:  # a cell beyond CELL_LIMIT
            return line.count('"') % 2 == 1

    def _csv(self, lines: list[str], *, strict: bool = False) -> Any:
        shape = self._shape
        return csv.reader(lines, delimiter=shape.delimiter, skipinitialspace=shape.skip_spaces, strict=strict)

    def _judged(self, cells: list[str]) -> tuple[list[str], str | None]:
        if self._shape.exact and cells and cells[0].startswith(PROBLEM_MARK):
            return cells[1:], cells[0].removeprefix(PROBLEM_MARK)
        return cells or [""], self._problem(cells)

    def _problem(self, cells: list[str]) -> str | None:
        """What is wrong with the cells of a record that could be cut; a code of row.problem (domain/facts.py)."""
        text = "".join(cells)
        if not text.strip():
            return "empty"
        if not is_clean(text):
            return "unreadable_characters"
        if max(map(len, cells)) > CELL_LIMIT:
            return "cell_too_long"
        width = self._shape.width
        if len(cells) > COLUMN_LIMIT or (width is not None and any(cell.strip() for cell in cells[width:])):
            return "too_many_cells"
        return None


PEOPLE_IN_A_CELL = 2
"""A note over several lines may name an address or two; one that names more has swallowed its neighbours' rows."""


def _closing_line(lines: list[str], at: int) -> int | None:
    """Where the record that opens at a line closes, as RFC 4180 has it: at the next line with an odd count of quotes.

    ``len(lines)`` if that line may still come, None if it never does or is too far away. Every line is looked at twice
    at most: lines between the two have even counts, so none of them opens a record itself.
    """
    if lines[at].count('"') % 2 == 0:
        return None  # the csv module sees an open quote where the standard sees none: a quote inside bare text
    size, people = len(lines[at]), 0
    for place in range(at + 1, min(at + OPEN_LINES, len(lines))):
        size += len(lines[place])
        if size > LINE_LIMIT or isinstance(lines[place], CutLine):
            return None
        people += "@" in lines[place]
        if lines[place].count('"') % 2:
            return place if people <= PEOPLE_IN_A_CELL else None
    return len(lines) if len(lines) - at < OPEN_LINES else None


def _shortened(cell: str) -> str:
    """A cell cut to what is kept of one that is too long."""
    return cell if len(cell) <= CELL_KEPT else cell[:CELL_KEPT] + "…"
