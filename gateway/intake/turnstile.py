"""How often one network may do something, counted in this process's memory: simple, and it forgets nobody's limits.

An IPv4 address counts with its /24, an IPv6 address with its /48: whoever has one usually has the others.
"""

import ipaddress
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

_MOST_NETWORKS = 10_000  # remembered; beyond that the oldest are forgotten


def network_of(address: str | None) -> str:
    """The network of an IP address; one name for all that are none."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, 24 if ip.version == 4 else 48), strict=False))  # noqa: PLR2004 - IP's versions


@dataclass(slots=True)
class Turnstile:
    """Lets ``most`` through in any ``window``, for each network."""

    most: int
    window: timedelta
    _passed: dict[str, deque[datetime]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, address: str | None, at: datetime) -> int:
        """0: passed. Otherwise the seconds after which the network may try again; such a try does not count."""
        name = network_of(address)
        with self._lock:
            passed = self._passed.pop(name, None) or deque()
            while passed and passed[0] <= at - self.window:
                passed.popleft()
            self._passed[name] = passed  # behind the others: used last
            if len(self._passed) > _MOST_NETWORKS:
                del self._passed[next(iter(self._passed))]
            if len(passed) < self.most:
                passed.append(at)
                return 0
            return int((passed[0] + self.window - at).total_seconds()) + 1
