"""What people spend within so many days, on average, although most have not been here for so long.

The mean cumulative function (Nelson 1988): each day's spending is shared by those who were watched on that day, and the
days are added up. Its variance is Lawless and Nadeau's (1995), person by person, so that one big spender who buys often
widens the interval. The naive mean, everybody's spending by everybody, is too low: it takes the young for done.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gateway.economics.estimate import Estimate, Z
from gateway.economics.waiting import LEAST_WATCHED

Floats = np.ndarray[Any, np.dtype[np.float64]]
LEAST_SPENDERS = 5
WIDEST = 20.0  # of the logarithm: beyond, nothing is known, and numbers would overflow
Ints = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True, slots=True)
class Spending:
    """Average spending per person by a number of days."""

    days: float  # at most what was asked for: as far as enough people were watched
    mean: Estimate
    people: int
    spenders: int
    exposure: float  # how many people's worth of such days was watched
    freedom: float  # of how many normal ones' variance this one's is as certain as
    is_short: bool  # fewer days than asked for
    paid: Floats  # on which days
    path: Floats  # the average by each of them
    pieces: Floats  # and its variance, were each payment another person's

    @property
    def is_thin(self) -> bool:
        """Whether so few have spent that the average says nothing by itself."""
        return self.spenders < LEAST_SPENDERS


def reach(watched: Floats, day: float) -> float:
    """The last day up to ``day`` on which enough people were watched; 0 where there is none."""
    if len(watched) < LEAST_WATCHED:
        return 0.0
    return min(day, float(np.partition(watched, len(watched) - LEAST_WATCHED)[len(watched) - LEAST_WATCHED]))


def spending(person: Ints, at: Floats, amount: Floats, watched: Floats, day: float) -> Spending | None:
    """``person``: index into ``watched`` of whoever paid ``amount`` on day ``at``. None where nobody was watched."""
    horizon = reach(watched, day)
    if horizon <= 0:
        return None
    ordered = np.sort(watched)
    counted = at <= np.minimum(watched[person], horizon)
    person, at, amount = person[counted], at[counted], amount[counted]
    order = np.argsort(at, kind="stable")
    person, at, amount = person[order], at[order], amount[order]
    shared_by = len(watched) - np.searchsorted(ordered, at, "left")
    parts = amount / shared_by
    mean = float(parts.sum())
    # Of each person: what they added, less what everybody under observation was expected to add meanwhile.
    expected = np.concatenate(([0.0], np.cumsum(parts / shared_by)))
    own = np.bincount(person, parts, len(watched)) if len(person) else np.zeros(len(watched))
    seen = np.searchsorted(at, np.minimum(watched, horizon), "right")
    squares = np.asarray((own - expected[seen]) ** 2, np.float64)
    error = float(np.sqrt(squares.sum()))
    spenders = len(np.unique(person))
    freedom = _freedom(squares, spenders)
    exposure = float(np.minimum(watched, horizon).sum() / horizon)
    return Spending(
        horizon, bounds(mean, error, freedom), len(watched), spenders, exposure, freedom, horizon < day,
        at, np.cumsum(parts), np.cumsum(parts**2),
    )  # fmt: skip


def _freedom(squares: Floats, spenders: int) -> float:
    """How well a variance is known that a few big spenders make up: Satterthwaite (1946), by the fourth moment."""
    whole = float(squares.sum())
    uncertain = float((squares**2).sum()) - whole**2 / len(squares)
    return max(min(2 * whole**2 / uncertain if uncertain > 0 else np.inf, spenders - 1), 1)


def bounds(mean: float, error: float, freedom: float = np.inf) -> Estimate:
    """Bounds of an average that is above nothing, on the scale of its logarithm: spending is skewed to the right.

    ``freedom``: how certain the error itself is; of few who spent, little (Student 1908).
    """
    from scipy.special import stdtrit

    z = Z if np.isinf(freedom) else float(stdtrit(freedom, 0.975))
    if mean <= 0 or error <= 0:
        return Estimate(mean, mean - z * error, mean + z * error, error)
    factor = float(np.exp(min(z * error / mean, WIDEST)))
    return Estimate(mean, mean / factor, mean * factor, error)


def naive(amount: Floats, people: int) -> float:
    """Everybody's spending by everybody: what is wrong with most reports."""
    return float(amount.sum()) / people if people else 0.0
