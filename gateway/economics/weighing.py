"""Everybody together, each source with the weight of its people: what a change in the mix would otherwise bend.

Of last year's people one source may be many and of this year's another. A curve over all of them takes its late days
from the old source alone. So each source (a vendor, or a form of ours) is reckoned for itself, and their shares and
averages are added up by how many people each has now; sources of few people are taken together.
"""

from collections import Counter
from dataclasses import replace

import numpy as np

from gateway.economics.cuts import everybody
from gateway.economics.estimate import Estimate, Z
from gateway.economics.measures import Each, Measured, curve_points, measure
from gateway.economics.people import Array, People
from gateway.economics.spending import LEAST_SPENDERS, Spending, bounds, spending
from gateway.economics.stretching import Kind, kind_of, share_at, stretch
from gateway.economics.waiting import Curve, curve

ENOUGH = 100
"""With fewer people a source is taken together with the others of few."""


def reckon_whole(people: People, each: Each, horizon: int) -> tuple[Measured, Kind, dict[str, list[float]]]:
    """Everybody together, weighed by source; as one kind; and the curve of their first purchases, for a picture."""
    found = measure(people, each, everybody(people), horizon)
    parts = _parts(people)
    waits = [curve(each.first[part], people.watched[part]) for part in parts]
    paid = {name: _paid(people, parts, name, spent.days) for name, spent in found.spent.items() if spent is not None}
    spent_by_part = [{name: spent[number] for name, spent in paid.items()} for number in range(len(parts))]
    kind = kind_of(people, found.waits, np.ones(len(people), bool), horizon, waits, spent_by_part)
    points = curve_points(found.waits, max(horizon, 365))
    if len(parts) > 1:
        weights = np.array([len(part) for part in parts]) / len(people)
        _weigh(points, waits, weights, kind)
        for day, one in found.first.items():
            if one is not None:
                found.first[day] = _shares([share_at(wait, kind, float(day)) for wait in waits], weights, one)
        for name, spent in found.spent.items():
            if spent is not None and spent.spenders >= LEAST_SPENDERS:
                found.spent[name] = _money(paid[name], weights, kind, name, spent)
    return found, kind, points


def _weigh(points: dict[str, list[float]], waits: list[Curve], weights: Array, kind: Kind) -> None:
    """The same picture, of each source by itself; a share does not fall where a source is too young to go on."""
    ends = ("share", "low", "high")
    at = zip(points["days"], *(points[end] for end in ends), strict=True)
    shares = [
        _shares([share_at(wait, kind, day) for wait in waits], weights, Estimate(*one)) if day > 0 else Estimate(*one)
        for day, *one in at
    ]
    values = np.array([(one.value, one.low, one.high) for one in shares]).reshape(-1, 3)
    for end, column in zip(ends, np.maximum.accumulate(values).T, strict=True):
        points[end] = [round(float(one), 4) for one in column]


def _parts(people: People) -> list[Array]:
    """The people of each vendor, and of each form without one."""
    called = [one.vendor.casefold() if one.vendor else f"\0{one.kind}:{one.name}" for one in people.places]
    names = {name: number for number, name in enumerate(dict.fromkeys(called))}
    codes = np.array([names[one] for one in called] or [0])[people.place]
    sizes = Counter(codes.tolist())
    few = {code for code, size in sizes.items() if size < ENOUGH}
    merged = np.isin(codes, list(few))
    parts = [np.flatnonzero(codes == code) for code in sorted(sizes.keys() - few)]
    return [*parts, np.flatnonzero(merged)] if merged.any() else parts


def _shares(told: list[tuple[float, float]], weights: Array, whole: Estimate) -> Estimate:
    shares = np.array([count / size if size else whole.value for size, count in told])
    sizes = np.array([max(size, 1.0) for size, _ in told])
    value = float(weights @ shares)
    smoothed = (shares * sizes + 0.5) / (sizes + 1)  # a source of which nobody bought is not certain of it
    error = float(np.sqrt((weights**2) @ (smoothed * (1 - smoothed) / sizes)))
    if not 0 < value < 1:
        return whole
    odds, width = np.log(value / (1 - value)), Z * error / (value * (1 - value))
    low, high = (float(1 / (1 + np.exp(-end))) for end in (odds - width, odds + width))
    return Estimate(value, low, high, error)


def _paid(people: People, parts: list[Array], currency: str, days: float) -> list[Spending | None]:
    """What the people of each part spend."""
    place, part_of = np.zeros(len(people), np.int64), np.zeros(len(people), np.int64)
    for number, part in enumerate(parts):
        place[part], part_of[part] = np.arange(len(part)), number
    owner = np.where(people.currency == people.currencies.index(currency), part_of[people.person], -1)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(parts) + 1))
    found = []
    for number, part in enumerate(parts):
        mine = order[starts[number] : starts[number + 1]]
        who, at, amount = place[people.person[mine]], people.at[mine], people.amount[mine]
        found.append(spending(who, at, amount, people.watched[part], days))
    return found


def _money(paid: list[Spending | None], weights: Array, kind: Kind, currency: str, whole: Spending) -> Spending:
    value = variance = doubt = 0.0
    for one, weight in zip(paid, weights.tolist(), strict=True):
        factor, unsure = (0.0, 0.0) if one is None else stretch(one, kind, currency)
        if one is None or not factor:
            value += weight * whole.mean.value
            variance += (weight * whole.mean.value) ** 2  # as far off as that, for all we know
            continue
        mean = one.mean.times(factor)
        value += weight * mean.value
        own = weight**2 * (mean.error**2 + mean.value**2 * unsure)
        variance += own
        doubt += own**2 / one.freedom
    freedom = variance**2 / doubt if doubt else np.inf  # an error made of errors of few and of many: Satterthwaite 1946
    freedom = min(freedom, whole.spenders - 1)
    return replace(whole, mean=bounds(value, float(np.sqrt(variance)), freedom), freedom=freedom)
