"""Events in a table: a CSV file of any usual delimiter and encoding, read row by row as the API's events are.

A row without an id of its own is known by its content: the same row again is the same event, and of rows that are the
same twice in one file each is one. So a file may be taken in again, or a longer one that holds it.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from gateway.becoming.said import FIELDS, Said, lacks_zone, read_said
from gateway.becoming.taking import Reply, Taken, refused, take_in
from gateway.domain.problem import CallerError, Problem
from gateway.intake.readers.encoding import find_encoding
from gateway.intake.readers.table import DELIMITERS
from gateway.pipeline import Services

CHUNK = 1_000  # events a transaction
LONGEST_CELL = 10_000
_NUMBERS = ("quantity", "satisfaction", "recommend")
_ASK = Problem("not_an_instant", "this time names no zone; --zone says whose clock it was, such as Europe/Berlin", "at")
_ALSO = {
    "email": "address", "e-mail": "address", "date": "at", "time": "at", "when": "at", "event": "kind",
    "event_id": "id", "what": "kind", "type": "kind", "qty": "quantity",
    "item": "product", "sku": "product", "category": "segment",
}  # fmt: skip


def import_events(
    services: Services,
    path: Path,
    *,
    teller: str,
    encoding: str | None = None,
    zone: str | None = None,
    dry: bool = False,
) -> Iterator[tuple[list[int], Taken]]:
    """Take a file in, a part at a time: the rows' numbers, from 1, and what became of them.

    ``zone``: of times and days that name none. Left out, such days are the operator's and such times are refused.

    A part is kept whole or not at all; what was kept before a mistake stays, and is told before when the file comes
    again. Raises CallerError where the file is no table of events.
    """
    _check_zone(zone)
    zones, seen = (zone or services.settings.zone, zone), Counter[bytes]()
    rows = _rows(path, encoding)
    while part := list(islice(rows, CHUNK)):
        now = services.clock.now()
        told = [_read(fields, seen, zones, now) for _, fields in part]
        yield [number for number, _ in part], take_in(services, teller, told, dry=dry)


def _rows(path: Path, declared: str | None) -> Iterator[tuple[int, dict[str, Any]]]:
    name = find_encoding(path, declared).name
    csv.field_size_limit(LONGEST_CELL)
    with path.open(encoding=name, errors="replace", newline="") as file:
        first = file.readline(LONGEST_CELL).lstrip("\ufeff")
        delimiter = max(DELIMITERS, key=first.count)
        headings = [_heading(cell) for cell in next(csv.reader([first], delimiter=delimiter), [])]
        _check(headings)
        try:
            for number, row in enumerate(csv.reader(file, delimiter=delimiter), 1):
                if any(cell.strip() for cell in row):
                    yield number, _fields(headings, row)
        except csv.Error as error:
            raise CallerError([Problem("bad_table", f"the file cannot be read on: {error}", "file")]) from None


def _heading(cell: str) -> str:
    name = cell.strip().casefold().replace(" ", "_")
    return _ALSO.get(name, name)


def _check(headings: list[str]) -> None:
    unknown = [name for name in headings if name not in FIELDS]
    problems = [
        Problem("unknown_field", f"no field of events is called {name[:40]!r}", "file") for name in unknown[:20]
    ]
    problems += [
        Problem("missing", f"the file needs a column {name}", "file") for name in ("kind", "at") if name not in headings
    ]
    problems += [
        Problem("given_twice", f"two columns are {name}", "file")
        for name in dict.fromkeys(headings) if headings.count(name) > 1
    ]  # fmt: skip
    if problems:
        raise CallerError(problems)


def _fields(headings: list[str], row: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: cell.strip() for name, cell in zip(headings, row, strict=False) if cell.strip()}
    for name in _NUMBERS:
        if name in found:
            try:
                found[name] = float(found[name])
            except ValueError:
                found[name] = found[name] + " "  # no number; said where it is read
    if len(row) > len(headings):
        found["more_cells_than_headings"] = True
    return found


def _check_zone(zone: str | None) -> None:
    try:
        if zone is not None:
            ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = get_close_matches(zone or "", available_timezones(), n=1)
        message = f"there is no zone {zone!r}; write one such as Europe/Berlin"
        raise CallerError([Problem("unknown_zone", message, "zone", suggestion=near[0] if near else None)]) from None


def _read(fields: dict[str, Any], seen: Counter[bytes], zones: tuple[str, str | None], now: Any) -> Said | Reply:
    if not fields.get("id"):
        content = json.dumps(fields, sort_keys=True, ensure_ascii=False)
        short = sha256(content.encode(errors="replace")).digest()  # a file may have millions of them
        seen[short] += 1
        fields = {**fields, "id": sha256(f"{seen[short]} {content}".encode(errors="replace")).hexdigest()}
    zone, clock = zones
    found = read_said(fields, zone, now, clock=clock)
    if isinstance(found, Said):
        return found
    if clock is None and lacks_zone(fields.get("at")):
        found = [_ASK if problem.field == "at" else problem for problem in found]
    return refused(fields, found, zone, now, clock=clock)
