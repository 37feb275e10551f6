"""How an address is written: valid or not and why, its normal form, its form for comparing. No network, no kinds.

email-validator (strict) is the judge. Asking it costs about 25 us an address, most of that for the domain, so plain
addresses take a short cut that accepts only what the library provably accepts: each domain is judged once, and a local
part in plain ASCII dot-atom form (RFC 5322 3.2.3) needs one regular expression. Everything else goes to the library.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import compress, repeat
from operator import add, not_
from typing import NamedTuple

import email_validator
from email_validator import EmailNotValidError, ValidatedEmail, validate_email

from gateway.domain.address import GMAIL, UNSEEN, YAHOO, canonical, mailbox, rough
from gateway.screening.address.problems import code_of
from gateway.screening.reference import ADDRESS, names, suffixes

KNOWN_VERSION = "2.4.0"
KNOWN_SPECIAL_USE = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})


def is_known_library() -> bool:
    """Whether the installed email-validator is the one that the short cut was compared with."""
    special = frozenset(email_validator.SPECIAL_USE_DOMAIN_NAMES)
    return email_validator.__version__ == KNOWN_VERSION and special == KNOWN_SPECIAL_USE


SHORT_CUT = is_known_library()
"""False sends every address to the library: slower, never wrong. Looked at once, at start-up."""

ZERO_WIDTH = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
BLANKS = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + ZERO_WIDTH
"""What copying and spreadsheets leave around an address: blanks of all kinds, no-break and zero-width spaces."""

_ATEXT = r"[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]"
_SHAPE = bytes(sign if sign in b".@" else ord("a") if re.match(_ATEXT, chr(sign)) else ord("!") for sign in range(256))
"""What each octet of a local part counts as: a letter of a dot-atom, a dot, or something else."""
_WRONG = (b"!", b"..", b"@.", b".@", b"@@")
"""What no plain local part has, each with an @ around it: two dots, one at an end, nothing, another sign."""
LONGEST_LOCAL = 64  # RFC 5321 4.5.3.1.1
_printable = re.compile(r"[ !#-;=?A-\[\]-~]*").fullmatch
"""ASCII without the signs that could make it a quoted or a displayed name. Of these texts only plain ones are valid."""
_latin = re.compile(
    rf"(?!.{{65}}){_ATEXT[:-1]}\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f]+"
    rf"(?:\.{_ATEXT[:-1]}\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f]+)*"
).fullmatch
"""A dot-atom with letters of Latin-1 and Latin Extended-A, of two octets each: as the library takes them (RFC 6531)."""
_plain_domain = re.compile(
    r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z])?"
).fullmatch
SHORT = 150
"""Longer texts go to the library, which counts octets in three forms (limit 254, RFC 3696 erratum 1690)."""
SHORT_DOMAIN = SHORT - 66
"""With 64 octets before the @ and a dot behind it, the text is short whatever stands before the domain."""
MOST_DOMAINS = 200_000
SLICE = 1_000
"""Addresses read together: their parts stay in the processor's cache."""
HOPELESS = 1000
"""The library refuses anything above 254 octets; it need not read a megabyte to do so."""

_FOLDED = frozenset(".-")
"""What the rules of those providers look for in a local part (domain/address.py)."""

RFC_2142 = frozenset(
    {
        "info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster", "usenet",
        "news", "webmaster", "www", "uucp", "ftp",
    }
)  # fmt: skip
"""Local parts that are the same in any case; the library writes them in lower case, and so does the short cut."""


class Address(NamedTuple):
    """One address after reading it."""

    normalised: str | None  # for sending; None where not valid
    local: str  # of the normal form; empty where not valid
    ascii_domain: str | None  # A-label, lower case
    problem: str  # "none", or the code of what is wrong
    comparable: str | None  # canonical form to make a match key of; None where there is no text


@dataclass(slots=True)
class Addresses:
    """Addresses in columns, one cell per row; as in Address, but ``base`` is the local part in lower case, no +tag."""

    normalised: list[str | None]
    base: list[str]
    domain: list[str | None]
    problem: list[str]
    comparable: list[str | None]


class Domain(NamedTuple):
    """What is known of a domain as typed, once per batch."""

    name: str  # A-label, or as typed where not valid
    shown: str  # with letters of all scripts
    problem: str
    is_plain: bool  # valid, and so short that no plain local part makes the address too long for the short cut
    shown_after: str = ""  # what stands behind a plain local part in the normal form; empty where it is as typed
    known_after: str = "@"  # and in the form to compare
    folds: bool = False  # its provider folds addresses by rules of its own


