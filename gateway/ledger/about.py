"""What entries are about, in words to filter by: who did it, to which list, run, lead, source or vendor.

Beside the ledger, not of it: made from the entries' bodies, never proof of anything, and not looked at by verify.
"""

from collections.abc import Mapping
from typing import Any

_NUMBERED = ("list", "run", "lead")
_NAMED = ("source", "vendor")
LONGEST = 120


def words_of(kind: str, body: Mapping[str, Any]) -> list[str]:
    """The words of one entry: ``by:person_3``, ``list:7``. A form's signups have none: they are most of all entries."""
    found = [f"{name}:{number}" for name in _NUMBERED if (number := _number(body.get(name), name)) is not None]
    origin = body.get("origin")
    if isinstance(origin, str) and origin.startswith("list:"):
        found.append(origin)
    if not kind.startswith("batch."):
        found += [f"{name}:{body[name]}" for name in _NAMED if isinstance(body.get(name), str)]
    if isinstance(by := body.get("by"), str):
        found.append(f"by:{by}")
    return [word for word in dict.fromkeys(found) if len(word) <= LONGEST]


def _number(value: object, kind: str) -> int | None:
    """Of 7, "7" and "list_7": 7."""
    text = str(value).removeprefix(f"{kind}_") if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - 64 bits
