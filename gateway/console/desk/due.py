"""What is due, all of it: a line for the same thing on the same day, a page at a time, and who is behind a line."""

from datetime import date
from typing import Any

from flask import Response, request

from gateway.clocks.calendar import day_of
from gateway.clocks.coming import Owing, count_owing, find_owing
from gateway.console.desk.gate import page, read_number, shown
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.due.coming import Key, Line, find_coming
from gateway.due.entry import ORDER, Kind
from gateway.intake.http import services
from gateway.outcomes.browse import find_lines

PAGE = 50
KINDS: dict[Kind, str] = {
    "opt_out": phrase("Requests to stop"), "obligation": phrase("Obligations"), "hold": phrase("Holds"),
    "override": phrase("Overrides"), "certificate": phrase("Certificates"), "vendor": phrase("Vendors' files"),
    "reference": phrase("Lists from outside"), "review": phrase("Reviews of the law"),
}  # fmt: skip
SEEN_TO: dict[Kind, str] = {
    "hold": "/desk/holds?question=%s", "override": "/desk/overrides", "reference": "/desk/settings",
    "review": "/desk/policies", "certificate": "/desk/lists", "vendor": "/desk/vendors",
}  # fmt: skip
"""Where each kind is answered; obligations have a page of their own, of whom they are owed to."""


@page("GET", "/due", role="viewer")
def show() -> Response:
    """What is due, soonest first; of one kind where one is asked for."""
    gateway, kind = services(), next((one for one in ORDER if one == request.args.get("kind")), None)
    behind = request.args.get("after", "")
    after = Key.read(behind) if behind else None
    if behind and after is None:
        raise CallerError([Problem("bad_key", "This page does not exist; go back to the first one.", "after")], 404)
    with reading(gateway.engine, snapshot=True) as connection:
        found = find_coming(connection, gateway, kinds=(kind,) if kind else ORDER, after=after, limit=PAGE)
    return shown(
        "due/show.html", here="today", kinds=KINDS, kind=kind, due=in_words(found[:PAGE]), is_first=after is None,
        further=found[PAGE - 1].key if len(found) > PAGE else None,
    )  # fmt: skip


@page("GET", "/due/<day>/<code>", role="viewer")
def whose(day: str, code: str) -> Response:
    """To whom something is owed by a day, in the order they came."""
    gateway, due_on = services(), _day(day)
    batch, lead = read_number("batch"), read_number("lead")
    after = Owing(batch, lead) if batch is not None and lead is not None else None
    with reading(gateway.engine, snapshot=True) as connection:
        count = count_owing(connection, due_on, code)
        some = find_owing(connection, due_on, code, after=after, limit=PAGE + 1)
        lines = {line.id: line for line in find_lines(connection, [one.lead_id for one in some[:PAGE]])}
    duty = gateway.policies.obligations.get(code)
    if duty is None and not count:
        raise CallerError([Problem("unknown_obligation", "There is no such obligation.")], 404, "Not found")
    return shown(
        "due/whose.html", here="today", due_on=due_on, code=code, duty=duty, count=count,
        leads=[lines[one.lead_id] for one in some[:PAGE] if one.lead_id in lines], is_first=after is None,
        further=some[PAGE - 1] if len(some) > PAGE else None, days=_days_till(due_on),
    )  # fmt: skip


def in_words(lines: list[Line]) -> list[dict[str, Any]]:
    """Lines as the table shows them: how many days are left, and where each is seen to."""
    now = services().clock.now()
    return [
        {"entry": one, "is_overdue": one.due_at <= now, "days": _days_till(one.due_on), "sources": one.sources,
         "more_sources": one.more_sources, "people": one.people, "href": _seen_to(one)}
        for one in lines
    ]  # fmt: skip


def _seen_to(one: Line) -> str | None:
    if one.kind == "obligation":
        return f"/desk/due/{one.due_on}/{one.code}"
    where = SEEN_TO.get(one.kind)
    return where % one.code if where and "%s" in where else where


def _days_till(day: date) -> int:
    gateway = services()
    return (day - day_of(gateway.clock.now(), gateway.settings.zone)).days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CallerError([Problem("bad_date", "This is no day; write it as 2026-11-21.", "day")], 404) from None
