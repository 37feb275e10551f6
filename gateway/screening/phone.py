"""Phone numbers as far as plain reading goes: E.164 where sure, else as typed. No carrier or line-type lookup.

A number has a match key of its own, so that people who asked not to be called are remembered without their number.
"""

from collections.abc import Sequence
from functools import cache

from gateway.domain.address import MatchKeys
from gateway.domain.lead import Cell
from gateway.screening.reference import SCREENING, rows

_PUNCTUATION = b" \t().-/'"
_FOREIGN = str.maketrans("\u00a0\u202f\u00b7\u2010\u2011\u2012\u2013", "       ")  # no-break blanks, dots and hyphens
NANP = frozenset({"US", "CA", "PR", "GU", "VI", "AS", "MP", "BS", "BB", "JM", "TT", "BM", "DO"})
"""Countries of the North American Numbering Plan in which ten digits are a whole number."""
TRUNK_ZERO = frozenset({b"27", b"30", b"31", b"32", b"33", b"41", b"43", b"44", b"46", b"49", b"61", b"64"})
"""Country codes behind which no number begins with 0 (ITU-T E.164 has numbers without their trunk prefix)."""
SHORTEST, LONGEST = 8, 15  # digits of an international number, ITU-T E.164
LOCAL = 7  # fewer digits are no subscriber's number anywhere


def international(typed: str) -> str | None:
    """``+`` and digits for a number written with its country's code, else None."""
    return _international(_bare(typed))


def _international(text: bytes) -> str | None:
    digits = text[1:] if text[:1] == b"+" else text[2:] if text[:2] == b"00" else b""
    if digits[2:3] == b"0" and digits[:2] in TRUNK_ZERO:  # +49-030-...: the 0 belongs to the number without its code
        digits = digits[:2] + digits[3:]
    return "+" + digits.decode() if SHORTEST <= len(digits) <= LONGEST and digits.isdigit() else None


def e164(typed: str, country: str | None = None) -> str | None:
    """``+`` and digits, with the country's code; None where the number is none or the code is not sure.

    ``country``: where the person is; it gives ten digits of North America their 1.
    """
    number = _normalise(typed, country)
    return number if number is not None and number[:1] == "+" and number[1:].isdigit() else None


def match_form(number: str) -> str:
    """What is hashed of an E.164 number: its URI (RFC 3966), which no address's canonical form is like."""
    return "tel:" + number


def phone_key(number: str, match_keys: MatchKeys) -> bytes:
    """The match key of an E.164 number (``+15555550100``): 16 bytes under which the suppression list knows it."""
    return match_keys.key(match_form(number))


def _bare(typed: str) -> bytes:
    """Without the punctuation people write; empty where something else than ASCII is left. Bytes are quicker here."""
    text = typed if typed.isascii() else typed.translate(_FOREIGN)
    if "(0)" in text:  # +49 (0)30 ...: dialled within the country only
        text = text.replace("(0)", "")
    if not text.isascii():
        return b""
    return text.encode().translate(None, _PUNCTUATION).removeprefix(b"p:")  # "p:" is Meta's lead export


def country_of(number: str) -> str | None:
    """The country whose code an international number starts with; None where several share the code."""
    codes = _codes()
    return next((codes[number[1:end]] for end in range(8, 1, -1) if number[1:end] in codes), None)


@cache
def _codes() -> dict[str, str]:
    return {code: country for code, country in rows(SCREENING, "calling-codes.tsv")}  # noqa: C416 - typed as pairs


def normalise_all(phones: Sequence[Cell], countries: Sequence[str | None]) -> list[str | None]:
    """Numbers to keep, one per row; None where what was typed is no number (``4.28E+15`` by way of a spreadsheet)."""
    return [
        _normalise(phone, country) if isinstance(phone, str) and phone else None
        for phone, country in zip(phones, countries, strict=True)
    ]


def _normalise(typed: str, country: str | None) -> str | None:
    text = _bare(typed)
    if not text.isdigit() or text[:2] == b"00":
        return _international(text)
    if country in NANP:
        if len(text) == 10:  # noqa: PLR2004 - area code and number
            return "+1" + text.decode()
        if len(text) == 11 and text[:1] == b"1":  # noqa: PLR2004 - the same with the 1 in front
            return "+" + text.decode()
    return typed.strip() if LOCAL <= len(text) <= LONGEST else None
