"""Which leads a contract wants, by what is said of one: country, state, product, age. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SKEW = timedelta(minutes=5)
"""A vendor's clock may go before ours by so much."""

NOT_SAID = frozenset({"country_not_said", "region_not_said", "product_not_said", "age_not_said"})
"""Reasons that lie in what the vendor left out, and say nothing of the person."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of a lead, in a ping or with the lead itself; None: nothing."""

    country: str | None = None
    region: str | None = None
    product: str | None = None
    collected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted; an empty set wants all. What is asked for must be said."""

    countries: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()  # as people write them: TX or Texas is the vendor's to agree
    products: frozenset[str] = frozenset()
    oldest: timedelta | None = None

    def lacks(self, said: Said, at: datetime) -> str | None:
        """Why this lead is not wanted; None: it is."""
        for name, word, wanted in (
            ("country", said.country, self.countries), ("region", said.region, self.regions),
            ("product", said.product, self.products),
        ):  # fmt: skip
            if wanted and fold(word) not in wanted:
                return f"{name}_not_said" if word is None else f"{name}_not_wanted"
        if self.oldest is not None:
            if said.collected_at is None:
                return "age_not_said"
            if said.collected_at > at + SKEW or at - said.collected_at > self.oldest:
                return "too_old"
        return None


def fold(word: str | None) -> str:
    """A word as filters compare it."""
    return " ".join((word or "").casefold().split())


def differs(promised: Said, brought: Said) -> str | None:
    """In what a posted lead is not the one that was offered; what either leaves out says nothing."""
    for name in ("country", "region", "product"):
        before, now = getattr(promised, name), getattr(brought, name)
        if before is not None and now is not None and fold(before) != fold(now):
            return name
    return None
