"""Bounds on a share that was counted in a sample.

Wilson's score interval (gateway.domain.interval), narrower where the list ends: rows are drawn without replacement
from a list that ends, so the finite population correction (W. G. Cochran, Sampling Techniques, 3rd ed. 1977, s. 2.6) is
applied by widening the sample: n rows of N say as much as n (N - 1) / (N - n) rows drawn from an endless list would;
all N say everything.
"""

from dataclasses import dataclass

from gateway.domain.interval import wilson


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share of the whole list, as the sample shows it, and the bounds it lies in with 95 % confidence."""

    share: float
    low: float
    high: float
    unknown: tuple[float, float] | None = None  # between what all rows that gave no answer may yet make of it

    def as_dict(self) -> dict[str, float]:
        """For JSON, to the hundredth of a percent."""
        return {"share": round(self.share, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


def estimate(count: float, drawn: int, rows: int) -> Estimate:
    """Bounds on a share of which ``count`` of ``drawn`` rows are, drawn at random out of ``rows``."""
    if not 0 < drawn <= rows or not 0 <= count <= drawn:
        raise ValueError(f"{count} of {drawn} of {rows} is no sample")
    share = count / drawn
    if drawn == rows:
        return Estimate(share, share, share)
    weight = drawn * (rows - 1) / (rows - drawn)
    low, high = wilson(share, weight)
    # What was seen is certain, whatever the formula says: at least ``count`` rows are so, and the others seen are not.
    low = max(low, count / rows)
    high = min(high, 1 - (drawn - count) / rows)
    return Estimate(share, min(low, share), max(high, share))


def rows_to_settle(share: float, limit: float, rows: int) -> int | None:
    """How many rows in all would take ``limit`` out of the bounds if the share stays; None: only the whole list."""
    low, high = 1, rows - 1
    if high < low or not _settled(share, limit, high, rows):
        return None
    while low < high:
        middle = (low + high) // 2
        if _settled(share, limit, middle, rows):
            high = middle
        else:
            low = middle + 1
    return low


def _settled(share: float, limit: float, drawn: int, rows: int) -> bool:
    found = estimate(share * drawn, drawn, rows)
    return not found.low <= limit <= found.high
