"""By when an obligation falls due, as written: spans of time counted from events. No calendar is kept here."""

import re
from dataclasses import dataclass
from typing import Literal

Unit = Literal["day", "business day", "month", "year"]
Event = Literal[
    "opt_out", "obtained", "consent", "dealing", "collected", "dnc_comparison", "utah_comparison",
    "michigan_comparison", "drop_run", "first_message", "first_disclosure",
]  # fmt: skip
EVENTS: dict[Event, str] = {
    "opt_out": "the person asked to stop",
    "obtained": "the lead came to us",
    "consent": "the person said yes",
    "dealing": "the last purchase, contract or inquiry",
    "collected": "the lead was collected",
    "dnc_comparison": "the comparison with the national do-not-call list",
    "utah_comparison": "the comparison with Utah's registry",
    "michigan_comparison": "the comparison with Michigan's registry",
    "drop_run": "the vendor's last look at California's deletion requests",
    "first_message": "the first message to the person",
    "first_disclosure": "the first handing on to somebody else",
}
"""What deadlines count from, in words."""
CALENDARS = ("US", "CA", "AU")
"""Whose public holidays business days pass over."""

_WRITTEN = re.compile(r"([1-9][0-9]{0,3}) (business day|day|month|year)s?")


@dataclass(frozen=True, slots=True)
class Span:
    """So many days, business days, months or years."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}" + ("" if self.count == 1 else "s")


@dataclass(frozen=True, slots=True)
class Clause:
    """One way a deadline is reached: a span after an event, or with the event itself (``after`` None)."""

    event: Event
    after: Span | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The earliest of its clauses whose event is known."""

    clauses: tuple[Clause, ...]
    calendar: str = "US"
    repeats: bool = False  # due again and again, the span counted from the last time

    def in_words(self) -> str:
        """Such as ``10 business days after the person asked to stop``."""
        said = [
            f"{'every ' if self.repeats else ''}{clause.after}{', first' if self.repeats else ''} after "
            f"{EVENTS[clause.event]}"
            if clause.after
            else f"with {EVENTS[clause.event]}"
            for clause in self.clauses
        ]
        return said[0] if len(said) == 1 else f"the earliest of: {'; '.join(said)}"


def read_span(text: str) -> Span | None:
    """``10 business days``, ``30 days``, ``1 month``, ``2 years``; None when it is none of these."""
    match = _WRITTEN.fullmatch(text)
    return None if match is None else Span(int(match[1]), match[2])  # type: ignore[arg-type]  # the pattern's units
