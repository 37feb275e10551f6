"""Which network a request comes from: what one household or company has, not one device."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_SHARED = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "::1/128",
        "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
"""Addresses that a proxy in front has, or our own machine: everybody's, so nobody is told apart by them."""


@lru_cache(maxsize=4096)
def network_of(address: str | None) -> str | None:
    """The /24 or /64 of a network address; None for one that tells nobody apart."""
    found = _read(address)
    if found is None or any(found in shared for shared in _SHARED if shared.version == found.version):
        return None
    return str(ip_network((found, 24 if found.version == 4 else 64), strict=False))  # noqa: PLR2004 - IP versions


@lru_cache(maxsize=4096)
def kept_ip(address: str | None, keep: str) -> str | None:
    """A person's network address as the form keeps it: full, truncated (to /24 and /48), none."""
    found = _read(address)
    if found is None or keep == "none":
        return None
    if keep == "full":
        return str(found)
    return str(ip_network((found, 24 if found.version == 4 else 48), strict=False).network_address)  # noqa: PLR2004


def _read(address: str | None) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
