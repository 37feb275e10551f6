"""The sockets questions leave by: ports and ids that nobody can guess, answers only from the server asked.

RFC 5452: who wants to slip us an answer must hit port and id. Each question takes one of several ports by chance, the
kernel chooses their numbers by chance, and none is used for long. A connected socket hears only its server.
"""

import contextlib
import errno
import os
import secrets
import selectors
import socket
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

Server = tuple[str, int]
Q = TypeVar("Q")

PORTS = 16  # open at once for each server
QUESTIONS = 512  # through one port; then another number takes its place
BUFFER = 1 << 20  # octets: the answers to all that is in flight, while our thread waits for its turn
LARGEST = 65535


class Port(Generic[Q]):
    """A UDP socket to one server and what was asked through it, by id."""

    def __init__(self, server: Server) -> None:
        self.socket = _socket(server, socket.SOCK_DGRAM)
        self.open: dict[int, Q] = {}
        self.asked = 0
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        try:
            self.socket.connect(server)
        except OSError:
            self.socket.close()
            raise

    def take_id(self, question: Q) -> int:
        """An id by chance that is not in use here."""
        while (ident := secrets.randbits(16)) in self.open:
            pass
        self.open[ident] = question
        self.asked += 1
        return ident

    def receive(self) -> bytes | None:
        """The next message, or None if there is none left."""
        while True:
            try:
                return self.socket.recv(LARGEST)
            except ConnectionError:  # nobody listens there, says a router or somebody else: a time-out will tell
                continue
            except OSError:  # nothing left, or closed since its last question was answered
                return None


class Ports(Generic[Q]):
    """The ports to some servers. The selector's data of each is the port."""

    def __init__(self, selector: selectors.BaseSelector, servers: Sequence[Server]) -> None:
        self._selector = selector
        self._servers = servers
        self._ports: dict[tuple[int, int], Port[Q]] = {}
        self._leaving: set[Port[Q]] = set()

    def pick(self, server: int) -> Port[Q]:
        """A port to the server of this number, by chance. Raises OSError if there is no way there."""
        place = (server, secrets.randbelow(PORTS))
        port = self._ports.get(place)
        if port is not None and port.asked >= QUESTIONS:
            del self._ports[place]
            self._leaving.add(port)
            self.release(port)
            port = None
        if port is None:
            port = self._ports[place] = Port(self._servers[server])
            self._selector.register(port.socket, selectors.EVENT_READ, port)
        return port

    def release(self, port: Port[Q]) -> None:
        """Close a port that is used no more once its last question is over."""
        if port in self._leaving and not port.open:
            self._leaving.discard(port)
            self._selector.unregister(port.socket)
            port.socket.close()

    def close(self) -> None:
        """Close them all."""
        for port in (*self._ports.values(), *self._leaving):
            port.socket.close()


class Stream:
    """One question by TCP, for an answer that is too long for UDP. ``done`` gets the answer, or None."""

    def __init__(
        self, selector: selectors.BaseSelector, server: Server, message: bytes, done: Callable[[bytes | None], None]
    ) -> None:
        self._selector = selector
        self._socket = _socket(server, socket.SOCK_STREAM)
        self._out = len(message).to_bytes(2, "big") + message
        self._in = bytearray()
        self._done = done
        if (wrong := self._socket.connect_ex(server)) not in {0, errno.EINPROGRESS}:
            self._socket.close()
            raise OSError(wrong, os.strerror(wrong))
        selector.register(self._socket, selectors.EVENT_WRITE, self)

    def go_on(self) -> None:
        """Send or receive what is possible now."""
        try:
            if self._out:
                self._out = self._out[self._socket.send(self._out) :]
                if not self._out:
                    self._selector.modify(self._socket, selectors.EVENT_READ, self)
                return
            some = self._socket.recv(LARGEST)
        except BlockingIOError:
            return
        except OSError:
            some = b""
        self._in += some
        length = int.from_bytes(self._in[:2], "big") + 2
        if not some or (len(self._in) > 1 and len(self._in) >= length):
            self.close()
            self._done(bytes(self._in[2:length]) if some else None)

    def close(self) -> None:
        """Hang up."""
        if self._socket.fileno() >= 0:
            self._selector.unregister(self._socket)
            self._socket.close()


def _socket(server: Server, kind: Any) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in server[0] else socket.AF_INET, kind)
    made.setblocking(False)
    return made
