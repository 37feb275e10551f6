"""A notice's words in normal form: what makes two writings of them one wording, and what never stays in them.

Folded: compatibility forms of letters (NFKC), typographic quotes and dashes, marks that nobody sees, white space. Kept:
case, punctuation, dates, names and the address of a page, because "Privacy policy of 1 May" is another promise than
that of 1 June. Masked: what a form writes in for each person (an e-mail address, a telephone number, a network address,
the moment, a token, the query of a link). So the notices of one form are one wording, and no address is kept with it.
"""

import re
import unicodedata
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

LONGEST = 20_000
"""Characters that are kept of a text to be read; its digest is of all of them."""
DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)
_TYPOGRAPHY = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-",  # noqa: RUF001
})  # fmt: skip
_MASKED = re.compile(r"[@%]|://|www\.|\d\d|[0-9a-fA-F]{4}")  # else there is nothing to mask
_SIGNS = re.compile(r"""[^\s<>"'(),;]++""")  # an address with what clings to it
_MASKS = (
    (re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\w)"), "[network address]"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])"), "[network address]"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)(?!\w))?"),
     "[moment]"),
    (re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d\d?:\d\d(?::\d\d)?(?: ?[AaPp]\.?[Mm]\b)?"), "[moment]"),
    (re.compile(r"(?<!\w)(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{24,}+)(?!\w)"), "[token]"),
)  # fmt: skip
_DIGIT, _LONG = re.compile(r"\d"), re.compile(r"[0-9a-fA-F-]{24}")
FEW_DIGITS, NUMBER_DIGITS = 4, 7  # fewer make no network address or moment, and no telephone number
_NUMBER = re.compile(
    r"(?<![\d-])(\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{4})(?![\d-])|\+?\(?\d(?:[ ().\-/]{0,2}\d){6,}"
)
"""Seven digits and more, as telephone numbers are written; a day, which is the first group, stays."""


class Wording(NamedTuple):
    """A notice's words."""

    digest: str  # 32 hex digits of the SHA-256 of the normal form
    text: str  # the normal form, of at most LONGEST characters
    shown: str | None  # with its lines, where it had several


@lru_cache(maxsize=4096)
def wording_of(text: str) -> Wording | None:
    """The wording that somebody's words are; None for no words at all."""
    plain = text if text.isascii() else _plain(text)
    normal = _masked(" ".join(plain.split()))
    if not normal:
        return None
    digest = sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    lines = [line for one in plain.splitlines() if (line := _masked(" ".join(one.split())))]
    shown = _kept("\n".join(lines)) if len(lines) > 1 else None
    return Wording(digest, _kept(normal), shown)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY)
    return "".join(c for c in folded if unicodedata.category(c) not in {"Cf", "Cs"})


def _masked(text: str) -> str:
    if not _MASKED.search(text):
        return text
    if "://" in text or "www." in text.lower():
        text = " ".join(_without_query(word) for word in text.split(" "))
    if "@" in text or "%40" in text:
        text = _SIGNS.sub(_without_address, text)
    digits = len(_DIGIT.findall(text))
    if digits < FEW_DIGITS and ":" not in text and not _LONG.search(text):
        return text
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return _NUMBER.sub(lambda found: found[1] or "[number]", text) if digits >= NUMBER_DIGITS else text


def _without_query(word: str) -> str:
    """A link without what follows its page. Plain searches: a pattern takes the square of a long word's length."""
    folded = word.lower()
    start = max(folded.find("://"), folded.find("www."))
    ends = [place for sign in "?#" if (place := word.find(sign, start)) >= 0] if start >= 0 else []
    return f"{word[: min(ends)]}?[query]" if ends else word


def _without_address(found: re.Match[str]) -> str:
    signs = found[0]
    if "@" not in signs and "%40" not in signs:
        return signs
    return "[address]" + signs[len(signs.rstrip(".!?:")) :]


def _kept(text: str) -> str:
    return text.replace("\x00", "")[:LONGEST]  # PostgreSQL keeps no NUL
