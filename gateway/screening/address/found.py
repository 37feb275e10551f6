"""Addresses found in text that is more than an address: ``Ann <ann@example.com>``, ``mailto:``, quotes, separators."""

import re
from collections.abc import Container, Sequence

from gateway.screening.address.syntax import BLANKS, ZERO_WIDTH, Addresses, normalise, normalise_all

# Whatever stands around an address in an export, a mail header or a note is no part of it, typographic quotes included.
_BARE = r"""[^\s<>"',;:|()\[\]\\\u00ab\u00bb\u2018-\u201f@]"""
APOSTROPHE = r"(?<=\w)['\u2019](?=\w)"
"""Between two letters it belongs to the name: o'brien@ is not brien@, and his leaving must not be hers."""
_NAME = rf"{_BARE}++(?:{APOSTROPHE}{_BARE}++)*+"
_START = rf"(?<!{_BARE})(?<!@)(?:(?<!\w['\u2019])|(?!\w))"  # nowhere inside a name: long texts are read once
_ADDRESS = re.compile(rf"{_START}{_NAME}@(?:(?:{_NAME})?@)*(?:(?!\?){_BARE})+")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)+"@[^\s<>"\',;|()\[\]]+')

_SOFT_HYPHEN = "\u00ad"
_UNSEEN = str.maketrans("", "", ZERO_WIDTH + _SOFT_HYPHEN)
"""What nobody sees or types, anywhere in a cell; joiners among them have no place in an address (RFC 5892 A.1, A.2:
those of domains need context that an address's reader does not have)."""
_ITEM = re.compile(
    r"""
    [^<>@]* < \s* (?:mailto:)? ([^\s<>@]+@[^\s<>@]+) \s* >                # a name before its address in brackets
    | (?P<open>["'(\[]?) (?:mailto:)?                                    # the address alone
      ([^\s<>"'(),;|\[\]@][^\s<>"(),;|\[\]@]*@[^\s<>"'(),;|/\[\]@?]+)
      (?:\?\S*)? (?(open)["')\]]?)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BETWEEN = re.compile(r"(?:[\s,;|/]|:::)*")  # Google's contacts have three colons between them
_LONGEST = 2_000  # characters of a cell that is read for its addresses


def find_addresses(text: str) -> list[str]:
    """Every address in a text, without what stands around it: <>, quotes, mailto:, separators."""
    quoted = [found for found in _QUOTED.findall(text) if normalise(found).problem == "none"]
    rest = _QUOTED.sub(" ", text) if quoted else text
    return quoted + [found.strip(".") for found in _ADDRESS.findall(rest)]


def addresses_in(cell: str) -> list[str]:
    """The addresses of a cell that holds nothing else than addresses, however they are wrapped; none if it does.

    Read: several with spaces, commas, semicolons, bars or slashes between them; names before brackets; ``mailto:``;
    quotes and brackets around one; signs that nobody sees. Not read: ``ann tag@example.com``, which may be a + that
    became a space. Nothing is guessed.
    """
    text = cell[:_LONGEST].translate(_UNSEEN).strip()
    found: list[str] = []
    at = 0
    while at < len(text):
        item = _ITEM.match(text, at)
        if item is None:
            return []
        between = _BETWEEN.match(text, item.end())
        at = between.end() if between else item.end()
        if at == item.end() < len(text):  # something clings to the address
            return []
        found.append((item[1] or item[3]).rstrip("."))
    return found if len(cell) <= _LONGEST else []


def unwrap(
    texts: Sequence[str | None],
    addresses: Addresses,
    more: Sequence[object] | None = None,
    broken: Container[int] = (),
) -> dict[int, list[str]]:
    """Put in place of cells that are no address the first valid address of their rows; by row, all the others there.

    Only cells that nothing but addresses stand in: a row is never given an address that it does not plainly state.
    ``more``: the cells of further columns of addresses. ``broken``: rows that could not be read; they get none.
    """
    others: dict[int, list[str]] = {}
    if more is not None:
        others = {i: find_addresses(cell) for i, cell in enumerate(more) if isinstance(cell, str)}
    if addresses.problem.count("none") == len(addresses.problem):
        return others
    for i in [i for i, problem in enumerate(addresses.problem) if problem != "none"]:
        text = texts[i]
        if i in broken or (i not in others and (text is None or "@" not in text)):
            continue
        stated = (addresses_in(text) if text else []) + others.get(i, [])
        typed = text.strip(BLANKS) if text else ""  # judged already
        valid = next((one for one in stated if one != typed and normalise(one).problem == "none"), None)
        if valid is not None:
            _put(addresses, i, valid)
            every = [*(find_addresses(text) if text else []), *others.get(i, [])]
            others[i] = [one for one in every if one != valid]
    return others


def _put(addresses: Addresses, i: int, typed: str) -> None:
    one = normalise_all([typed])
    addresses.normalised[i], addresses.base[i] = one.normalised[0], one.base[0]
    addresses.domain[i], addresses.problem[i], addresses.comparable[i] = one.domain[0], "none", one.comparable[0]
