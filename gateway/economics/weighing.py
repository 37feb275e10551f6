"""Everybody together, each source with the weight of its people: what a change in the mix would otherwise bend.

Of last year's people one source may be many and of this year's another. A curve over all of them takes its late days
from the old source alone. So each source (a vendor, or a form of ours) is reckoned for itself, and their shares and
averages are added up by how many people each has now; sources of few people are taken together.
"""

from collections import Counter

import numpy as np

from gateway.economics.cuts import everybody
from gateway.economics.estimate import Estimate, Z
from gateway.economics.figures import Kind, kind_of, share_at, stretch
from gateway.economics.measures import Each, Measured, measure
from gateway.economics.people import Array, People
from gateway.economics.spending import LEAST_SPENDERS, Spending, bounds, spending
from gateway.economics.waiting import curve

ENOUGH = 100
"""With fewer people a source is taken together with the others of few."""


def reckon_whole(people: People, each: Each, horizon: int) -> tuple[Measured, Kind]:
    """Everybody together, weighed by source; and as one kind."""
    found = measure(people, each, everybody(people), horizon)
    kind = kind_of(people, each, np.ones(len(people), bool), horizon)
    parts = _parts(people)
    if len(parts) > 1:
        waits = [curve(each.first[part], people.watched[part]) for part in parts]
        weights = np.array([len(part) for part in parts]) / len(people)
        for day, one in found.first.items():
            if one is not None:
                told = [share_at(wait, kind, float(day)) for wait in waits]
                found.first[day] = _shares(told, weights, one)
        for name, spent in found.spent.items():
            if spent is not None and spent.spenders >= LEAST_SPENDERS:
                found.spent[name] = _money(people, parts, weights, kind, name, spent)
    return found, kind


def _parts(people: People) -> list[Array]:
    """The people of each vendor, and of each form without one."""
    called = [one.vendor.casefold() if one.vendor else f"\0{one.kind}:{one.name}" for one in people.places]
    names = {name: number for number, name in enumerate(dict.fromkeys(called))}
    codes = np.array([names[one] for one in called] or [0])[people.place]
    sizes = Counter(codes.tolist())
    few = {code for code, size in sizes.items() if size < ENOUGH}
    if sum(sizes[code] for code in few) < ENOUGH and len(few) < len(sizes) and few:
        few.add(min((size, code) for code, size in sizes.items() if code not in few)[1])  # the smallest takes them in
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


def _money(  # noqa: PLR0917 - one sum over all parts
    people: People, parts: list[Array], weights: Array, kind: Kind, currency: str, whole: Spending
) -> Spending:
    code = people.currencies.index(currency)
    place, part_of = np.zeros(len(people), np.int64), np.zeros(len(people), np.int64)
    for number, part in enumerate(parts):
        place[part], part_of[part] = np.arange(len(part)), number
    paid = people.currency == code
    owner = np.where(paid, part_of[people.person], -1)
    order = np.argsort(owner, kind="stable")
    starts = np.searchsorted(owner[order], np.arange(len(parts) + 1))
    value = variance = 0.0
    for number, part in enumerate(parts):
        mine = order[starts[number] : starts[number + 1]]
        who, at, amount = place[people.person[mine]], people.at[mine], people.amount[mine]
        one = spending(who, at, amount, people.watched[part], whole.days)
        factor = 0.0 if one is None else stretch(one, kind, currency)
        known = one is not None and factor > 0
        middle = one.mean.value * factor if one and known else whole.mean.value
        error = one.mean.error * factor if one and known else whole.mean.value  # as far off as that, for all we know
        value += float(weights[number]) * middle
        variance += (float(weights[number]) * error) ** 2
    found = bounds(value, float(np.sqrt(variance)), whole.spenders - 1)
    return Spending(whole.days, found, whole.people, whole.spenders, whole.exposure, whole.is_short)
