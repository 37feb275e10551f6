"""Brevo's webhooks, transactional and marketing."""

from typing import Any

from gateway.feedback.event import Event, Kind, Parsed, address_of, batch, moment, read_json, said

_KINDS: dict[str, Kind] = {
    "hard_bounce": "hard_bounce", "invalid_email": "hard_bounce", "soft_bounce": "soft_bounce",
    "deferred": "soft_bounce", "blocked": "soft_bounce", "error": "other", "spam": "complaint",
    "complaint": "complaint", "unsubscribe": "unsubscribe", "unsubscribed": "unsubscribe", "request": "other",
    "delivered": "delivered", "opened": "opened", "unique_opened": "opened", "proxy_open": "opened",
    "unique_proxy_open": "opened", "click": "clicked",
    "list_addition": "subscribe", "contact_updated": "other", "contact_deleted": "other",
}  # fmt: skip


_JOINED = {name.replace("_", ""): kind for name, kind in _KINDS.items()}


def parse(body: bytes) -> Parsed:
    """The events of one request. Raises RefusedError.

    ``contact_deleted`` may be an erasure asked for there; that is for a person to find out, so it is only kept.
    """
    parsed = Parsed()
    for place, row in batch(read_json(body), parsed):
        name, address = said(row.get("event")).lower(), address_of(row.get("email"))
        if not name or address is None:
            parsed.refused.append(f"event {place} has no event or no address")
            continue
        # "id" is the webhook's or the campaign's: what is one event is told by the mail, the person and the moment.
        ids = tuple(said(row.get(key)) for key in ("message-id", "camp_id", "id"))
        parsed.events.append(
            Event(
                "brevo", _kind(name), (address,), moment(_clock(row)),
                detail=" ".join(filter(None, [name, said(row.get("reason"), 600)])), message_ids=(*ids, name),
            )
        )  # fmt: skip
    return parsed


def _kind(name: str) -> Kind:
    """In either way of writing: ``hard_bounce`` in deliveries, ``hardBounce`` where webhooks are set up."""
    return _KINDS.get(name) or _JOINED.get(name, "other")


def _clock(row: dict[str, Any]) -> Any:
    """Of its clocks the two in UTC: ``date`` is Central European time, ``date_event`` the account's own."""
    return row.get("ts_epoch") or row.get("ts_event")
