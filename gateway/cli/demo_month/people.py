"""The people of the month and the rows that vendors wrote of them. The same seed gives the same people."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from gateway.mailroutes.recorded import MONTHS_DOMAINS

FIRST = (
    "Ada", "Ben", "Cara", "Dario", "Elif", "Farid", "Grace", "Hana", "Ivo", "June", "Kofi", "Lena", "Marco", "Nadia",
    "Omar", "Priya", "Quinn", "Rosa", "Sven", "Tala", "Uma", "Victor", "Wren", "Xavier", "Yuki", "Zoe",
)  # fmt: skip
LAST = (
    "Abbott", "Barnes", "Castillo", "Dunn", "Ekström", "Fischer", "Garner", "Holt", "Ibarra", "Jensen", "Kaur",
    "Lopez", "Marsh", "Novak", "Okafor", "Petrov", "Quist", "Reyes", "Singh", "Tanaka", "Ueda", "Varga", "Webb", "Xu",
    "Young", "Zimmer",
)  # fmt: skip
STATES = ("CA", "TX", "FL", "NY", "PA", "IL", "OH", "GA", "NC", "MI", "WA", "CO", "OR", "VA", "AZ")
ROLES = ("info", "sales", "admin", "no-reply", "abuse", "team", "webmaster")
THROWAWAY = ("mailinator.com", "guerrillamail.com", "yopmail.com")
_POOL = list(accumulate(1 / (place + 3) for place in range(len(MONTHS_DOMAINS))))  # few providers have most people


@dataclass(frozen=True, slots=True)
class Mix:
    """How good a vendor's rows are: the share of each kind of trouble."""

    broken: float = 0.004  # no address
    dead: float = 0.01  # the domain does not exist
    role: float = 0.005
    throwaway: float = 0.003
    again: float = 0.01  # repeats an earlier row
    bare: float = 0.05  # no evidence of the yes


def address_of(rng: random.Random, first: str, last: str) -> str:
    """Somebody's mailbox."""
    plain = "".join(c for c in f"{first}.{last}".lower().replace("ö", "oe") if c.isascii())
    return f"{plain}{rng.randrange(1, 10_000)}@{rng.choices(MONTHS_DOMAINS, cum_weights=_POOL)[0]}"


def rows(
    rng: random.Random, count: int, mix: Mix, *, since: datetime, until: datetime, page: str
) -> Iterator[list[str]]:
    """A list's rows: address, names, state, when, from which network, on which page."""
    seen: list[str] = []
    span = (until - since).total_seconds()
    kinds = ("broken", "dead", "role", "throwaway", "again")
    limits = list(accumulate(getattr(mix, kind) for kind in kinds))
    for number in range(count):
        first, last = rng.choice(FIRST), rng.choice(LAST)
        address = address_of(rng, first, last)
        chance = rng.random()
        kind = next((kind for kind, limit in zip(kinds, limits, strict=True) if chance < limit), "")
        if kind == "broken":
            address = address.replace("@", rng.choice((" at ", "@@", "@.")))
        elif kind == "dead":
            address = f"{address.partition('@')[0]}@gone.example.net"
        elif kind == "role":
            address = f"{rng.choice(ROLES)}@{address.partition('@')[2]}"
        elif kind == "throwaway":
            address = f"{address.partition('@')[0]}@{rng.choice(THROWAWAY)}"
        elif kind == "again" and seen:
            address = rng.choice(seen)
        seen.append(address)
        at = since + timedelta(seconds=rng.random() * span)
        has_evidence = rng.random() >= mix.bare
        yield [
            address, first, last, rng.choice(STATES),
            f"{at:%Y-%m-%dT%H:%M:%SZ}" if has_evidence else "",
            f"198.51.{rng.randrange(256)}.{rng.randrange(1, 255)}" if has_evidence else "",
            page if has_evidence else "", f"{number:06}",
        ]  # fmt: skip
