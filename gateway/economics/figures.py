"""The figures of one way to cut the people: a line for each group, small groups drawn towards their kind beside it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gateway.economics import shrinking
from gateway.economics.cuts import Cut, groups
from gateway.economics.estimate import Estimate
from gateway.economics.measures import Each, Measured, measure
from gateway.economics.people import Array, People
from gateway.economics.spending import Spending, reach
from gateway.economics.waiting import Curve, curve, effective


@dataclass(slots=True)
class Firm:
    """A group's estimates after being drawn towards its kind; what a small source should be judged by."""

    first: Estimate | None = None  # the share that buys within the horizon
    spent: dict[str, Estimate] = field(default_factory=dict)
    becomes: Estimate | None = None  # the share of its rows that become prospects


@dataclass(slots=True)
class Line:
    """A group with all that is known of it."""

    name: str
    rows: int | None
    measured: Measured
    firm: Firm = field(default_factory=Firm)


@dataclass(slots=True)
class Figures:
    """All groups of a cut; ``unseen``: what is to be expected of one of the kind that nobody has seen yet."""

    cut: str
    lines: list[Line]
    unseen: Firm


@dataclass(frozen=True, slots=True)
class Kind:
    """All of a kind together: what its young groups are stretched by."""

    waits: Curve
    days: float  # of the horizon, as far as enough people were watched
    paths: dict[str, tuple[Array, Array]]  # average spending by day, of each currency

    def share_by(self, day: float) -> float:
        """The share that has bought by a day."""
        place = int(np.searchsorted(self.waits.days, day, "right")) - 1
        return float(self.waits.share[place]) if place >= 0 else 0.0

    def mean_by(self, currency: str, day: float) -> float:
        """Average spending by a day."""
        days, mean = self.paths[currency]
        place = int(np.searchsorted(days, day, "right")) - 1
        return float(mean[place]) if place >= 0 else 0.0


def kind_of(people: People, each: Each, chosen: Array, horizon: int) -> Kind:
    """These people together."""
    watched = people.watched[chosen]
    ordered = np.sort(watched)
    paths = {}
    for code, name in enumerate(people.currencies):
        paid = (people.currency == code) & chosen[people.person]
        order = np.argsort(people.at[paid], kind="stable")
        at = people.at[paid][order]
        shared_by = len(ordered) - np.searchsorted(ordered, at, "left")
        paths[name] = (at, np.cumsum(people.amount[paid][order] / np.maximum(shared_by, 1)))
    return Kind(curve(each.first[chosen], watched), reach(watched, horizon), paths)


def reckon(people: People, each: Each, cut: Cut, whole: Kind, horizon: int) -> Figures:
    """A line for each group that has anybody in it, in the cut's order."""
    lines = []
    for group in groups(people, cut):
        rows = cut.rows[group.number]
        count = None if np.isnan(rows) else int(max(rows, len(group.chosen)))
        lines.append(Line(cut.names[group.number], count, measure(people, each, group, horizon)))
    kind = kind_of(people, each, cut.codes >= 0, horizon)
    return Figures(cut.name, lines, _draw_together(lines, kind if kind.days >= whole.days else whole))


def _draw_together(lines: list[Line], kind: Kind) -> Firm:
    """Shrink every line towards the others."""
    unseen = Firm()
    if not lines or kind.days <= 0:
        return unseen
    told = [share_at(line.measured.waits, kind, kind.days) for line in lines]
    size, count = (np.array(column) for column in zip(*told, strict=True))
    *each, unseen.first = shrinking.shares(size, count)
    for line, estimate in zip(lines, each, strict=True):
        line.firm.first = estimate
    if all(line.rows for line in lines):
        people = np.array([float(line.measured.people) for line in lines])
        *each, unseen.becomes = shrinking.shares(np.array([float(line.rows or 0) for line in lines]), people)
        for line, estimate in zip(lines, each, strict=True):
            line.firm.becomes = estimate
    for currency in kind.paths:
        _draw_money(lines, unseen, currency, kind)
    return unseen


def share_at(waits: Curve, kind: Kind, until: float) -> tuple[float, float]:
    """As a count of people: how many of how many buy within so many days.

    A group that is too young for it is stretched by how buying goes on among its kind, and tells of fewer people.
    """
    day = min(until, waits.until())
    if day <= 0:
        return 0.0, 0.0
    size, count = effective(waits, day)
    now, then = kind.share_by(day), kind.share_by(until)
    if day >= until or now >= then:
        return size, count
    if not 0 < now < then < 1:
        return 0.0, 0.0
    share = 1 - (1 - count / size) ** (np.log1p(-then) / np.log1p(-now))
    size *= (now / then) ** 2  # that it goes on as its kind is a guess besides
    return size, size * float(share)


def _draw_money(lines: list[Line], unseen: Firm, currency: str, kind: Kind) -> None:
    told: list[tuple[Line, float, float, float]] = []
    for line in lines:
        spent = line.measured.spent.get(currency)
        factor = 0.0 if spent is None else stretch(spent, kind, currency)
        if spent is not None and factor:
            told.append((line, spent.mean.value * factor, (spent.mean.error * factor) ** 2, spent.exposure / factor))
    if not told:
        return
    columns = [np.array(column) for column in list(zip(*told, strict=True))[1:]]
    *each, new = shrinking.means(*columns)
    unseen.spent[currency] = new
    for (line, *_), estimate in zip(told, each, strict=True):
        line.firm.spent[currency] = estimate
    for line in lines:  # nobody watched for a day yet: as one of its kind
        line.firm.spent.setdefault(currency, new)


def stretch(spent: Spending, kind: Kind, currency: str) -> float:
    """How much more a young group will have spent by the end if it goes on as its kind; 0 where that is unknown."""
    if not spent.is_short or spent.days >= kind.days:
        return 1.0
    now, then = kind.mean_by(currency, spent.days), kind.mean_by(currency, kind.days)
    return then / now if now > 0 else 0.0


def told(estimate: Estimate | None, digits: int = 4) -> dict[str, Any] | None:
    """An estimate for JSON; an end that is not known is null."""
    if estimate is None:
        return None
    ends = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: round(end, digits) if np.isfinite(end) else None for name, end in ends.items()}
