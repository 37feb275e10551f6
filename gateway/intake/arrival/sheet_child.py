"""The child that reads what may kill its reader: workbooks, HTML tables, Parquet. It is run, never imported.

python-calamine aborts the whole process over a workbook of 1 KB whose two cells lie far apart (tafia/calamine #693),
so nobody who has other work may call it. This file knows nothing of the gateway: standard library and the one reader.
It is given limits by itself before it opens the file, may write nowhere but to its output, and says on it, a JSON
document a line: {"table": name, "hidden": bool} and then its rows as arrays of texts; at the end {"end": true}, or
{"problem": code, "message": words}.
"""

import ctypes
import datetime as dt
import json
import math
import os
import re
import resource
import signal
import sys
import zipfile
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

LEAST_SECONDS = 5  # of CPU time, before the first byte
MOST_SECONDS = {"workbook": 120, "html": 120, "parquet": 600}
SECONDS_A_MEGABYTE = {"workbook": 1, "html": 1, "parquet": 10}  # unpacked; Parquet alone is counted as it is packed
MEMORY = {"workbook": 1 << 30, "html": 1 << 30, "parquet": 4 << 30}  # of address space; Arrow reserves much more
MOST_ROWS = 5_000_000
MOST_COLUMNS = 200
EXACT = 1e15  # numbers below it are whole in a sheet; above, a program has cut their digits already
BATCH = 10_000  # rows of a Parquet file at a time
_REACHES_DOWN = re.compile(rb'number-rows-spanned="(?:[2-9]|1[0-9])')
LONGEST_SPAN = 6  # digits
HELD = 1 << 20  # characters of a tag, script or comment without an end; the parser reads them anew with every block
LEFT = 4096  # of them at the end of the page, where the parser looks for an end from each "<" anew
PR_SET_PDEATHSIG = 1  # prctl(2)


class RefusedError(Exception):
    """The file cannot be read; a code and what to do."""


def end_with(parent: int, wall_seconds: int) -> None:
    """Die when the gateway does, however it does, and at the latest after so many seconds."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(wall_seconds)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked to be told
        os._exit(1)


def seconds_for(kind: str, path: str) -> int:
    """The CPU time that a file of this size can need; small ones that take long are made to."""
    size = os.path.getsize(path)  # noqa: PTH202 - as little as possible is imported here
    if kind == "workbook" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    return min(LEAST_SECONDS + SECONDS_A_MEGABYTE[kind] * (size >> 20), MOST_SECONDS[kind])


def limit(kind: str, seconds: int) -> None:
    """No more memory and time than a list needs, no file written, no core dumped."""
    for name, most in (
        (resource.RLIMIT_AS, MEMORY[kind]), (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(name, (most, most))


def text_of(value: Any) -> str:
    """A cell as text: whole numbers in all their digits, instants as ISO 8601 writes them, nothing for no number."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "; ".join(map(text_of, value))
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return json.dumps(value, default=str) if isinstance(value, dict) else str(value)


def _number(value: float) -> str:
    if math.isnan(value):  # data frames fill with it what is missing in a column of numbers
        return ""
    return str(int(value)) if abs(value) < EXACT and value.is_integer() else repr(value)


def say(document: Any) -> None:
    """One line to the parent."""
    sys.stdout.write(json.dumps(document, separators=(",", ":")) + "\n")


def say_rows(rows: Iterable[list[str]], name: str) -> None:
    """The rows of a table; blank ones only if others follow, so that numbers stay those of the sheet."""
    blank = count = 0
    for row in rows:
        count += 1
        if count > MOST_ROWS:
            raise RefusedError("file_too_large", f"{name[:100]!r} has more than {MOST_ROWS:,} rows; split it")
        width = len(row)
        while width and not row[width - 1]:
            width -= 1
        if not width:
            blank += 1
            continue
        if width > MOST_COLUMNS:
            message = (
                f"{name[:100]!r} reaches to column {width:,}; at most {MOST_COLUMNS} are read. Delete what stands at "
                "its right, or save it as CSV"
            )
            raise RefusedError("too_many_columns", message)
        sys.stdout.write("[]\n" * blank)
        blank = 0
        say(row[:MOST_COLUMNS])


