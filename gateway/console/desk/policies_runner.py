"""Carries out what people ask with "what if", beside the pages: one is answered at a time, and a page shows how far.

What comes of it stands in the database, so that any process can show it; only how far it is, this one knows.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Lock, Thread
from typing import Any

from flask import current_app

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.pipeline import Services
from gateway.policy.pack import PolicySet
from gateway.replay.again import Window
from gateway.replay.what_ifs import answer, finish

LONGEST = timedelta(minutes=3)
"""After which a replay is given up; of a million leads it took a quarter of a second."""
CUT_OFF = LONGEST * 3
"""After which one that is still running is taken for cut off: the gateway was stopped meanwhile."""
MOST = 3  # under way in one process, those that wait among them
PATIENCE = 0.12  # seconds for which a page waits: most are answered by then
log = logging.getLogger(__name__)


class TooLongError(Exception):
    """It took longer than it may."""


@dataclass
class Runner:
    """The questions that this process is answering."""

    progress: dict[int, tuple[int, int]] = field(default_factory=dict)
    _turn: Lock = field(default_factory=Lock)
    _open: Lock = field(default_factory=Lock)
    _under_way: int = 0

    def reserve(self) -> None:
        """Take a place. Raises CallerError where there is none."""
        with self._open:
            if self._under_way >= MOST:
                message = phrase(
                    "%(most)s others are being worked out at the moment. Try again when they are done.", most=MOST
                )
                raise CallerError([Problem("busy", message)], 503, "Too many at once", {"Retry-After": "10"})
            self._under_way += 1

    def leave(self) -> None:
        """Give the place back."""
        with self._open:
            self._under_way -= 1

    def start(
        self, services: Services, number: int, policies: PolicySet, window: Window, bounds: list[str]
    ) -> bool:  # fmt: skip
        """Answer a question for which a place was taken; whether it was answered within a page's patience."""
        done = Event()
        self.progress[number] = (0, 0)

        def work() -> None:
            try:
                with self._turn:
                    self._answer(services, number, lambda told: answer(services, policies, window, bounds, told))
            finally:
                self.progress.pop(number, None)
                self.leave()
                done.set()

        Thread(target=work, name=f"what-if-{number}", daemon=True).start()
        return done.wait(PATIENCE)

    def _answer(self, services: Services, number: int, made: Callable[[Any], dict[str, Any]]) -> None:
        begun = services.clock.now()

        def told(done: int, whole: int) -> None:
            self.progress[number] = (done, whole)
            if services.clock.now() - begun > LONGEST:
                raise TooLongError

        failed = True
        try:
            result = made(told)
            failed = False
        except TooLongError:
            result = {"why": f"It took longer than {LONGEST.seconds // 60} minutes. Choose fewer days, or one vendor."}
        except Exception:
            log.exception("what-if %s failed", number)
            result = {"why": "The mistake is ours. It has been written down."}
        try:
            with services.unit_of_work() as work:
                finish(work, number, result, failed=failed)
        except Exception:  # the page says that it was cut off
            log.exception("what came of what-if %s could not be written", number)


def runner() -> Runner:
    """This process's."""
    found: Runner = current_app.extensions.setdefault("gateway.what_ifs", Runner())
    return found
