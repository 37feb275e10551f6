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
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

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
TRUNK_ZERO = frozenset({"27", "30", "31", "32", "33", "41", "43", "44", "46", "49", "61", "64"})
"""Country codes behind which no number begins with 0 (ITU-T E.164 has numbers without their trunk prefix)."""
SHORTEST, LONGEST = 8, 15  # digits of an international number, ITU-T E.164
_AMERICAN = 10  # digits of area code and number
_SLICE = 500  # numbers read together: they stay in the processor's cache, and an odd one makes few others slow
LOCAL = 7  # fewer digits are no subscriber's number anywhere

_NORTH_AMERICAN = re.compile(r"1?([2-9][0-9]{2}[2-9][0-9]{6})")
"""Area code and exchange begin with 2 to 9 (NANPA); what does not is no number there, whatever its length."""
_WHOLE = re.compile(r"(\+?[0-9]{4,20})(?:(?:;ext=|ext|x|#)[0-9]{1,7})?", re.IGNORECASE)
"""Digits, and an extension that is no part of the number. Letters to dial (1-800-FLOWERS) and 4.28E+15 are neither."""


def international(typed: str) -> str | None:
    """``+`` and digits for a number written with its country's code, else None."""
    return _international(_bare(typed))


def _international(text: str) -> str | None:
    digits = text[1:] if text[:1] == "+" else text[2:] if text[:2] == "00" else ""
    if digits[2:3] == "0" and digits[:2] in TRUNK_ZERO:  # +49-030-...: the 0 belongs to the number without its code
        digits = digits[:2] + digits[3:]
    return "+" + digits if SHORTEST <= len(digits) <= LONGEST and digits.isdigit() else None


def e164(typed: str, country: str | None = None) -> str | None:
    """``+`` and digits, with the country's code; None where the number is none or the code is not sure.

    ``country``: where the person is, for a number without a code.
    """
    number = _normalise(typed, _bare(typed), country)
    return number if number is not None and number[:1] == "+" and number[1:].isdigit() else None


def match_form(number: str) -> str:
    """What is hashed of an E.164 number: its URI (RFC 3966), which no address's canonical form is like."""
    return "tel:" + number


def phone_key(number: str, match_keys: MatchKeys) -> bytes:
    """The match key of an E.164 number (``+15555550100``): 16 bytes under which the suppression list knows it."""
    return match_keys.key(match_form(number))


def _bare(typed: str) -> str:
    """Without the punctuation people write; empty where something else than ASCII is left."""
    text = typed
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_FOREIGN)
        if not text.isascii():
            return ""
    if "." in text and text[-2:] == ".0":  # a spreadsheet's or a data frame's number with a fraction
        text = text[:-2]
    if "(0)" in text:  # +49 (0)30 ...: dialled within the country only
        text = text.replace("(0)", "")
    return _unpunctuated(text).removeprefix("p:")  # "p:" is Meta's lead export


def country_of(number: str) -> str | None:
    """The country whose code an international number starts with; None where several share the code."""
    return _country_of(number[1:8])


@lru_cache(maxsize=10_000)  # a list names few beginnings
def _country_of(start: str) -> str | None:
    codes = _codes()
    return next((codes[start[:end]] for end in range(7, 0, -1) if start[:end] in codes), None)


@cache
def _codes() -> dict[str, str]:
    return {code: country for code, country in rows(SCREENING, "calling-codes.tsv")}  # noqa: C416 - typed as pairs


def normalise_all(phones: Sequence[Cell], countries: Sequence[str | None]) -> list[str | None]:
    """Numbers to keep, one per row; None where what was typed is no number (``4.28E+15`` by way of a spreadsheet)."""
    found: list[str | None] = []
    for start in range(0, len(phones), _SLICE):
        some = slice(start, start + _SLICE)
        found += _normalise_some(phones[some], countries[some])
    return found


