"""Headings that nobody taught us and that speak of leaving: read on the strict side, and said so.

A table of headings is never whole. A column that is called ``UNSUB_DT`` or ``FED_DNE`` and is passed over makes
prospects of people who left, which is the worst that an import can do; one that is read and meant something else
refuses people by name of the column, and a line of the manifest mends it.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from gateway.intake.columns.about import is_of_something_else
from gateway.intake.columns.against import SIGNS, words_of
from gateway.intake.columns.sentences import says_no

_BEGIN = (
    "unsub", "optout", "optedout", "suppress", "complain", "blocklist", "blacklist", "bounce", "undeliverab", "revok",
    "revoc", "withdr", "remove", "removal", "delete", "erase", "erasure", "forgotten", "exclude", "litigat", "deceased",
    "spamtrap", "abgemeld", "abmeld", "abbestell", "widerruf", "widerspr", "gesperrt", "sperr", "desabonn", "desinscri",
    "desuscri", "disiscri", "descadastr", "uitgeschr", "afgemeld", "afmeld", "wypisan", "rezygn", "avregistr",
    "avanmal", "odhlas", "leiratk", "dezabon", "отпис", "отказ", "отозван",
)  # fmt: skip
"""How a word begins that says: this person left, or may not be written to."""
_INSIDE = ("sperr", "widerspr", "widerruf", "kielto", "denylist", "blacklist", "blocklist", "optout", "unsubscri")
"""The same within a word: ``Mailsperre``, ``Markkinointikielto``, ``isUnsubscribed``."""
_OF_MAIL = ("unsub", "optout", "suppress", "abmeld", "abgemeld", "desabonn", "desinscri", "dne", "dnm")
"""Of these words nothing else is said: ``Application form: unsubscribed``."""
_WORDS = frozenset({"dne", "dnm", "dnc", "dnd", "stop", "stopped", "baja", "bajas", "objection", "objected"})
_PAIRS = frozenset({
    ("opt", "out"), ("opt", "outs"), ("opts", "out"), ("opted", "out"), ("opting", "out"), ("do", "not"),
    ("dont", "email"),
    ("dont", "mail"), ("dont", "contact"), ("no", "email"), ("no", "emails"), ("no", "mail"), ("no", "contact"),
    ("no", "marketing"), ("no", "longer"), ("deny", "list"), ("email", "disabled"), ("mail", "disabled"),
    ("invalid", "email"), ("should", "forget"), ("marked", "as"), ("marked", "email"), ("reported", "spam"),
    ("keine", "werbung"), ("keine", "mail"), ("keine", "mails"), ("ne", "pas"), ("no", "enviar"),
})  # fmt: skip
_ABOUT = frozenset({
    "url", "urls", "uri", "link", "links", "href", "page", "mechanism", "method", "instructions", "wording", "text",
    "footer", "header", "rate", "percent", "soft", "label",
})  # fmt: skip
"""Words by which a heading speaks of how one leaves, or of numbers of mails, not of whether this person did."""
_UNDOES = frozenset({
    "not", "never", "checked", "against", "scrubbed", "scrub", "screened", "clean", "cleaned", "cleared", "passed",
    "removed", "without", "verified", "ok", "nicht", "pas", "sin",
})  # fmt: skip
"""Words that may turn it round: ``suppression_checked``, ``dnc_scrubbed``, ``never_unsubscribed``."""
_PERSON = frozenset({"i", "you", "we", "ich", "wir", "sie", "je", "vous", "nous", "yo", "puedo", "puede", "io"})
_SENTENCE = 6  # words
_CALLS = frozenset({"phone", "call", "calls", "sms", "texts", "mobile", "cell", "voice", "tel", "telefon"})
_SALE = frozenset({"sale", "sell", "selling", "share", "sharing", "ccpa", "cpra"})


_TO_EDITORS = re.compile(
    r"\b(?:do not|don'?t) (?:modify|edit|change|delete|remove|touch|use|import|sort)\b", re.IGNORECASE
)
"""What the head of a column asks of whoever opens it: ``(Do Not Modify) Row Checksum`` in exports of Dynamics."""


def refusals_in(heading: str) -> tuple[tuple[str, ...], bool]:
    """The uses of a heading that speaks of leaving, none of any other; and whether it also says the opposite."""
    words = words_of(_TO_EDITORS.sub(" ", heading).replace("'", "").replace("\u2019", ""))  # don't
    saying = {word for word in words if word in _WORDS or word.startswith(_BEGIN) or _inside(word)}
    saying |= {word for pair in pairwise(words) if pair in _PAIRS for word in pair}
    if not saying and not any(sign in heading for sign in SIGNS):
        return (), False
    if not _ABOUT.isdisjoint(words) or words == ["list", "unsubscribe"]:  # RFC 2369: the header that holds the link
        return (), False
    if len(words) >= _SENTENCE and not _PERSON.isdisjoint(words) and (no := says_no(heading)) is not True:
        return (), no is None  # a whole sentence: "I agree to get mail and can unsubscribe at any time"
    rest = [word for word in words if word not in saying]
    if (is_of_something_else(rest) and not any(word.startswith(_OF_MAIL) for word in saying)) or words == [
        "withdrawals"
    ]:
        return (), False
    if not _UNDOES.isdisjoint(rest):
        return (), True
    by = refusal_by(rest)
    return ("stop", "do_not_call") if "dnc" in saying and by == ("stop",) else by, False


def _inside(word: str) -> bool:
    return any(part in word for part in _INSIDE)


def refusal_by(words: Sequence[str]) -> tuple[str, ...]:
    """What a refusal under these words of a heading is about: calls, the sale of data, or mail."""
    if not _CALLS.isdisjoint(words):
        return ("do_not_call",)
    return ("stop",) if _SALE.isdisjoint(words) else ("no_sale",)
