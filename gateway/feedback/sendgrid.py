"""SendGrid's event webhook: a list of events, many people a request."""

from typing import Any

from gateway.feedback.event import Event, Kind, Parsed, address_of, batch, moment, read_json, said
from gateway.feedback.status import is_there

_KINDS: dict[str, Kind] = {
    "spamreport": "complaint", "unsubscribe": "unsubscribe", "group_unsubscribe": "unsubscribe",
    "group_resubscribe": "subscribe", "deferred": "soft_bounce", "delivered": "delivered", "open": "opened",
    "click": "clicked", "processed": "other",
}  # fmt: skip
_DROPPED: dict[str, Kind] = {
    "bounced address": "hard_bounce", "invalid": "hard_bounce", "unsubscribed address": "unsubscribe",
    "spam reporting address": "complaint",
}  # fmt: skip
"""SendGrid does not write to somebody for what it knows of them; that is news to us, too."""


def parse(body: bytes) -> Parsed:
    """The events of one request. Raises RefusedError."""
    parsed = Parsed()
    for place, row in batch(read_json(body), parsed):
        name, address = said(row.get("event")).lower(), address_of(row.get("email"))
        if not name or address is None:
            parsed.refused.append(f"event {place} has no event or no address")
            continue
        ids = [said(row.get(key)) for key in ("sg_message_id", "smtp-id", "asm_group_id")]
        parsed.events.append(
            Event(
                "sendgrid", _kind(name, row), (address,), moment(row.get("timestamp")),
                event_id=said(row.get("sg_event_id")) or None, status=said(row.get("status"), 16) or None,
                detail=" ".join(filter(None, [name, said(row.get("type")), said(row.get("reason"), 600)])),
                message_ids=(*ids, name),
            )
        )  # fmt: skip
    return parsed


def _kind(name: str, row: dict[str, Any]) -> Kind:
    if name == "bounce":  # "blocked" is not the address's fault, and "bounce" is said of full mailboxes, too
        called_dead = said(row.get("type")).lower() in {"", "bounce"}
        words = said(row.get("status"), 16), said(row.get("reason"), 600)
        return "hard_bounce" if called_dead and not is_there(*words) else "soft_bounce"
    if name == "dropped":
        return _DROPPED.get(said(row.get("reason")).lower(), "other")
    return _KINDS.get(name, "other")
