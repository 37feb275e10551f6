"""Addresses compared: the canonical form and its keyed hash. Never used for sending, never to rewrite."""

import hmac
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import sha256

UNSEEN = frozenset(
    chr(point)
    for span in (
        (0xAD, 0xAE), (0x34F, 0x350), (0x61C, 0x61D), (0x115F, 0x1161), (0x17B4, 0x17B6), (0x180B, 0x1810),
        (0x200B, 0x2010), (0x202A, 0x202F), (0x2060, 0x2070), (0x3164, 0x3165), (0xFE00, 0xFE10), (0xFEFF, 0xFF00),
        (0xFFA0, 0xFFA1), (0xE0000, 0xE1000),
    )
    for point in range(*span)
)  # fmt: skip
"""Default_Ignorable_Code_Point of the Unicode Character Database: letters that leave no mark."""
GMAIL = frozenset({"gmail.com", "googlemail.com"})
YAHOO = frozenset({"yahoo.com", "ymail.com", "rocketmail.com"})  # disposable names: base-keyword@


def canonical(local: str, ascii_domain: str) -> str:
    """The form under which two addresses are the same mailbox.

    Case is folded and a +tag dropped for every domain; Gmail's dots and Yahoo's -keyword are provider facts
    (no standard; only for duplicates and suppression). ``local`` is NFC, ``ascii_domain`` an A-label.
    """
    domain = ascii_domain.lower().rstrip(".")
    name = local.strip('"').casefold() if local[:1] == '"' else local.casefold()
    if not name.isascii():  # full-width forms and letters nobody sees are the same mailbox to whoever left
        name = "".join(c for c in unicodedata.normalize("NFKC", name) if c not in UNSEEN).casefold()
    name = name.lstrip("'") or name  # a spreadsheet's guard against formulas
    tag = name.find("+")
    if tag > 0:
        name = name[:tag]
    return mailbox(name, domain)


def mailbox(name: str, domain: str) -> str:
    """Which mailbox a folded local part without its tag means at a domain (A-label in lower case)."""
    if domain in GMAIL:
        return name.replace(".", "") + "@gmail.com"
    if domain in YAHOO and name.find("-") > 0:
        name = name[: name.find("-")]
    return name + "@" + domain


def rough(text: str) -> str:
    """A canonical form for text that is no valid address, so that even a mistyped opt-out is remembered."""
    local, at, domain = text.strip().rpartition("@")
    return canonical(local, domain) if at and local else text.strip().casefold()


class MatchKeys:
    """Makes match keys: HMAC-SHA-256 of the canonical form, cut to 16 bytes, under a key kept outside the database.

    Unkeyed hashes of addresses are guessable; with the key apart, the database alone names nobody.

    ``former``: the secrets of before, the oldest first. A key under a newer secret is the keyed hash of the key under
    the one before, so that keys can be renewed by whoever knows no address (docs/decisions/0015-chained-keys.md).
    """

    def __init__(self, secret: bytes, former: Sequence[bytes] = ()) -> None:
        first, *later = (*former, secret)
        self._first = _Hash(first, b"gateway match key v1")
        self._later = [Renewal(one) for one in later]

    def key(self, canonical_form: str) -> bytes:
        """16 bytes for one canonical form."""
        return self.keys([canonical_form])[0]

    def keys(self, canonical_forms: Iterable[str]) -> list[bytes]:
        """The same keys for many forms."""
        made = self._first.of(_encoded(list(canonical_forms)))
        for renewal in self._later:
            made = renewal.of(made)
        return made


def _encoded(texts: list[str]) -> list[bytes]:
    try:
        return list(map(str.encode, texts))
    except UnicodeEncodeError:  # a lone surrogate stands for a byte that could not be decoded
        return [text.encode("utf-8", "surrogatepass") for text in texts]


class _Hash:
    """HMAC-SHA-256 cut to 16 bytes: its two halves are prepared once, which is four times as fast as hmac.digest."""

    def __init__(self, secret: bytes, purpose: bytes) -> None:
        if len(secret) < 16:  # noqa: PLR2004 - 128 bits, the floor of any keyed hash
            raise ValueError("the match key's secret needs at least 16 bytes")
        block = hmac.digest(secret, purpose, sha256).ljust(64, b"\0")  # SHA-256's block; RFC 2104 names the two masks
        self._inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def of(self, texts: Iterable[bytes]) -> list[bytes]:
        """16 bytes for each."""
        inner, outer, made = self._inner.copy, self._outer.copy, []
        for text in texts:
            first, second = inner(), outer()
            first.update(text)
            second.update(first.digest())
            made.append(second.digest()[:16])
        return made


class Renewal(_Hash):
    """Match keys under one more secret, made of those under the secrets before it."""

    def __init__(self, secret: bytes) -> None:
        super().__init__(secret, b"gateway match key renewed v1")
