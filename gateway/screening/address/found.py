"""Addresses found in text that is more than an address: ``Ann <ann@example.com>``, ``mailto:``, quotes, separators."""

import re

from gateway.screening.address.syntax import normalise

# Whatever stands around an address in an export, a mail header or a note is no part of it.
_ADDRESS = re.compile(r"""(?:mailto:)?([^\s<>"',;:|()\[\]\\]+@[^\s<>"',;:|()\[\]\\@]+)""", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)+"@[^\s<>"\',;|()\[\]]+')


def find_addresses(text: str) -> list[str]:
    """Every address in a text, without what stands around it: <>, quotes, mailto:, separators."""
    quoted = [found for found in _QUOTED.findall(text) if normalise(found).problem == "none"]
    rest = _QUOTED.sub(" ", text) if quoted else text
    return quoted + [found.strip(".") for found in _ADDRESS.findall(rest)]
