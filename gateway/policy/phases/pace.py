"""How long what somebody bought will last them, and how late they are: purchase is not consumption.

A person's own pace is the median of the days between their purchases, each divided by what was bought, drawn towards
what is usual of the product while there are few of them: with n gaps (w * usual + n * median) / (w + n).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from math import ceil
from statistics import median

from gateway.clocks.calendar import NEVER
from gateway.policy.phases.rules import Lifecycle, Long, Pace, over_on
from gateway.policy.phases.tally import Line

_GAPS = 12  # the last ones: people change
_CARRIED = 3  # purchases whose rest is counted
_LEAST = 0.25  # days that one of anything lasts
_MOST_UNITS = 1_000.0  # of one purchase; more is a mistake or a wholesaler


@dataclass(frozen=True, slots=True)
class RunOut:
    """When one thing will be used up, and when to speak of it."""

    product: str
    last_on: date
    run_out_on: date
    reorder_on: date
    pace_days: float  # that one of it lasts this person
    purchases: int


def units(pace: Pace, quantity: float) -> float:
    """How many times the pace a purchase lasts."""
    return min(max(quantity, 0.01), _MOST_UNITS) if pace.by_quantity else 1.0


def own_pace(line: Line, rules: Lifecycle) -> float:
    """Days that one of it lasts this person."""
    return _reckoned(line, rules)[0]


def lasts_until(line: Line, rules: Lifecycle) -> date:
    """The day by which it is used up: what was left over when more was bought is counted, and uses since."""
    return _reckoned(line, rules)[1]


def _reckoned(line: Line, rules: Lifecycle) -> tuple[float, date]:
    """Both; worked out once as long as nothing new happens: rules ask again and again."""
    if line.reckoned is None:
        pace = _pace(line, rules)
        line.reckoned = pace, _until(line, pace)
    return line.reckoned


def _pace(line: Line, rules: Lifecycle) -> float:
    gaps = [(later.day - one.day).days / units(line.pace, one.quantity) for one, later in pairwise(line.bought)][
        -_GAPS:
    ]
    weight = rules.own_gaps
    usual = float(line.pace.lasts)
    if not gaps:
        return usual
    return max(_LEAST, (weight * usual + len(gaps) * median(gaps)) / (weight + len(gaps)))


def _until(line: Line, one: float) -> date:
    end = line.bought[0].day
    for purchase in line.bought[-_CARRIED:]:
        end = _later(max(end, purchase.day), one * units(line.pace, purchase.quantity))
    return max(end, line.used_on or end)


def run_out(line: Line, rules: Lifecycle) -> RunOut | None:
    """When to speak of buying it again; None where nothing was kept. Of seasonal things: with the next season."""
    if not line.bought:
        return None
    last = line.bought[-1].day
    end = lasts_until(line, rules)
    if line.pace.season:
        end = season_start(line.pace.season, nth_season_end(line.pace.season, last, 1))
    remind = max(last, end - timedelta(days=line.pace.remind_before)) if end > last else last
    return RunOut(line.name, last, end, remind, round(own_pace(line, rules), 2), len(line.bought))


def last_sign(line: Line) -> date:
    """When it was last bought or used."""
    return max(line.bought[-1].day, line.used_on or line.bought[-1].day)


def late_from(line: Line, long: Long, rules: Lifecycle) -> date:
    """The day from which on somebody has been quiet about it for so long."""
    base = last_sign(line)
    if long.span is not None:
        return over_on(long.span, base)
    if line.pace.season:
        return nth_season_end(line.pace.season, base, ceil(long.periods))
    expected = max(1, (lasts_until(line, rules) - line.bought[-1].day).days)
    return _later(base, long.periods * expected)


def kept(line: Line, purchases: int, long: Long, rules: Lifecycle) -> list[int]:
    """The numbers of the last so many purchases if each came in time after the one before; else none."""
    some = line.bought[-purchases:]
    if len(some) < purchases:
        return []
    one = own_pace(line, rules)
    for before, after in pairwise(some):
        if long.span is not None:
            limit = over_on(long.span, before.day)
        elif line.pace.season:
            limit = nth_season_end(line.pace.season, before.day, max(2, ceil(long.periods)))
        else:
            limit = _later(before.day, long.periods * one * units(line.pace, before.quantity))
        if after.day > limit:
            return []
    return [purchase.number for purchase in some]


def _later(day: date, days: float) -> date:
    try:
        return min(NEVER, day + timedelta(days=ceil(days - 1e-9)))
    except OverflowError:
        return NEVER


@lru_cache(maxsize=20_000)
def nth_season_end(season: frozenset[int], day: date, number: int) -> date:
    """The number-th day after this one on which a season is over: the first of the month behind it."""
    year, month = day.year, day.month
    while year < NEVER.year:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December
        if month not in season and (month - 2) % 12 + 1 in season:
            number -= 1
            if number <= 0:
                return date(year, month, 1)
    return NEVER


def season_start(season: frozenset[int], day: date) -> date:
    """The first day of the next season, from a day outside of it on."""
    year, month = day.year, day.month
    while month not in season and year < NEVER.year:
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)  # noqa: PLR2004 - December
    return date(year, month, 1)


def run_outs(lines: Sequence[Line], rules: Lifecycle) -> list[RunOut]:
    """Of all that somebody buys."""
    return [found for line in lines if (found := run_out(line, rules)) is not None]
