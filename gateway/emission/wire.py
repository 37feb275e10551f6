"""Items as events on the wire (CloudEvents 1.0 in JSON), and what receivers ask for in headers."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from gateway.db.base import text_of
from gateway.emission.shape import Item

ONE, MANY = "application/cloudevents+json", "application/cloudevents-batch+json"
LONGEST_REST = 3600.0
_TYPES = {"test": "gateway.test"}


def event_of(item: Item, source: str) -> dict[str, Any]:
    """One item. ``data`` holds the whole prospect, so that accepted and updated are taken in the same way."""
    at = text_of(item.at)
    data: dict[str, Any] = {"prospect": item.prospect, "sequence": item.sequence}
    if item.content is not None:
        data |= item.content
    if item.cause is not None:
        data["cause"] = item.cause
    return {
        "specversion": "1.0", "id": item.id, "source": source, "type": _TYPES.get(item.what, f"prospect.{item.what}"),
        "subject": item.prospect, "time": at, "timestamp": at, "datacontenttype": "application/json", "data": data,
    }  # fmt: skip


def body_of(items: Sequence[Item], source: str) -> tuple[bytes, str]:
    """The body of a request, and its content type."""
    events = [event_of(item, source) for item in items]
    return as_bytes(events[0] if len(events) == 1 else events), ONE if len(events) == 1 else MANY


def as_bytes(document: Any) -> bytes:
    """JSON; equal documents give equal bytes."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def rest_of(headers: Mapping[str, str], at: datetime | None = None) -> float | None:
    """For how many seconds a receiver asks to be left alone (Retry-After), within reason."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_REST)
    if at is not None and said:
        try:
            return max(0.0, min((parsedate_to_datetime(said) - at).total_seconds(), LONGEST_REST))
        except (ValueError, TypeError):
            return None
    return None
