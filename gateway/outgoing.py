"""The one careful way out by HTTPS: to a host that the caller pins, its address checked, no redirects, small and quick.

The name is resolved once; every answer must be an address of the open internet, and the connection goes to that very
address, so that no second answer of DNS leads inside. TLS holds the host to its name. Nothing of the environment
(proxies) is used. Mail goes out by its own way (gateway/mail), and so do questions to DNS.
"""

import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Event, Timer

CONNECT_SECONDS = 5.0
OK = 200
_BY_ANOTHER_WAY = (IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16"))
"""NAT64 and 6to4: addresses of IPv4 inside, written as IPv6."""


class UnreachableError(Exception):
    """The other side did not answer as it should, in a line without its words; it may later."""


def is_public(address: str) -> bool:
    """Whether this is an address of the open internet."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in network for network in _BY_ANOTHER_WAY):
            return False
    return found.is_global and not found.is_multicast


@dataclass(frozen=True, slots=True)
class Server:
    """Who is asked. All but the host is for tests."""

    host: str
    port: int = 443
    context: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)
    is_good: Callable[[str], bool] = field(default=is_public)


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status."""

    status: int
    body: bytes


def get(
    server: Server, path: str, headers: Mapping[str, str] | None = None, *, most_bytes: int, seconds: float
) -> Answer:
    """What lies there. Raises UnreachableError for what does not come whole, small and in time.

    ``seconds``: for all but DNS, which has the resolver's own time-outs.
    """
    return _ask(server, "GET", path, headers=headers, body=None, most_bytes=most_bytes, seconds=seconds)


def post(
    server: Server, path: str, body: bytes, headers: Mapping[str, str] | None = None, *, most_bytes: int, seconds: float
) -> Answer:
    """What is answered to this body. Raises UnreachableError as ``get`` does."""
    return _ask(server, "POST", path, headers=headers, body=body, most_bytes=most_bytes, seconds=seconds)


def _ask(
    server: Server, method: str, path: str, *, headers: Mapping[str, str] | None, body: bytes | None, most_bytes: int,
    seconds: float,
) -> Answer:  # fmt: skip
    try:
        with closing(HTTPSConnection(server.host, server.port)) as connection:
            sock = connection.sock = _connect(server, min(CONNECT_SECONDS, seconds))
            is_late = Event()
            timer = Timer(seconds, _cut, (sock, is_late))
            timer.start()
            try:
                sock.do_handshake()
                connection.request(method, path, body, dict(headers or {}))
                with closing(connection.getresponse()) as response:
                    said = response.read(most_bytes + 1)
                    missing = response.length or 0  # of the length it named
            finally:
                timer.cancel()
                if is_late.is_set():
                    raise UnreachableError(f"{server.host} took longer than {seconds:g} seconds")
    except (OSError, HTTPException) as error:
        why = "its name could not be looked up" if isinstance(error, socket.gaierror) else type(error).__name__
        raise UnreachableError(f"{server.host}: {why}") from None
    if len(said) > most_bytes:
        raise UnreachableError(f"{server.host} answered {response.status} with more than {most_bytes:,} bytes")
    if missing:
        raise UnreachableError(f"{server.host} ended before its answer did")
    return Answer(response.status, said)


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
