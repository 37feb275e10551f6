"""Single pieces of evidence, each on its own: a network address, a certificate's URL, a page, a token. Shapes only.

Right shape is not proof; wrong shape is evidence against (the broker and TrustedForm formats name both).
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from itertools import repeat

from gateway.domain.screened import Piece

ORDINARY, INSIDE, NO_ADDRESS = "ordinary", "inside", "none"
"""A network address a person can have on the internet; one nobody can; no network address at all."""

_DOCUMENTATION: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("192.0.2.0/24"), IPv4Network("198.51.100.0/24"), IPv4Network("203.0.113.0/24"),
    IPv6Network("2001:db8::/32"),
)  # fmt: skip
"""RFC 5737, RFC 3849. Manuals and samples use them in the place of ordinary addresses, so we read them as such."""

_BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
# What IANA's registry of special-purpose IPv4 addresses keeps for itself (RFC 6890 and later), the documentation
# ranges excepted; everything else below 224 is an ordinary address. IPv6 is left to the standard library.
_SPECIAL = (
    r"0\.|10\.|100\.(?:6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|127\.|169\.254\.|172\.(?:1[6-9]|2[0-9]|3[01])\."
    r"|192\.(?:0\.0|88\.99|168)\.|198\.1[89]\."
)
_FIRST = "(?:22[0-3]|2[01][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_plain = re.compile(rf"(?!{_SPECIAL}){_FIRST}(?:\.{_BYTE}){{3}}").fullmatch
_plain_lines = re.compile(rf"(?:(?!{_SPECIAL}){_FIRST}(?:\.{_BYTE}){{3}}\n)*+").match
"""As many lines as are plain addresses, at one go: half of what it takes to ask each line."""
_ipv4 = re.compile(rf"{_BYTE}(?:\.{_BYTE}){{3}}").fullmatch
_certificate = re.compile(
    r"https://(?P<host>cert|ping)\.trustedform\.com/"
    r"(?P<id>[0-9a-fA-F]{40}|[A-Za-z0-9_-]{60,240}|0(?:\.[A-Za-z0-9_-]{1,200}){3,4})/?"
).fullmatch
_WEB_ID = 40  # hex digits, whose case says nothing
_token = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").fullmatch
NIL_TOKEN = "00000000-0000-0000-0000-000000000000"  # noqa: S105 - Jornaya's sign that its script was blocked


def network(typed: str | None) -> str:
    """Whether this can be a person's network address on the internet: ordinary, inside or none."""
    if not typed:
        return NO_ADDRESS
    if _plain(typed):
        return ORDINARY
    return INSIDE if _ipv4(typed) else _network(typed)


def networks(typed: Sequence[str]) -> list[str]:
    """``network`` of each: those that are nothing plain are found together, in half the time of one by one."""
    together = "\n".join([*typed, ""])
    odd = _others(together) if together.count("\n") == len(typed) else typed
    found = {text: network(text) for text in set(odd)}
    return list(map(found.get, typed, repeat(ORDINARY))) if found else [ORDINARY] * len(typed)


def _others(lines: str) -> Iterator[str]:
    """The lines that are no plain address; each ends with a line feed."""
    at = _end_of_plain(lines, 0)
    while at < len(lines):
        end = lines.index("\n", at)
        yield lines[at:end]
        at = _end_of_plain(lines, end + 1)


def _end_of_plain(lines: str, at: int) -> int:
    found = _plain_lines(lines, at)
    return found.end() if found else at


@lru_cache(maxsize=10_000)
def _network(typed: str) -> str:
    first = typed.partition(",")[0].strip()  # X-Forwarded-For puts the person first
    try:
        address: IPv4Address | IPv6Address = ip_address(first)
    except ValueError:
        return NO_ADDRESS
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in _DOCUMENTATION if network.version == address.version):
        return ORDINARY
    return ORDINARY if address.is_global and not address.is_multicast else INSIDE


def is_certificate(url: str) -> bool:
    """Whether this has the shape of a certificate's URL: https, the provider's own host, an id of a known form."""
    return _certificate(url.strip()) is not None


def pieces_of(certificates: Sequence[object], tokens: Sequence[object], since: Sequence[str]) -> list[Piece]:
    """Every certificate and token of a right shape, with its row. A nil token and ``N/A`` are none."""
    found = []
    for row, cell in enumerate(certificates):
        if isinstance(cell, str) and (shape := _certificate(cell.strip())):
            named = shape["id"].lower() if len(shape["id"]) == _WEB_ID else shape["id"]
            kind = "trustedform" if shape["host"] == "cert" else "ping"
            found.append(Piece(row, _digest("trustedform", named), kind, named, since[row]))
    for row, cell in enumerate(tokens):
        if isinstance(cell, str) and (token := cell.strip().lower()) != NIL_TOKEN and _token(token):
            found.append(Piece(row, _digest("leadid", token), "leadid", "", since[row]))
    return found


def _digest(issuer: str, named: str) -> bytes:
    """Not keyed: the ids are random, and nobody is found by one who does not have it."""
    return sha256(f"{issuer}:{named}".encode()).digest()[:16]


def names_a_page(url: str | None) -> bool:
    """Whether somebody wrote a page here rather than a blank or ``N/A``."""
    return url is not None and ("." in url or ":" in url)
