"""How often something happened lately, by key: in memory, bounded, on the clock that it is given.

The moving window is reckoned from two fixed ones: the present count, and that of the window before by the part of it
that still lies within. That takes two numbers a key where a list of instants takes thousands, and the key that was
quiet for longest is forgotten when there are too many. (The package `limits` was tried: it has a clock of its own and
keeps every key for ever, so that addresses drawn at random from a large network fill the memory; 16 to 24 us a count.)
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

MOST_KEYS = 100_000


class Rates:
    """Counts of one process, each over a moving window of the same length."""

    def __init__(self, window: timedelta, most_keys: int = MOST_KEYS) -> None:
        self._seconds = window.total_seconds()
        self._most = most_keys
        self._counts: OrderedDict[str, tuple[int, int, int]] = OrderedDict()  # window's number, before, in it
        self._lock = Lock()

    def count(self, key: str, at: datetime) -> float:
        """How often, lately."""
        with self._lock:
            return self._now(key, at)[3]

    def add(self, key: str, at: datetime) -> float:
        """Once more; how often, with this."""
        with self._lock:
            number, before, within, lately = self._now(key, at)
            self._counts[key] = (number, before, within + 1)
            self._counts.move_to_end(key)
            if len(self._counts) > self._most:
                self._counts.popitem(last=False)
            return lately + 1

    def seconds_until_less(self, key: str, most: int, at: datetime) -> int:
        """In how many whole seconds, at least one, the count is under ``most`` if nothing more happens."""
        with self._lock:
            _, before, within, _ = self._now(key, at)
        passed = at.timestamp() % self._seconds
        if within < most:  # what the window before still weighs has to go out of sight
            wait = (1 - (most - within) / before) * self._seconds - passed if before else 0
        else:  # the next window begins, and in it this one loses weight
            wait = self._seconds - passed + (1 - most / within) * self._seconds
        return max(1, int(wait) + 1)

    def _now(self, key: str, at: datetime) -> tuple[int, int, int, float]:
        number, passed = divmod(at.timestamp(), self._seconds)
        kept, before, within = self._counts.get(key, (int(number), 0, 0))
        if kept != int(number):
            before, within = (within, 0) if kept == int(number) - 1 else (0, 0)
        return int(number), before, within, within + before * (1 - passed / self._seconds)
