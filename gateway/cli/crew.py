"""The processes of a server that stays: whichever dies is begun again, and all of them end with the first one.

Its web processes are forked from one that has everything loaded already: what they do not change they share, and each
is there at once. They take turns at the port's new connections (listening.py).
"""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing import connection
from typing import Protocol

RESTART_SECONDS = 2.0
LOOK_SECONDS = 0.5  # between two looks at the worker; that a web process died is known at once
END_SECONDS = 10.0
_FORK = multiprocessing.get_context("fork")


class Process(Protocol):
    """A process that can be watched: one of multiprocessing, or a worker."""

    @property
    def pid(self) -> int | None: ...  # noqa: D102
    def is_alive(self) -> bool: ...  # noqa: D102
    def terminate(self) -> None: ...  # noqa: D102
    def join(self, timeout: float) -> None: ...  # noqa: D102
    def kill(self) -> None: ...  # noqa: D102


Begin = Callable[[], Process]


class Worker:
    """``gateway work`` in a process group of its own, which ends with this process."""

    def __init__(self, *, demo: bool) -> None:
        environment = dict(os.environ) | ({"GATEWAY_DEMO": "1"} if demo else {})
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "gateway", "work", "--die-with", str(os.getpid())], env=environment,
            start_new_session=True,
        )  # fmt: skip
        self.pid = self._process.pid
        self.terminate = self._process.terminate

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def join(self, timeout: float) -> None:
        """Wait for its end, so many seconds at most: between two batches, or in one that takes too long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)

    def kill(self) -> None:
        """End it and all its children at once; the batch under way is done again later."""
        os.killpg(self.pid, signal.SIGKILL)


def forked(act: Callable[[], None]) -> multiprocessing.process.BaseProcess:
    """A process that does this and ends with us, even where we are killed."""

    def live() -> None:
        parent = multiprocessing.parent_process()
        assert parent is not None
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True, name="parent-watch").start()
        with contextlib.suppress(KeyboardInterrupt):
            act()

    process = _FORK.Process(target=live)
    process.start()
    return process


def _die_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


class Crew:
    """Processes that are kept running, each begun by its own function."""

    def __init__(self, members: list[Begin]) -> None:
        self._members: list[Begin] = []
        self._living: dict[int, Process] = {}
        self._due: dict[int, float] = {}  # place -> when to begin it, on the monotonic clock
        for member in members:
            self.add(member)

    def add(self, member: Begin) -> None:
        """One more to keep."""
        self._due[len(self._members)] = 0.0
        self._members.append(member)

    def begin(self) -> None:
        """Begin all of them. From here on SIGTERM raises SystemExit."""
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self._look()

    def keep(self) -> None:
        """Begin again whoever dies, until we are told to end (SIGTERM, SIGINT); then all end."""
        try:
            while True:
                ends = [process.sentinel for process in self._living.values() if hasattr(process, "sentinel")]
                connection.wait(ends, LOOK_SECONDS)
                self._look()
        except (KeyboardInterrupt, SystemExit):
            self.end()

    def end(self) -> None:
        """End them; whoever takes longer than END_SECONDS is killed."""
        until = time.monotonic() + END_SECONDS
        for process in self._living.values():
            if process.is_alive():
                process.terminate()
        for process in self._living.values():
            process.join(max(0.0, until - time.monotonic()))
            if process.is_alive():
                process.kill()

    def _look(self) -> None:
        for place, process in list(self._living.items()):
            if not process.is_alive():
                del self._living[place]
                self._due[place] = time.monotonic() + RESTART_SECONDS
        for place, due in list(self._due.items()):
            if time.monotonic() >= due:
                del self._due[place]
                self._living[place] = self._members[place]()
