"""Threads that want the one writer at the same time: the first of them carries those who stand behind it.

Who comes while nobody is carried leads at once and alone. Who comes meanwhile waits; then one of them carries all that
wait. So what a transaction costs, the wait for the disk above all, is paid once for all of them.

Where several came last, as many are about to come again: their answers have just gone out. Whoever leads then lets
them catch up for a moment. Without that four callers who come again and again are carried as one and three in turns.
Nobody waits where the last came alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Condition, Event
from typing import Generic, TypeVar

Item = TypeVar("Item")
PATIENCE = 0.005
"""Seconds that whoever leads waits at the most for as many as came last; then so many are not expected any more."""


@dataclass(slots=True)
class Entry(Generic[Item]):
    """What one thread wants carried, and what became of it."""

    item: Item
    turn: Event = field(default_factory=Event)
    is_carried: bool = False
    error: BaseException | None = None


class Leading(Generic[Item]):
    """The queue of one process. ``carry_all`` marks each entry as carried, or gives it its error."""

    def __init__(self, carry_all: Callable[[Sequence[Entry[Item]]], None], *, most: int) -> None:
        self._carry_all, self._most = carry_all, most
        self._lock = Condition()
        self._waiting: list[Entry[Item]] = []
        self._is_busy = False
        self._usual = 1  # how many were about when the last were carried

    def carry(self, item: Item) -> None:
        """Carry an item, alone or with others; done when this returns. Raises its own error, never another's."""
        entry = Entry(item)
        with self._lock:
            self._waiting.append(entry)
            leads, self._is_busy = not self._is_busy, True
            if len(self._waiting) == self._usual:
                self._lock.notify()
        if not leads:
            entry.turn.wait()
        if not entry.is_carried:
            self._lead(entry)
        if entry.error is not None:
            raise entry.error

    def _lead(self, entry: Entry[Item]) -> None:
        """Carry this one and those who wait; then it is the turn of the first who came meanwhile."""
        with self._lock:
            if len(self._waiting) < self._usual:
                self._lock.wait_for(lambda: len(self._waiting) >= self._usual, PATIENCE)
            self._waiting.remove(entry)
            others = self._most - 1
            mine, self._waiting = [entry, *self._waiting[:others]], self._waiting[others:]
        try:
            self._carry_all(mine)
        finally:
            with self._lock:
                self._usual = min(self._most, len(mine) + len(self._waiting))
                heir = self._waiting[0] if self._waiting else None
                self._is_busy = heir is not None
            for other in mine[1:]:
                if not other.is_carried and other.error is None:
                    other.error = RuntimeError("whoever carried this along was stopped")
                other.is_carried = True
                other.turn.set()
            if heir is not None:
                heir.turn.set()
