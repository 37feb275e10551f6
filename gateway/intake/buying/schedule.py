"""When a contract buys: days and hours as a wall clock in its zone shows them. Pure; whoever asks says the instant.

A wall clock that goes back shows an hour twice: a window that names it is open both times. One that goes forward
leaves an hour out, and a window that would begin in it begins where the clock goes on.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d{2}):(\d{2})-(\d{2}):(\d{2})")
_MIDNIGHT = 24 * 60
_LOOKED_AHEAD = 15  # days: a week, and a week of holidays
_WIDEST_GAP = 120  # minutes that a clock was ever put forward at once


@dataclass(frozen=True, slots=True)
class Window:
    """On one weekday (Monday is 0), from a minute of the day to before another."""

    day: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """Open within any of its windows, on no closed day; without windows always."""

    zone: str
    windows: tuple[Window, ...] = ()
    closed: frozenset[date] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether the contract buys at this instant."""
        local = at.astimezone(ZoneInfo(self.zone))
        if local.date() in self.closed:
            return False
        minute = local.hour * 60 + local.minute
        return not self.windows or any(
            one.day == local.weekday() and one.begin <= minute < one.end for one in self.windows
        )

    def opens(self, at: datetime) -> datetime | None:
        """When it is open again, in UTC; ``at`` itself where it is, None where no day of the next two weeks has it."""
        if self.is_open(at):
            return at
        zone = ZoneInfo(self.zone)
        today = at.astimezone(zone).date()
        found = []
        for ahead in range(_LOOKED_AHEAD):
            day = today + timedelta(days=ahead)
            begins = [one.begin for one in self.windows if one.day == day.weekday()] if self.windows else [0]
            for minute in begins:
                wall = datetime.combine(day, time(minute // 60, minute % 60), zone)
                found.append(self._first(wall.astimezone(UTC)))
        later = [one for one in found if one is not None and one > at]
        return min(later, default=None)

    def _first(self, begin: datetime) -> datetime | None:
        """The first open minute around the instant at which a window would begin, where the clock leaves that out."""
        if not self.is_open(begin):
            return None
        for _ in range(_WIDEST_GAP):
            if not self.is_open(begin - timedelta(minutes=1)):
                break
            begin -= timedelta(minutes=1)
        return begin


def read_window(text: str) -> tuple[Window, ...] | None:
    """``mon-fri 08:00-20:00`` or ``sat 22:00-02:00`` as windows of one day each; None for anything else."""
    found = _WINDOW.fullmatch(text.strip().lower())
    if found is None or found[1] not in DAYS or (found[2] or found[1]) not in DAYS:
        return None
    begin, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    minutes = (int(found[4]), int(found[6]))
    if begin >= _MIDNIGHT or end > _MIDNIGHT or begin == end or max(minutes) > 59:  # noqa: PLR2004 - a clock's
        return None
    first, last = DAYS.index(found[1]), DAYS.index(found[2] or found[1])
    made = []
    for ahead in range((last - first) % 7 + 1):
        day = (first + ahead) % 7
        if begin < end:
            made.append(Window(day, begin, end))
        else:  # past midnight
            made.append(Window(day, begin, _MIDNIGHT))
            if end:
                made.append(Window((day + 1) % 7, 0, end))
    return tuple(made)
