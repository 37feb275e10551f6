"""Today: what came in, what became of it and why, what is due, what is amiss."""

from collections import Counter
from datetime import timedelta

from flask import Response, request

from gateway.console.desk import charts
from gateway.console.desk.due import in_words
from gateway.console.desk.frame import translated, zone_name
from gateway.console.desk.gate import page, shown
from gateway.console.desk.scorecards import unseen
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.due.coming import find_coming
from gateway.due.entry import Kind
from gateway.intake.http import services
from gateway.ledger.book import count_entries, kept_last
from gateway.outcomes.holds import count_questions
from gateway.overview import Overview, make_overview, reason_title

SPANS = (7, 30, 90)
TOP, DUE = 8, 10
FEW = 100  # entries; a ledger that has hardly begun proves little
CHECKPOINT_AGE = timedelta(days=31)
MOST_ALARMS = 20
_ALARMING: tuple[Kind, ...] = ("reference", "review", "opt_out")
"""What is amiss when it is overdue; the rest is work that waits."""
_NAMES = {"prospect": phrase("prospects"), "hold": phrase("holds"), "rejection": phrase("rejections")}


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
        seen_to = find_coming(connection, gateway, kinds=_ALARMING, limit=MOST_ALARMS)
        alarms = [one for one in seen_to if one.due_at <= now]
        told = {one.key for one in alarms}
        due = [one for one in find_coming(connection, gateway, limit=DUE + len(alarms)) if one.key not in told]
    is_unkept = has_leads and (kept_at is None or kept_at + CHECKPOINT_AGE <= now)
    return shown(
        "today/show.html", here="today", spans=SPANS, days=days, seen=seen, totals=seen.totals,
        today=seen.by_day[seen.days[-1]], waiting=waiting, over_time=_over_time(seen),
        reasons={outcome: _ranked(seen.reasons[outcome], outcome) for outcome in ("hold", "rejection")},
        sources=seen.sources[:TOP], vendors=seen.vendors[:TOP],
        due=in_words(due[:DUE]), more_due=len(due) > DUE,
        alarms=[one.title for one in alarms], found_odd=unseen(), is_unkept=is_unkept, kept_at=kept_at,
    )  # fmt: skip


def _over_time(seen: Overview) -> charts.Columns:
    labels = [f"{day:%-d %b}" for day in seen.days]
    series = [
        (outcome, translated(name), [seen.by_day[day][outcome] for day in seen.days])
        for outcome, name in _NAMES.items()
    ]
    return charts.columns(translated(phrase("Leads settled each day, by outcome")), labels, series)


def _ranked(counts: Counter[str], outcome: str) -> list[charts.Bar]:
    policies = services().policies
    codes = counts.most_common(TOP)
    titles = {code: translated(reason_title(code, policies)) for code, _ in codes}
    where = "/desk/holds?code=" if outcome == "hold" else "/desk/leads?reason="
    return [
        charts.Bar(titles[bar.label], bar.count, bar.share, f"{where}{bar.label}", outcome)
        for bar in charts.bars(codes)
    ]