def read_workbook(path: str) -> None:
    """Every sheet of an XLSX, XLSB, XLS or ODS workbook, in its order."""
    import python_calamine as calamine

    _refuse_reaching_down(path)
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as little as possible is imported here
            book = calamine.CalamineWorkbook.from_filelike(file)
            for about in book.sheets_metadata:
                if about.typ == calamine.SheetTypeEnum.WorkSheet:
                    say({"table": about.name, "hidden": about.visible != calamine.SheetVisibleEnum.Visible})
                    say_rows(_cells(book.get_sheet_by_name(about.name)), about.name)
    except calamine.PasswordError:
        raise RefusedError("file_encrypted", "the workbook has a password; save it without one") from None
    except calamine.CalamineError as error:
        if "password" in str(error).lower():
            raise RefusedError("file_encrypted", "the workbook has a password; save it without one") from None
        message = (
            "the workbook is damaged or was cut off on its way; open it, save it anew as XLSX or CSV, and give that"
        )
        raise RefusedError("file_damaged", message) from None


def _cells(sheet: Any) -> Iterator[list[str]]:
    left = [""] * sheet.start[1] if sheet.start else []  # the library leaves out empty columns at the left
    merged = _merged(sheet)
    over: dict[int, tuple[int, str]] = {}  # column -> the last row that its cell reaches down to, and what it says
    for number, row in enumerate(sheet.iter_rows()):
        cells = left + list(map(text_of, row))
        if over and any(cells):
            for place, (last, said) in list(over.items()):
                if number > last:
                    del over[place]
                elif place < len(cells) and not cells[place]:
                    cells[place] = said
        over |= {place: (last, cells[place]) for place, last in merged.get(number, ()) if place < len(cells)}
        yield cells


def _refuse_reaching_down(path: str) -> None:
    """The library does not say which cells of an ODS are merged, and what one says of three rows is not lost."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        if "mimetype" not in archive.namelist() or "content.xml" not in archive.namelist():
            return
        with archive.open("content.xml") as content:
            left = b""
            while block := content.read(1 << 20):
                if _REACHES_DOWN.search(left + block):
                    message = (
                        "cells of the sheet are merged over several rows, and an ODS does not tell its reader what "
                        "that means for each; save it as XLSX, or split the cells (Format, Merge and Unmerge Cells)"
                    )
                    raise RefusedError("file_not_a_list", message)
                left = block[-64:]


def _merged(sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """The cells that reach down over rows: by their row, their columns and the last row each reaches.

    ``Unsubscribed``, written once beside three people, is about all three. What reaches to the right is a title.
    """
    found: dict[int, list[tuple[int, int]]] = {}
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        if last > first:
            found.setdefault(first, []).append((column, last))
    return found


ENDLESS = "a tag, script or comment of the page has no end: it is damaged or cut off; save its table as CSV"


class Tables(HTMLParser):
    """The rows of every outermost table of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.depth = 0
        self.row: list[str] | None = None
        self.cell: list[str] | None = None
        self.width = 1
        self.below: dict[int, int] = {}  # place -> rows that a cell from above still fills
        self.said: dict[int, str] = {}  # place -> what that cell says, which is about those rows as well
        self.done: list[tuple[str, list[str]]] = []  # what is complete: "table" or "row"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A table, a row or a cell begins; HTML lets the one before end without a word."""
        if tag == "table":
            self.depth += 1
            if self.depth == 1:
                self.done.append(("table", []))
        elif self.depth == 1 and tag == "tr":
            self.end_row()
            self.row = []
        elif self.depth == 1 and tag in {"td", "th"}:
            self.end_cell()
            self.row = [] if self.row is None else self.row
            said = dict(attrs)
            self.width = _span(said.get("colspan"))
            self.skip_below()
            if (rows := _span(said.get("rowspan"))) > 1:
                self.below.update(dict.fromkeys(range(len(self.row), len(self.row) + self.width), rows - 1))
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """A table, a row or a cell ends."""
        if tag == "table" and self.depth:
            if self.depth == 1:
                self.end_row()
                self.below.clear()
            self.depth -= 1
        elif self.depth == 1 and tag == "tr":
            self.end_row()
        elif self.depth == 1 and tag in {"td", "th"}:
            self.end_cell()

    def handle_data(self, data: str) -> None:
        """Words, if they stand in a cell."""
        if self.cell is not None:
            self.cell.append(data)

    def skip_below(self) -> None:
        """Leave free what a cell of a row above fills."""
        assert self.row is not None
        while left := self.below.get(len(self.row)):
            self.below[len(self.row)] = left - 1
            self.row.append(self.said.get(len(self.row), ""))

    def end_cell(self) -> None:
        """The cell is whole."""
        if self.cell is not None and self.row is not None:
            lines = (" ".join(line.split()) for line in "".join(self.cell).split("\n"))
            text = "\n".join(lines).strip()
            places = range(len(self.row), len(self.row) + self.width)
            self.said |= dict.fromkeys(places, "") | {len(self.row): text}
            self.row += [text, *[""] * (self.width - 1)]
        self.cell = None

    def end_row(self) -> None:
        """The row is whole."""
        self.end_cell()
        if self.row is not None:
            self.done.append(("row", self.row))
        self.row = None

    def take(self) -> Iterator[tuple[str, list[str]]]:
        """What is complete by now."""
        done, self.done = self.done, []
        return iter(done)


