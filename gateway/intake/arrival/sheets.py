"""Workbooks, HTML tables and Parquet, read by a child process with limits of its own and written down as text here."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Timer
from typing import IO, Literal

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError
from gateway.intake.arrival.exact import ExactWriter
from gateway.intake.arrival.shelf import Shelf
from gateway.intake.columns.ours import our_places
from gateway.intake.encodings import encoding_named
from gateway.intake.readers.refused import refuse

ChildKind = Literal["workbook", "html", "parquet"]

CHILD = Path(__file__).with_name("sheet_child.py")
WALL_SECONDS = {"workbook": 300, "html": 600, "parquet": 1800}  # the child's own limit of CPU time comes first
LONGEST_NAME = 255  # characters
PROBLEMS = frozenset({
    "file_damaged", "file_encrypted", "file_too_large", "too_many_columns", "encoding_unknown", "file_not_a_list",
})  # fmt: skip
"""All that the child can refuse a file for."""
LONGEST_LINE = 64 << 20  # bytes of one row
_EMPTY_WORKBOOK = "every sheet of the workbook is empty; check that the export finished"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file, as text."""

    name: str
    hidden: bool
    path: Path
    rows: int


def read_tables(path: Path, kind: ChildKind, shelf: Shelf, *, encoding: str = "utf-8") -> list[Table]:
    """Every table of a file that is not empty, each in a file of ours.

    Whatever the file does to its reader, this process goes on: a child that died is a CallerError.
    """
    if kind == "parquet" and find_spec("pyarrow") is None:
        message = phrase(
            "this is a Parquet file, which needs the extra `bulk`. Type: tools/venv.sh bulk (or: pip install "
            "'lead-gateway[bulk]'); or export it as CSV"
        )
        raise refuse("extra_missing", message)
    with _child(kind, path, encoding) as lines:
        found = list(_tables(lines, shelf, kind))
    kept = [table for table in found if table.rows]
    for table in found:
        if not table.rows:
            shelf.remove(table.path)
    if not kept:
        raise refuse("file_empty", _EMPTY_WORKBOOK if kind == "workbook" else phrase("the file has no rows"))
    return kept


@contextmanager
def _child(kind: ChildKind, path: Path, encoding: str) -> Iterator[IO[bytes]]:
    """The running child's output; it is gone when the block ends, however it ends."""
    command = [sys.executable, "-I", "-B", str(CHILD), kind, str(path.resolve()), encoding_named(encoding)]
    command += [str(os.getpid()), str(math.ceil(WALL_SECONDS[kind]))]
    quiet = subprocess.DEVNULL
    # Nothing of our environment goes along: settings hold secrets, and the child reads what strangers wrote.
    environment = {"LC_ALL": "C.UTF-8", "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(  # noqa: S603 - our own interpreter, our own file
        command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, cwd="/", env=environment
    ) as process:
        assert process.stdout is not None
        timer = Timer(WALL_SECONDS[kind], process.kill)
        timer.start()
        try:
            yield process.stdout
        finally:
            timer.cancel()
            process.kill()


def _tables(lines: IO[bytes], shelf: Shelf, kind: ChildKind) -> Iterator[Table]:
    said = _next(lines, kind)
    while isinstance(said, dict) and "table" in said:
        about = said
        with shelf.new() as (path, out):
            writer, width = ExactWriter(out), None
            while isinstance(said := _next(lines, kind), list):
                cells = [str(cell) for cell in said]
                if not writer.rows:
                    width = _own_width(cells)
                writer.write(cells if width is None else _unpadded(cells, width))
            writer.close()
        name = "".join(letter for letter in str(about["table"]) if letter.isprintable())
        yield Table(name.strip()[:LONGEST_NAME] or "unnamed", bool(about.get("hidden")), path, writer.rows)
    if isinstance(said, dict) and said.get("problem") in PROBLEMS:
        raise refuse(str(said["problem"]), str(said.get("message")))
    if said != {"end": True}:
        raise _died(kind)


def _own_width(headings: list[str]) -> int | None:
    """Of a download of ours that came back (columns/ours.py), how many headings it has; of any other table None.

    A sheet is as wide as its widest row. Were that row's cells too many in the list, they must still be too many here:
    a heading without a name above them would make columns of them.
    """
    return len(_unpadded(headings, 0)) if our_places(headings) else None


def _unpadded(cells: list[str], width: int) -> list[str]:
    """A row without the empty cells behind its last, but as wide as the headings are."""
    filled = next((place for place in range(len(cells), width, -1) if cells[place - 1]), width)
    return cells[:filled]


def _next(lines: IO[bytes], kind: ChildKind) -> object:
    """What the child says next. Its words are checked: the file it reads may have made it say anything."""
    line = lines.readline(LONGEST_LINE)
    if not line.endswith(b"\n"):
        raise _died(kind)  # without a last word: out of memory, out of time, or killed by the file
    try:
        said: object = json.loads(line)
    except (ValueError, RecursionError):
        raise _died(kind) from None
    return said


def _died(kind: ChildKind) -> CallerError:
    what = {"workbook": "workbook", "html": "page", "parquet": "Parquet file"}[kind]
    message = phrase(
        "the %(what)s could not be read within the memory and time that a list needs: it is "
        "damaged, far too large, or made to do harm. Copy the rows alone into a new one, or save "
        "it as CSV",
        what=what,
    )
    return refuse("file_not_readable", message)
