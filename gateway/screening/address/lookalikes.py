"""Domains that look like another: by a slip of the finger, or by letters chosen to deceive. Suggests, never corrects.

A domain is confusable when its letters read as a known mailbox provider's, when one of its labels mixes scripts that
no language mixes, or when a label in a foreign script reads wholly as Latin under a Latin top-level domain
(UTS 39, the restriction levels browsers use).
"""

import string
import unicodedata
from collections.abc import Iterator
from functools import cache

import idna

from gateway.screening.reference import ADDRESS, names, rows

_KEYS = string.ascii_lowercase + string.digits + "-.,;_ "  # what a finger hits, also where no domain may have it
_ASCII_FOLDS = (("rn", "m"), ("vv", "w"), ("1", "l"), ("0", "o"))
"""ASCII that reads as other ASCII in most typefaces."""
_FOLD_I = ("i", "l")  # only where foreign letters stand: gmall.com is a slip, not a disguise
_LANGUAGES = (  # scripts that one language writes together (UTS 39 section 5.2, highly restrictive)
    frozenset({"LATIN", "HAN", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "HAN", "BOPOMOFO"}),
    frozenset({"LATIN", "HAN", "HANGUL"}),
)
_ANY_SCRIPT = frozenset({"COMMON", "INHERITED"})


def suggest(domain: str) -> str | None:
    """The big provider's domain that this one is a single slip away from: a letter more, less, other or swapped."""
    return _slips().get(domain)


def imitates(domain: str) -> bool:
    """Whether the domain (A-label) imitates another with look-alike letters."""
    if "xn--" not in domain:
        return _read(domain, _ASCII_FOLDS) in _providers() and domain not in names(ADDRESS, "free-mail-domains.txt")
    shown = idna.decode(domain)
    latin = "".join(_latin_letter(char, capitals=True) for char in unicodedata.normalize("NFD", shown))
    if _read(latin, (*_ASCII_FOLDS, _FOLD_I)) in _providers_without_i():
        return True
    labels = shown.split(".")
    return any(_mixes_scripts(label) for label in labels) or (
        labels[-1].isascii() and any(_reads_as_latin(label) for label in labels[:-1])
    )


def _read(text: str, folds: tuple[tuple[str, str], ...]) -> str:
    for letters, seen in folds:
        text = text.replace(letters, seen)
    return text


@cache
def _slips() -> dict[str, str]:
    """Everything one slip away from an often mistyped domain. 40,000 strings are quicker to keep than to compare with.

    A known provider's domain is never a slip, however near it lies to another's.
    """
    targets = [row[0] for row in rows(ADDRESS, "often-mistyped-domains.txt")]
    slips = {slip: target for target in reversed(targets) for slip in _one_slip(target)}  # the table's first one wins
    return {slip: target for slip, target in slips.items() if slip not in names(ADDRESS, "free-mail-domains.txt")}


def _one_slip(word: str) -> Iterator[str]:
    """All strings at optimal string alignment distance 1, and the name without its top-level domain."""
    yield word.partition(".")[0]
    for i in range(len(word) + 1):
        head, tail = word[:i], word[i:]
        yield from (head + key + tail for key in _KEYS)
        if tail:
            yield head + tail[1:]
            yield from (head + key + tail[1:] for key in _KEYS)
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]


@cache
def _providers() -> frozenset[str]:
    return frozenset(_read(name, _ASCII_FOLDS) for name in names(ADDRESS, "free-mail-domains.txt"))


@cache
def _providers_without_i() -> frozenset[str]:
    return frozenset(_read(name, (*_ASCII_FOLDS, _FOLD_I)) for name in names(ADDRESS, "free-mail-domains.txt"))


@cache
def _latin_letter(char: str, *, capitals: bool = False) -> str:
    """The ASCII that a character is read as; itself if none, nothing for an accent.

    ``capitals``: also what its capital is read as, because domains are typed in capitals too and fold to small letters.
    """
    if char.isascii():
        return char
    if unicodedata.category(char) == "Mn":
        return ""
    # Loaded only when a foreign letter turns up: it is the largest table of all.
    from confusable_homoglyphs.confusables import confusables_data

    alike = [other["c"] for other in confusables_data.get(char, ())]
    if capitals and len(char.upper()) == 1:
        alike += [other["c"] for other in confusables_data.get(char.upper(), ())]
    return next((text.lower() for text in alike if text.isascii() and text.isalnum()), char)


def _scripts(label: str) -> set[str]:
    from confusable_homoglyphs.categories import unique_aliases

    return set(unique_aliases(label)) - _ANY_SCRIPT


def _mixes_scripts(label: str) -> bool:
    scripts = _scripts(label)
    return len(scripts) > 1 and not any(scripts <= together for together in _LANGUAGES)


def _reads_as_latin(label: str) -> bool:
    """Whether a label without any Latin letter can be read as Latin throughout."""
    return (
        not label.isascii() and "LATIN" not in _scripts(label) and all(_latin_letter(char).isascii() for char in label)
    )
