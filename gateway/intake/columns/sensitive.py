"""Headings that name sensitive data: what the law protects most may not ride along unseen. The table is sensitive.tsv.

Only the headings are looked at, never the cells: that a list tells whose members are ill is known before any row is.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple


class _Phrases(NamedTuple):
    """The table, as patterns over folded headings."""

    within: re.Pattern[str]
    whole: frozenset[str]
    harmless: re.Pattern[str]


def sensitive(headings: Iterable[str]) -> tuple[str, ...]:
    """Those of the headings that name health, belief, union, politics, sexuality, origin, disability or genes."""
    return tuple(heading for heading in headings if _names_sensitive(heading))


def _names_sensitive(heading: str) -> bool:
    phrases, words = _phrases(), _words(heading)
    if not words:
        return False
    left = phrases.harmless.sub(" ", words)
    return left in phrases.whole or phrases.within.search(left) is not None


@cache
def _phrases() -> _Phrases:
    within: set[str] = set()
    whole: set[str] = set()
    harmless: set[str] = set()
    for line in Path(__file__).with_name("sensitive.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            phrase = line.split("\t")[0]
            into = {"=": whole, "-": harmless}.get(phrase[0], within)
            into.add(_words(phrase))
    return _Phrases(_any_of(within), frozenset(whole), _any_of(harmless))


def _any_of(phrases: set[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, phrases), key=len, reverse=True))})\b")


def _words(heading: str) -> str:
    """A heading's words without case, accents and punctuation; ``healthCondition`` is two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKD", heading))
    plain = "".join(sign for sign in apart if unicodedata.category(sign) != "Mn").casefold()
    return " ".join(re.findall(r"[^\W_]+", plain))
