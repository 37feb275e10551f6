"""What is counted of one form or list in one month; such counts add up. Plain numbers, no judgement."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

EVIDENCE = (
    "consent.is_proven", "consent.wording_is_known", "consent.request_is_complete", "source.provenance_is_complete",
    "source.chain_is_complete", "source.is_attested", "source.form_is_on_file", "vendor.has_privacy_terms",
)  # fmt: skip
"""The evidence that rules ask for and a vendor can bring, as the facts that say whether it was there."""
AFTER = (30, 90)
"""Days in which what comes back is counted of those people who have been here so long."""
CAME_BACK = ("complaints", "opt_outs", "bounces")


@dataclass(slots=True)
class Figures:
    """Counts of rows as they stand now, and of the people that they made prospects."""

    rows: int = 0
    prospects: int = 0
    holds: int = 0
    rejections: int = 0
    undone: int = 0  # rows of runs that were undone; in none of the others
    reasons: Counter[str] = field(default_factory=Counter)  # of rows not accepted; a row may have several
    duplicates: int = 0  # rows that repeat an earlier one of the list
    known: int = 0  # rows of people whom we had before
    undeliverable: int = 0
    opted_out: int = 0  # rows of people who had told us to stop
    confirmed: int = 0  # prospects whose yes came from the mailbox
    evidence: Counter[str] = field(default_factory=Counter)  # fact -> rows for which it was there
    firsts: Counter[str] = field(default_factory=Counter)  # form:key or list:number -> people it had brought before
    people: Counter[str] = field(default_factory=Counter)  # "" all prospects, "30" and "90": here for so many days
    came_back: Counter[str] = field(default_factory=Counter)  # complaints, complaints_30, ...: people
    cost: Counter[str] = field(default_factory=Counter)  # currency -> minor units paid for all rows
    buyers: int = 0

    @property
    def decided(self) -> int:
        """Rows that wait for nobody: of the others it is not known yet what they are worth."""
        return self.rows - self.holds

    def add(self, other: "Figures") -> None:
        """Count another's in."""
        for one in fields(self):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, Counter):
                mine.update(more)
            else:
                setattr(self, one.name, mine + more)

    def as_json(self) -> str:
        """To be kept."""
        return json.dumps({one.name: getattr(self, one.name) for one in fields(self)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Figures":
        """The way back from as_json."""
        kept: dict[str, Any] = json.loads(text)
        made: dict[str, Any] = {
            one.name: Counter(kept[one.name]) if isinstance(kept[one.name], dict) else kept[one.name]
            for one in fields(cls)
            if one.name in kept
        }
        return cls(**made)


def added_up(many: Iterable[Figures]) -> Figures:
    """All of them together."""
    whole = Figures()
    for one in many:
        whole.add(one)
    return whole


@dataclass(frozen=True, slots=True)
class CameBack:
    """Somebody complained, left or could not be reached."""

    lead_id: int
    kind: str  # of CAME_BACK
    at: datetime


def count_people(figures: Figures, stood: Iterable[tuple[datetime, int]], as_of: datetime) -> None:
    """Count the prospects of each moment, and those of them who have been here for the days of AFTER."""
    for at, count in stood:
        figures.people[""] += count
        for days in AFTER:
            if at + timedelta(days=days) <= as_of:
                figures.people[str(days)] += count


def count_came_back(
    figures: Figures, events: Iterable[CameBack], came_in: dict[int, datetime], as_of: datetime
) -> None:
    """Count each person once for each kind: so far, and within so many days of coming in, of those here so long.

    The day somebody came in is the first on which they can have been written to. Who came in too lately to have had
    the whole time is neither above nor below the line of a count within days.
    """
    first: dict[tuple[int, str], datetime] = {}
    for one in events:
        key = (one.lead_id, one.kind)
        first[key] = min(one.at, first.get(key, one.at))
    for (lead, kind), at in first.items():
        since = came_in.get(lead)
        if since is None:
            continue
        figures.came_back[kind] += 1
        for days in AFTER:
            span = timedelta(days=days)
            if since + span <= as_of and at - since <= span:
                figures.came_back[f"{kind}_{days}"] += 1
