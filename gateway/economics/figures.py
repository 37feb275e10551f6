"""The figures of one way to cut the people: a line for each group, small groups drawn towards their kind beside it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gateway.economics import shrinking
from gateway.economics.cuts import Cut, groups
from gateway.economics.estimate import Estimate
from gateway.economics.measures import Each, Measured, measure
from gateway.economics.people import People
from gateway.economics.stretching import Kind, kind_of, share_at, stretch
from gateway.economics.waiting import curve


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


def reckon(people: People, each: Each, cut: Cut, whole: Kind, horizon: int) -> Figures:
    """A line for each group that has anybody in it, in the cut's order."""
    lines = []
    for group in groups(people, cut):
        rows = cut.rows[group.number]
        count = None if np.isnan(rows) else int(max(rows, len(group.chosen)))
        lines.append(Line(cut.names[group.number], count, measure(people, each, group, horizon)))
    chosen = cut.codes >= 0
    waits = curve(each.first[chosen], people.watched[chosen])
    found = [line.measured for line in lines]
    kind = kind_of(people, waits, chosen, horizon, [one.waits for one in found], [one.spent for one in found])
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


def _draw_money(lines: list[Line], unseen: Firm, currency: str, kind: Kind) -> None:
    told: list[tuple[Line, float, float, float, float]] = []
    for line in lines:
        spent = line.measured.spent.get(currency)
        factor, doubt = (0.0, 0.0) if spent is None else stretch(spent, kind, currency)
        if spent is not None and factor:
            mean = spent.mean.times(factor)
            told.append(
                (line, mean.value, mean.error**2 + mean.value**2 * doubt, spent.exposure / factor, spent.freedom)
            )
    if not told:
        return
    columns = [np.array(column) for column in list(zip(*told, strict=True))[1:]]
    *each, new = shrinking.means(*columns)
    unseen.spent[currency] = new
    for (line, *_), estimate in zip(told, each, strict=True):
        line.firm.spent[currency] = estimate
    for line in lines:  # nobody watched for a day yet: as one of its kind
        line.firm.spent.setdefault(currency, new)


def told(estimate: Estimate | None, digits: int = 4) -> dict[str, Any] | None:
    """An estimate for JSON; an end that is not known is null."""
    if estimate is None:
        return None
    ends = {"value": estimate.value, "low": estimate.low, "high": estimate.high}
    return {name: round(end, digits) if np.isfinite(end) else None for name, end in ends.items()}
