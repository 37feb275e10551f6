"""States and provinces as people write them: ``CA``, ``Calif.``, ``california``, ``US-CA``. Of two countries only."""

from functools import cache, lru_cache
from typing import NamedTuple

from gateway.screening.reference import SCREENING, fold, rows

COUNTRIES = frozenset({"US", "CA"})
"""Countries whose regions are known here; no rule asks for those of others."""


class Region(NamedTuple):
    """A state or province and the country it lies in."""

    country: str  # ISO 3166-1 alpha-2
    code: str  # two letters, as the post writes it


@lru_cache(maxsize=10_000)
def region_of(typed: str) -> Region | None:
    """The region meant by a text, None where none has this name. No name is both countries' own."""
    name = fold(typed)
    for country in COUNTRIES:  # ISO 3166-2: US-CA
        if name.startswith(country.lower() + " "):
            found = _regions().get(name[3:])
            return found if found is not None and found.country == country else None
    return _regions().get(name)


@cache
def _regions() -> dict[str, Region]:
    found: dict[str, Region] = {}
    for country, code, name, *others in rows(SCREENING, "regions.tsv"):
        aliases = others[0].split(";") if others else []
        for spelling in (code, name, *aliases):
            found[fold(spelling)] = Region(country, code)
    return found
