"""Rows that are never changed and never removed, remembered by each connection once they are committed.

Only what every signup asks alike: were something of the person remembered, the time an answer takes would tell of it.
"""

from collections.abc import Callable
from typing import Any

from gateway.db.work import UnitOfWork

_MOST = 1_000  # a gateway has few policies and sources


def lasting(work: UnitOfWork, what: str, name: str, find: Callable[[], int]) -> int:
    """The number that ``find`` asks or makes of such a row, once. It is forgotten with the connection."""
    memory: dict[Any, int] = work.connection.info.setdefault("lasting", {})
    known = memory.get((what, name))
    if known is not None:
        return known
    found = find()

    def remember() -> None:
        if len(memory) >= _MOST:
            memory.clear()
        memory[what, name] = found

    work.after.append(remember)
    return found
