"""Phone numbers in E.164 where sure, else as typed. No carrier or line-type lookup, and no number is called.

A number has a match key of its own, so that people who asked not to be called are remembered without their number.

phonenumbers (Google's libphonenumber) is the judge. It costs 15 us a number and 0.3 s to load, so numbers that it
leaves as they are take a short cut: data/plain-phones.tsv has, out of the library's own metadata, which first digits
behind a country's code begin no national prefix, and which lengths are possible. Everything else goes to the library.

Written with its country's code, a number has to be *possible* (its length fits its country): the library's lists of
assigned ranges age, and a number that somebody asked us not to call must be known even in a range opened yesterday.
Without a code the country is the lead's, which may be wrong, so there a number has to be *valid* in that country.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from gateway.domain.address import MatchKeys
from gateway.domain.lead import Cell
from gateway.screening.reference import SCREENING, rows

_PUNCTUATION = b" \t().-/'"
_FOREIGN = str.maketrans(
    dict.fromkeys("\u00a0\u202f\u00b7\u2010\u2011\u2012\u2013\u200b\u200e\u200f\u202a\u202c\ufeff", " ")
)
"""No-break and zero-width blanks, marks of direction, dots and hyphens."""
NANP = frozenset({"US", "CA", "PR", "GU", "VI", "AS", "MP", "BS", "BB", "JM", "TT", "BM", "DO"})
"""Countries of the North American Numbering Plan in which ten digits are a whole number."""
TRUNK_ZERO = frozenset({b"27", b"30", b"31", b"32", b"33", b"41", b"43", b"44", b"46", b"49", b"61", b"64"})
"""Country codes behind which no number begins with 0 (ITU-T E.164 has numbers without their trunk prefix)."""
SHORTEST, LONGEST = 8, 15  # digits of an international number, ITU-T E.164
_ONE = ord("1")
_AMERICAN = 10  # digits of area code and number
LOCAL = 7  # fewer digits are no subscriber's number anywhere

_NORTH_AMERICAN = re.compile(rb"1?([2-9][0-9]{2}[2-9][0-9]{6})")
"""Area code and exchange begin with 2 to 9 (NANPA); what does not is no number there, whatever its length."""
_WHOLE = re.compile(rb"(\+?[0-9]{4,20})(?:(?:;ext=|ext|x|#)[0-9]{1,7})?", re.IGNORECASE)
"""Digits, and an extension that is no part of the number. Letters to dial (1-800-FLOWERS) and 4.28E+15 are neither."""


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

    ``country``: where the person is, for a number without a code.
    """
    number = _normalise(typed, country, _plain())
    return number if number is not None and number[:1] == "+" and number[1:].isdigit() else None


def match_form(number: str) -> str:
    """What is hashed of an E.164 number: its URI (RFC 3966), which no address's canonical form is like."""
    return "tel:" + number


def phone_key(number: str, match_keys: MatchKeys) -> bytes:
    """The match key of an E.164 number (``+15555550100``): 16 bytes under which the suppression list knows it."""
    return match_keys.key(match_form(number))


def _bare(typed: str) -> bytes:
    """Without the punctuation people write; empty where something else than ASCII is left. Bytes are quicker here."""
    text = typed
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_FOREIGN)
        if not text.isascii():
            return b""
    if "." in text and text[-2:] == ".0":  # a spreadsheet's or a data frame's number with a fraction
        text = text[:-2]
    if "(0)" in text:  # +49 (0)30 ...: dialled within the country only
        text = text.replace("(0)", "")
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
    plain = _plain()
    return [
        _normalise(phone, country, plain) if isinstance(phone, str) and phone else None
        for phone, country in zip(phones, countries, strict=True)
    ]


def _normalise(typed: str, country: str | None, plain: Mapping[bytes, frozenset[int]]) -> str | None:
    text = _bare(typed)
    if len(text) == _AMERICAN and country in NANP and text.isdigit() and text[0] > _ONE < text[3]:
        return "+1" + text.decode()
    lengths = plain.get(text[:5])
    if lengths is not None and len(text) in lengths and text[1:].isdigit():
        return text.decode()
    if text[:2] == b"00":
        text = b"+" + text[2:]
    return _by_library(text, None) if text[:1] == b"+" else _domestic(typed, text, country)


def _domestic(typed: str, text: bytes, country: str | None) -> str | None:
    """A number without its country's code: read as of the lead's country, else kept as typed."""
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return None
    digits = whole[1]
    if country in NANP:
        american = _NORTH_AMERICAN.fullmatch(digits)
        number = "+1" + american[1].decode() if american else None
    else:
        number = None if country is None else _by_library(digits, country)
    return number or (typed.strip() if LOCAL <= len(digits) <= LONGEST else None)


def _by_library(text: bytes, country: str | None) -> str | None:
    """E.164 as the library has it; None for what is not possible, or not valid where the country was not written."""
    import phonenumbers

    found = _WHOLE.fullmatch(text)
    if found is None:
        return None
    try:
        number = phonenumbers.parse(found[1].decode(), country)
    except phonenumbers.NumberParseException:
        return None
    if country is None:
        sure = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    else:
        sure = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if sure else None


@cache
def _plain() -> dict[bytes, frozenset[int]]:
    """``+`` and the first four digits -> how many signs a number with them may have for the library to leave it."""
    found: dict[bytes, frozenset[int]] = {}
    for code, lengths, firsts in rows(SCREENING, "plain-phones.tsv"):
        sizes = frozenset(1 + len(code) + int(length) for length in lengths.split(","))
        for first in firsts:
            found |= dict.fromkeys((b"+%b" % start for start in _four_digits(code + first)), sizes)
    return found


def _four_digits(start: str) -> Iterator[bytes]:
    """All of four digits that begin so."""
    rest = 4 - len(start)
    return (f"{start}{tail:0{rest}d}".encode() for tail in range(10**rest)) if rest else iter([start.encode()])
