"""The one careful way out to a platform's server: a pinned host, its address checked, no redirects, small and quick.

The name is resolved once; every answer must be an address of the open internet, and the connection goes to that very
address, so that no second answer of DNS leads inside. Nothing of the environment (proxies) is used.
"""

import json
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from typing import Any

from gateway.domain.problem import CallerError
from gateway.intake.platforms.call import object_of, table, text

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 20.0
LARGEST_ANSWER = 256 << 10  # bytes; a lead has a few thousand
OK = 200
_BY_ANOTHER_WAY = (IPv6Network("64:ff9b::/96"), IPv6Network("2002::/16"))
"""NAT64 and 6to4: addresses of IPv4 inside, written as IPv6."""


class FetchError(Exception):
    """Why nothing was fetched, in a line without tokens or people."""


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
    """Where a platform hands its leads out."""

    host: str
    port: int = 443
    context: Callable[[], ssl.SSLContext] = field(default=ssl.create_default_context)
    is_good: Callable[[str], bool] = field(default=is_public)


GRAPH = Server("graph.facebook.com")


def fetch(server: Server, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """The JSON object at this path. Raises FetchError for anything else than a small 200."""
    try:
        with closing(HTTPSConnection(server.host, server.port)) as connection:
            connection.sock = _connect(server)
            timer = Timer(TOTAL_SECONDS, _cut, (connection.sock,))
            timer.start()
            try:
                connection.request("GET", path, headers={"Accept": "application/json", **headers})
                with closing(connection.getresponse()) as response:
                    body = response.read(LARGEST_ANSWER + 1)
                    missing = response.length or 0  # of the length it named
            finally:
                timer.cancel()
    except (OSError, HTTPException) as error:
        raise FetchError(f"{server.host}: {type(error).__name__}") from None
    if missing and len(body) <= LARGEST_ANSWER:
        raise FetchError(f"{server.host} ended before its answer did, or took longer than {TOTAL_SECONDS:g} seconds")
    if response.status != OK:
        raise FetchError(f"{server.host} answered {response.status}{_said(body)}")
    if len(body) > LARGEST_ANSWER:
        raise FetchError(f"{server.host} answered more than {LARGEST_ANSWER:,} bytes")
    try:
        return object_of(body)
    except CallerError as error:
        raise FetchError(f"{server.host}: {error}") from None


def _connect(server: Server) -> ssl.SSLSocket:
    found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not addresses or not all(map(server.is_good, addresses)):
        raise FetchError(f"{server.host} does not lie in the open internet, so nobody connects to it")
    plain = socket.create_connection((addresses[0], server.port), timeout=CONNECT_SECONDS)
    try:
        return server.context().wrap_socket(plain, server_hostname=server.host)
    except BaseException:
        plain.close()
        raise


def _cut(sock: socket.socket) -> None:
    """End a connection that takes too long, whatever it waits for."""
    with suppress(OSError):  # it has just ended
        sock.shutdown(socket.SHUT_RDWR)


def _said(body: bytes) -> str:
    """The Graph API's number for what is wrong; its message may name people."""
    try:
        code = text(table(table(json.loads(body[:LARGEST_ANSWER])).get("error")).get("code"))
    except (ValueError, RecursionError):
        return ""
    return f" (code {code[:10]})" if code else ""
