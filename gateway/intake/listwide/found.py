"""What looking over a whole list found: shares, signs with the rows that show them, and how much was looked at."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from gateway.domain.facts import SHARES

LEAST = 100  # rows; of fewer one person more or less would be a percent, and nothing is said
MOST_ROWS = 10  # evidence rows of one sign
_LIMITS = (0.01, 0.05, 0.2)  # between the brackets of SHARES, "none" apart


@dataclass(frozen=True, slots=True)
class Seen:
    """One row that shows a sign. Values that belong to one person are masked: an erasure must not miss them here."""

    row: int  # as in the file; about so where the list's rows could only be estimated (Wide.rows_are_exact)
    value: str


@dataclass(frozen=True, slots=True)
class Sign:
    """Something about the whole list that a buyer should look at."""

    code: str
    says: str
    rows: tuple[Seen, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the rows that were looked at are so."""

    count: int
    of: int

    @property
    def bracket(self) -> str:
        """The bracket of SHARES it lies in."""
        if not self.count:
            return SHARES[0]
        return SHARES[1 + sum(self.count >= limit * self.of for limit in _LIMITS)]


@dataclass(frozen=True, slots=True)
class Wide:
    """A whole list, looked over."""

    rows: int  # in the file
    rows_are_exact: bool  # False: quoted cells may hold line ends, so row numbers are "about"
    looked_at: str  # how much of the list, in a sentence
    shares: dict[str, Share]
    signs: tuple[Sign, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()  # for Statement.list_signs
    looks_generated: bool | None = None  # None: too few rows to say

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Wide":
        """The way back from as_dict, also after JSON made lists of tuples."""
        signs = tuple(
            Sign(one["code"], one["says"], tuple(Seen(seen["row"], seen["value"]) for seen in one["rows"]))
            for one in kept["signs"]
        )
        shares = {name: Share(one["count"], one["of"]) for name, one in kept["shares"].items()}
        facts = tuple((str(name), str(answer)) for name, answer in kept["facts"])
        return cls(
            kept["rows"], kept["rows_are_exact"], kept["looked_at"], shares, signs, facts, kept["looks_generated"]
        )


def masked(address: str) -> str:
    """An address shown without saying whose it is: its first letter and its domain."""
    local, _, domain = address.strip().rpartition("@")
    return f"{local[:1]}…@{domain}"[:100]


def shown(rows: list[tuple[int, str]]) -> tuple[Seen, ...]:
    """The first rows that show a sign, as evidence."""
    return tuple(Seen(row, value[:100]) for row, value in sorted(rows)[:MOST_ROWS])
