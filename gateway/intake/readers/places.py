"""Where in a file's bytes its records lie, numbered as read_blocks numbers them. Nothing is judged or changed here."""

from collections.abc import Iterator
from itertools import islice
from mmap import mmap
from typing import NamedTuple

from gateway.intake.inspection import Inspection
from gateway.intake.readers.encoding import UNDECODED
from gateway.intake.readers.records import Records
from gateway.intake.readers.rows import shape_of

_LINES = 4_000  # looked at together
_WIDE = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}


class Line(NamedTuple):
    """A physical line: where it begins and ends, its end included, and what it says."""

    start: int
    end: int
    text: str


class Placed(NamedTuple):
    """A record's number and its lines."""

    number: int
    lines: list[Line]


def width_of(encoding: str) -> int:
    """Bytes of the smallest letter."""
    return _WIDE.get(encoding, 1)


def place_records(data: mmap, inspection: Inspection) -> Iterator[Placed]:
    """Every record of a file, headings and what stands above them included."""
    lines = _lines(data, inspection.encoding, inspection.mark)
    if inspection.separator_line:
        next(lines, None)
    records, number, held = Records(shape_of(inspection)), inspection.made.shift, list[Line]()
    while True:
        some = list(islice(lines, _LINES))
        held += some
        texts = [line.text for line in held]
        at = 0
        while at < len(held) and (count := records.span(texts, at, final=not some)):
            number += 1
            yield Placed(number, held[at : at + count])
            at += count
        del held[:at]
        if not some:
            return


def _lines(data: mmap, encoding: str, start: int) -> Iterator[Line]:
    """The lines of a file, cut at LF, CRLF and CR like those that are read."""
    width, origin = width_of(encoding), start
    feed, back = "\n".encode(encoding), "\r".encode(encoding)
    next_feed, next_back = -2, -2  # not looked for yet
    while start < len(data):
        if next_feed != -1 and next_feed < start:
            next_feed = _find(data, feed, start, width, origin)
        if next_back != -1 and next_back < start:
            next_back = _find(data, back, start, width, origin)
        end = min((place for place in (next_feed, next_back) if place >= 0), default=len(data))
        if end == next_back and next_feed == end + width:
            end += width
        end = min(end + width, len(data))
        yield Line(start, end, data[start:end].decode(encoding, UNDECODED))
        start = end


def _find(data: mmap, sign: bytes, start: int, width: int, origin: int) -> int:
    place = data.find(sign, start)
    while place >= 0 and (place - origin) % width:
        place = data.find(sign, place + 1)
    return place
