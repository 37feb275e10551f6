"""Lists: what came, what became of it, its receipt and rows; a run watched, stopped, undone, its holds judged again."""

from typing import Any, cast

from flask import Response, redirect, render_template, request, stream_with_context, url_for

from gateway.console.desk.charts import bars
from gateway.console.desk.gate import may, me, page, read_number, shown
from gateway.console.desk.measured import MEASURES
from gateway.console.desk.reasoned import because, officer_words
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.drafts import drafts_of
from gateway.intake.http import services
from gateway.intake.http_lists import handed_back
from gateway.intake.listed import Listed, find_listed, page_lists, runs_of_list
from gateway.intake.receipts import view_list, view_run, watch_list
from gateway.intake.running import commands
from gateway.intake.running.events import stream
from gateway.intake.running.progress import is_over
from gateway.outcomes.origins import ranges_of_list
from gateway.outcomes.standing import find_left
from gateway.vendors.book import find_number

PAGE = 30
MOST_REASONS = 12
LIVE_SECONDS = 60.0  # of one connection; a session that ended ends it so
STATES = {
    "waiting_for_file": "waits for its file", "running": "running", "done": "done", "failed": "failed",
    "cancelled": "cancelled", "undoing": "being undone", "undone": "undone",
}  # fmt: skip
"""Of a list, in words."""


@page("GET", "/lists", role="viewer")
def index() -> Response:
    """Every list, newest first."""
    before = read_number("before")
    with reading(services().engine) as connection:
        found = page_lists(connection, limit=PAGE + 1, before=before)
        mine = drafts_of(connection, me().by) if may("uploader") and before is None else []
    more = found[PAGE - 1].number if len(found) > PAGE else None
    return shown(
        "lists/index.html", here="lists", found=found[:PAGE], more=more, before=before, mine=mine, states=STATES
    )


@page("GET", "/lists/<list_id:list_id>", role="viewer")
def show(list_id: int) -> Response:
    """One list: how it stands, its receipt, what the whole of it showed, and what may be done about it."""
    gateway = services()
    with reading(gateway.engine) as connection:
        one = _known(find_listed(connection, list_id), list_id)
        runs = [view_run(row) for row in runs_of_list(connection, list_id)]
        vendor = find_number(connection, one.vendor) if one.vendor else None
        left = len(find_left(connection, ranges_of_list(connection, list_id)))
    watched = watch_list(gateway, list_id) or {}
    view = view_list(gateway, list_id) if one.state != "running" else None
    counts = list(one.receipt.get("reasons", {}).items())[:MOST_REASONS]
    return shown(
        "lists/show.html", here="lists", one=one, runs=runs, vendor=vendor, view=view, watched=watched,
        number=list_id, over=is_over(watched), states=STATES, measures=MEASURES, left=left,
        reasons=bars([(officer_words(code), count) for code, count in counts]),
        unread=[(item["row"], because(item["reason"])) for item in one.receipt.get("unread", ())[:20]],
        all_unread=len(one.receipt.get("unread", ())), repeated="repeated" in request.args,
    )  # fmt: skip


@page("GET", "/lists/<list_id:list_id>/progress", role="viewer")
def progress(list_id: int) -> Response:
    """How far a list is: a part of its page, asked for again and again; at the end the whole page is."""
    watched = watch_list(services(), list_id)
    if watched is None:
        raise unknown_list(list_id)
    answer = shown("lists/_progress.html", watched=watched, number=list_id, over=is_over(watched), states=STATES)
    if is_over(watched):
        answer.headers["HX-Refresh"] = "true"
    return answer


@page("GET", "/lists/<list_id:list_id>/events", role="viewer")
def events(list_id: int) -> Response:
    """The same part of its page as it changes, by server-sent events; once a minute the browser shows anew who asks."""
    gateway = services()

    def look() -> dict[str, Any]:
        watched = watch_list(gateway, list_id)
        if watched is None:
            raise unknown_list(list_id)
        return watched

    def say(watched: dict[str, Any]) -> dict[str, str]:
        told = {"watched": watched, "number": list_id, "over": is_over(watched), "states": STATES, "is_live": True}
        return {"html": render_template("desk/lists/_progress.html", **told)}

    look()  # an unknown list is a 404, not an empty stream
    told = stream(look, request.headers.get("Last-Event-ID"), longest=LIVE_SECONDS, say=say)
    answer = Response(stream_with_context(told), mimetype="text/event-stream")
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back until it has a page of them
    return answer


@page("GET", "/lists/<list_id:list_id>/rows", role="viewer")
def rows(list_id: int) -> Response:
    """Its rows, with outcome and reasons, as CSV, workbook or JSON."""
    return handed_back(list_id)


@page("POST", "/lists/<list_id:list_id>/cancel", role="uploader")
def cancel(list_id: int) -> Response:
    """Stop its run; what is in stays in."""
    commands.cancel(services(), list_id, by=me().by)
    return _to(list_id)


@page("POST", "/lists/<list_id:list_id>/resume", role="uploader")
def resume(list_id: int) -> Response:
    """Let its run go on where it stopped."""
    commands.resume(services(), list_id, by=me().by)
    return _to(list_id)


@page("POST", "/lists/<list_id:list_id>/recheck", role="uploader")
def recheck(list_id: int) -> Response:
    """Judge what waits of it once more."""
    commands.begin_recheck(services(), list_id, by=me().by)
    return _to(list_id)


@page("GET", "/lists/<list_id:list_id>/undo", role="uploader")
def before_undo(list_id: int) -> Response:
    """What undoing it would take back, before it is done."""
    effect = commands.preview_undo(services(), list_id)
    with reading(services().engine) as connection:
        one = _known(find_listed(connection, list_id), list_id)
    return shown("lists/undo.html", here="lists", one=one, effect=effect)


@page("POST", "/lists/<list_id:list_id>/undo", role="uploader")
def undo(list_id: int) -> Response:
    """Take back what its run changed."""
    commands.begin_undo(services(), list_id, by=me().by)
    return _to(list_id)


def unknown_list(list_id: int) -> CallerError:
    """The 404 for a list that is not there."""
    message = phrase("There is no list_%(list_id)s.", list_id=list_id)
    return CallerError([Problem("unknown_list", message, "list")], 404, "Not found")


def _known(found: Listed | None, list_id: int) -> Listed:
    if found is None:
        raise unknown_list(list_id)
    return found


def _to(list_id: int, **said: Any) -> Response:
    return cast("Response", redirect(url_for("desk.lists_show", list_id=list_id, **said), 303))
