"""What came in of late and what became of it, by day, reason, source and vendor: the officer's first page, as data."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import sqrt
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from gateway.domain.decision import Decision
from gateway.domain.outcome import GATE_FINDINGS
from gateway.outcomes.hourly import Case, find_cases, find_settled, find_sourced
from gateway.outcomes.origins import vendors_of_lists
from gateway.outcomes.remembered import decisions_of
from gateway.policy.pack import PolicySet

OUTCOMES = ("prospect", "hold", "rejection")
_GATE = {finding.reason: finding for finding in GATE_FINDINGS}
LEAST = 200  # leads on either side, below which a share says little
ODD_Z, ODD_POINTS = 4.0, 0.10
"""A list is odd if its usable share lies so many standard errors, and so many points, below the vendor's others."""


@dataclass(frozen=True, slots=True)
class Source:
    """A form or list, its vendor where somebody sold it, and how its leads ended."""

    name: str  # a form's key, or list_7
    vendor: str | None
    counts: Counter[str]

    @property
    def total(self) -> int:
        """All its leads of the time."""
        return self.counts.total()


@dataclass(frozen=True, slots=True)
class Odd:
    """A list that came out far worse than the same vendor's others."""

    vendor: str
    source: str
    share: float  # usable, of this list
    usual: float  # usable, of the vendor's other lists in the same time


@dataclass(slots=True)
class Overview:
    """What was settled since the beginning of a day."""

    days: list[date]
    by_day: dict[date, Counter[str]]
    reasons: dict[str, Counter[str]]  # outcome -> reason code -> leads
    sources: list[Source]  # the largest first
    odd: list[Odd] = field(default_factory=list)

    @property
    def totals(self) -> Counter[str]:
        """All leads by outcome."""
        return sum(self.by_day.values(), Counter())

    @property
    def vendors(self) -> list[Source]:
        """The sold leads by vendor, the largest first."""
        found: dict[str, Counter[str]] = {}
        for one in self.sources:
            if one.vendor:
                found.setdefault(one.vendor, Counter()).update(one.counts)
        made = [Source(name, name, counts) for name, counts in found.items()]
        return sorted(made, key=lambda one: (-one.total, one.name))


def make_overview(connection: Connection, now: datetime, *, zone: str, days: int) -> Overview:
    """The days up to today, as the zone's calendar has them. A lead counts where it was settled last."""
    here = ZoneInfo(zone)
    last = now.astimezone(here).date()
    shown = [last - timedelta(days=n) for n in reversed(range(days))]
    since = datetime.combine(shown[0], datetime.min.time(), here).astimezone(UTC)
    found = Overview(shown, {one: Counter() for one in shown}, {}, [])
    sources: dict[tuple[str, str], Counter[str]] = {}
    for hour in find_settled(connection, since):
        at = datetime.fromisoformat(hour.hour + ":00:00+00:00").astimezone(here).date()
        found.by_day[min(max(at, shown[0]), last)][hour.outcome] += hour.leads
    for one in find_sourced(connection, since):
        sources.setdefault((one.origin_kind, one.source), Counter())[one.outcome] += one.leads
    vendors = vendors_of_lists(connection, [source for kind, source in sources if kind == "list"])
    made = [
        Source(source if kind == "form" else f"list_{source}", vendors.get(source) if kind == "list" else None, counts)
        for (kind, source), counts in sources.items()
    ]
    found.sources = sorted(made, key=lambda one: (-one.total, one.name))
    found.reasons = _reasons(connection, since)
    found.odd = list(_odd(found.sources))
    return found


def _reasons(connection: Connection, since: datetime) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {"hold": Counter(), "rejection": Counter()}
    cases: list[Case] = list(find_cases(connection, since, ("hold", "rejection")))
    decided = decisions_of(connection, {case.decision_id for case in cases if not case.extra})
    for case in cases:
        codes = (case.extra,) if case.extra else _codes(decided[case.decision_id])
        for code in codes:
            counts[case.outcome][code] += case.leads
    return counts


def _codes(decision: Decision) -> tuple[str, ...]:
    """The reasons that decided it."""
    return tuple(dict.fromkeys(one.reason for one in decision.refusals if one.verdict == decision.verdict))


def reason_title(code: str, policies: PolicySet) -> str:
    """A reason in a few words: what the rule that gives it is called."""
    if code in _GATE:
        return _GATE[code].title
    found = next((rule.title for rule in policies.rules if rule.reason == code), None)
    return found or code.replace("_", " ").capitalize()


def _odd(sources: list[Source]) -> Iterator[Odd]:
    """Each vendor's lists against its others (the two-proportion z test)."""
    whole: dict[str, Counter[str]] = {}
    for one in sources:
        if one.vendor:
            whole.setdefault(one.vendor, Counter()).update(one.counts)
    for one in sources:
        if one.vendor is None:
            continue
        n, rest = one.total, whole[one.vendor].total() - one.total
        if min(n, rest) < LEAST:
            continue
        good, others = one.counts["prospect"], whole[one.vendor]["prospect"] - one.counts["prospect"]
        share, usual, pooled = good / n, others / rest, (good + others) / (n + rest)
        error = sqrt(pooled * (1 - pooled) * (1 / n + 1 / rest))
        if error and usual - share > ODD_POINTS and (usual - share) / error > ODD_Z:
            yield Odd(one.vendor, one.name, share, usual)