def _normalise_some(phones: Sequence[Cell], countries: Sequence[str | None]) -> list[str | None]:
    typed = [phone if isinstance(phone, str) else "" for phone in phones]
    bare = _all_bare(typed)
    lengths, none = _plain().get, frozenset[int]()
    # Plain numbers are seen here already: a call for each would take longer than all the rest.
    if _are_digits(bare):
        return [
            text if len(text) in lengths(text[:5], none) else _normalise(one, text, country) if text else None
            for one, text, country in zip(typed, bare, countries, strict=True)
        ]
    return [
        text
        if len(text) in lengths(text[:5], none) and text[1:].isdigit()
        else _normalise(one, text, country) if text else None
        for one, text, country in zip(typed, bare, countries, strict=True)
    ]  # fmt: skip


def _are_digits(bare: list[str]) -> bool:
    """Whether each text is of ASCII digits and one plus at most: what begins like a number is digits to its end."""
    together = "\n".join(bare)
    if not together.isascii() or together.count("\n") >= len(bare):
        return False
    return set(together.encode().translate(None, b"0123456789").split(b"\n")) <= {b"", b"+"}


def _all_bare(typed: list[str]) -> list[str]:
    """``_bare`` of each, all at once where none needs more than that: a fifth of the time.

    ``typed``: one or more.
    """
    together = "\n".join(typed)
    if together.isascii() and together.count("\n") < len(typed) and "(0)" not in together:
        bare = _unpunctuated(together)
        if "p:" not in bare and ".0\n" not in together and together[-2:] != ".0":
            return bare.split("\n")
    return list(map(_bare, typed))


def _unpunctuated(text: str) -> str:
    return text.encode().translate(None, _PUNCTUATION).decode()


def _normalise(typed: str, text: str, country: str | None) -> str | None:
    """``text``: the typed number, bare."""
    if len(text) == _AMERICAN and country in NANP and text.isdigit() and text[0] > "1" < text[3]:
        return "+1" + text
    if len(text) in _plain().get(text[:5], ()) and text[1:].isdigit():
        return text
    if text[:2] == "00":
        text = "+" + text[2:]
    return _by_library(text, None) if text[:1] == "+" else _domestic(typed, text, country)


def _domestic(typed: str, text: str, country: str | None) -> str | None:
    """A number without its country's code: read as of the lead's country, else kept as typed."""
    whole = _WHOLE.fullmatch(text)
    if whole is None:
        return None
    digits = whole[1]
    if country in NANP:
        american = _NORTH_AMERICAN.fullmatch(digits)
        number = "+1" + american[1] if american else None
    else:
        number = None if country is None else _by_library(digits, country)
    return number or (typed.strip() if LOCAL <= len(digits) <= LONGEST else None)


def _by_library(text: str, country: str | None) -> str | None:
    """E.164 as the library has it; None for what is not possible, or not valid where the country was not written."""
    import phonenumbers

    found = _WHOLE.fullmatch(text)
    if found is None:
        return None
    try:
        number = phonenumbers.parse(found[1], country)
    except phonenumbers.NumberParseException:
        return None
    if country is None:
        sure = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    else:
        sure = phonenumbers.is_valid_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if sure else None


@cache
def _plain() -> dict[str, frozenset[int]]:
    """``+`` and the first four digits -> how many signs a number with them may have for the library to leave it."""
    found: dict[str, frozenset[int]] = {}
    for code, lengths, firsts in rows(SCREENING, "plain-phones.tsv"):
        sizes = frozenset(1 + len(code) + int(length) for length in lengths.split(","))
        for first in firsts:
            found |= dict.fromkeys(("+" + start for start in _four_digits(code + first)), sizes)
    return found


def _four_digits(start: str) -> Iterator[str]:
    """All of four digits that begin so."""
    rest = 4 - len(start)
    return (f"{start}{tail:0{rest}d}" for tail in range(10**rest)) if rest else iter([start])
