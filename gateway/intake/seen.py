"""How much of a person's network address a form keeps as evidence."""

import ipaddress

KEPT_BITS = {4: 24, 6: 48}
"""Of a truncated address: enough to tell a network, too little to tell a household."""


def kept_ip(ip: str | None, keep: str) -> str | None:
    """The address as the form's ``keep_ip`` says: full, truncated to /24 and /48, or none."""
    if ip is None or keep == "none":
        return None
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return None
    if keep != "truncated":
        return str(address)
    mapped = getattr(address, "ipv4_mapped", None)  # of a server that listens on both: the person has no IPv6
    address = mapped or address
    return str(ipaddress.ip_network((address, KEPT_BITS[address.version]), strict=False).network_address)
