"""How old an instant is, as far as any rule cares: between which of the rules' own limits it lies.

No rule sees the instant itself; so leads whose instants lie between the same limits are the same case.
"""

import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


class Brackets:
    """The brackets that durations cut time into as of one day, numbered from the oldest, 0.

    The time of day of ``as_of`` moves all limits alike, so one set of brackets serves a whole UTC day. Durations
    that reach back to the same instant (1 year, 12 months) make one limit that names them all: equal texts must
    mean equal truths, since a decision's id is made of them.
    """

    def __init__(self, durations: Iterable[Duration], as_of: datetime) -> None:
        limits: dict[datetime, list[Duration]] = {}
        for span in sorted(set(durations), key=lambda span: (span.before(as_of), str(span))):
            limits.setdefault(span.before(as_of), []).append(span)
        self._spans = [spans[0] for spans in limits.values()]
        self._places = {span: place for place, spans in enumerate(limits.values()) for span in spans}
        self.texts = _texts([" / ".join(map(str, spans)) for spans in limits.values()])

    def cuts(self, as_of: datetime) -> list[datetime]:
        """The limits as instants, earliest first."""
        return [span.before(as_of) for span in self._spans]

    def place(self, span: Duration) -> int:
        """The greatest number of a bracket that lies wholly before the limit of this duration."""
        return self._places[span]


def _texts(limits: list[str]) -> tuple[str, ...]:
    """The brackets in words, oldest first. The youngest takes in the future too, hence its wording."""
    if not limits:
        return ("at some time",)
    between = [f"between {later} and {earlier} before" for earlier, later in pairwise(limits)]
    return (f"more than {limits[0]} before", *between, f"not more than {limits[-1]} before")


def number_of(instant: datetime | None, cuts: list[datetime]) -> int | None:
    """The number of the bracket an instant lies in; an instant exactly on a limit is the younger side's."""
    return None if instant is None else bisect_right(cuts, instant)


def numbers_of(instants: Sequence[object], cuts: list[datetime]) -> list[int | None]:
    """``number_of`` for a column. Raises TypeError when something in it is no aware instant."""
    try:
        return [None if instant is None else bisect_right(cuts, instant) for instant in instants]  # type: ignore[call-overload]
    except TypeError as error:
        raise TypeError(f"a column of instants holds something else, or no time zone: {error}") from error
