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
_PASSING = re.compile(
    r"over (?:(?:the|its|his|her|allowed|disk|disc) )*quota|quota (?:\w+ )?(?:exceed|violation)"
    r"|exceed\w* (?:\S+ ){0,3}quota|(?:mail ?box|mail ?folder|inbox|account|quota|disk) (?:\w+ )?(?:is |was )?full\b"
    r"|full mailbox|boite .{0,20}pleine|(?:insufficient|not enough|not have enough) (?:disk |storage |system )*space"
    r"|disk space limit|storage allocation|(?:exceed\w*|maximum) .{0,20}(?:storage|receiving limit)|too much mail data"
    r"|too many messages (?:on|in)|\btemporar(?:y|il?y)\b|\btemporarly\b|try (?:it )?(?:again|later)",
    re.IGNORECASE,
)
"""Full, or to be tried later; also beside codes that say otherwise: ``user over quota (#5.1.1)`` of qmail-toaster."""
_FILTERED = re.compile(r"\b550 : user unknown|unknown user \S+@docomo\.ne\.jp .{0,20}end of data", re.IGNORECASE)
"""Japanese carriers' words where somebody takes mail of chosen domains only; one of nobody stands otherwise (au:
``550 <...>: User unknown``; docomo: in reply to RCPT)."""
_NAMES = re.compile(r"\S{1,64}@\S{1,253}")  # nobody's box is full for being called full@example.com
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
    mail or of whoever sent it, and the person may well be there. Words that say "full" or "later" outweigh any code.
    What is not understood is soft.
    """
    code = status_in(text) or status_in(status or "")
    if _is_passing(text):
        return "soft_bounce", code
    text = _NAMES.sub(" ", text)
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


def is_there(status: str | None, text: str) -> bool:
    """Whether the server's own code or words plainly say that somebody may be there, whatever a reporter calls it.

    For reporters that call a mailbox dead themselves: what their server did not say, or only in general, is theirs.
    """
    code = status_in(text) or status_in(status or "")
    if _is_passing(text):
        return True
    text = _NAMES.sub(" ", text)
    if code is None:
        reply = _REPLY.search(text)
        return (reply is not None and reply[1] == "4") or bool(_POLICY.search(text))
    group, subject, detail = (int(part) for part in code.split("."))
    if group == 5 and (subject, detail) in _NOBODY:  # noqa: PLR2004 - RFC 3463
        return (subject, detail) == (2, 1) and bool(_HURRY.search(text))
    if group == 5 and subject in {0, 1, 4, 5}:  # noqa: PLR2004 - neither the box, the mail nor a refusal by rules
        return bool(_POLICY.search(text)) and not _GONE.search(text)
    return group in {4, 5}


def _is_passing(text: str) -> bool:
    return bool(_PASSING.search(_NAMES.sub(" ", text)) or _FILTERED.search(text))
