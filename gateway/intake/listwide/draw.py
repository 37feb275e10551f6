"""Rows drawn over a whole file for the price of reading its bytes once; every row of a short one.

Cutting a million rows into cells takes two seconds of Python, counting their line ends a tenth of one. So of a long
file 200 stretches of 30 neighbouring rows are cut, one at a chance place in each 200th of the file, and everything
between them is only counted (row numbers) and searched by one regular expression (repeats.py). The chance is seeded by
the file itself: the same bytes give the same draw.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path

from gateway.intake.inspection import Inspection, Record
from gateway.intake.listwide.repeats import Repeats, look_for_repeats
from gateway.intake.readers.lines import split_lines
from gateway.intake.readers.rows import read_records

WHOLE = 20_000  # rows; lists up to here are looked at in full
HEAD = 4_000  # rows at the start of longer ones, in which neighbours are looked at too
STRETCHES = 200
STRETCH = 30  # rows
BLOCK = 1 << 22
_ENDS = 1 << 16  # bytes of each end of the file that seed the draw
_WIDE = ("utf-16", "utf-32")  # a line end is no single byte in them


@dataclass(slots=True)
class Drawn:
    """The rows to look at. Of a whole list ``even`` and ``head`` are the same rows."""

    even: list[Record]  # evenly drawn: what shares are counted in
    head: list[Record]  # the first rows, in which patterns are looked for beside the even ones
    rows: int
    is_whole: bool
    rows_are_exact: bool
    repeats: Repeats | None = None  # None: not searched for beyond ``even``
    starts: list[int] = field(default_factory=list)  # in ``even``: where a stretch of neighbours begins


def draw(path: Path, inspection: Inspection) -> Drawn:
    """The rows of a file that are looked at."""
    reader = read_records(path, inspection)
    head = list(islice(reader, HEAD))
    length = sum(len(cell) + 1 for _, cells, _ in head for cell in cells) / max(1, len(head))
    if path.stat().st_size < 8 * WHOLE * length:  # a letter has four bytes at most; then it may be short
        records = head + list(islice(reader, WHOLE + 1 - len(head)))
        if len(records) <= WHOLE:
            return Drawn(records, records, len(records), is_whole=True, rows_are_exact=True, starts=[0])
    if inspection.encoding.startswith(_WIDE):
        return _by_reading(path, inspection, head)
    return _by_bytes(path, inspection, head)


def seed_of(path: Path) -> int:
    """A number made of the file: its size and its two ends."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(_ENDS)
        file.seek(max(0, size - _ENDS))
        return int.from_bytes(sha256(b"%d:" % size + first + file.read(_ENDS)).digest()[:8])


def _by_reading(path: Path, inspection: Inspection, head: list[Record]) -> Drawn:
    """Some rows of so many that 200 stretches come out, by cutting all: for encodings in which bytes are no signs.

    The file is read twice, because how many rows it has is not known before.
    """
    rows = sum(1 for _ in read_records(path, inspection))
    step = max(STRETCH, rows // STRETCHES)
    even = [record for place, record in enumerate(read_records(path, inspection)) if place % step < STRETCH]
    return Drawn(even, head, rows, is_whole=False, rows_are_exact=True, starts=list(range(0, len(even), STRETCH)))


def _by_bytes(path: Path, inspection: Inspection, head: list[Record]) -> Drawn:
    size, chance = path.stat().st_size, random.Random(seed_of(path))  # noqa: S311 - it draws rows, it keeps no secret
    begin = inspection.mark
    width = (size - begin) / STRETCHES
    wanted = iter([begin + int((place + chance.random()) * width) for place in range(STRETCHES)])
    search = look_for_repeats(inspection, head, size, chance)
    drawn = Drawn([], head, 0, is_whole=False, rows_are_exact=True)
    at = next(wanted)
    lines = inspection.made.shift - (1 if inspection.separator_line else 0)  # line ends before the block
    for offset, block in _blocks(path, begin):
        drawn.rows_are_exact = drawn.rows_are_exact and b'"' not in block
        place, counted = 0, lines
        while at < offset + len(block):
            start = block.find(b"\n", max(at - offset, place)) + 1
            at = next(wanted, size)
            if not start:
                break  # the last line of a block: what begins after it is drawn with the next
            counted += block.count(b"\n", place, start)
            place = start
            _take(drawn, block, start, counted + 1, inspection)
        if search is not None:
            search.look(block, lines)
        lines = counted + block.count(b"\n", place)
        drawn.rows = lines + (not block.endswith(b"\n")) - inspection.first_row + 1
    drawn.repeats = None if search is None else search.found()
    return drawn


def _blocks(path: Path, begin: int) -> Iterator[tuple[int, bytes]]:
    """The file in blocks of whole lines, each with its place in the file. A line longer than a block is cut."""
    with path.open("rb") as file:
        file.seek(begin)
        rest, offset = b"", begin
        while read := file.read(BLOCK):
            end = read.rfind(b"\n") + 1 or len(read)
            block = rest + read[:end]
            rest = read[end:]
            yield offset, block
            offset += len(block)
        if rest:
            yield offset, rest


def _take(drawn: Drawn, block: bytes, start: int, number: int, inspection: Inspection) -> None:
    """Cut one stretch of rows; those that are blank or do not fit the headings are left to the run."""
    end = start
    for _ in range(STRETCH):
        found = block.find(b"\n", end)
        if found < 0:
            end = len(block)
            break
        end = found + 1
    text = block[start:end].decode(inspection.encoding, "replace").replace("\0", "")
    drawn.starts.append(len(drawn.even))
    reader = csv.reader(split_lines(text), delimiter=inspection.delimiter, skipinitialspace=inspection.skip_spaces)
    try:
        for cells in reader:
            row = number + reader.line_num - 1
            fits = row >= inspection.first_row and len(cells) <= len(inspection.headings)
            if fits and any(map(str.strip, cells)):
                drawn.even.append((row, cells, None))
    except csv.Error:
        return  # a stretch that began inside a quoted cell; there are others
