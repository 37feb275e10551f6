"""Where people stop on the way from a lead to a loyal customer, and the seeds of a cause: who stops more than others.

Each source, vendor, wording or product is held against all the others of the same step. Only those that are worse
beyond chance are named (Benjamini and Hochberg 1995: of what is named at most one in twenty is expected to be chance),
by how many people more they lose than the others would have.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import erfc, sqrt
from typing import Any

import numpy as np

from gateway.economics.cuts import Cut, make_cut
from gateway.economics.estimate import Estimate
from gateway.economics.figures import told
from gateway.economics.measures import Each
from gateway.economics.people import NONE, Array, People
from gateway.economics.shares import share_of
from gateway.economics.waiting import Curve, curve, difference, effective

STEPS = ("reach", "acquisition", "conversion", "retention", "loyalty")
LOYAL_DAYS = 365
FALSE_SHARE = 0.05
LEAST = 20  # people of a group, below which nothing is said of it
MOST_SEEDS, MOST_REASONS = 5, 5


@dataclass(frozen=True, slots=True)
class Seed:
    """A group that goes on less often than the others."""

    what: str  # source, list, vendor, wording, product
    name: str
    people: int
    share: Estimate
    rest: Estimate
    gap: Estimate  # how much lower
    lost: float  # people more than if it were like the others
    chance: float  # of so large a gap, were there none

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "what": self.what, "name": self.name, "people": self.people, "share": told(self.share),
            "rest": told(self.rest), "gap": told(self.gap), "lost": round(self.lost, 1),
            "chance": float(f"{self.chance:.2g}"),
        }  # fmt: skip


@dataclass(slots=True)
class Leak:
    """A step on which people stop."""

    before: str
    after: str
    came: int
    share: Estimate | None  # of those who go on
    days: float | None  # within how long; None: at once, or within the product's usual time
    lost: float
    seeds: list[Seed] = field(default_factory=list)
    reasons: list[tuple[str, int]] = field(default_factory=list)  # codes, of leads that did not become prospects

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "from": self.before, "to": self.after, "came": self.came, "share": told(self.share), "days": self.days,
            "lost": round(self.lost), "seeds": [one.as_dict() for one in self.seeds],
            "reasons": [{"code": code, "leads": count} for code, count in self.reasons],
        }  # fmt: skip


def find_leaks(people: People, each: Each, reasons: Mapping[str, int], horizon: float) -> list[Leak]:
    """The four steps, the one that loses most people first."""
    cuts = [(name[:-1], make_cut(people, name)) for name in ("sources", "lists", "vendors")]
    cuts.append(("wording", _wordings(people)))
    found = [_acquisition(people, cuts, reasons)]
    found.append(_waiting(STEPS[1], STEPS[2], at=each.first, watched=people.watched, day=horizon, cuts=cuts))
    buyers = ~np.isnan(each.first)
    cuts.append(("product", _products(people, each)))
    repeat = _waiting(STEPS[2], STEPS[3], at=each.again, watched=each.again_watched, day=1.0, cuts=cuts, among=buyers)
    repeat.days = None
    found.append(repeat)
    if not np.isnan(each.loyal).all() or people.moved_to.any():
        second = ~np.isnan(each.second)
        left = np.where(second, people.watched - each.second, 0.0)
        to_loyal = _waiting(STEPS[3], STEPS[4], at=each.loyal, watched=left, day=LOYAL_DAYS, cuts=cuts, among=second)
        found.append(to_loyal)
    return sorted((one for one in found if one.came), key=lambda one: -one.lost)


def _acquisition(people: People, cuts: list[tuple[str, Cut]], reasons: Mapping[str, int]) -> Leak:
    taken = np.bincount(people.place, minlength=len(people.places)).astype(float)
    rows = np.maximum(people.rows, taken)
    whole, went = float(rows.sum()), float(taken.sum())
    leak = Leak(STEPS[0], STEPS[1], round(whole), share_of(went, whole), None, whole - went)
    leak.reasons = Counter(reasons).most_common(MOST_REASONS)
    tries: list[Seed] = []
    for what, cut in cuts:
        codes = np.array(cut.by_place, np.int64)
        for number, name in enumerate(cut.names):
            here = codes == number
            tries += _compare((what, name), (float(rows[here].sum()), float(taken[here].sum())), (whole, went))
    leak.seeds = _beyond_chance(tries)
    return leak


def _waiting(
    before: str,
    after: str,
    *,
    at: Array,
    watched: Array,
    day: float,
    cuts: list[tuple[str, Cut]],
    among: Array | None = None,
) -> Leak:
    """A step that takes time, of which the young say less."""
    chosen = np.ones(len(at), bool) if among is None else among
    whole = curve(at[chosen], watched[chosen])
    day = min(day, whole.until())
    share = whole.within(day) if day > 0 else None
    leak = Leak(before, after, whole.people, share, day, whole.people * (1 - share.value) if share else 0.0)
    if share is None:
        return leak
    size_and_count = effective(whole, day)
    tries: list[Seed] = []
    for what, cut in cuts:
        for number, name in enumerate(cut.names):
            here = chosen & (cut.codes == number)
            if LEAST <= here.sum() < whole.people:
                tries += _of_group((what, name), curve(at[here], watched[here]), day, size_and_count)
    leak.seeds = _beyond_chance(tries)
    return leak


def _of_group(of: tuple[str, str], mine: Curve, day: float, whole: tuple[float, float]) -> Iterator[Seed]:
    if mine.until() >= day:  # else too young to be compared
        yield from _compare(of, effective(mine, day), whole, mine.people)


def _compare(
    of: tuple[str, str], mine: tuple[float, float], all_of_them: tuple[float, float], people: float | None = None
) -> Iterator[Seed]:
    """A group against the rest, where it goes on less often. Counts: of how many, and how many of them go on."""
    (what, name), (size, count), (whole, went) = of, mine, all_of_them
    own, rest = share_of(count, size), share_of(max(went - count, 0.0), whole - size)
    if own is None or rest is None or min(size, whole - size) < LEAST or own.value >= rest.value:
        return
    pooled = min(max(went / whole, 1e-9), 1 - 1e-9)
    error = sqrt(pooled * (1 - pooled) * (1 / size + 1 / (whole - size)))
    chance = erfc((rest.value - own.value) / error / sqrt(2))
    number = size if people is None else people
    yield Seed(what, name, round(number), own, rest, difference(rest, own), number * (rest.value - own.value), chance)


def _beyond_chance(tries: list[Seed]) -> list[Seed]:
    """Those of the comparisons that are not chance, by how many people more they lose."""
    ordered = sorted(tries, key=lambda one: one.chance)
    kept = 0
    for place, one in enumerate(ordered, 1):
        if one.chance <= FALSE_SHARE * place / len(ordered):
            kept = place
    named: dict[tuple[int, float], Seed] = {}
    for one in sorted(ordered[:kept], key=lambda one: -one.lost):
        named.setdefault((one.people, one.share.value), one)  # the notice of one vendor alone is the vendor again
    return list(named.values())[:MOST_SEEDS]


def _wordings(people: People) -> Cut:
    names: dict[str, int] = {}
    by_place = [NONE if one.wording is None else names.setdefault(one.wording, len(names)) for one in people.places]
    codes = np.array([*by_place, NONE], np.int64)[people.place]
    return Cut("wordings", codes, list(names), np.full(len(names), np.nan), by_place)


def _products(people: People, each: Each) -> Cut:
    """By what people bought first."""
    bought = np.flatnonzero(people.at == each.first[people.person])[::-1]
    codes = np.full(len(people), NONE, np.int64)
    codes[people.person[bought]] = people.product[bought]
    return Cut("products", codes, list(people.products), np.full(len(people.products), np.nan), [])
