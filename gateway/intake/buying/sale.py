"""What became of a post: taken, waiting, refused by the policies, or not bought at all; with its price and reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["prospect", "hold", "rejection", "not_bought"]
PriceIs = Literal["owed", "conditional", "none"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in the vendor's words."""

    code: str
    message: str
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class Repeat:
    """The vendor's own earlier lead of the same person."""

    lead: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Sale:
    """The answer to a post, before it takes a shape."""

    outcome: Outcome
    reasons: Sequence[Reason] = ()
    lead: str | None = None
    decision: str | None = None
    price: int = 0  # minor units: owed now, or if the lead is taken
    currency: str | None = None
    price_is: PriceIs = "none"
    decided_by: datetime | None = None  # of a lead that waits: when it is decided at the latest
    again: datetime | None = None  # of one that was not bought: when it is worth asking again
    repeats: Repeat | None = None
    ping: str | None = None

    @property
    def is_taken(self) -> bool:
        """Whether it is ours now, cleared or waiting."""
        return self.outcome in {"prospect", "hold"}

    @property
    def owed(self) -> int:
        """What is owed as it stands."""
        return self.price if self.price_is == "owed" else 0
