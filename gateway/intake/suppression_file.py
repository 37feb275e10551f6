"""Suppression files: one address a line, with or without a heading. No line is lost without a word."""

import csv
from dataclasses import dataclass, field
from pathlib import Path

from gateway.domain.problem import CallerError, Problem

MAX_BYTES = 512 << 20
HEADINGS = frozenset({"email", "email address", "e-mail", "address", "e-mail address"})


@dataclass(slots=True)
class SuppressionFile:
    """What a file says: its lines counted, the addresses found, the lines that were not understood."""

    rows: int = 0
    addresses: list[str] = field(default_factory=list)
    unread: list[dict[str, object]] = field(default_factory=list)  # {"row", "reason"}; blank lines are not rows


def read_suppression_file(path: Path) -> SuppressionFile:
    """Read every address. In a line with several cells, the first that holds an @ counts. Raises CallerError.

    Opt-outs are worth more than neatness: a file that is not UTF-8 is read byte for byte as Latin-1, which keeps every
    ASCII address right whatever the rest is.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CallerError([Problem("file_too_large", f"{path} is over 512 MiB; cut it in pieces")])
        data = path.read_bytes()
    except OSError as error:
        raise CallerError([Problem("unreadable", f"cannot read {path}: {error.strerror}")]) from None
    found = SuppressionFile()
    for number, line in enumerate(_decode(data).splitlines(), 1):
        if line.strip():
            found.rows += 1
            _take(found, number, line)
    if not found.addresses:
        raise CallerError([Problem("no_addresses", f"{path} holds no address; expected one a line")])
    return found


def _decode(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _take(found: SuppressionFile, number: int, line: str) -> None:
    delimiter = next((mark for mark in "\t;|," if mark in line), ",")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    except csv.Error:
        cells = [line]
    address = next((cell.strip() for cell in cells if "@" in cell.strip().strip("@")), None)
    if address is not None:
        found.addresses.append(address.removeprefix("mailto:").strip("<>"))
    elif found.rows == 1 and any(cell.strip().casefold() in HEADINGS for cell in cells):
        found.rows -= 1  # the heading is no row
    else:
        found.unread.append({"row": number, "reason": "no_address"})
