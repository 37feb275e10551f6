"""The known headings and how two headings are compared. The table is headings.tsv; nothing is mapped here."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path

from gateway.domain.lead import FIELDS

REFUSALS = ("stop", "no_sale", "do_not_call")
"""Fields in which a row refuses something; an answer nobody can read counts as a refusal."""
ADDRESSES = ("email", "other_emails")
MERGED = (*ADDRESSES, *REFUSALS, "is_test")
"""Fields that several columns may feed: the first address and all others; any refusal; any sign of a test."""

INSTANTS = tuple(name for name, kind in FIELDS.items() if kind.__name__ == "datetime")
HALVES = tuple(f"{name}.{half}" for name in INSTANTS for half in ("date", "time"))
STOPS = ("stop", "stop.filled", "stop.status", "stop.wanted")
READINGS = ("phone.coded", "is_test.id")
"""Ways to read a field's cells that are not the usual one."""
USES = frozenset((*FIELDS, *HALVES, *STOPS, *READINGS, "kept"))
"""What a column may be used for, besides the cautions."""

CAUTIONS = {
    "deliverability": "whether mail arrives, not whether the person agreed",
    "label": "the sending service's own label, no record of what the person did",
    "billing": "a billing flag",
    "basis": "a legal basis, no record of a yes",
    "notice": "when the person was told, not that the person agreed",
    "rating": "reading habits",
    "stage": "the seller's view of the person, not the person's word",
    "created": "when the record was made, not when the person acted",
    "phone_consent": "calls and texts, not e-mail",
}
"""What a column that looks like consent, and is not taken for it, says instead."""

_SHORT = {
    "dt": "date", "ts": "timestamp", "tm": "time", "nbr": "number", "num": "number", "addr": "address", "cd": "code",
    "src": "source", "ctry": "country", "cntry": "country", "ip4": "ip", "cert": "certificate", "lang": "language",
    "reg": "registration", "yn": "", "flg": "", "flag": "",
}  # fmt: skip
"""How databases shorten the words of their columns."""

Uses = dict[str, tuple[str, ...]]


def fold(heading: str) -> str:
    """A heading without case, accents, spaces and punctuation: what its spellings have in common."""
    plain = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def uses_of(heading: str) -> tuple[str, ...]:
    """What a column of this heading may be used for; nothing for a heading we do not know.

    Word for word first: "Lead ID" is a system's own number, "LeadiD" is Jornaya's token.
    """
    by_words, by_fold = known_headings()
    found = by_words.get(_words(heading)) or by_fold.get(fold(heading))
    return found or by_fold.get(fold(_written_out(heading)), ())


def digest_of(headings: Sequence[str]) -> str:
    """By what a vendor's later file is known to have the same headings: a SHA-256 of their folded forms, hex."""
    return sha256("\x1f".join(map(fold, headings)).encode()).hexdigest()


def names_address(heading: str) -> bool:
    """Whether the heading is that of a column of addresses."""
    return "email" in uses_of(heading)


@cache
def known_headings() -> tuple[Uses, Uses]:
    """The uses of every known heading, by its words and folded."""
    by_words: Uses = {}
    by_fold: Uses = {}
    for line in Path(__file__).with_name("headings.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            heading, use = line.split("\t")
            for found, form in ((by_words, _words(heading)), (by_fold, fold(heading))):
                found[form] = (*found.get(form, ()), use)
    return by_words, by_fold


def _written_out(heading: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in _words(heading).split())


def _words(heading: str) -> str:
    return " ".join(re.split(r"[\s_-]+", heading.strip().casefold()))
