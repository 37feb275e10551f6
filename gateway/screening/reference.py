"""Reads the reference tables that come with the gateway; none is fetched while leads are screened.

Each table names its source and its date in its head.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

ADDRESS = "gateway.screening.address"
SCREENING = "gateway.screening"


@cache
def rows(room: str, name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of ``data/<name>`` in a room, split at tabs; lines that start with # are its head."""
    text = files(room).joinpath("data", name).read_text(encoding="utf-8")
    return tuple(tuple(line.split("\t")) for line in text.splitlines() if line and not line.startswith("#"))


@cache
def names(room: str, name: str) -> frozenset[str]:
    """The first column of a table."""
    return frozenset(row[0] for row in rows(room, name))


def fold(name: str) -> str:
    """A name without case, accents and punctuation: ``U.S.A.`` is ``usa``, ``the Netherlands`` is ``netherlands``."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if unicodedata.category(c) != "Mn")
    words = re.sub(r"[\W_]+", " ", plain.replace("&", " and ").replace(".", "").replace("'", "").replace("\u2019", ""))
    return words.strip().removeprefix("the ")


def suffixes(domain: str) -> list[str]:
    """A domain and its parents, longest first, the top-level domain last: ``a.b.c`` gives a.b.c, b.c, c."""
    found = [domain]
    while (dot := domain.find(".")) >= 0:
        domain = domain[dot + 1 :]
        found.append(domain)
    return found
