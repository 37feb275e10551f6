"""Our own form of a report, for senders nobody knows: JSON objects, alone, in a list, or one a line."""

from typing import Any, cast

from gateway.feedback.event import (
    KINDS,
    Event,
    Kind,
    Parsed,
    RefusedError,
    address_of,
    moment,
    objects,
    read_json,
    said,
)
from gateway.feedback.status import status_in

_NAMES = frozenset({"kind", "address", "at", "id", "status", "detail", "message_id", "moved_to"})


def parse(body: bytes) -> Parsed:
    """The events, and what is wrong with each of the others; ours is a strict form. Raises RefusedError."""
    parsed = Parsed()
    for place, row in enumerate(objects(_document(body)), start=1):
        wrong = _wrong(row)
        if wrong:
            parsed.refused.append(f"event {place}: {wrong}")
            continue
        address = cast("str", address_of(row["address"]))
        parsed.events.append(
            Event(
                "generic", cast("Kind", row["kind"]), (address,), moment(row.get("at")),
                event_id=said(row.get("id")) or None, status=status_in(said(row.get("status"))),
                detail=said(row.get("detail"), 600), message_ids=(said(row.get("message_id")),),
                moved_to=address_of(row.get("moved_to")),
            )
        )  # fmt: skip
    return parsed


def _document(body: bytes) -> Any:
    try:
        document = read_json(body)
    except RefusedError:
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) < 2:  # noqa: PLR2004 - one line is what was just tried
            raise
        return [read_json(line) for line in lines[:20_000]]
    return document["events"] if isinstance(document, dict) and set(document) == {"events"} else document


def _wrong(row: dict[str, Any]) -> str:
    unknown = sorted(said(name) for name in row.keys() - _NAMES)
    if unknown:
        return f"there is no {', '.join(unknown)}; there are {', '.join(sorted(_NAMES))}"
    if row.get("kind") not in KINDS:
        return f"kind must be one of {', '.join(KINDS)}"
    if address_of(row.get("address")) is None:
        return "address must be one address"
    if row.get("at") is not None and moment(row["at"]) is None:
        return "at must be a time, best as 2026-11-21T12:00:00Z"
    if (row["kind"] == "moved") != (address_of(row.get("moved_to")) is not None):
        return "moved_to, one address, belongs to the kind moved and to no other"
    return ""
