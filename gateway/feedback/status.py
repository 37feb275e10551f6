"""What a mail server's refusal says of the person: that there is nobody, or only that this mail did not arrive."""

import re

from gateway.feedback.event import Kind

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?=[ -]|$)")
_NOBODY = frozenset({(1, 0), (1, 1), (1, 2), (1, 3), (1, 4), (1, 6), (1, 10), (2, 1)})
"""Subject and detail of permanent failures that are about the mailbox: it is not there, moved away or shut.

The rest of X.1 is about the sender's address (X.1.7, X.1.8) or the server.
"""
_UNSAID = frozenset({(0, 0), (1, 0), (3, 0), (4, 0), (4, 1), (4, 4), (5, 0)})
"""Codes that servers also give for want of a better one; the words beside them decide."""
_WHO = "(?:user|recipient|mailbox|account|address)"
_GONE = re.compile(
    rf"{_WHO}s?(?: name)? (?:is |was )?(?:unknown|not (?:found|known|exist\w*)|invalid|disabled|inactive)"
    rf"|(?:unknown|invalid|no such|non-?existent|nonexisting|inactive|disabled) (?:\w+ )?(?:{_WHO}|person)"
    r"|does(?: not|n't) exist|recipientnotfound|no mailbox here|not a valid (?:user|mailbox|recipient)"
    rf"|{_WHO} (?:has been )?(?:disabled|closed|deleted)|doesn't have an? \S+ account"
    r"|couldn't be found|could not be found|unable to find (?:the )?(?:recipient|user)"
    r"|(?:host or )?domain (?:name )?(?:not found|unknown|does not exist)|host unknown|no such domain",
    re.IGNORECASE,
)
_POLICY = re.compile(
    r"\b(?:spam|junk|blocked?|blocklist|blacklist\w*|denylist|dnsbl|rbl|spf|dkim|dmarc|reputation|policy|polic(?:y|ies)"
    r"|access denied|not permitted|not allowed|unsolicited|greylist\w*|rate|too (?:many|quickly)|throttl\w+|over quota"
    r"|quota|full|too (?:large|big))\b",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"tim(?:ed )?e?[ -]?out|retry|quota|mailbox (?:is )?full|reject|refused|deferred|undeliver|not be delivered",
    re.IGNORECASE,
)
_HURRY = re.compile(r"at a rate|too quickly|rate limit", re.IGNORECASE)  # Gmail's 5.2.1 for somebody who gets much mail


def status_in(text: str) -> str | None:
    """The first enhanced status code (RFC 3463) in a text."""
    found = _ENHANCED.search(text)
    return None if found is None else ".".join(found.groups())


def is_failure(text: str) -> bool:
    """Whether a text reads like a server's refusal at all."""
    found = _ENHANCED.search(text)
    if found is not None:
        return found[1] != "2"
    return bool(_REPLY.search(text) or _GONE.search(text) or _FAILED.search(text))


def classify(status: str | None, text: str) -> tuple[Kind, str | None]:
    """Hard or soft, and the code that says so. ``status``: the report's own; ``text``: the server's words.

    The server's own code outweighs the report's, which is often the general 5.0.0. Hard only where the code, or a
    code that says nothing and the words, mean this mailbox: 4.x.x passes, 5.2.2 is full, 5.7.x is a refusal of the
    mail or of whoever sent it, and the person may well be there. What is not understood is soft.
    """
    code = status_in(text) or status_in(status or "")
    if code is None:
        reply = _REPLY.search(text)
        permanent = reply is None or reply[1] == "5"
        return _by_words(text) if permanent else "soft_bounce", None
    group, subject, detail = (int(part) for part in code.split("."))
    if group != 5:  # noqa: PLR2004 - RFC 3463: 5 is a permanent failure
        return "soft_bounce", code
    if (subject, detail) in _UNSAID:
        kind = _by_words(text)
        return ("hard_bounce" if (subject, detail) == (1, 0) and not _POLICY.search(text) else kind), code
    if (subject, detail) == (2, 1) and _HURRY.search(text):
        return "soft_bounce", code
    return "hard_bounce" if (subject, detail) in _NOBODY else "soft_bounce", code


def _by_words(text: str) -> Kind:
    return "hard_bounce" if _GONE.search(text) and not _POLICY.search(text) else "soft_bounce"
