"""What the web processes of one server tell each other: whoever counts something, all count it.

Each has a pipe from which it hears; the others write a line for each thing that happened. Nobody waits for anybody:
whoever hears too little, because it stands still for a while, loses what did not fit into its pipe (64 KiB, a thousand
lines). The processes are forked from one, which makes the pipes.
"""

import os
from collections.abc import Callable
from threading import Lock

from gateway.intake.guard.rates import Rates

_AT_ONCE = 1 << 16  # as much as a pipe holds
_LONGEST = 512  # bytes of a line: the system writes that in one piece (PIPE_BUF, at least 512 by POSIX)


class Siblings:
    """So many processes; each says which it is, once it is a process of its own (``begin``)."""

    def __init__(self, count: int = 1) -> None:
        self._pipes = [_pipe() for _ in range(count)] if count > 1 else []
        self._mine = -1
        self._rest = b""
        self._lock = Lock()
        self._shared: dict[str, Rates] = {}

    def begin(self, place: int) -> None:
        """This process is the one of this place from now on, 0 for the first."""
        self._mine = place

    def share(self, name: str, rates: Rates) -> Rates:
        """The same counts, with those of the others from now on."""
        if self._pipes:
            self._shared[name] = rates
            rates.share(self._teller(name), self.hear)
        return rates

    def hear(self) -> None:
        """Count what the others have counted since."""
        if self._mine < 0 or not self._lock.acquire(blocking=False):  # another thread is at it
            return
        try:
            lines = (self._rest + os.read(self._pipes[self._mine][0], _AT_ONCE)).split(b"\n")
            self._rest = lines.pop()
        except BlockingIOError:
            return
        finally:
            self._lock.release()
        for line in lines:
            name, seconds, key = line.decode().split("\t", 2)
            self._shared[name].heard(key, float(seconds))

    def _teller(self, name: str) -> Callable[[str, float], None]:
        def tell(key: str, seconds: float) -> None:
            line = f"{name}\t{seconds}\t{key}\n".encode()
            if self._mine < 0 or len(line) > _LONGEST:
                return
            for place, (_, ear) in enumerate(self._pipes):
                if place != self._mine:
                    _write(ear, line)

        return tell


def _pipe() -> tuple[int, int]:
    out, into = os.pipe()
    os.set_blocking(out, False)
    os.set_blocking(into, False)
    return out, into


def _write(ear: int, line: bytes) -> None:
    try:
        os.write(ear, line)
    except BlockingIOError:  # it hears nothing at the moment; what it misses lets a few more in
        return
