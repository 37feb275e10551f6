"""One person's history added up, event by event in the order of time, so that rules may ask about it. Days are local.

It holds no more than rules may ask: of each thing bought the last purchases, of all else the days.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from gateway.domain.happening import BOUGHT, STOPPED, Happening
from gateway.policy.phases.rules import Lifecycle, Pace, fold

MOST = 1_000
"""Of one kind; no rule may count further."""
_LINES = 20  # things bought that are looked at, the last ones; nobody's phase hangs on the 21st
_LAST = 24  # purchases of one thing that are looked at


class Dealing(NamedTuple):
    """What the store itself did: a prospect was withdrawn, or came back by a consent given to us."""

    at: datetime
    what: Literal["withdrawn", "consented"]
    cause: str = ""


class Told(NamedTuple):
    """A happening with its number."""

    number: int
    one: Happening


class Stop(NamedTuple):
    """Why somebody is not to be written to, and which happening said so."""

    cause: str
    number: int | None


@dataclass(slots=True)
class Purchase:
    """One day's purchases of one thing."""

    day: date
    quantity: float
    number: int
    paid: Counter[str] = field(default_factory=Counter)  # minor units by currency; none: no amount was told


@dataclass(slots=True)
class Line:
    """One thing that a person buys."""

    name: str
    pace: Pace
    bought: list[Purchase] = field(default_factory=list)
    used_on: date | None = None
    used_number: int | None = None
    reckoned: tuple[float, date] | None = None  # pace and run-out, as long as nothing new happens to it


@dataclass(slots=True)
class Tally:
    """What was added up so far."""

    rules: Lifecycle
    lines: dict[str, Line] = field(default_factory=dict)  # the one touched last comes last
    bought_on: list[date] = field(default_factory=list)  # sorted, each day once
    days: dict[str, list[tuple[date, int]]] = field(default_factory=dict)  # by kind
    stop: Stop | None = None
    _on_day: Counter[date] = field(default_factory=Counter)
    _last_number: dict[date, int] = field(default_factory=dict)

    def add(self, event: Told | Dealing, day: date) -> None:
        """Take in the next event, which is of this day."""
        if isinstance(event, Dealing):
            if event.what == "consented":
                self.stop = None
            elif self.stop is None:
                self.stop = Stop(event.cause or "withdrawn", None)
            return
        one = event.one
        if one.kind in STOPPED and self.stop is None:
            self.stop = Stop(one.kind, event.number)
        if one.kind in BOUGHT and (one.amount_minor or 0) < 0:
            self._give_back(one)
            return
        days = self.days.setdefault(one.kind, [])
        days.append((day, event.number))
        if len(days) > 2 * MOST:
            del days[:-MOST]
        if one.kind in BOUGHT:
            self._buy(one, event.number, day)
        elif one.kind == "use":
            self._use(one, event.number, day)

    def last_bought(self) -> tuple[date, int] | None:
        """The day of the last purchase that was kept, and its number."""
        return None if not self.bought_on else (self.bought_on[-1], self._last_number[self.bought_on[-1]])

    def numbers_of(self, days: Sequence[date]) -> list[int]:
        """The purchases of these days."""
        return [self._last_number[day] for day in days if day in self._last_number]

    def _line(self, one: Happening) -> Line:
        name = fold(one.product)
        line = self.lines.pop(name, None) or Line(one.product or "", self.rules.pace_of(name, fold(one.segment)))
        self.lines[name] = line
        if len(self.lines) > _LINES:
            del self.lines[next(iter(self.lines))]
        return line

    def _buy(self, one: Happening, number: int, day: date) -> None:
        line = self._line(one)
        line.reckoned = None
        quantity = one.quantity if one.quantity and one.quantity > 0 else 1.0
        if line.bought and line.bought[-1].day == day:
            line.bought[-1].quantity += quantity
            line.bought[-1].number = number
        else:
            line.bought.append(Purchase(day, quantity, number))
            del line.bought[:-_LAST]
        if one.amount_minor is not None:
            line.bought[-1].paid[one.currency or ""] += one.amount_minor
        self._on_day[day] += 1
        self._last_number[day] = number
        if self._on_day[day] == 1:
            insort(self.bought_on, day)

    def _use(self, one: Happening, number: int, day: date) -> None:
        """What is used is not used up. A use of nothing named is of everything."""
        for line in [self.lines[name]] if (name := fold(one.product)) in self.lines else self.lines.values():
            if name in {"", fold(line.name)}:
                line.used_on, line.used_number, line.reckoned = day, number, None

    def _give_back(self, one: Happening) -> None:
        """A purchase of it whose money was all given back was none."""
        line = self.lines.get(fold(one.product))
        if line is None:
            return
        line.reckoned = None
        currency, left = one.currency or "", -(one.amount_minor or 0)
        for purchase in reversed(list(line.bought)):
            if purchase.paid and currency not in purchase.paid:
                continue
            paid = purchase.paid[currency] if purchase.paid else left
            if purchase.paid:
                purchase.paid[currency] = max(0, paid - left)
            left = max(0, left - paid)
            if not purchase.paid or not any(purchase.paid.values()):
                line.bought.remove(purchase)
                self._undo(purchase.day)
            if not left:
                return

    def _undo(self, day: date) -> None:
        self._on_day[day] -= 1
        if self._on_day[day] <= 0:
            del self._on_day[day]
            place = bisect_left(self.bought_on, day)
            if place < len(self.bought_on) and self.bought_on[place] == day:
                del self.bought_on[place]
