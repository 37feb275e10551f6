"""Load that is shed: where more requests wait than can be answered soon, the next is told at once to come again.

Without it every request of a flood waits its turn, and nobody is answered within the time that anybody waits.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

MOST_WAITING = 100  # requests; at three milliseconds each, a third of a second
COME_AGAIN = 2  # seconds
_ALWAYS = frozenset({"/healthz", "/readyz"})
_BODY = json.dumps(
    {
        "type": "about:blank", "title": "Service Unavailable", "status": 503,
        "problems": [{"code": "busy", "message": f"more is under way than can be borne; come again in {COME_AGAIN} s"}],
    }
).encode()  # fmt: skip
_HEADERS = [
    ("Content-Type", "application/problem+json"),
    ("Content-Length", str(len(_BODY))),
    ("Retry-After", str(COME_AGAIN)),
    ("Cache-Control", "no-store"),
]


class Shed:
    """A WSGI application before another; ``waiting`` says how many requests wait for a thread of the server."""

    def __init__(self, app: Callable[..., Any], most: int = MOST_WAITING) -> None:
        self._app = app
        self._most = most
        self.waiting: Callable[[], int] = int  # nobody, until there is a server that can be asked

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer, or say when to come again: nothing was read or kept of what is turned away."""
        if self.waiting() > self._most and environ.get("PATH_INFO") not in _ALWAYS:
            start_response("503 Service Unavailable", list(_HEADERS))
            return [_BODY]
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer
