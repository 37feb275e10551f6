"""Celery's pool of processes, but for how it ends: who is at work comes to a good place, and then nobody waits.

The library joins threads that look up once in 0.8 or 1.0 seconds, one after the other and some of them twice: whoever
pressed Ctrl-C waited four seconds for processes that had nothing to do. It is only so for transports that are polled
(folders, PGMQ); with the others the library runs a loop of its own, and ends it as it always did.
"""

import os
import signal
import time
from contextlib import suppress
from typing import Any

from billiard.pool import CLOSE
from celery.concurrency.prefork import TaskPool

from gateway.jobs.ending import TOLD

LOOK_SECONDS = 0.01
FAREWELL_SECONDS = 1.0


class Pool(TaskPool):  # type: ignore[misc]  # the library tells no types
    """The processes of one worker. The library has no gentler way to them than its own attributes."""

    _pool: Any = None

    def on_close(self) -> None:
        """Take up nothing more, and ask who is at work to come to an end."""
        if self._pool is not None:
            _send(TOLD, list(self._pool._pool))  # noqa: SLF001
        if not self._is_polled():
            super().on_close()
            return
        self._pool._state = CLOSE  # noqa: SLF001 - whoever dies now is not replaced
        self._pool._worker_handler.close()  # noqa: SLF001

    def on_stop(self) -> None:
        """Wait until nobody is at work and all they took is acknowledged; then end them."""
        if not self._is_polled():
            super().on_stop()
            return
        pool, self._pool = self._pool, None
        processes = list(pool._pool)  # noqa: SLF001
        while pool._cache and any(process.is_alive() for process in processes):  # noqa: SLF001
            time.sleep(LOOK_SECONDS)
        pool._outqueue.put(None)  # noqa: SLF001 - the last the thread of results reads: it has seen to all before
        pool._result_handler.join(FAREWELL_SECONDS)  # noqa: SLF001
        _end(pool, processes)

    def on_terminate(self) -> None:
        """End them at once: what they were at is owed in the database and done again."""
        if not self._is_polled():
            super().on_terminate()
            return
        pool, self._pool = self._pool, None
        pool._state = CLOSE  # noqa: SLF001
        _end(pool, list(pool._pool))  # noqa: SLF001

    def _is_polled(self) -> bool:
        return isinstance(self._pool, self.BlockingPool) and not isinstance(self._pool, self.Pool)


def _end(pool: Any, processes: list[Any]) -> None:
    pool._terminate.cancel()  # noqa: SLF001 - what the library would do once more at the end of this process
    _send(signal.SIGKILL, processes)
    for process in processes:
        process.join(FAREWELL_SECONDS)


def _send(number: int, processes: list[Any]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
