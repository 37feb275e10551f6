"""A text whose encoding nobody can tell, under each that is likely: who knows the names in it sees which is right.

Only lines with letters beyond ASCII are shown, because all the others read the same. An encoding under which a byte
means nothing is left out.
"""

from pathlib import Path
from typing import Any

LIKELY = (
    "cp1252", "iso8859-15", "cp1250", "cp1251", "cp1254", "cp1253", "cp932", "gb18030", "big5", "euc_kr", "mac_roman",
    "cp850",
)  # fmt: skip
"""Windows in the West, Central Europe, Russia, Turkey, Greece; Japan, China, Taiwan, Korea; Macs; DOS."""
ROWS = 10
_HEAD = 1 << 20
_LONGEST = 200


def readings(path: Path) -> list[dict[str, Any]]:
    """``{"encoding", "rows"}`` for each likely encoding, those that read alike together with the more usual one."""
    with path.open("rb") as file:
        lines = file.read(_HEAD).splitlines()
    odd = [line[:_LONGEST] for line in lines if not line.isascii()][:ROWS]
    found: list[dict[str, Any]] = []
    for encoding in LIKELY if odd else ():
        try:
            rows = [line.decode(encoding) for line in odd]
        except UnicodeDecodeError:
            continue
        if not any("\x80" <= letter <= "\x9f" for row in rows for letter in row) and all(
            rows != one["rows"] for one in found
        ):
            found.append({"encoding": encoding, "rows": rows})
    return found
