"""The one careful way out by HTTPS: to a host that the caller pins, its address checked, no redirects, small and quick.

The name is resolved once for each connection; every answer must be an address of the open internet, and the connection
goes to that very address, so that no second answer of DNS leads inside. TLS holds the host to its name. Nothing of the
environment (proxies) is used. Mail goes out by its own way (gateway/mail), and so do questions to DNS.

Hosts that somebody typed (where prospects are sent to) come through ``read_url``, which takes https to a name on a few
ports and nothing else.
"""

import re
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Event, Timer
from typing import NamedTuple
from urllib.parse import urlsplit

CONNECT_SECONDS = 5.0
OK = 200
PORTS = frozenset({443, 8443})
"""Where somebody's server may listen that is named by an address (ASVS 13.2.5)."""
LONGEST_URL = 2000
_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_WHERE = re.compile(r"(?:/[!-~]*)?")
_GIVEN_OUT, _6TO4 = IPv6Network("2000::/3"), IPv6Network("2002::/16")
"""All of IPv6 that is given out to anybody (IANA): outside it lie NAT64, IPv4 in disguise and sites' own, some of which
the library takes for global. 6to4 is IPv4 once more."""


@cache
def trusted() -> ssl.SSLContext:
    """Whom the system trusts, read once: reading it takes 20 ms, as long as a whole delivery."""
    return ssl.create_default_context()


_UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Each connection is made below, with its server's own; http.client would read whom the system trusts once more."""


class UnreachableError(Exception):
    """The other side did not answer as it should, in a line without its words; it may later."""


