"""Files of hashes where addresses should stand: told by their cells, whatever the heading says."""

import re
from collections.abc import Sequence
from pathlib import Path

from gateway.domain.phrase import phrase
from gateway.intake.readers.refused import refuse

_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}", re.IGNORECASE)
"""MD5, SHA-1, SHA-256 or SHA-512 in hex."""
_HEAD = 65_536  # bytes looked at
_MOST = 0.9  # of the rows
TO_WRITE = phrase(
    "the file holds hashes (such as MD5 or SHA-256) instead of addresses; nobody can be written to by a hash. Ask for "
    "the addresses themselves. People who left may come as hashes: gateway suppressions import FILE"
)


def refuse_hashes(path: Path) -> None:
    """Raise CallerError where nearly every row of a list has a hash and none has an address."""
    with path.open("rb") as file:
        head = file.read(_HEAD).replace(b"\0", b"")  # UTF-16 becomes what it stands for, as far as it matters here
    lines = head.decode("latin-1").splitlines()
    if "@" not in "".join(lines) and are_hashes(lines[1:-1] or lines):
        raise refuse("hashed_addresses", TO_WRITE)


def are_hashes(lines: Sequence[str]) -> bool:
    """Whether nearly all of these lines that are not blank have a cell that is a hash."""
    rows = [line for line in lines if line.strip()]
    hashed = sum(any(_HASH.fullmatch(cell.strip(" \"'")) for cell in re.split("[,;|\t]", row)) for row in rows)
    return bool(rows) and hashed >= _MOST * len(rows)
