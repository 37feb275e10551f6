"""How much of a body is taken in, before anybody looks at it, and how slowly: much only of whoever is known.

Known is who brings a good key, or the session of somebody who may deliver lists at the desk.

The server keeps a body on its disk until it is whole, and lists may have gigabytes. A stranger's request that is
larger than any form goes on without its body: it is read to its end, for else the sender would never read the answer,
and answered by what its header says (401 or 413).
"""

import logging
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from gateway.access.keys import find_key
from gateway.access.people import reaches
from gateway.access.sessions import COOKIE, SECURE_COOKIE, find_session
from gateway.db.work import reading
from gateway.intake.guard.onebyone import one_by_one
from gateway.intake.guard.pieces import InOnePiece
from gateway.pipeline import Services

MOST = 1 << 20  # bytes that are taken in of anybody
SLOWEST = 1_000  # bytes of a body in a second, beside the time that a connection may be idle; a head gets that alone
SIGNUPS = "/v1/signups"
LONGEST_KEY = 200  # characters of the header
LONGEST_COOKIES = 8_000  # of all of them; a session's is short
IsKnown = Callable[[str, str], bool]
"""Of the headers Authorization and Cookie."""
log = logging.getLogger(__name__)


class Keys:
    """Whether a request brings a good key or session. The server's one loop waits for it: for large bodies only."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def __call__(self, header: str, cookies: str = "") -> bool:
        """Where the database does not answer, nobody is known."""
        kind, _, secret = header.strip().partition(" ")
        secret = secret.strip()
        is_key = kind.lower() == "bearer" and secret.startswith("gk_") and len(header) <= LONGEST_KEY
        token = "" if is_key or len(cookies) > LONGEST_COOKIES else _seat(cookies)
        if not (is_key or token):
            return False
        try:
            with reading(self._services.engine) as connection:
                now = self._services.clock.now()
                if is_key:
                    return find_key(connection, secret, now) is not None
                person = find_session(connection, token, now)
                return person is not None and reaches(person.role, "uploader")
        except Exception:  # the application will say what is wrong
            log.warning("nobody could be asked whose key it is", exc_info=True)
            return False


def _seat(cookies: str) -> str:
    """The session's token among the cookies; nothing if there is none."""
    found = dict(part.strip().partition("=")[::2] for part in cookies.split(";"))
    return next((found[name].strip('"') for name in (SECURE_COOKIE, COOKIE) if found.get(name)), "")


class _Sink:
    """In the place of a body's buffer: knows how much came, and keeps nothing."""

    def __init__(self, size: int) -> None:
        self._size = size

    def __len__(self) -> int:
        return self._size

    def append(self, data: bytes) -> None:
        """Let it go."""
        self._size += len(data)

    def getfile(self) -> BytesIO:
        """What the application would read; it says no by the length alone."""
        return BytesIO()

    def close(self) -> None:
        """There is nothing to close."""


class BoundedParser(HTTPRequestParser):  # type: ignore[misc]  # waitress is not typed
    """Reads requests as waitress does, and keeps no more than MOST of a stranger's body."""

    is_known: IsKnown = staticmethod(lambda *_: False)
    headers: dict[str, str]
    _may_be_large: bool | None = None  # not asked yet

    def received(self, data: bytes) -> int:
        """Take in what came; how much of it was used."""
        used = int(super().received(data))
        is_large = max(self.content_length, self.body_bytes_received) > MOST
        if is_large and self._may_be_large is None and self.body_rcv is not None:
            self._may_be_large = self.is_known(self.headers.get("AUTHORIZATION", ""), self.headers.get("COOKIE", ""))
            if not self._may_be_large:
                kept = self.body_rcv.buf
                self.body_rcv.buf = _Sink(len(kept))
                kept.close()
        return used


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress is not typed
    """A connection whose request must come on: a byte now and then would else hold one of a thousand places for ever.

    waitress ends a connection that was idle for too long; a request that comes too slowly counts as idle since its
    bytes should have been there.
    """

    task_class = InOnePiece
    in_turn = False
    last_activity: float
    _began = 0.0

    def received(self, data: bytes) -> bool:
        """Take in what came."""
        before = self.request
        done: bool = super().received(data)
        if self.request is not None:
            if self.request is not before:
                self._began = self.last_activity  # of this very moment: waitress has just noted it
            due = self._began + self.request.body_bytes_received / SLOWEST
            self.last_activity = min(self.last_activity, due)
        return done

    def service(self) -> None:
        """Answer the first request that came; a signup when it is its turn, where signups take turns."""
        if not self.in_turn or getattr(self.requests[0], "path", "") != SIGNUPS:  # an unreadable head has no path
            super().service()
            return
        with one_by_one:
            super().service()


def bounded(servers: Mapping[int, Any], is_known: IsKnown, *, in_turn: bool = False) -> None:
    """Let these servers of waitress, as they stand in its map, read requests in this way.

    ``in_turn``: whether signups are read one after the other.
    """
    parser = type("Parser", (BoundedParser,), {"is_known": staticmethod(is_known)})
    channel = type("Channel", (_Channel,), {"parser_class": parser, "in_turn": in_turn})
    for server in servers.values():
        if hasattr(server, "channel_class"):  # the trigger that wakes the loop has none
            server.channel_class = channel
