"""Runs of lists over HTTP: watched as events, cancelled, resumed, undone, their holds judged again."""

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import Answer, caller, json_answer, operation, require, services
from gateway.intake.receipts import view_list, watch_list
from gateway.intake.running import commands
from gateway.intake.running.events import stream
from gateway.intake.schemas_lists import ListView

blueprint = Blueprint("runs", __name__, description="What may be asked of a list's run.")
JSON = "application/json"
EVENTS = "text/event-stream"
SCOPE = "lists"
_EVENT = {
    "type": "object",
    "description": "One event.",
    "properties": {
        "event": {"type": "string", "enum": ["progress", "end"]},
        "id": {"type": "string"},
        "data": {
            "type": "string", "contentMediaType": "application/json",
            "description": "`list`, `state`, `progress` and `errand`, as the list itself shows them.",
        },
    },
    "required": ["event", "id", "data"],
}  # fmt: skip


@operation(
    blueprint, "GET", "/v1/lists/<list_id:list_id>/events", scope=SCOPE,
    parameters=[
        {"in": "header", "name": "Last-Event-ID", "required": False, "schema": {"type": "string"},
         "description": "The id of the last event that came; browsers send it by themselves."},
    ],
    answers={
        200: Answer(
            "Server-sent events: `progress` with `list`, `state`, `progress` and `errand` as the list itself shows "
            "them, whenever they change, and `end` once nothing moves any more. A stream lasts five minutes at most "
            "and is then taken up again by whoever reads it.",
            {EVENTS: _EVENT},
        )
    },
)  # fmt: skip
def events(list_id: int) -> Response:
    """Watch a list: rows done, rows in all, rate and time left as they change. Nothing is changed by watching."""
    gateway = services()  # the stream outlives the request's own context

    def look() -> dict[str, Any]:
        return _found(watch_list(gateway, list_id), list_id)

    look()  # an unknown list is a 404, not an empty stream
    answer = Response(stream(look, request.headers.get("Last-Event-ID")), mimetype=EVENTS)
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back until it has a page of them
    return answer


def _asked(list_id: int, ask: Callable[..., int], status: int) -> Response:
    ask(services(), list_id, by=f"key_{require(caller(), SCOPE).id}")
    return json_answer(_found(view_list(services(), list_id), list_id), status)


@operation(
    blueprint, "POST", "/v1/lists/<list_id:list_id>/cancel", scope=SCOPE,
    answers={200: Answer("Cancelled; nothing more is committed.", {JSON: ListView})}, problems=(409,),
)  # fmt: skip
def cancel(list_id: int) -> Response:
    """Stop a run. What was committed stays; it can be resumed or undone."""
    return _asked(list_id, commands.cancel, 200)


@operation(
    blueprint, "POST", "/v1/lists/<list_id:list_id>/resume", scope=SCOPE,
    answers={202: Answer("The run goes on where it stopped.", {JSON: ListView})}, problems=(409,),
)  # fmt: skip
def resume(list_id: int) -> Response:
    """Let a run that was cancelled or has failed go on; one that rests after a failure, at once."""
    return _asked(list_id, commands.resume, 202)


@operation(
    blueprint, "POST", "/v1/lists/<list_id:list_id>/undo", scope=SCOPE,
    answers={202: Answer("The run is being undone; the list's `errand` says how far.", {JSON: ListView})},
    problems=(409,),
)  # fmt: skip
def undo(list_id: int) -> Response:
    """Take back what the run of a list changed: its prospects go and its holds are closed. Opt-outs stay.

    A prospect with a history is withdrawn instead of removed. The same file may be imported again afterwards.
    """
    return _asked(list_id, commands.begin_undo, 202)


@operation(
    blueprint, "POST", "/v1/lists/<list_id:list_id>/recheck", scope=SCOPE,
    answers={202: Answer("Its holds are being judged again; the list's `errand` says how far.", {JSON: ListView})},
    problems=(409,),
)  # fmt: skip
def recheck(list_id: int) -> Response:
    """Judge the leads of a list that wait once more, under today's policies and facts."""
    return _asked(list_id, commands.begin_recheck, 202)


def _found(view: dict[str, Any] | None, list_id: int) -> dict[str, Any]:
    if view is None:
        raise CallerError([Problem("unknown_list", f"there is no list_{list_id}", "list")], 404, "Not Found")
    return view
