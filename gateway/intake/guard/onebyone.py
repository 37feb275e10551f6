"""Signups that come at once compute one after the other; where one waits for something, the next goes on.

Python computes one thread at a time anyway. But a thread lets go of it at every question to the database and every
send, all others wake to take it, and whoever loses goes back to sleep: with four callers who sign up at once that was a
tenth of the processor's time of a signup. Threads that wait for a lock sleep until it is their turn.

It is a courtesy and keeps nothing safe: who waits for longer than a moment goes on beside the others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, local

from sqlalchemy import Engine

PATIENCE = 0.02
"""Seconds; a signup computes for less than one thousandth. Longer waits only whoever stands behind a slow database."""


class OneByOne:
    """A process has one: `with` it, a thread has the turn, or has waited long enough for it."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._turn = Lock()
        self._here = local()

    def __enter__(self) -> None:
        self._here.has_it = self._turn.acquire(timeout=self._patience)

    def __exit__(self, *_: object) -> None:
        if self._here.has_it:
            self._here.has_it = False
            self._turn.release()

    def is_taken(self) -> bool:
        """Whether anybody has the turn."""
        return self._turn.locked()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let others go on meanwhile, if this thread has the turn: what it does now may take long."""
        if not getattr(self._here, "has_it", False):
            yield
            return
        self.__exit__()
        try:
            yield
        finally:
            self.__enter__()


one_by_one = OneByOne()


def pays(engine: Engine) -> bool:
    """Whether turns pay: SQLite answers within this process, and who asks it computes.

    On PostgreSQL who has the turn waits for the server, and so do all behind it: a twelfth more processor time.
    """
    return engine.dialect.name == "sqlite"
