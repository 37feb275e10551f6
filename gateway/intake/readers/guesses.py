"""Rows of a file under the encodings it is likely to be in, so that its uploader can see which one is right.

Nothing is decided here. A file of European text in bytes alone cannot say whether 0xE4 is an ä or a ń; people can.
"""

import codecs
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROWS = 10
READ = 1 << 20  # bytes looked at
LONGEST = 300  # characters shown of a row

_WEST = "äöüßéèêëçñáíóúàâãîïôõûùåæøÄÖÜÉÈÀÇÑÁÅØœ€\u2019\u2013ºª"
_CENTRE = "ąćęłńóśźżčďěňřšťúůýžáéíőűöüăâîșțşţäđĄĆŁŚŹŻČŘŠŽÁÉÍÓÖÜŐ€\u2019\u2013"
_CYRILLIC = "".join(map(chr, range(0x410, 0x450))) + "ёЁіїєґІЇЄҐ№"
_NORTH = "āčēģīķļņšūžąęėįųõäöüåæø"
LETTERS = {
    "cp1252": _WEST, "cp1250": _CENTRE, "cp1251": _CYRILLIC, "iso8859-15": _WEST, "iso8859-2": _CENTRE,
    "mac-roman": _WEST, "cp850": _WEST, "cp852": _CENTRE, "cp866": _CYRILLIC, "koi8-r": _CYRILLIC,
    "cp1254": _WEST + "ğışĞİŞ", "cp1257": _NORTH, "cp1253": "".join(map(chr, range(0x386, 0x3CF))),
    "cp1255": "".join(map(chr, range(0x5D0, 0x5EB))), "cp1256": "".join(map(chr, range(0x621, 0x64B))),
    "shift_jis": "", "euc_kr": "", "gbk": "", "big5": "",
}  # fmt: skip
"""What is offered, commoner first, and the letters that its languages write; of East Asian ones the script decides."""
_WIDE = {
    "shift_jis": ("HIRAGANA", "KATAKANA", "CJK"), "gbk": ("CJK",), "big5": ("CJK",), "euc_kr": ("HANGUL",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Guess:
    """An encoding and how some rows read under it."""

    encoding: str  # as Python calls it, and as --encoding and the manifest take it
    rows: tuple[str, ...]
    fits: float  # 0 to 1: how many of the letters beyond ASCII are such as its languages write
    undecodable: int  # bytes that mean nothing under it, in what was looked at


def preview_encodings(path: Path, *, rows: int = ROWS, at_most: int = 6) -> list[Guess]:
    """How a file reads under the likely encodings, the likeliest first; each with the same rows.

    For files that are neither marked nor UTF-8 nor UTF-16 (readers/encoding.py says encoding_unknown). Rows with
    letters beyond ASCII come first: the others read alike under all. Encodings under which all shown rows read the
    same are one choice; the commonest of them is offered.
    """
    with path.open("rb") as file:
        data = file.read(READ)
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if len(data) == READ:
        lines.pop()  # may be cut in the middle of a letter
    telling = [line for line in lines if not line.isascii()]
    plain = [line for line in lines if line.isascii() and line.strip()]
    shown = (telling[:rows] + plain)[:rows]
    sample = b"\n".join(telling)[:100_000]
    guesses = [_guess(name, shown, sample) for name in LETTERS]
    guesses.sort(key=lambda guess: -guess.fits)  # sort is stable: of equals the commoner comes first
    seen: set[tuple[str, ...]] = set()
    found = []
    for guess in guesses:
        if guess.rows not in seen:
            seen.add(guess.rows)
            found.append(guess)
    return found[:at_most]


def _guess(name: str, shown: list[bytes], sample: bytes) -> Guess:
    text = sample.decode(name, "replace")
    rows = tuple(line.decode(name, "replace")[:LONGEST] for line in shown)
    lost = 0
    decoder = codecs.getincrementaldecoder(name)
    try:
        decoder("strict").decode(sample, final=False)
    except UnicodeDecodeError:
        lost = text.count("\ufffd")
    return Guess(name, rows, _fit(name, text), lost)


def _fit(name: str, text: str) -> float:
    """How many of a text's letters beyond ASCII its languages write, less what could not stand where it stands."""
    beyond = [place for place, sign in enumerate(text) if sign > "\x7f"]
    if not beyond:
        return 0.0
    letters, scripts = set(LETTERS[name]), _WIDE.get(name)
    points = 0.0
    for place in beyond:
        sign = text[place]
        before, after = text[place - 1 : place], text[place + 1 : place + 2]
        if scripts is not None:
            good = unicodedata.name(sign, "").startswith(scripts)
            points += 1 if good and not (before.isascii() and before.isalpha()) else -1
        elif sign in letters:
            misplaced = sign.isupper() and before.islower()  # SchÄfer: no language writes so
            mixed = name in _NOT_LATIN and any(one.isascii() and one.isalpha() for one in (before, after))
            points += -1 if misplaced or mixed else 1
        elif not sign.isalnum() and not (before + after).strip():
            points += 0.5
        else:
            points -= 1
    per_letter = points / len(beyond)
    if scripts is not None and Counter(text[place] for place in beyond).most_common(1)[0][0] == "\ufffd":
        return 0.0
    return max(0.0, per_letter)


_NOT_LATIN = frozenset({"cp1251", "cp866", "koi8-r", "cp1253", "cp1255", "cp1256"})
