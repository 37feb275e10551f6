"""Shares of whole people who were all asked, with their bounds. Standard library but for the columns."""

from math import sqrt
from typing import Any

import numpy as np

from gateway.economics.estimate import Estimate, Z

PROMOTER, PASSIVE = 9, 7  # of 10, and from which somebody is no detractor (Reichheld 2003)


def share_of(count: float, whole: float) -> Estimate | None:
    """A share by Wilson's bounds (1927); None of nobody."""
    if whole <= 0:
        return None
    count = min(max(count, 0.0), whole)  # reckoned from other counts, it may be off by a hair
    share = count / whole
    width = 1 + Z * Z / whole
    middle = (share + Z * Z / (2 * whole)) / width
    reach = Z / width * sqrt(share * (1 - share) / whole + Z * Z / (4 * whole * whole))
    low = 0.0 if count == 0 else max(0.0, middle - reach)
    high = 1.0 if count == whole else min(1.0, middle + reach)
    return Estimate(share, low, high, sqrt(max(share * (1 - share), 0.0) / whole))


def promoters(answers: np.ndarray[Any, Any]) -> tuple[Estimate | None, Estimate | None]:
    """The share who would recommend us (9 or 10 of 10), and that less the share of those who would not (0 to 6)."""
    count = len(answers)
    if not count:
        return None, None
    up, down = int((answers >= PROMOTER).sum()), int((answers < PASSIVE).sum())
    rate = share_of(up, count)
    net = (up - down) / count
    # Agresti and Min's bounds of a difference of two shares of the same people: half a person to each answer.
    high, low = (up + 0.5) / (count + 1.5), (down + 0.5) / (count + 1.5)
    error = sqrt((high + low - (high - low) ** 2) / (count + 1.5))
    return rate, Estimate(net, max(-1.0, high - low - Z * error), min(1.0, high - low + Z * error), error)
