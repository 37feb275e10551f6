"""How old an instant is, as far as any rule cares: between which of the rules' own limits it lies.

No rule sees the instant itself; so leads whose instants lie between the same limits are the same case.
"""

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal

_WRITTEN = re.compile(r"([1-9][0-9]{0,4}) (day|month|year)s?")
_LONGEST = {"day": 73_000, "month": 2_400, "year": 200}  # two hundred years of each; no calendar ends on the way


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time as laws write it: days of 24 hours, or months and years of the calendar."""

    count: int
    unit: Literal["day", "month", "year"]

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")

    def before(self, as_of: datetime) -> datetime:
        """The instant this long before ``as_of``, in UTC.

        A month before 31 March is the last day of February; a year before 29 February is 28 February.
        """
        as_of = as_of.astimezone(UTC)
        if self.unit == "day":
            return as_of - timedelta(days=self.count)
        months = self.count * 12 if self.unit == "year" else self.count
        year, month = divmod(as_of.year * 12 + as_of.month - 1 - months, 12)
        return as_of.replace(year=year, month=month + 1, day=min(as_of.day, monthrange(year, month + 1)[1]))


def read_duration(text: str) -> Duration | None:
    """``30 days``, ``1 month``, ``12 months``, ``2 years``; None when it is none of these."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    count, unit = int(match[1]), match[2]
    if count > _LONGEST[unit]:
        return None
    return Duration(count, unit)  # type: ignore[arg-type]  # the pattern allows the three units only


Limit = Duration | date
"""What rules compare instants with: an age, or a day of the calendar (its midnight in UTC)."""


class Brackets:
    """The brackets that limits cut time into as of one instant, numbered from the oldest, 0.

    The time of day of ``as_of`` moves all ages alike, so one set of brackets serves a whole UTC day, unless an age
    meets a fixed day on it (``moves``). Limits that lie at the same instant (1 year, 12 months) make one limit that
    names them all: equal texts must mean equal truths, since a decision's id is made of them.
    """

    def __init__(self, limits: Iterable[Limit], as_of: datetime) -> None:
        wanted = set(limits)
        days = {limit for limit in wanted if not isinstance(limit, Duration)}
        self.moves = any(instant_of(limit, as_of).date() in days for limit in wanted if isinstance(limit, Duration))
        found: dict[datetime, list[Limit]] = {}
        for limit in sorted(wanted, key=lambda limit: (instant_of(limit, as_of), str(limit))):
            found.setdefault(instant_of(limit, as_of), []).append(limit)
        self.limits = [limits[0] for limits in found.values()]
        self._places = {limit: place for place, limits in enumerate(found.values()) for limit in limits}
        self.texts = _texts(list(found.values()))

    def cuts(self, as_of: datetime) -> list[datetime]:
        """The limits as instants, earliest first."""
        return [instant_of(limit, as_of) for limit in self.limits]

    def place(self, limit: Limit) -> int:
        """The greatest number of a bracket that lies wholly before this limit."""
        return self._places[limit]


@lru_cache(maxsize=1_000)  # every instant's brackets ask for the same ages
def instant_of(limit: Limit, as_of: datetime) -> datetime:
    """Where a limit lies, seen from an instant."""
    return limit.before(as_of) if isinstance(limit, Duration) else datetime.combine(limit, time(), UTC)


def _texts(limits: list[list[Limit]]) -> tuple[str, ...]:
    """The brackets in words, oldest first. The youngest takes in the future too, hence its wording."""
    if not limits:
        return ("at some time",)
    named = [" / ".join(map(str, same)) for same in limits]
    aged = [isinstance(same[0], Duration) for same in limits]
    first = f"more than {named[0]} before" if aged[0] else f"before {named[0]}"
    last = f"not more than {named[-1]} before" if aged[-1] else f"on or after {named[-1]}"
    between = []
    for (earlier, is_age), (later, later_is_age) in pairwise(zip(named, aged, strict=True)):
        if is_age and later_is_age:
            between.append(f"between {later} and {earlier} before")
        else:
            since = f"not more than {earlier} before" if is_age else f"on or after {earlier}"
            until = f"more than {later} before" if later_is_age else f"before {later}"
            between.append(f"{since} and {until}")
    return (first, *between, last)


def number_of(instant: datetime | None, cuts: list[datetime]) -> int | None:
    """The number of the bracket an instant lies in; an instant exactly on a limit is the younger side's."""
    return None if instant is None else bisect_right(cuts, instant)


def numbers_of(instants: Sequence[object], cuts: list[datetime]) -> list[int | None]:
    """``number_of`` for a column. Raises TypeError when something in it is no aware instant."""
    try:
        return [None if instant is None else bisect_right(cuts, instant) for instant in instants]  # type: ignore[call-overload]
    except TypeError as error:
        raise TypeError(f"a column of instants holds something else, or no time zone: {error}") from error
