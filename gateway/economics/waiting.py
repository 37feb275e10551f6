"""How long until something happens, for people of whom many are too young to tell: Kaplan and Meier's estimate.

Who was watched for 40 days and did not buy says nothing about day 41, and is counted for the 40 days only (censored).
The curve and its bounds (log-log transformed, which stay between 0 and 1) are scipy's.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from gateway.economics.estimate import Estimate, Z

Floats = np.ndarray[Any, np.dtype[np.float64]]
HALF = 0.5
LEAST_WATCHED = 5
"""With fewer people left under observation nothing is said about that day."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The share to whom it has happened by each day, as a step function."""

    days: Floats
    share: Floats
    low: Floats
    high: Floats
    at_risk: Floats  # how many were watched and still waited, just before each day
    variance: Floats  # Greenwood's, of the share
    people: int
    events: int
    exposure: Floats  # how long each was watched without it, or until it, sorted

    def until(self) -> float:
        """The last day about which enough is known."""
        seen = self.days[self.at_risk >= LEAST_WATCHED]
        return float(seen[-1]) if len(seen) else 0.0

    def within(self, day: float) -> Estimate | None:
        """The share to whom it happens within so many days; None where too few were watched for so long."""
        watched = self.people - int(np.searchsorted(self.exposure, day, "left"))
        settled = self.events == self.people and self.people >= LEAST_WATCHED and day >= self.exposure[-1]
        if watched < LEAST_WATCHED and not settled:
            return None
        place = int(np.searchsorted(self.days, day, "right")) - 1
        if place < 0 or self.share[place] <= 0:
            return Estimate(0.0, 0.0, 1 - 0.025 ** (1 / max(watched, 1)), 0.0)  # none of them: Clopper and Pearson
        if self.share[place] >= 1:
            return Estimate(1.0, 0.025 ** (1 / self.people), 1.0, 0.0)
        error = float(np.sqrt(self.variance[place]))
        return Estimate(float(self.share[place]), float(self.low[place]), float(self.high[place]), error)

    def median(self) -> Estimate | None:
        """By which day it has happened to half of all; None where it has not. An open end is infinite."""
        half = _first(self.days, self.share)
        return None if half is None else Estimate(half, *self._median_bounds())

    def _median_bounds(self) -> tuple[float, float]:
        early, late = _first(self.days, self.high), _first(self.days, self.low)
        return (0.0 if early is None else early), (float("inf") if late is None else late)


def _first(days: Floats, share: Floats) -> float | None:
    reached = np.flatnonzero(share >= HALF)
    return float(days[reached[0]]) if len(reached) else None


_drawn: ContextVar[dict[bytes, Curve] | None] = ContextVar("drawn", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Draw no curve twice in here: all people together are asked about for every way to cut them."""
    before = _drawn.set({})
    try:
        yield
    finally:
        _drawn.reset(before)


def curve(after: Floats, watched: Floats) -> Curve:
    """``after``: days until it happened, NaN where it has not; ``watched``: days each person was under observation."""
    drawn = _drawn.get()
    if drawn is None:
        return _draw(after, watched)
    digest = blake2b(np.ascontiguousarray(after, np.float64).data)
    digest.update(np.ascontiguousarray(watched, np.float64).data)
    found = drawn.get(name := digest.digest())
    if found is None:
        found = drawn[name] = _draw(after, watched)
    return found


def _draw(after: Floats, watched: Floats) -> Curve:
    from scipy.stats import CensoredData, ecdf

    happened = after <= watched  # NaN is not
    lived = np.where(happened, after, watched)
    if not len(lived):
        none = np.empty(0)
        return Curve(none, none, none, none, none, none, 0, 0, none)
    stays = ecdf(CensoredData.right_censored(lived, ~happened)).sf
    with warnings.catch_warnings():  # undefined where nothing has happened yet, or to all: told by ``within``
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = stays.confidence_interval(0.95, method="log-log")
    days = stays.quantiles
    share = 1 - stays.probabilities
    ordered = np.sort(lived)
    at_risk = (len(lived) - np.searchsorted(ordered, days, "left")).astype(float)
    died = np.histogram(lived[happened], np.append(days, np.inf))[0] if happened.any() else np.zeros(len(days))
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(at_risk > died, died / (at_risk * (at_risk - died)), 0.0)
    variance = stays.probabilities**2 * np.cumsum(steps)
    low = np.where(share <= 0, 0.0, np.nan_to_num(1 - bounds.high.probabilities, nan=0.0))
    high = np.where(share <= 0, 0.0, np.nan_to_num(1 - bounds.low.probabilities, nan=1.0))
    return Curve(days, share, low, high, at_risk, variance, len(lived), int(happened.sum()), ordered)


def effective(found: Curve, day: float) -> tuple[float, float]:
    """Of how many whole people the share within so many days tells, and of how many of them it happened.

    What a binomial count with the same share and variance would have; where none or all did, the days that they were
    watched, in units of ``day``.
    """
    if not found.people:
        return 0.0, 0.0
    place = int(np.searchsorted(found.days, min(day, found.until()), "right")) - 1
    share = float(found.share[place]) if place >= 0 else 0.0
    if 0 < share < 1 and found.variance[place] > 0:
        size = min(share * (1 - share) / float(found.variance[place]), float(found.people))
    else:
        size = float(np.minimum(found.exposure, day).sum() / day) if share == 0 else float(found.people)
    return size, size * share


def difference(one: Estimate, other: Estimate) -> Estimate:
    """How much larger one share is than another of other people: Newcombe's bounds, from the bounds of each."""
    gap = one.value - other.value
    low = gap - float(np.hypot(one.value - one.low, other.high - other.value))
    high = gap + float(np.hypot(one.high - one.value, other.value - other.low))
    return Estimate(gap, low, high, float(np.hypot(one.high - one.low, other.high - other.low)) / (2 * Z))
