"""How buying and spending go on among the sources of a kind, by which a source too young for the horizon is stretched.

Of each source that was watched for long enough: how much more there is by the horizon than by an earlier day. One
person's source is not another's, so a young one is not stretched by all people together, among whom the late days are
those of the oldest source alone, but by the average of the sources; and that they differ beyond chance makes it less
certain (random effects: DerSimonian and Laird 1986).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from gateway.economics.people import Array, People
from gateway.economics.spending import Spending, reach
from gateway.economics.waiting import Curve, effective

LEAST_SOURCES = 2
"""Of fewer that were watched for long enough, all people together are asked."""
LEAST_PIECES = 10.0  # purchases' worth of what a source tells, before others are stretched by it
STEPS = 60


@dataclass(frozen=True, slots=True)
class Further:
    """By each day: the logarithm of how much more there is by the end, and its variance for one more source."""

    days: Array
    more: Array
    doubt: Array

    def at(self, day: float) -> tuple[float, float]:
        """Between two days."""
        return float(np.interp(day, self.days, self.more)), float(np.interp(day, self.days, self.doubt))


@dataclass(frozen=True, slots=True)
class Kind:
    """All of a kind: together, and each source by itself."""

    waits: Curve
    days: float  # of the horizon, as far as enough people were watched
    paths: dict[str, tuple[Array, Array]]  # average spending by day, of each currency
    members: Sequence[Curve]
    spent: dict[str, list[Spending]]
    _known: dict[tuple[str | None, float], Further | None] = field(default_factory=dict, init=False)

    def share_by(self, day: float) -> float:
        """The share that has bought by a day, of all together."""
        place = int(np.searchsorted(self.waits.days, day, "right")) - 1
        return float(self.waits.share[place]) if place >= 0 else 0.0

    def mean_by(self, currency: str, day: float) -> float:
        """Average spending by a day, of all together."""
        return float(_at(*self.paths[currency], np.array([day]))[0])

    def further(self, until: float, currency: str | None = None) -> Further | None:
        """How buying (the hazard of it) or spending goes on until a day; None where too few sources tell."""
        if (currency, until) not in self._known:
            grid = np.linspace(0, until, STEPS + 1)
            told = self._buying(grid) if currency is None else self._spending(grid, currency)
            self._known[currency, until] = _together(grid, told)
        return self._known[currency, until]

    def _buying(self, grid: Array) -> list[tuple[Array, Array]]:
        found = []
        for one in self.members:
            if one.until() >= grid[-1] and one.events >= LEAST_PIECES:
                stays = np.maximum(1 - _at(one.days, one.share, grid), 1e-9)
                found.append((-np.log(stays), _at(one.days, one.variance, grid) / stays**2))
        return found

    def _spending(self, grid: Array, currency: str) -> list[tuple[Array, Array]]:
        old = [one for one in self.spent.get(currency, []) if one.days >= grid[-1] and not one.is_thin]
        return [(_at(one.paid, one.path, grid), _at(one.paid, one.pieces, grid)) for one in old]


def _at(days: Array, path: Array, grid: Array) -> Array:
    """A path of steps, by each day."""
    if not len(days):
        return np.zeros(len(grid))
    place = np.searchsorted(days, grid, "right") - 1
    found: Array = np.where(place >= 0, path[np.maximum(place, 0)], 0.0)
    return found


def _together(grid: Array, told: list[tuple[Array, Array]]) -> Further | None:
    """Of each source what had come by each day and its variance; how it goes on, by random effects."""
    enough = [one for one in told if one[0][-1] > 0 and one[0][-1] ** 2 >= LEAST_PIECES * one[1][-1] > 0]
    if len(enough) < LEAST_SOURCES:
        return None
    come, variance = (np.array(column) for column in zip(*enough, strict=True))
    half = variance[:, -1:] / come[:, -1:] / 2  # a piece, half before and half after: of few, either may be none
    early, late = np.maximum(come, 0) + half, np.maximum(come[:, -1:] - come, 0) + half
    more = np.log1p(late / early)
    rest = np.maximum(variance[:, -1:] - variance, 0)
    chance = (late / (early + late)) ** 2 * ((rest + 2 * half**2) / late**2 + (variance + 2 * half**2) / early**2)
    weight = 1 / chance
    middle = (weight * more).sum(0) / weight.sum(0)
    beyond = (weight * (more - middle) ** 2).sum(0) - (len(enough) - 1)
    differ = np.maximum(beyond, 0) / (weight.sum(0) - (weight**2).sum(0) / weight.sum(0))
    weight = 1 / (chance + differ)
    return Further(grid, (weight * more).sum(0) / weight.sum(0), differ + 1 / weight.sum(0))


def kind_of(  # noqa: PLR0917 - a record's parts
    people: People, waits: Curve, chosen: Array, horizon: int,
    members: Sequence[Curve], spent: Sequence[dict[str, Spending | None]],
) -> Kind:  # fmt: skip
    """These people together, whose wait is known; and each source's wait and spending."""
    ordered = np.sort(people.watched[chosen])
    paths = {}
    for code, name in enumerate(people.currencies):
        paid = (people.currency == code) & chosen[people.person]
        order = np.argsort(people.at[paid], kind="stable")
        at = people.at[paid][order]
        shared_by = len(ordered) - np.searchsorted(ordered, at, "left")
        paths[name] = (at, np.cumsum(people.amount[paid][order] / np.maximum(shared_by, 1)))
    each = {name: [one for line in spent if (one := line.get(name)) is not None] for name in people.currencies}
    return Kind(waits, reach(ordered, horizon), paths, members, each)


def share_at(waits: Curve, kind: Kind, until: float) -> tuple[float, float]:
    """As a count of people: how many of how many buy within so many days.

    A group that is too young for it is stretched by how buying goes on among its kind, and tells of fewer people.
    """
    day = min(until, waits.until())
    if day <= 0:
        return 0.0, 0.0
    size, count = effective(waits, day)
    if day >= until:
        return size, count
    further = kind.further(until)
    if further is None:
        return _stretch_by_all(size, count, kind, day, until)
    more, doubt = further.at(day)
    if not 0 < count < size:
        return size * float(np.exp(-more)), count * float(np.exp(-more))
    hazard = -np.log1p(-count / size)
    known = count / (size * (size - count)) / hazard**2 + doubt  # variance of its logarithm
    hazard *= np.exp(more)
    share = -np.expm1(-hazard)
    told = min(size, float(share / ((1 - share) * known * hazard**2)))
    return told, told * float(share)


def _stretch_by_all(size: float, count: float, kind: Kind, day: float, until: float) -> tuple[float, float]:
    now, then = kind.share_by(day), kind.share_by(until)
    if now >= then:
        return size, count
    if not 0 < now < then < 1:
        return 0.0, 0.0
    share = 1 - (1 - count / size) ** (np.log1p(-then) / np.log1p(-now))
    size *= (now / then) ** 2  # that it goes on as its kind is a guess besides
    return size, size * float(share)


def stretch(spent: Spending, kind: Kind, currency: str) -> tuple[float, float]:
    """How much more a young group will have spent by the end, and the variance of its logarithm; 0 where unknown."""
    if not spent.is_short or spent.days >= kind.days:
        return 1.0, 0.0
    further = kind.further(kind.days, currency)
    if further is not None:
        more, doubt = further.at(spent.days)
        return float(np.exp(more)), doubt
    now, then = kind.mean_by(currency, spent.days), kind.mean_by(currency, kind.days)
    return (then / now if now > 0 else 0.0), 0.0
