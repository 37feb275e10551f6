"""What is known of a group of people, reckoned from their columns: when they buy, whether again, what they spend."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from gateway.economics.cuts import Group
from gateway.economics.estimate import Estimate
from gateway.economics.people import BUYING, KIND, NONE, Array, People
from gateway.economics.shares import promoters, share_of
from gateway.economics.spending import Spending, naive, spending
from gateway.economics.waiting import Curve, curve
from gateway.lifecycle.store import STATES

WITHIN = (30, 90, 365)
"""Days within which a first purchase is counted."""
OCCASION = 1.0  # days: what is bought within a day of another purchase is the same occasion
PLEASED = 4  # of 5


@dataclass(frozen=True, slots=True)
class Each:
    """One column for each person, reckoned once and cut in many ways."""

    first: Array  # days until the first purchase; NaN of those who have not bought
    again: Array  # from the first to the next, in units of the product's usual time
    again_watched: Array  # how long that was watched, likewise; NaN of those who have not bought
    referred: Array  # days until they first sent somebody
    second: Array  # days until the second purchase
    loyal: Array  # days from the second purchase until they first were loyal
    satisfied: Array  # the last answer, 1 to 5; NONE
    recommend: Array  # likewise, 0 to 10


@dataclass(slots=True)
class Measured:
    """A group and its estimates; None where nothing can be said."""

    people: int
    left: int
    buyers: int
    waits: Curve
    first: dict[int, Estimate | None]
    median: Estimate | None
    again: Estimate | None  # of those who bought, within the product's usual time
    referred: Estimate | None  # within a year
    satisfied: Estimate | None
    promoters: Estimate | None
    net_promoters: Estimate | None
    asked: int  # how many said whether they would recommend us
    spent: dict[str, Spending | None] = field(default_factory=dict)
    naive: dict[str, float] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)  # minor units, given back money taken off


def reckon_each(people: People, in_time: Callable[[str], float]) -> Each:
    """``in_time``: within how many days a product is bought again by who stays; of no product by an empty name."""
    count = len(people)
    nobody = np.full(count, np.nan)
    bought = np.isin(people.kind, BUYING) & ~(people.amount < 0)
    who, at, what = people.person[bought], people.at[bought], people.product[bought]
    is_first = np.ones(len(who), bool)
    is_first[1:] = who[1:] != who[:-1]
    first = nobody.copy()
    first[who[is_first]] = at[is_first]
    period = np.full(count, in_time(""))
    days = np.array([in_time(name) for name in [*people.products, ""]])
    period[who[is_first]] = days[what[is_first]]
    later = at >= first[who] + OCCASION
    next_who, next_at = who[later], at[later]
    opens = np.ones(len(next_who), bool)
    opens[1:] = next_who[1:] != next_who[:-1]
    again = nobody.copy()
    again[next_who[opens]] = next_at[opens]
    return Each(
        first, (again - first) / period, (people.watched - first) / period,
        _first_of(people, people.kind == KIND["referral"]), again, _became_loyal(people, again),
        _last(people, people.satisfaction), _last(people, people.recommend),
    )  # fmt: skip


def _first_of(people: People, chosen: Array) -> Array:
    found = np.full(len(people), np.nan)
    who, at = people.person[chosen][::-1], people.at[chosen][::-1]
    found[who] = at  # backwards, so that the earliest stands
    return found


def _became_loyal(people: People, second: Array) -> Array:
    found = np.full(len(people), np.nan)
    chosen = people.moved_to == STATES.index("loyal")
    found[people.mover[chosen][::-1]] = people.moved_at[chosen][::-1]
    after: Array = np.maximum(found - second, 0.0)
    return after


def _last(people: People, answers: Array) -> Array:
    found = np.full(len(people), NONE, np.int8)
    given = answers != NONE
    found[people.person[given]] = answers[given]  # in order of time: the last stands
    return found


def measure(people: People, each: Each, group: Group, horizon: int) -> Measured:
    """All that is reckoned for one group."""
    chosen, told, place = group.chosen, group.told, group.place
    watched, first = people.watched[chosen], each.first[chosen]
    waits = curve(first, watched)
    bought = ~np.isnan(first)
    again = curve(each.again[chosen][bought], each.again_watched[chosen][bought])
    answers = each.recommend[chosen]
    answers = answers[answers != NONE]
    pleased = each.satisfied[chosen]
    pleased = pleased[pleased != NONE]
    rate, net = promoters(answers)
    found = Measured(
        len(chosen), int(people.left[chosen].sum()), int(bought.sum()), waits,
        {day: waits.within(day) for day in sorted({*WITHIN, horizon})}, waits.median(), again.within(1.0),
        curve(each.referred[chosen], watched).within(horizon), share_of(int((pleased >= PLEASED).sum()), len(pleased)),
        rate, net, len(answers),
    )  # fmt: skip
    currency = people.currency[told]
    for code, name in enumerate(people.currencies):
        paid = told[currency == code]
        amount = people.amount[paid]
        found.spent[name] = spending(place[people.person[paid]], people.at[paid], amount, watched, horizon)
        found.naive[name], found.total[name] = naive(amount, len(chosen)), round(float(amount.sum()))
    return found


def curve_points(found: Curve, days: int = 365, steps: int = 73) -> dict[str, list[float]]:
    """The curve at a few days, for a picture."""
    last = min(float(days), found.until())
    at = np.unique(np.linspace(0, last, steps + 1))
    place = np.searchsorted(found.days, at, "right") - 1
    share = np.where(place >= 0, found.share[np.maximum(place, 0)] if len(found.days) else 0.0, 0.0)
    low, high = found.bounds(at)
    told = {"days": at, "share": share, "low": low, "high": high}
    return {name: [round(float(one), 4) for one in values] for name, values in told.items()}
