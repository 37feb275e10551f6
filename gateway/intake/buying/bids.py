"""What one lead may cost at this moment: the contract's price or a bid, never above what a lead is worth. Pure."""

from dataclasses import dataclass
from typing import Literal

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid as a share of what a lead is worth at least (the lower bound), in percent; money in minor units."""

    share: int
    floor: int | None = None  # under it nothing is bid
    ceiling: int | None = None
    unknown: int | None = None  # bid while nobody knows what a lead is worth; None: the contract's price


@dataclass(frozen=True, slots=True)
class Worthy:
    """What a lead is worth, as it was reckoned last; money in minor units."""

    low: int
    minor: int
    high: int
    currency: str
    people: int


@dataclass(frozen=True, slots=True)
class Price:
    """What is offered, or why nothing is."""

    minor: int | None
    why: Literal["contract", "bid", "unknown_worth", "below_floor", "above_worth", "no_price"]


def offer(fixed: int | None, bid: Bid | None, worth: Worthy | None, *, limited: bool) -> Price:
    """``fixed``: the terms' or the contract's price. ``limited``: never more than a lead is worth at least."""
    if bid is not None and worth is not None:
        return _bid(bid, worth)
    if bid is not None:
        minor = bid.unknown if bid.unknown is not None else fixed
        if minor is not None and bid.ceiling is not None:
            minor = min(minor, bid.ceiling)
        return Price(minor, "no_price" if minor is None else "unknown_worth")
    if fixed is None:
        return Price(None, "no_price")
    if limited and worth is not None and fixed > worth.low:
        return Price(None, "above_worth")
    return Price(fixed, "contract")


def _bid(bid: Bid, worth: Worthy) -> Price:
    minor = max(0, worth.low) * bid.share // HUNDRED
    if bid.ceiling is not None:
        minor = min(minor, bid.ceiling)
    if minor <= 0 or (bid.floor is not None and minor < bid.floor):
        return Price(None, "below_floor")
    return Price(minor, "bid")
