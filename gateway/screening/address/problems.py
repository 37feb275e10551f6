"""The one place where email-validator's complaints become our codes (``address.problem`` in the catalogue of facts).

The library words its complaints in English and gives no codes, so its words are matched. A test reads the library's
source and fails when it has a complaint that no pattern here knows.
"""

import ipaddress
import re

UNKNOWN_COMPLAINT = "bad_characters"
"""For words that no pattern knows: something is wrong with it, and that is all we can say."""

_WORDS = {
    "no_at": r"must have an @-sign|instead of a regular at-sign",
    "no_local_part": r"must be something before the @-sign",
    "no_domain": r"must be something after the @-sign",
    "local_part_too_long": r"too long before the @-sign",
    "too_long": r"email address is too long",
    "special_use": r"special-use or reserved",
    "domain_without_dot": r"should have a period",
    "ip_address": r"bracketed IP address|address in brackets|domain literal",
    "bad_characters": r"[Dd]isplay name|open angle bracket|can't be anything after|unsafe characters|"
    r"an invalid character\.|not valid ASCII",
    "bad_local_part": r"after close quote|before the @-sign|cannot start with a|Quoting the part before",
    "bad_domain": r"after the @-sign|After the @-sign|cannot end with a|period and a hyphen next",
}
"""Words of a complaint for each code; the first that fits is it, so the narrow ones stand before the wide ones."""
_PATTERNS = tuple((code, re.compile(words)) for code, words in _WORDS.items())
_EITHER_SIDE = "two periods in a row"


def code_of(complaint: str, text: str) -> str:
    """Our code for what the library says of ``text``."""
    if _EITHER_SIDE in complaint:  # the library looks before the @ first
        return "bad_local_part" if ".." in text.partition("@")[0] else "bad_domain"
    for code, pattern in _PATTERNS:
        if pattern.search(complaint):
            return "ip_address" if code == "bad_domain" and _is_bare_ip(text) else code
    return UNKNOWN_COMPLAINT


def _is_bare_ip(text: str) -> bool:
    """Whether an IP address without brackets stands where the domain should."""
    try:
        ipaddress.ip_address(text.rpartition("@")[2])
    except ValueError:
        return False
    return True