def normalise(text: str | None) -> Address:
    """Read one address."""
    found = normalise_all([text])
    normalised = found.normalised[0]
    local = normalised.rpartition("@")[0] if normalised else ""
    return Address(normalised, local, found.domain[0], found.problem[0], found.comparable[0])


def normalise_all(texts: Sequence[str | None]) -> Addresses:
    """Read many addresses, one cell per row."""
    out = Addresses([], [], [], [], [])
    for start in range(0, len(texts), SLICE):
        some = _read_some(texts[start : start + SLICE])
        out.normalised += some.normalised
        out.base += some.base
        out.domain += some.domain
        out.problem += some.problem
        out.comparable += some.comparable
    return out


def _read_some(texts: Sequence[str | None]) -> Addresses:
    """Read a slice; each distinct domain is judged once.

    Every row is first written down as if the short cut held for it; the rows for which it does not are written again.
    """
    if not texts:
        return Addresses([], [], [], [], [])
    trimmed = _trimmed(texts)
    locals_, _, typed = zip(*map(str.partition, trimmed, repeat("@")), strict=True)
    lower = list(map(str.lower, locals_))
    together = "@".join(lower)
    bases = lower
    if "+" in together or "'" in together:
        bases = [_base(local) if "+" in local or "'" in local else local for local in lower]
    judged = list(map(_DOMAINS.__getitem__, typed))
    domains, _, _, are_plain, shown_after, known_after, fold = zip(*judged, strict=True)
    out = Addresses(
        normalised=[*trimmed],  # the text itself where nothing changes: one object is sent and kept once
        base=[*bases],
        domain=[*domains],
        problem=["none"] * len(domains),
        comparable=list(map(add, bases, known_after)),
    )
    rows = range(len(trimmed))
    for i in compress(rows, shown_after):
        out.normalised[i] = locals_[i] + shown_after[i]
    for i in compress(rows, fold):  # only domains with rules of their own need to be asked about each row
        if not _FOLDED.isdisjoint(bases[i]):
            out.comparable[i] = mailbox(bases[i], domains[i])
    if not RFC_2142.isdisjoint(bases):
        for i in [i for i, base in enumerate(bases) if base in RFC_2142]:
            if bases[i] == lower[i]:  # and no tag behind it
                out.normalised[i] = bases[i] + "@" + judged[i].shown
    odd = _not_plain(locals_)
    for i in sorted(odd.union(compress(rows, map(not_, are_plain)))):
        address = _read_slowly(trimmed[i], locals_[i], judged[i], is_plain=i not in odd)
        out.normalised[i], out.base[i] = address.normalised, _base(address.local.casefold())
        out.domain[i], out.problem[i], out.comparable[i] = address[2:]
    return out


def _trimmed(texts: Sequence[str | None]) -> list[str]:
    """Without what stands around them. Blanks go in one step; few columns hold signs of no width."""
    trimmed = [text.strip() if text else "" for text in texts]
    together = "".join(trimmed)
    if together.isascii() or not any(sign in together for sign in ZERO_WIDTH):
        return trimmed
    return [text.strip(BLANKS) for text in trimmed]


def _not_plain(locals_: Sequence[str]) -> set[int]:
    """The places of the local parts (none holds an @) that are no plain ones.

    Once all letters are one sign, what is wrong with a whole column is found by looking for a few pairs of signs.
    """
    shapes = ("@" + "@".join(locals_) + "@").encode("utf-8", "surrogatepass").translate(_SHAPE)
    odd = {row for wrong in _WRONG for row in _rows_with(shapes, wrong)}
    if max(map(len, locals_)) > LONGEST_LOCAL:
        odd.update(i for i, local in enumerate(locals_) if len(local) > LONGEST_LOCAL)
    return odd


def _rows_with(shapes: bytes, wrong: bytes) -> Iterator[int]:
    """The rows that have it, each once: one may be long and have nothing else."""
    row, seen = -1, 0
    at = shapes.find(wrong)
    while at >= 0:
        row += shapes.count(b"@", seen, at + 1)
        seen = at + 1
        yield row
        at = shapes.find(wrong, shapes.index(b"@", seen))


