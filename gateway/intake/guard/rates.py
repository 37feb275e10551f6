"""How often something happened lately, by key: in memory, bounded, on the clock that it is given.

The moving window is reckoned from two fixed ones: the present count, and that of the window before by the part of it
that still lies within. That takes two numbers a key where a list of instants takes thousands, and the key that was
quiet for longest is forgotten when there are too many. (The package `limits` was tried: it has a clock of its own and
keeps every key for ever, so that addresses drawn at random from a large network fill the memory; 16 to 24 us a count.)
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

MOST_KEYS = 100_000


def _alone(*_: object) -> None:
    """Where there is one process there is nobody to tell, and nothing to hear."""


class Rates:
    """Counts of one process, or of several that tell each other, each over a moving window of the same length."""

    _tell: Callable[[str, float], None] = staticmethod(_alone)
    _hear: Callable[[], None] = staticmethod(_alone)

    def __init__(self, window: timedelta, most_keys: int = MOST_KEYS) -> None:
        self._seconds = window.total_seconds()
        self._most = most_keys
        self._counts: OrderedDict[str, tuple[int, int, int]] = OrderedDict()  # window's number, before, in it
        self._lock = Lock()

    def share(self, tell: Callable[[str, float], None], hear: Callable[[], None]) -> None:
        """From now on tell others what is counted here, and ask for what they counted: they call ``heard``."""
        self._tell, self._hear = tell, hear

    def count(self, key: str, at: datetime) -> float:
        """How often, lately."""
        self._hear()
        with self._lock:
            return self._now(key, at.timestamp())[3]

    def add(self, key: str, at: datetime) -> float:
        """Once more; how often, with this."""
        self._hear()
        seconds = at.timestamp()
        self._tell(key, seconds)
        return self.heard(key, seconds)

    def heard(self, key: str, seconds: float) -> float:
        """Somebody counted once more, at this second since 1970; how often, with this."""
        with self._lock:
            if key in self._counts:  # told late, it counts into the window that was begun meanwhile
                seconds = max(seconds, self._counts[key][0] * self._seconds)
            number, before, within, lately = self._now(key, seconds)
            self._counts[key] = (number, before, within + 1)
            self._counts.move_to_end(key)
            if len(self._counts) > self._most:
                self._counts.popitem(last=False)
            return lately + 1

    def seconds_until_less(self, key: str, most: int, at: datetime) -> int:
        """In how many whole seconds, at least one, the count is under ``most`` if nothing more happens."""
        with self._lock:
            _, before, within, _ = self._now(key, at.timestamp())
        passed = at.timestamp() % self._seconds
        if within < most:  # what the window before still weighs has to go out of sight
            wait = (1 - (most - within) / before) * self._seconds - passed if before else 0
        else:  # the next window begins, and in it this one loses weight
            wait = self._seconds - passed + (1 - most / within) * self._seconds
        return max(1, int(wait) + 1)

    def _now(self, key: str, seconds: float) -> tuple[int, int, int, float]:
        number, passed = divmod(seconds, self._seconds)
        kept, before, within = self._counts.get(key, (int(number), 0, 0))
        if kept != int(number):
            before, within = (within, 0) if kept == int(number) - 1 else (0, 0)
        return int(number), before, within, within + before * (1 - passed / self._seconds)
