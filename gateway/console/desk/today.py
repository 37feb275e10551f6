"""Today: what came in, what became of it and why, what is due, what is amiss."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, request

from gateway.console.desk import charts
from gateway.console.desk.frame import zone_name
from gateway.console.desk.gate import page, shown
from gateway.console.desk.scorecards import unseen
from gateway.db.work import reading
from gateway.due.agenda import make_agenda
from gateway.due.entry import Entry
from gateway.intake.http import services
from gateway.ledger.book import count_entries, kept_last
from gateway.outcomes.holds import count_questions
from gateway.overview import Overview, make_overview, reason_title

SPANS = (7, 30, 90)
TOP, DUE = 8, 10
FEW = 100  # entries; a ledger that has hardly begun proves little
CHECKPOINT_AGE = timedelta(days=31)
_SEEN_TO = {
    "hold": "/desk/holds",
    "override": "/desk/overrides",
    "reference": "/desk/settings",
    "review": "/desk/policies",
}
_NAMES = {"prospect": "prospects", "hold": "holds", "rejection": "rejections"}


@page("GET", "", role="viewer")
def show() -> Response:
    """The first page."""
    days = request.args.get("days", type=int)
    days = days if days in SPANS else SPANS[1]
    gateway = services()
    now = gateway.clock.now()
    with reading(gateway.engine, snapshot=True) as connection:
        seen = make_overview(connection, now, zone=zone_name(), days=days)
        waiting = count_questions(connection)
        kept_at = kept_last(connection)
        has_leads = count_entries(connection) > FEW
    agenda = make_agenda(gateway)
    overdue = [one for one in agenda.entries if one.due_at <= now]
    alarms = [one for one in overdue if one.kind in {"reference", "review", "opt_out"}]
    is_unkept = has_leads and (kept_at is None or kept_at + CHECKPOINT_AGE <= now)
    due = _folded([one for one in agenda.entries if one not in alarms])
    return shown(
        "today/show.html", here="today", spans=SPANS, days=days, seen=seen, totals=seen.totals,
        today=seen.by_day[seen.days[-1]], waiting=waiting, over_time=_over_time(seen),
        reasons={outcome: _ranked(seen.reasons[outcome], outcome) for outcome in ("hold", "rejection")},
        sources=seen.sources[:TOP], vendors=seen.vendors[:TOP],
        due=[_line(one, now, seen.days[-1]) for one in due[:DUE]], more_due=max(0, len(due) - DUE),
        alarms=[one.title for one in alarms], found_odd=unseen(), is_unkept=is_unkept, kept_at=kept_at,
    )  # fmt: skip


def _over_time(seen: Overview) -> charts.Columns:
    labels = [f"{day:%-d %b}" for day in seen.days]
    series = [(outcome, name, [seen.by_day[day][outcome] for day in seen.days]) for outcome, name in _NAMES.items()]
    return charts.columns("Leads settled each day, by outcome", labels, series)


def _ranked(counts: Counter[str], outcome: str) -> list[charts.Bar]:
    policies = services().policies
    codes = counts.most_common(TOP)
    titles = {code: reason_title(code, policies) for code, _ in codes}
    where = "/desk/holds?code=" if outcome == "hold" else "/desk/leads?reason="
    return [
        charts.Bar(titles[bar.label], bar.count, bar.share, f"{where}{bar.label}", outcome)
        for bar in charts.bars(codes)
    ]


def _folded(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The same thing due on the same day is one line, from however many lists and forms its people came."""
    found: dict[tuple[Any, ...], list[Entry]] = {}
    for one in entries:
        found.setdefault((one.kind, one.due_on, one.code, one.id, one.title), []).append(one)
    return list(found.values())


def _line(same: Sequence[Entry], now: datetime, today: date) -> dict[str, Any]:
    """One line of what is due, and where it is seen to."""
    entry = same[0]
    people = [one.people for one in same if one.people is not None]
    return {
        "entry": entry, "is_overdue": entry.due_at <= now, "days": (entry.due_on - today).days,
        "sources": sorted({one.source for one in same if one.source}), "people": sum(people) if people else None,
        "href": _SEEN_TO.get(entry.kind),
    }  # fmt: skip
