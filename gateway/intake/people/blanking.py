"""A person's rows in a file of ours are made blank where they stand: same length, same lines, all others untouched.

A run may be reading the file meanwhile, and counts on finding each record where it was.
"""

import csv
import os
from collections.abc import Collection, Iterator, Sequence
from mmap import ACCESS_READ, mmap
from pathlib import Path

from gateway.intake.columns.headings import ADDRESSES
from gateway.intake.inspection import Inspection
from gateway.intake.readers.places import Line, Placed, place_records, width_of
from gateway.person.who import Who

_ENDS = "\r\n"
_Change = tuple[int, bytes]


def blank(path: Path, inspection: Inspection, who: Who, rows: Collection[int]) -> int:
    """Blank the person's rows in a file: those of these numbers and those of the address; how many.

    In another person's row only the address is made blank. The file is on the disk when this returns.
    """
    if not path.exists() or not path.stat().st_size:
        return 0
    with path.open("r+b") as file:
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            found = [_changes(record, inspection, who, rows) for record in _touched(data, inspection, who, rows)]
        changes = [change for some in found for change in some]
        for place, spaces in changes:
            os.pwrite(file.fileno(), spaces, place)
        if changes:
            os.fsync(file.fileno())
    return sum(map(bool, found))


def _touched(data: mmap, inspection: Inspection, who: Who, rows: Collection[int]) -> Iterator[Placed]:
    if not rows and who.spellings and not _may_hold(data, inspection.encoding, who):
        return
    signs = who.domains if who.spellings else ["@", "%40"]
    for record in place_records(data, inspection):
        if record.number in rows or any(sign in line.text.lower() for line in record.lines for sign in signs):
            yield record


def _may_hold(data: mmap, encoding: str, who: Who) -> bool:
    """Whether a domain of the person stands anywhere in the file: nearly every file is seen to be another's by this."""
    import re

    return any(re.search(re.escape(domain.encode(encoding, "replace")), data, re.IGNORECASE) for domain in who.domains)


def _changes(record: Placed, inspection: Inspection, who: Who, rows: Collection[int]) -> list[_Change]:
    text = "".join(line.text for line in record.lines)
    if record.number in rows:
        return _blanked(record.lines, inspection.encoding)
    named = who.named_in(text)
    if not named:
        return []
    if _is_own(text, inspection, who):
        return _blanked(record.lines, inspection.encoding)
    return _without(record.lines, named, inspection.encoding) or _blanked(record.lines, inspection.encoding)


def _is_own(text: str, inspection: Inspection, who: Who) -> bool:
    """Whether one of the row's columns of addresses has the person's; so too of a row that cannot be cut into cells."""
    places = {place for use, place in inspection.uses if use in ADDRESSES}
    try:
        rows = list(
            csv.reader([text], delimiter=inspection.delimiter, skipinitialspace=inspection.skip_spaces, strict=True)
        )
    except csv.Error:
        return True
    cells = rows[0] if rows else []
    return len(cells) <= max(places, default=0) or any(who.named_in(cells[place]) for place in places)


def _blanked(lines: Sequence[Line], encoding: str) -> list[_Change]:
    """Spaces for all but the last line's end: several lines that are one record stay one record."""
    start, last = lines[0].start, lines[-1]
    body = last.text.rstrip(_ENDS)
    end = last.end - (len(last.text) - len(body)) * width_of(encoding)
    return [(start, _spaces(end - start, encoding))] if end > start else []


def _without(lines: Sequence[Line], named: Sequence[str], encoding: str) -> list[_Change]:
    """Spaces for the addresses alone; none if their bytes are not found as they read."""
    found: list[_Change] = []
    for line in lines:
        raw = line.text.encode(encoding, "surrogateescape")
        if len(raw) != line.end - line.start:
            return []
        for one in named:
            sought = one.encode(encoding)
            at = raw.find(sought)
            while at >= 0:
                spaces = _spaces(len(sought), encoding)
                raw = raw[:at] + spaces + raw[at + len(sought) :]
                found.append((line.start + at, spaces))
                at = raw.find(sought)
    return found


def _spaces(size: int, encoding: str) -> bytes:
    return (" ".encode(encoding) * size)[:size]
