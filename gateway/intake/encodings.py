"""The encodings a list may be declared to be in, under any of their names. No bytes are looked at here."""

import codecs
from difflib import get_close_matches

from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

ENCODINGS = frozenset({
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii",
    *(f"cp125{digit}" for digit in range(9)), "cp437", "cp850", "cp852", "cp866", "cp874", "cp932", "cp949", "cp950",
    *(f"iso8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)), "mac-roman", "mac-cyrillic", "koi8-r", "koi8-u",
    "gbk", "gb2312", "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr", "tis-620",
})  # fmt: skip
"""What may be declared: encodings of text, and none of Python's that run or unpack something."""

_COMMON = ("cp1252", "utf-8", "windows-1252", "latin-1")
"""Meant more often than what is spelt like them."""


def encoding_named(text: str) -> str:
    """The encoding somebody declared, as Python calls it. Raises CallerError for one that we do not read."""
    try:
        name = codecs.lookup(text.strip()).name
    except (LookupError, ValueError):
        name = ""
    name = "utf-8" if name == "utf-8-sig" else name
    if name in ENCODINGS:
        return name
    near = get_close_matches(text.strip().lower(), sorted(ENCODINGS | {"windows-1252", "latin-1"}), n=len(ENCODINGS))
    near.sort(key=lambda choice: choice not in _COMMON)
    message = phrase(
        "%(given)s is no encoding we read; Windows files are mostly cp1252, most others utf-8", given=repr(text)
    )
    raise CallerError([Problem("encoding_not_known", message, field="encoding", suggestion=near[0] if near else None)])
