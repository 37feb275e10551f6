"""Load that is shed: where more requests wait than can be answered soon, the next is told at once to come again.

Without it every request of a flood waits its turn, and nobody is answered within the time that anybody waits. Scripts
of the forms' own origins may read what they are told, or they could only say that the network failed. A few requests
are carried all the while: who comes again at once would else keep everybody out, himself included.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

from gateway.db.work import reading
from gateway.intake.forms import published_origins
from gateway.pipeline import Services

MOST_WAITING = 100  # requests; at three milliseconds each, a third of a second
COME_AGAIN = 2  # seconds
ORIGINS_FRESH = 30.0  # seconds for which the origins are remembered: a flood must not cost a question each
log = logging.getLogger(__name__)
_ALWAYS = frozenset({"/healthz", "/readyz"})
_BODY = json.dumps(
    {
        "type": "about:blank", "title": "Service Unavailable", "status": 503,
        "problems": [{"code": "busy", "message": f"more is under way than can be borne; come again in {COME_AGAIN} s"}],
    }
).encode()  # fmt: skip
_PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Too many at once</title></head>
<body><main><h1>Too many people at once</h1>
<p>Nothing was taken. Please wait a few seconds and load this page again; that sends a form once more, as it was.</p>
</main></body></html>
"""
_TOLD = [
    ("Retry-After", str(COME_AGAIN)),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Vary", "Accept, Origin"),
]

Origins = Callable[[], frozenset[str]]


class Shed:
    """A WSGI application before another; ``waiting`` says how many requests wait for a thread of the server.

    ``origins``: those whose scripts may read that they are to come again. ``threads``: how many the server has; half of
    them carry in any case, and the others say no, which takes a moment.
    """

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        most: int = MOST_WAITING,
        origins: Origins = frozenset,
        *,
        threads: int = 1,
    ) -> None:
        self._app = app
        self._most = most
        self._few = BoundedSemaphore(threads // 2)
        self._origins = origins
        self.waiting: Callable[[], int] = int  # nobody, until there is a server that can be asked

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer, or say when to come again: nothing was read or kept of what is turned away."""
        if self.waiting() <= self._most or environ.get("PATH_INFO") in _ALWAYS:
            return self._app(environ, start_response)
        if not self._few.acquire(blocking=False):
            return self._turn_away(environ, start_response)
        try:
            return self._app(environ, start_response)
        finally:
            self._few.release()

    def _turn_away(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        readable = self._readable(environ.get("HTTP_ORIGIN"))
        if environ.get("REQUEST_METHOD") == "OPTIONS" and readable:  # else a browser would not ask what it wants to ask
            may = [("Access-Control-Allow-Methods", "POST"),
                   ("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key")]  # fmt: skip
            start_response("204 No Content", [*_TOLD, *readable, *may])
            return []
        is_person = environ.get("HTTP_ACCEPT", "").startswith("text/html")  # as browsers begin it, and no program does
        kind, body = ("text/html; charset=utf-8", _PAGE) if is_person else ("application/problem+json", _BODY)
        length = ("Content-Length", str(len(body)))
        start_response("503 Service Unavailable", [("Content-Type", kind), length, *_TOLD, *readable])
        return [body]

    def _readable(self, origin: str | None) -> list[tuple[str, str]]:
        if origin is None or origin not in self._origins():
            return []
        return [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", "Retry-After")]


class RememberedOrigins:
    """The origins of all published forms, asked for now and then; while the database does not answer, as they were."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._known: frozenset[str] = frozenset()
        self._until = 0.0

    def __call__(self) -> frozenset[str]:
        """The origins as of half a minute ago at the most."""
        if time.monotonic() >= self._until:
            self._until = time.monotonic() + ORIGINS_FRESH  # first: the others need not ask as well
            try:
                with reading(self._services.engine) as connection:
                    self._known = published_origins(connection)
            except Exception:  # who is turned away needs an answer, whatever became of the database
                log.warning("the forms' origins could not be asked for", exc_info=True)
        return self._known