def is_public(address: str) -> bool:
    """Whether this is an address of the open internet."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif found not in _GIVEN_OUT or found in _6TO4:
            return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class Server:
    """Who is asked. All but the host is for tests."""

    host: str
    port: int = 443
    context: Callable[[], ssl.SSLContext] = field(default=trusted)
    is_good: Callable[[str], bool] = field(default=is_public)


class Target(NamedTuple):
    """What an address names: a host and a port that may be asked, and what is asked for there."""

    host: str
    port: int
    path: str  # with its query

    @property
    def base(self) -> str:
        """The address without what is asked for."""
        return f"https://{self.host}" + ("" if self.port == 443 else f":{self.port}")  # noqa: PLR2004 - https' own


def read_url(text: str) -> Target:
    """What an address somebody typed names. Raises ValueError, in words, for all that is not plainly a public server.

    No user, no fragment, no address of digits in whatever writing (127.1, 0x7f000001, [::1]): a name with a dot in it,
    whose last part is no number, so that nothing that resolves it can take it for one (WHATWG URL, "ends in a number").
    """
    if not text.isascii() or not text.isprintable() or " " in text or "\\" in text or len(text) > LONGEST_URL:
        raise ValueError(f"expected an address of at most {LONGEST_URL} plain characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError("this cannot be read as an address") from None
    host = parts.hostname or ""
    if parts.scheme != "https":
        raise ValueError("expected an address that starts with https://")
    if "@" in parts.netloc or "#" in text:
        raise ValueError("expected an address without user, password or fragment")
    if not _NAME.fullmatch(host):
        raise ValueError("expected the name of a server, such as hooks.example.com: no number, no name without a dot")
    if (443 if port is None else port) not in PORTS:
        raise ValueError(f"expected one of the ports {', '.join(map(str, sorted(PORTS)))}")
    query = f"?{parts.query}" if parts.query else ""
    if not _WHERE.fullmatch(path := f"{parts.path or '/'}{query}"):
        raise ValueError("expected a path of plain characters")
    return Target(host, 443 if port is None else port, path)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status; of one that need not be whole, as much as was taken."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)  # names in small letters


def get(
    server: Server, path: str, headers: Mapping[str, str] | None = None, *, most_bytes: int, seconds: float
) -> Answer:
    """What lies there. Raises UnreachableError for what does not come whole, small and in time.

    ``seconds``: for all but DNS, which has the resolver's own time-outs.
    """
    with closing(Line(server)) as line:
        return line.ask("GET", path, headers=headers, most_bytes=most_bytes, seconds=seconds)


def post(
    server: Server, path: str, body: bytes, headers: Mapping[str, str] | None = None, *, most_bytes: int, seconds: float
) -> Answer:
    """What is answered to this body. Raises UnreachableError as ``get`` does."""
    with closing(Line(server)) as line:
        return line.ask("POST", path, body, headers=headers, most_bytes=most_bytes, seconds=seconds)


class Line:
    """A connection to one server, kept open from one question to the next. Not for two threads at once."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._open: HTTPSConnection | None = None

    def close(self) -> None:
        """Hang up."""
        if self._open is not None:
            with suppress(OSError):
                self._open.close()
            self._open = None

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, headers: Mapping[str, str] | None = None,
        most_bytes: int, seconds: float, needs_whole: bool = True,
    ) -> Answer:  # fmt: skip
        """What is answered. Raises UnreachableError as ``get`` does.

        ``needs_whole``: an answer that is larger, or that ends early, is none; else its status counts as it came.
        Asked over a line that the other side hung up on meanwhile, it is asked again, once, over a new one.
        """
        for is_kept in (self._open is not None, False):
            try:
                return self._ask(
                    (method, path, body, dict(headers or {})), most_bytes, seconds, needs_whole=needs_whole
                )
            except (OSError, HTTPException) as error:
                self.close()
                if is_kept and isinstance(error, ConnectionError):  # as http.client's RemoteDisconnected is
                    continue
                why = "its name could not be looked up" if isinstance(error, socket.gaierror) else type(error).__name__
                raise UnreachableError(f"{self.server.host}: {why}") from None
            except UnreachableError:
                self.close()
                raise
        raise AssertionError("the second try ends in one way or the other")

    def _ask(
        self, question: tuple[str, str, bytes | None, dict[str, str]], most_bytes: int, seconds: float, *,
        needs_whole: bool,
    ) -> Answer:  # fmt: skip
        host, is_new = self.server.host, self._open is None
        connection = self._open = self._open or HTTPSConnection(host, self.server.port, context=_UNUSED)
        if is_new:
            connection.sock = _connect(self.server, min(CONNECT_SECONDS, seconds))
        sock, is_late = connection.sock, Event()
        timer = Timer(seconds, _cut, (sock, is_late))
        timer.daemon = True
        timer.start()
        try:
            sock.settimeout(seconds)
            if is_new:
                sock.do_handshake()
            connection.request(*question)
            with closing(connection.getresponse()) as response:
                said, missing, broke = _read(response, most_bytes, needs_whole=needs_whole)
        finally:
            timer.cancel()
            if is_late.is_set():
                raise UnreachableError(f"{host} took longer than {seconds:g} seconds")
        if len(said) > most_bytes and needs_whole:
            raise UnreachableError(f"{host} answered {response.status} with more than {most_bytes:,} bytes")
        if missing and needs_whole:
            raise UnreachableError(f"{host} ended before its answer did")
        if missing or broke or response.will_close:
            self.close()
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, said[:most_bytes], names)


def _read(response: HTTPResponse, most_bytes: int, *, needs_whole: bool) -> tuple[bytes, int, bool]:
    """As much of an answer as is taken, how much of the length it named is missing, whether the line is spoilt."""
    try:
        said = response.read(most_bytes + 1)
    except (OSError, HTTPException):
        if needs_whole:
            raise
        return b"", 0, True
    return said, response.length or 0, not response.isclosed()


def _connect(server: Server, seconds: float) -> ssl.SSLSocket:
    """A connection on which nothing was said yet, not even TLS' first words."""
    found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not addresses or not all(map(server.is_good, addresses)):
        raise UnreachableError(f"{server.host} does not lie in the open internet, so nobody connects to it")
    plain = socket.create_connection((addresses[0], server.port), timeout=seconds)
    try:
        return server.context().wrap_socket(plain, server_hostname=server.host, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise


def _cut(sock: ssl.SSLSocket, is_late: Event) -> None:
    """End a connection that takes too long, whatever it waits for."""
    is_late.set()
    with suppress(OSError):  # it has just ended
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not TLS' own: that is in use by who waits
