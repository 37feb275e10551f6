"""Suppression files: addresses, hashes of addresses or phone numbers in lines, with or without a heading.

None is lost without a word.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from gateway.domain.hashed import digests, read_hash, variants
from gateway.domain.problem import CallerError, Problem
from gateway.screening.address.found import find_addresses
from gateway.screening.address.syntax import normalise
from gateway.screening.phone import e164

MAX_BYTES = 512 << 20
HEADINGS = frozenset({
    "email", "email address", "e-mail", "mail", "address", "e-mail address",
    "phone", "phone number", "telephone", "number", "mobile",
})  # fmt: skip
_OF_HASHES = re.compile("md5|sha-?(1|256|512)|hash")
_NAMED = re.compile(r"^(?:0x|\{?(?:md5|sha-?(?:1|256|512))[:=}]\s*)", re.IGNORECASE)
"""What may stand before a hash: ``sha256:9f86d0...``."""


@dataclass(slots=True)
class SuppressionFile:
    """What a file says: its lines counted, the addresses found, the lines that were not wholly understood."""

    rows: int = 0
    addresses: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)  # E.164; of lines without an address or hash only
    hashes: list[tuple[str, bytes]] = field(default_factory=list)  # algorithm, digest; but of addresses on their line
    unread: list[dict[str, object]] = field(default_factory=list)  # {"row", "reason"}; blank lines are not rows


def find_phones(text: str) -> list[str]:
    """Every phone number in a line's cells, as E.164; one without a country's code is read as of the United States."""
    return [number for cell in _cells(text) if (number := e164(cell, "US")) is not None]


def find_hashes(text: str) -> list[tuple[str, bytes]]:
    """Every MD5, SHA-1, SHA-256 and SHA-512 in a line's cells, in hex."""
    return [found for cell in _cells(text) if (found := read_hash(_NAMED.sub("", cell.strip("'")))) is not None]


def _cells(line: str) -> list[str]:
    return [cell.strip(' "') for cell in re.split("[,;|\t]", line)]


def read_suppression_file(path: Path) -> SuppressionFile:
    """Read every address in every line, however it is wrapped. Raises CallerError.

    A hash counts beside an address, too: ``j***@example.com;9f86d0...`` names its person by the hash alone.

    A line without an address may hold a phone number. One beside an address is left alone: who wants no more mail has
    not said that nobody may call.

    An address that cannot be one is remembered as it stands, and its line is reported too. Opt-outs are worth more than
    neatness: a file that is not UTF-8 is read byte for byte as Latin-1, which keeps every ASCII address right.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CallerError([Problem("file_too_large", f"{path} is over 512 MiB; cut it in pieces")])
        data = path.read_bytes()
    except OSError as error:
        raise CallerError([Problem("unreadable", f"cannot read {path}: {error.strerror}")]) from None
    found = SuppressionFile()
    for number, line in enumerate(decoded(data).splitlines(), 1):
        if line.strip():
            found.rows += 1
            _take(found, number, line)
    if not found.addresses and not found.phones and not found.hashes:
        message = f"{path} holds no address, no hash of one and no phone number; expected one a line"
        raise CallerError([Problem("no_addresses", message)])
    return found


def decoded(data: bytes) -> str:
    """The text of a file, whatever its encoding: at worst Latin-1, which keeps every ASCII address right."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return data.decode("utf-16", "replace")
    if b"\0" in data[:1000]:  # UTF-16 without its mark: an ASCII character has its zero byte behind or before it
        return data.decode("utf-16-le" if data[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def hashes_beside(line: str, addresses: list[str]) -> list[tuple[str, bytes]]:
    """The hashes of a line that are not merely those of its own addresses, which are often masked beside a hash."""
    hashes = find_hashes(line)
    if not hashes or not addresses:
        return hashes
    texts = [text for one in addresses for text in variants(one, normalise(one).normalised)]
    return [(name, digest) for name, digest in hashes if digest not in digests(name, texts)]


def _is_heading(cell: str) -> bool:
    return cell in HEADINGS or _OF_HASHES.search(cell) is not None


def _take(found: SuppressionFile, number: int, line: str) -> None:
    addresses = find_addresses(line)
    found.addresses += addresses
    hashes = hashes_beside(line, addresses)
    found.hashes += hashes
    phones = [] if addresses or hashes else find_phones(line)
    found.phones += phones
    if not addresses and not phones and not hashes:
        is_heading = found.rows == 1 and any(_is_heading(c.casefold()) for c in _cells(line))
        if is_heading:
            found.rows -= 1  # the heading is no row
        else:
            found.unread.append({"row": number, "reason": "no_address"})
    elif any(normalise(address).problem != "none" for address in addresses):
        found.unread.append({"row": number, "reason": "address_not_valid"})
