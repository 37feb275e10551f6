"""Near-duplicates: wordings that say nearly the same, and word by word where they do not. Reads text, asks nobody."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from gateway.wordings.shelf import Shelved

LOOKED_AT = 300  # candidates of each kind; a page compares them all within milliseconds
SHOWN = 5
NEAR = 0.5  # of the words that either has, so many both have
MOST_WORDS = 2000  # difflib takes the product of both lengths where nothing is alike
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both have, that only this wording has (ins), or only the other one (del)."""

    kind: Literal["same", "ins", "del"]
    text: str


@dataclass(frozen=True, slots=True)
class Kin:
    """A wording that is near another one."""

    wording: Shelved
    likeness: float  # 0 to 1
    pieces: list[Piece]  # how one gets from it to the wording that is looked at


def find_kin(text: str, candidates: Iterable[Shelved]) -> list[Kin]:
    """The nearest of the candidates, those that stand nearest first."""
    words = Counter(_WORD.findall(text.casefold()))
    near = []
    for one in candidates:
        theirs = Counter(_WORD.findall(one.text.casefold()))
        either = (words | theirs).total()
        likeness = (words & theirs).total() / either if either else 0.0
        if likeness >= NEAR:
            near.append((likeness, one))
    near.sort(key=lambda found: (-found[0], found[1].digest))
    return [Kin(one, likeness, differences(one.text, text)) for likeness, one in near[:SHOWN]]


def differences(before: str, after: str) -> list[Piece]:
    """Word by word from one text to another; of very long ones the beginning."""
    old, new = before.split(" ")[:MOST_WORDS], after.split(" ")[:MOST_WORDS]
    pieces: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", " ".join(old[a:b])))
            continue
        if b > a:
            pieces.append(Piece("del", " ".join(old[a:b])))
        if d > c:
            pieces.append(Piece("ins", " ".join(new[c:d])))
    return pieces
