"""One line of what is due: a day, what, under which law, for how many people."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from gateway.db.base import text_of
from gateway.domain.decision import Citation

Kind = Literal["opt_out", "obligation", "hold", "override", "certificate", "vendor", "reference", "review"]
ORDER: tuple[Kind, ...] = (
    "opt_out", "obligation", "hold", "override", "certificate", "vendor", "reference", "review",
)  # fmt: skip
"""What comes first on the same day: what the law has the shortest patience with."""


@dataclass(slots=True)
class Entry:
    """What is due by when. Groups of people are counted, and named by their leads where somebody asked for each."""

    kind: Kind
    due_at: datetime  # from this instant on it is overdue
    due_on: date  # the last day, in the operator's zone
    title: str
    code: str  # of the obligation, the hold's question, the list or the pack
    id: str = ""  # of the obligation or the rules
    safe_on: date | None = None  # the last day by the earliest count, where holidays make a difference
    counts_from: str = ""  # in words
    cites: Citation | None = None
    source: str | None = None  # list_3, a form's key, or nothing
    people: int | None = None
    leads: list[int] = field(default_factory=list)

    def sort_key(self) -> tuple[datetime, int, str, str]:
        """Soonest first."""
        return self.due_at, ORDER.index(self.kind), self.id or self.code, self.source or ""

    def as_dict(self, now: datetime, today: date) -> dict[str, Any]:
        """For JSON."""
        shown: dict[str, Any] = {
            "kind": self.kind,
            "due_on": self.due_on.isoformat(),
            "due_at": text_of(self.due_at),
            "safe_on": None if self.safe_on is None else self.safe_on.isoformat(),
            "days_left": (self.due_on - today).days,
            "overdue": now >= self.due_at,
            "code": self.code,
            "id": self.id or None,
            "title": self.title,
            "counts_from": self.counts_from or None,
            "law": None if self.cites is None else self.cites.text,
            "ground": None if self.cites is None else self.cites.kind,
            "url": None if self.cites is None else self.cites.url,
            "source": self.source,
            "people": self.people,
        }
        if self.leads:
            shown["leads"] = [f"lead_{number}" for number in sorted(self.leads)]
        return shown
