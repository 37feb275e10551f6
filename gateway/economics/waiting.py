"""How long until something happens, for people of whom many are too young to tell: Kaplan and Meier's estimate.

Who was watched for 40 days and did not buy says nothing about day 41, and is counted for the 40 days only (censored).
The curve is scipy's. Its bounds are those of the beta product (Fay, Brittain and Proschan 2013): Clopper and Pearson's
where nobody is censored, and wide enough too where only few are left, of whom by chance none did it. Bounds by
Greenwood's variance take that for certainty.
"""

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
    at_risk: Floats  # how many were watched and still waited, just before each day
    still: Floats  # how many of them waited on, that day over
    variance: Floats  # Greenwood's, of the share
    mean: Floats  # of the share that waits on, as the product of a beta for each day; and
    square: Floats  # of its square
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
        (low,), (high,) = self.bounds(np.array([day]))
        place = int(np.searchsorted(self.days, day, "right")) - 1
        if place < 0:
            return Estimate(0.0, 0.0, float(high), 0.0)
        return Estimate(float(self.share[place]), float(low), float(high), float(np.sqrt(self.variance[place])))

    def bounds(self, days: Floats) -> tuple[Floats, Floats]:
        """Of the share by each of some days."""
        mean, square, still = self.waits_on(days)
        return 1 - _end(0.975, mean, square), 1 - _end(0.025, *_next(mean, square, still))

    def waits_on(self, days: Floats) -> tuple[Floats, Floats, Floats]:
        """Of each day the mean and square of the share that waits on, and of how many people one can tell."""
        place = np.searchsorted(self.days, days, "right")
        watched = (self.people - np.searchsorted(self.exposure, days, "left")).astype(float)
        if not len(self.days):
            return np.ones(len(days)), np.ones(len(days)), watched
        at = np.maximum(place - 1, 0)
        is_on = (place > 0) & (self.days[at] == days)
        mean, square = (np.where(place > 0, one[at], 1.0) for one in (self.mean, self.square))
        return mean, square, np.where(is_on, self.still[at], watched)

    def median(self) -> Estimate | None:
        """By which day it has happened to half of all; None where it has not. An open end is infinite."""
        half = _first(self.days, self.share)
        return None if half is None else Estimate(half, *self._median_bounds())

    def _median_bounds(self) -> tuple[float, float]:
        """The first day by which the share may be half, and by which it is (Brookmeyer and Crowley 1982)."""
        low, high = self.bounds(self.days)
        early, late = _first(self.days, high), _first(self.days, low)
        return (0.0 if early is None else early), (float("inf") if late is None else late)


def _first(days: Floats, share: Floats) -> float | None:
    reached = np.flatnonzero(share >= HALF)
    return float(days[reached[0]]) if len(reached) else None


def _next(mean: Floats, square: Floats, still: Floats, by: float = 1.0) -> tuple[Floats, Floats]:
    """The same if the next of those who wait did it at once: who will have done it soon is not known nearer.

    ``by``: half of the next, and without censoring it is the beta of Jeffreys' interval (Brown, Cai, DasGupta 2001).
    """
    stays = still + 1 - by
    return mean * stays / (still + 1), square * stays * (stays + 1) / ((still + 1) * (still + 2))


def _end(chance: float, mean: Floats, square: Floats) -> Floats:
    """The quantile of the beta distribution with this mean and mean square."""
    from scipy.special import betaincinv

    variance = square - mean * mean
    spread = (mean > 0) & (variance > 0)
    known = np.where(spread, mean * (1 - mean) / np.where(spread, variance, 1.0) - 1, 1.0)
    found: Floats = betaincinv(np.where(spread, mean * known, 1.0), np.where(spread, (1 - mean) * known, 1.0), chance)
    return np.where(spread, found, mean)


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
        return Curve(none, none, none, none, none, none, none, 0, 0, none)
    stays = ecdf(CensoredData.right_censored(lived, ~happened)).sf
    days = stays.quantiles
    share = 1 - stays.probabilities
    ordered = np.sort(lived)
    at_risk = (len(lived) - np.searchsorted(ordered, days, "left")).astype(float)
    died = np.histogram(lived[happened], np.append(days, np.inf))[0] if happened.any() else np.zeros(len(days))
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(at_risk > died, died / (at_risk * (at_risk - died)), 0.0)
    variance = stays.probabilities**2 * np.cumsum(steps)
    still = at_risk - died
    mean = np.exp(np.cumsum(np.log((still + 1) / (at_risk + 1))))
    square = mean * np.exp(np.cumsum(np.log((still + 2) / (at_risk + 2))))
    return Curve(days, share, at_risk, still, variance, mean, square, len(lived), int(happened.sum()), ordered)


def effective(found: Curve, day: float) -> tuple[float, float]:
    """Of how many whole people the share within so many days tells, and of how many of them it happened.

    What a count of whole people, all watched for so long, would have to be for its share to be as uncertain; where none
    or all did, the days that they were watched, in units of ``day``.
    """
    if not found.people:
        return 0.0, 0.0
    last = min(day, found.until())
    place = int(np.searchsorted(found.days, last, "right")) - 1
    share = float(found.share[place]) if place >= 0 else 0.0
    if 0 < share < 1:
        (mean,), (square,) = _next(*found.waits_on(np.array([last])), by=0.5)
        size = max(1.0, min(float(mean * (1 - mean) / (square - mean * mean)) - 2, float(found.people)))
    else:
        size = float(np.minimum(found.exposure, day).sum() / day) if share == 0 else float(found.people)
    return size, size * share


def difference(one: Estimate, other: Estimate) -> Estimate:
    """How much larger one share is than another of other people: Newcombe's bounds, from the bounds of each."""
    gap = one.value - other.value
    low = gap - float(np.hypot(one.value - one.low, other.high - other.value))
    high = gap + float(np.hypot(one.high - one.value, other.value - other.low))
    return Estimate(gap, low, high, float(np.hypot(one.high - one.low, other.high - other.low)) / (2 * Z))
