"""In which country each person is, and from what we know it: the strongest evidence there is, however weak.

What the lead says, then what its source says of all, then the phone's code, then the address's country domain, then
the configured default. An address alone shows no place, so a default judged under the wrong law is said to be one.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from gateway.domain.lead import Batch, Cell
from gateway.screening import phone
from gateway.screening.answers import Column
from gateway.screening.reference import SCREENING, rows


class Countries(NamedTuple):
    """The country of each row (ISO 3166-1 alpha-2) and what it is known from, as two columns."""

    code: list[str | None]
    known_from: Column


def judge(batch: Batch, domains: Sequence[str | None], default: str) -> Countries:
    """The country of every row."""
    said = batch.column("country")
    codes: list[str | None] = [None] * len(batch)
    if "country" in batch.columns:
        stated = {cell: alpha2(cell) for cell in set(said) if isinstance(cell, str)}
        codes = [stated.get(cell) if isinstance(cell, str) else None for cell in said]
    known: Column = [None if code is None else "stated" for code in codes]
    of_all = alpha2(batch.origin.statement.country or "")
    phones = batch.column("phone")
    for i, code in enumerate(codes):
        cell = said[i]
        if isinstance(cell, str) and cell.strip() and code is None:
            known[i] = "stated"  # said and not understood: unknown, and nothing is assumed instead
        elif code is None:
            codes[i], known[i] = (of_all, "source") if of_all else _guess(phones[i], domains[i], default)
    return Countries(codes, known)


def _guess(number: Cell, domain: str | None, default: str) -> tuple[str, str]:
    """The country and its evidence where nobody states one."""
    written = phone.international(number) if isinstance(number, str) and number else None
    if written is not None and (code := phone.country_of(written)) is not None:
        return code, "phone"
    if domain is not None and (code := country_of_domain(domain)) is not None:
        return code, "address"
    return default, "default"


@lru_cache(maxsize=10_000)
def alpha2(typed: str) -> str | None:
    """The country meant by ``US``, ``usa``, ``United States`` or ``Österreich``; None where none has this name."""
    return _countries().get(_fold(typed))


def country_of_domain(domain: str) -> str | None:
    """The country of a top-level domain that is its people's own; None for generic ones and those sold to anybody."""
    name = domain.rpartition(".")[2]
    return _top_level_domains().get(name)


def _fold(name: str) -> str:
    """Without case, accents and punctuation: ``U.S.A.`` is ``usa``, ``the Netherlands`` is ``netherlands``."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if unicodedata.category(c) != "Mn")
    words = re.sub(r"[\W_]+", " ", plain.replace("&", " and ").replace(".", "").replace("'", "").replace("\u2019", ""))
    return words.strip().removeprefix("the ")


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, three, name, *others in rows(SCREENING, "countries.tsv"):
        aliases = others[0].split(";") if others else []
        for spelling in (code, three, name, *aliases):
            found[_fold(spelling)] = code
    return found


@cache
def _top_level_domains() -> dict[str, str]:
    own = {code.lower(): code for code, *_ in rows(SCREENING, "countries.tsv")}
    for name, code in rows(SCREENING, "top-level-domains.tsv"):
        if code == "-":
            own.pop(name, None)
        else:
            own[name] = code
    return own
