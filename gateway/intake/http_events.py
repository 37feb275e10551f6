"""What became of people, over HTTP: events in; phases, reorders, and who may be contacted today."""

from datetime import date, timedelta
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from gateway.becoming.contactable import find_contactable, find_reorders
from gateway.becoming.counted import history_of, tell_counts
from gateway.becoming.said import Said, read_said
from gateway.becoming.taking import Reply, refused, take_in
from gateway.clocks.calendar import day_of, end_of
from gateway.intake.http import (
    Answer,
    caller,
    checked,
    json_answer,
    operation,
    read_json,
    read_query,
    require,
    services,
    wrong_content_type,
)
from gateway.intake.schemas_events import (
    ContactableQuery,
    ContactableView,
    Events,
    PhaseQuery,
    PhasesQuery,
    PhasesView,
    PhaseView,
    ReordersQuery,
    ReordersView,
    TakenView,
)
from gateway.person.links import link_maker

blueprint = Blueprint("events", __name__, description="What became of people, and who may be contacted.")
JSON = "application/json"
LARGEST = 8 << 20  # bytes: five thousand of the longest that make sense
_SCOPE = "events"
_OUT = "leads"
_EVENT = {
    "id": "order-1001", "address": "ana@example.com", "kind": "purchase", "at": "2026-03-01T12:00:00Z",
    "product": "contact lenses", "quantity": 3, "amount": "59.70", "currency": "EUR",
}  # fmt: skip


@operation(
    blueprint, "POST", "/v1/events", scope=_SCOPE,
    body={JSON: (Events, {"events": [_EVENT]})},
    answers={200: Answer("What became of each event, in their order.", {JSON: TakenView})},
    problems=(400, 413, 415, 422),
)  # fmt: skip
def take() -> Response:
    """Tell what people did, up to 5,000 events at once. Each is answered by itself: `recorded`; `told_before`, by the
    same key under the same id; `unknown_person`; or `refused`, with its problems. All that is recorded is so at once.
    """  # noqa: D205 - one paragraph on the page
    if request.mimetype != JSON:
        raise wrong_content_type(JSON)
    request.max_content_length = LARGEST
    events: list[dict[str, Any]] = checked(Events, read_json())["events"]
    holder = require(caller(), _SCOPE)
    zone, now = services().settings.zone, services().clock.now()
    told = [_read(fields, zone, now) for fields in events]
    taken = take_in(services(), f"key_{holder.id}", told)
    return json_answer({"counts": taken.counts, "events": [reply.as_dict() for reply in taken.replies]})


def _read(fields: dict[str, Any], zone: str, now: Any) -> Said | Reply:
    found = read_said(fields, zone, now)
    return found if isinstance(found, Said) else refused(fields, found, zone, now)


@operation(
    blueprint, "GET", "/v1/contactable", scope=_OUT,
    parameters=[{"in": "query", "schema": ContactableQuery}],
    answers={200: Answer("The next people who may be contacted.", {JSON: ContactableView})},
    problems=(409, 422),
)  # fmt: skip
def contactable() -> Response:
    """Who may be contacted now, with what obligations and in what tone; orders not to write, ended consents, what is
    withheld and how often the phase allows are looked at now. Ask again just before you write, and tell of each
    contact as an event.
    """  # noqa: D205 - one paragraph on the page
    asked = read_query(ContactableQuery)
    found = find_contactable(services(), **asked, link_of=link_maker(services()))
    return json_answer(found.as_dict())


@operation(
    blueprint, "GET", "/v1/reorders", scope=_OUT,
    parameters=[{"in": "query", "schema": ReordersQuery}],
    answers={200: Answer("Who is about to run out of what, soonest first.", {JSON: ReordersView})},
    problems=(409, 422),
)  # fmt: skip
def reorders() -> Response:
    """Who is about to run out of what they bought, by their own pace. The address stands only where the person may be
    contacted now; else `why_not`.
    """  # noqa: D205 - one paragraph on the page
    asked = read_query(ReordersQuery)
    today = day_of(services().clock.now(), services().settings.zone)
    first, last = today - timedelta(days=asked["since"]), today + timedelta(days=asked["within"])
    found = find_reorders(services(), first, last, after=asked.get("after"), limit=asked["limit"])
    return json_answer(found.as_dict())


@operation(
    blueprint, "GET", "/v1/phases", scope=_OUT,
    parameters=[{"in": "query", "schema": PhasesQuery}],
    answers={200: Answer("How many people stand where.", {JSON: PhasesView})},
    problems=(409, 422),
)  # fmt: skip
def phases() -> Response:
    """How many people are in each phase, or in each stage of another vocabulary."""
    return json_answer({"lines": tell_counts(services(), read_query(PhasesQuery).get("as_"))})


@operation(
    blueprint, "GET", "/v1/phases/<int:prospect>", scope=_OUT,
    parameters=[{"in": "query", "schema": PhaseQuery}],
    answers={200: Answer("The person's phases.", {JSON: PhaseView})},
    problems=(422,),
)  # fmt: skip
def phase(prospect: int) -> Response:
    """Where a prospect stood from when on, by which rule and events; of nobody nothing. `known_by`: as we knew it."""
    asked = read_query(PhaseQuery).get("known_by")
    until = None if asked is None else end_of(date.fromisoformat(asked), services().settings.zone)
    return json_answer({"prospect": prospect, "changes": history_of(services(), prospect, known_by=until)})
