"""Destinations served side by side, each by a thread of its own: one that is slow holds up nobody but itself.

Their number is bounded. Some places are kept from those that were slow the last time, so that many slow receivers
together do not take the room of the quick ones either.
"""

import logging
import time
from collections.abc import Callable, Iterable
from threading import Lock, Thread

from gateway.emission.deliver import deliver
from gateway.emission.shape import Way
from gateway.pipeline import Services

log = logging.getLogger(__name__)
MOST, MOST_SLOW = 8, 5
TURN_SECONDS = 30.0
SLOW_SECONDS = 20.0
"""A turn that lasted so long, though it had little to do, was a slow receiver's; others are ended by the clock."""


class Crew:
    """The threads of one process."""

    def __init__(
        self, services: Callable[[], Services], way: Callable[[], Way], *, is_stopping: Callable[[], bool]
    ) -> None:  # fmt: skip
        self._services, self._way, self._is_stopping = services, way, is_stopping
        self._lock = Lock()
        self._serving: set[int] = set()
        self._slow: set[int] = set()

    def start(self, numbers: Iterable[int]) -> list[int]:
        """Serve these that nobody here serves yet, as far as there is room; those begun."""
        begun = []
        with self._lock:
            for number in numbers:
                slow = len(self._serving & self._slow)
                full = len(self._serving) >= MOST or (number in self._slow and slow >= MOST_SLOW)
                if number not in self._serving and not full:
                    self._serving.add(number)
                    begun.append(number)
        for number in begun:
            Thread(target=self._serve, args=(number,), daemon=True, name=f"destination-{number}").start()
        return begun

    def is_idle(self) -> bool:
        """Whether nobody is served."""
        with self._lock:
            return not self._serving

    def _serve(self, number: int) -> None:
        begun, is_left = time.monotonic(), False
        try:
            is_left = deliver(
                number, self._services(), self._way(), seconds=TURN_SECONDS, is_stopping=self._is_stopping
            )
        except Exception:  # the database is away: what is owed stands there, and is taken up once it is back
            log.warning("destination %d: its turn was cut off", number, exc_info=True)
        finally:
            was_slow = time.monotonic() - begun > SLOW_SECONDS and not is_left
            with self._lock:
                self._serving.discard(number)
                (self._slow.add if was_slow else self._slow.discard)(number)
