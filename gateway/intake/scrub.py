"""A file of ours or of somebody else's compared with the suppression book: who left comes out, with a signed receipt.

The columns stay as they are. A row is taken out if any address, hash or telephone number in it is suppressed for
everything or all mail; an order on a number alone takes nobody's mail away.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from gateway.db.base import text_of
from gateway.domain.phrase import phrase
from gateway.domain.ports import WHOLE, Cause
from gateway.domain.problem import CallerError, Problem
from gateway.intake.stops import look_up
from gateway.intake.suppression_file import decoded, hashes_beside
from gateway.outcomes.export import csv_lines
from gateway.pipeline import Services
from gateway.screening.address.found import find_addresses

_CHUNK = 5000
_SAMPLE = 65_536
ORIGIN = "lead-gateway suppression scrub"


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """The file without those who left, and the receipt of it."""

    lines: list[str]  # CSV, every cell quoted and disarmed
    receipt: str  # a signed note: text lines, a blank one, the signature
    rows: int
    removed: int
    causes: dict[str, int]
    unknown_hashes: int


def scrub(services: Services, data: bytes) -> Scrubbed:
    """Compare a CSV file or a file of lines. Raises CallerError.

    A first row without address and hash is its heading and stays.
    """
    rows = [row for row in _rows(decoded(data)) if any(cell.strip() for cell in row)]
    heading = rows.pop(0) if rows and not _named(rows[0]) else None
    kept: list[list[str]] = []
    causes: Counter[str] = Counter()
    unknown = 0
    for start in range(0, len(rows), _CHUNK):
        some = rows[start : start + _CHUNK]
        asked = [(place, text) for place, row in enumerate(some) for text in _named(row)]
        gone: dict[int, set[Cause]] = {}
        for (place, _), answer in zip(asked, look_up(services, [text for _, text in asked]), strict=True):
            unknown += answer.state == "unknown_hash"
            if found := {order.cause for order in answer.orders if order.scope in WHOLE}:
                gone.setdefault(place, set()).update(found)
        for found in gone.values():
            causes.update(found)
        kept += [row for place, row in enumerate(some) if place not in gone]
    removed = len(rows) - len(kept)
    lines = list(csv_lines(heading, kept)) if heading is not None else _bare(kept)
    receipt = _receipt(services, data, "".join(lines), rows=len(rows), removed=removed, causes=causes, unknown=unknown)
    return Scrubbed(lines, receipt, len(rows), removed, dict(sorted(causes.items())), unknown)


def _rows(text: str) -> Iterator[list[str]]:
    """Cells by the separator that the first line shows; a line is one cell where it shows none. Raises CallerError."""
    sample = text[:_SAMPLE].split("\n", 1)[0]
    separator = max(",;\t|", key=sample.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from reader
    except csv.Error as error:
        message = phrase(
            "around line %(line)s a cell cannot be read (%(why)s); perhaps a quote is open there",
            line=reader.line_num, why=str(error),
        )  # fmt: skip
        raise CallerError([Problem("not_a_table", message, "file")]) from None


def _named(row: list[str]) -> list[str]:
    """The addresses of a row, and its hashes that are of nobody named there."""
    line = "\t".join(row)
    addresses = find_addresses(line)
    return addresses + [digest.hex() for _, digest in hashes_beside(line, addresses)]


def _bare(rows: list[list[str]]) -> list[str]:
    """A file without a heading stays one."""
    return list(csv_lines(rows[0], rows[1:])) if rows else []


def _receipt(
    services: Services, data: bytes, cleaned: str, *, rows: int, removed: int, causes: Counter[str], unknown: int
) -> str:
    """Signed by the ledger's key, and written into the ledger: counts and digests, nobody's name."""
    with services.unit_of_work() as work:
        said = {
            "at": text_of(work.at), "file_sha256": sha256(data).hexdigest(),
            "cleaned_sha256": sha256(cleaned.encode()).hexdigest(), "rows": rows, "removed": removed,
            "causes": dict(sorted(causes.items())), "unknown_hashes": unknown,
        }  # fmt: skip
        services.ledger.append(work, "suppression.scrubbed", said)
    return services.ledger.attest(f"{ORIGIN}\n{json.dumps(said, sort_keys=True)}\n")
