"""How fast we may ask: so many questions a second, half as many when the server shows that it is too much."""

import ipaddress
import threading
import time
from collections.abc import Callable, Sequence

# Judgements. A resolver of our own on this machine answers 20,000 a second and more; a stub (127.0.0.53) or a
# resolver in our network asks others, who count; a stranger's would take more for an attack.
OWN, NEAR, FAR = 4000.0, 1000.0, 50.0
WINDOW = 1.0  # seconds between two looks at how it goes
ENOUGH = 20  # outcomes in a window that say something
BAD = 0.25  # of them failed: too fast. A list's dead domains alone are fewer
SLOWEST = 16  # never slower than this part of the limit: failures may have another cause than our haste
_OURS = {"127.0.0.1", "::1"}


def usual_rate(servers: Sequence[tuple[str, int]]) -> float:
    """Questions a second that the least able of these servers should be asked at most."""
    return min((_usual(host) for host, _ in servers), default=NEAR)


def _usual(host: str) -> float:
    if host in _OURS:
        return OWN
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return FAR
    return NEAR if address.is_private or address.is_link_local or address.is_loopback else FAR


class Pace:
    """The questions a second that may be sent. Shared by all threads that ask the same servers."""

    def __init__(self, limit: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = self.rate = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._most = max(10.0, limit / 20)  # what a moment of idleness may save up
        self._left, self._at = self._most, clock()
        self._good = self._bad = 0
        self._since = self._at

    def spend(self) -> bool:
        """Whether one more question may be sent now; if so, it counts as sent."""
        with self._lock:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._at) * self.rate)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True

    def wait(self) -> float:
        """Seconds until the next question may be sent."""
        return max(0.0, (1 - self._left) / self.rate)

    def heard(self, *, good: bool) -> None:
        """An answer came, or a question failed: a time-out or SERVFAIL."""
        with self._lock:
            self._good += good
            self._bad += not good
            count, now = self._good + self._bad, self._clock()
            if now - self._since < WINDOW:
                return
            if count >= ENOUGH and self._bad > BAD * count:
                self.rate = max(self.limit / SLOWEST, self.rate / 2)
            else:
                self.rate = min(self.limit, self.rate + self.limit / 8)
            self._good = self._bad = 0
            self._since = now