def _span(text: str | None) -> int:
    said = int(text) if text and text.isascii() and text.isdigit() and len(text) < LONGEST_SPAN else 1
    return max(1, min(said, MOST_COLUMNS))


def read_html(path: str, encoding: str) -> None:
    """Every table of a web page, as which some systems save what they call .xls."""
    parser = Tables()
    try:
        # Bytes that mean nothing become lone surrogates, and their row is refused for it; UTF-8 is either right or not.
        with open(path, encoding=encoding, errors="strict" if encoding == "utf-8" else "surrogateescape") as file:  # noqa: PTH123
            _say_tables(parser, file)
    except UnicodeDecodeError:
        message = "the page is not UTF-8; say which encoding it is: --encoding cp1252 for most files from Windows"
        raise RefusedError("encoding_unknown", message) from None


def _say_tables(parser: Tables, file: Any) -> None:
    events = _events(parser, file)
    more = any(what == "table" for what, _ in events)
    count = 0

    def rows() -> Iterator[list[str]]:
        nonlocal more
        for what, row in events:
            if what == "table":
                more = True
                return
            yield row

    while more:
        more = False
        count += 1
        say({"table": f"table {count}", "hidden": False})
        say_rows(rows(), f"table {count}")


def _events(parser: Tables, file: Any) -> Iterator[tuple[str, list[str]]]:
    while block := file.read(1 << 16):
        parser.feed(block)
        if len(parser.rawdata) > HELD:
            raise RefusedError("file_damaged", ENDLESS)
        yield from parser.take()
    if len(parser.rawdata) > LEFT:
        raise RefusedError("file_damaged", ENDLESS)
    parser.close()
    parser.end_row()
    yield from parser.take()


def read_parquet(path: str) -> None:
    """The rows of a Parquet file below their headings; a struct is a column for each of its fields."""
    import pyarrow as pa
    from pyarrow import parquet

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    try:
        with parquet.ParquetFile(path, memory_map=True) as file:
            say({"table": "table 1", "hidden": False})
            headings: list[str] = []
            for batch in file.iter_batches(batch_size=BATCH, use_threads=False):
                table = _flat(pa.Table.from_batches([batch]))
                if not headings:
                    headings = _say_headings(table.column_names)
                columns = [list(map(text_of, _plain(column, pa).to_pylist())) for column in table.columns]
                for row in zip(*columns, strict=True):
                    say(row)
            if not headings:
                _say_headings(_flat(file.schema_arrow.empty_table()).column_names)
    except (pa.ArrowException, OSError, ValueError):
        message = "the Parquet file is damaged or was cut off on its way; fetch it again, or export it as CSV"
        raise RefusedError("file_damaged", message) from None


def _say_headings(names: list[str]) -> list[str]:
    if len(names) > MOST_COLUMNS:
        said = (
            f"the file has {len(names):,} columns; at most {MOST_COLUMNS} are read. Leave some out, and give it again"
        )
        raise RefusedError("too_many_columns", said)
    say(names)
    return names


def _flat(table: Any) -> Any:
    while any(str(field.type).startswith("struct<") for field in table.schema):
        table = table.flatten()
    return table


def _plain(column: Any, pa: Any) -> Any:
    """Instants to the microsecond: Python knows no finer ones."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        return column.cast(pa.timestamp("us", column.type.tz), safe=False)
    return column


def main(kind: str, path: str, encoding: str, parent: str, wall_seconds: str) -> None:
    """Read one file and say what is in it."""
    end_with(int(parent), int(wall_seconds))
    limit(kind, seconds_for(kind, path))
    try:
        if kind == "workbook":
            read_workbook(path)
        elif kind == "parquet":
            read_parquet(path)
        else:
            read_html(path, encoding)
        say({"end": True})
    except RefusedError as error:
        say({"problem": error.args[0], "message": error.args[1]})
    except (MemoryError, RecursionError):
        say({"problem": "file_too_large", "message": "it takes more memory than a list needs; save it as CSV"})


if __name__ == "__main__":
    main(*sys.argv[1:])