def _read_slowly(text: str, local: str, domain: Domain, *, is_plain: bool) -> Address:
    """A row off the short cut. What is wrong with a domain is known already if a plain local part stands before it."""
    if not SHORT_CUT or len(text) >= SHORT:
        return _by_library(text, domain)
    if is_plain and domain.problem != "none" and "@" in text:
        return Address(None, "", None, domain.problem, _compare(text, domain))
    if domain.is_plain and not is_plain:
        if _printable(local):
            wrong = (
                "local_part_too_long" if len(local) > LONGEST_LOCAL else "bad_local_part" if local else "no_local_part"
            )
            return Address(None, "", None, wrong, _compare(text, domain))
        if _latin(local) and unicodedata.is_normalized("NFC", local):
            comparable = canonical(local, domain.name)
            return Address(local + "@" + domain.shown, local, domain.name, "none", comparable)
    return _by_library(text, domain)


def judge_domain(text: str) -> Domain:
    """Whether this can stand after the @, as the library sees it. A trailing dot is the root's and no mistake."""
    typed = text.removesuffix(".")
    if SHORT_CUT and len(typed) < SHORT_DOMAIN and "--" not in typed and _plain_domain(typed):
        name = shown = typed.lower()
        is_short = True
    else:
        found = _ask_library("a@" + typed)
        if isinstance(found, str):
            return Domain(typed, typed, found, is_plain=False, known_after="@" + typed)
        name, shown = found.ascii_domain, found.domain
        is_short = max(len(name), len(shown.encode()), len(typed.encode())) < SHORT_DOMAIN
    problem = "special_use" if _is_special(name) else "none"
    is_plain = SHORT_CUT and is_short and problem == "none"
    return Domain(
        name, shown, problem, is_plain, "" if shown == text else "@" + shown,
        "@gmail.com" if name in GMAIL else "@" + name, name in GMAIL or name in YAHOO,
    )  # fmt: skip


class _Domains(dict[str, Domain]):
    """What was judged already: a dict that judges what it does not hold, so that looking up rows never leaves C."""

    def __missing__(self, typed: str) -> Domain:
        if len(self) >= MOST_DOMAINS:
            self.clear()
        found = self[typed] = judge_domain(typed)
        return found


_DOMAINS = _Domains()


def _is_special(name: str) -> bool:
    """Whether the name, or one above it, is kept out of the public DNS (RFC 6761 and kin)."""
    if name[name.rfind(".") + 1 :] not in _special_tops():  # nearly all names end here
        return False
    return not names(ADDRESS, "special-use-domains.tsv").isdisjoint(suffixes(name))


@cache
def _special_tops() -> frozenset[str]:
    return frozenset(name.rpartition(".")[2] for name in names(ADDRESS, "special-use-domains.tsv"))


def _base(lower: str) -> str:
    lower = lower.lstrip("'") or lower  # as canonical has it
    tag = lower.find("+")
    return lower[:tag] if tag > 0 else lower


def _by_library(trimmed: str, domain: Domain) -> Address:
    if not trimmed:
        return Address(None, "", None, "missing", None)
    if "@" not in trimmed:
        return Address(None, "", None, "no_at", rough(trimmed))
    if len(trimmed) > HOPELESS:
        return Address(None, "", None, "too_long", rough(trimmed))
    found = _ask_library(trimmed.removesuffix("."))
    if isinstance(found, str):
        return Address(None, "", None, found, _compare(trimmed, domain))
    if not trimmed.isascii() and not UNSEEN.isdisjoint(trimmed):  # looks like another address; nobody types it
        return Address(None, "", None, "bad_characters", _compare(trimmed, domain))
    if _is_special(found.ascii_domain):
        return Address(None, "", None, "special_use", _compare(trimmed, domain))
    comparable = canonical(found.local_part, found.ascii_domain)
    return Address(found.normalized, found.local_part, found.ascii_domain, "none", comparable)


def _ask_library(text: str) -> ValidatedEmail | str:
    """The library's answer, or our code for its complaint. Every option is said, so that no default can change."""
    try:
        return validate_email(
            text, strict=True, check_deliverability=False, globally_deliverable=True, test_environment=False,
            allow_smtputf8=True, allow_empty_local=False, allow_quoted_local=False, allow_domain_literal=False,
            allow_display_name=False,
        )  # fmt: skip
    except EmailNotValidError as error:
        return code_of(str(error), text)


def _compare(trimmed: str, domain: Domain) -> str:
    """A form to compare for text that is no valid address, so that an opt-out with a mistake in it still works.

    Of a quoted local part, for instance, the domain is good: then its A-label is compared, as for valid addresses.
    """
    local, _, typed = unicodedata.normalize("NFC", trimmed).rpartition("@")
    if not local:
        return rough(trimmed)
    if trimmed.count("@") > 1:  # "a@b"@example.com: the domain is not what stands after the first @
        domain = _DOMAINS[typed]
    return rough(local + "@" + domain.name)
