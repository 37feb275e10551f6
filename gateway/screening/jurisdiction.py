"""In which country each person is, and from what we know it: the strongest evidence there is, however weak.

What the lead says, then what its source says of all, then the phone's code, then the address's country domain, then
the configured default. An address alone shows no place, so a default judged under the wrong law is said to be one,
and a country is doubtful where weaker evidence than the person's own word is contradicted by other evidence.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import compress
from typing import NamedTuple

from gateway.domain.lead import Batch, Cell
from gateway.screening import phone
from gateway.screening.answers import Answers, Column, per_case
from gateway.screening.reference import SCREENING, fold, rows
from gateway.screening.regions import COUNTRIES, region_of

_NOBODYS = (".com", ".net", ".org")
"""Looked for first: nearly all domains end so, and no country is told by that."""


class Countries(NamedTuple):
    """The country of each row (ISO 3166-1 alpha-2), what it is known from, whether other evidence speaks against it."""

    code: list[str | None]
    known_from: Column
    is_doubtful: Column


def establish(batch: Batch, countries: Countries) -> Answers:
    """The facts of where the person is."""
    return {
        "person.country": list(countries.code),
        "person.country_from": countries.known_from,
        "person.country_is_doubtful": countries.is_doubtful,
        "person.region": _regions(batch, countries.code),
    }


def judge(batch: Batch, domains: Sequence[str | None], default: str) -> Countries:
    """The country of every row."""
    said = batch.column("country")
    codes: list[str | None] = [None] * len(batch)
    if "country" in batch.columns:
        codes = per_case(lambda cell: alpha2(cell) if isinstance(cell, str) else None, said)
    known: Column = [None if code is None else "stated" for code in codes]
    doubtful: Column = [False] * len(batch)
    of_all = alpha2(batch.origin.statement.country or "")
    phones, regions = batch.column("phone"), batch.column("region")
    for i in [i for i, code in enumerate(codes) if code is None]:
        cell = said[i]
        if isinstance(cell, str) and cell.strip():
            known[i] = "stated"  # said and not understood: unknown, and nothing is assumed instead
        else:
            codes[i], known[i], doubtful[i] = _weigh(of_all, phones[i], domains[i], regions[i], default)
    if not batch.origin.statement.direct:
        for i in _elsewhere(codes, domains, known):
            doubtful[i] = _is_contradicted(domains[i], phones[i])
    return Countries(codes, known, doubtful)


def _elsewhere(codes: Sequence[str | None], domains: Sequence[str | None], known: Column) -> list[int]:
    """The rows whose stated country is another one than their domain's; few, for most domains are of no country."""
    own: dict[str | None, str] = {
        domain: code
        for domain in set(domains)
        if domain is not None and not domain.endswith(_NOBODYS) and (code := country_of_domain(domain))
    }
    if not own:
        return []
    some = compress(range(len(domains)), map(own.__contains__, domains))
    return [i for i in some if own[domains[i]] != codes[i] and codes[i] and known[i] == "stated"]


def _is_contradicted(domain: str | None, number: Cell) -> bool:
    """Whether phone and address both speak for one other country than a vendor's column; one alone is a traveller."""
    written = phone.international(number) if isinstance(number, str) else None
    return written is not None and domain is not None and phone.country_of(written) == country_of_domain(domain)


def _weigh(
    of_all: str | None, number: Cell, domain: str | None, region: Cell, default: str
) -> tuple[str | None, str | None, bool]:  # fmt: skip
    """The country where the row states none, its evidence, and whether any weaker evidence speaks for another."""
    written = phone.international(number) if isinstance(number, str) and number else None
    found = [
        (code, kind)
        for code, kind in (
            (of_all, "source"),
            (None if written is None else phone.country_of(written), "phone"),
            (None if domain is None else country_of_domain(domain), "address"),
        )
        if code is not None
    ]
    code, kind = found[0] if found else (default or None, "default" if default else None)
    elsewhere = region_of(region) if isinstance(region, str) and code in COUNTRIES else None
    return code, kind, any(other != code for other, _ in found) or (elsewhere is not None and elsewhere.country != code)


def _regions(batch: Batch, countries: Sequence[str | None]) -> str | Column | None:
    """The state or province of every row, in the country that it is judged to be in; not understood: None."""
    of_all = batch.origin.statement.region
    if "region" not in batch.columns and not of_all:
        return None

    def judge(country: str | None, cell: Cell) -> str | None:
        text = cell if isinstance(cell, str) and cell.strip() else of_all
        meant = region_of(text) if text and country in COUNTRIES else None
        return meant.code if meant is not None and meant.country == country else None

    return per_case(judge, countries, batch.column("region"))


@lru_cache(maxsize=10_000)
def alpha2(typed: str) -> str | None:
    """The country meant by ``US``, ``usa``, ``United States`` or ``Österreich``; None where none has this name."""
    return _countries().get(fold(typed))


def country_of_domain(domain: str) -> str | None:
    """The country of a top-level domain that is its people's own; None for generic ones and those sold to anybody."""
    name = domain.rpartition(".")[2]
    return _top_level_domains().get(name)


@cache
def _countries() -> dict[str, str]:
    found: dict[str, str] = {}
    for code, three, name, *others in rows(SCREENING, "countries.tsv"):
        aliases = others[0].split(";") if others else []
        for spelling in (code, three, name, *aliases):
            found[fold(spelling)] = code
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
