"""Mailgun's webhooks: the JSON of today and the form posts of before."""

from typing import Any

from gateway.feedback.event import Event, Kind, Parsed, RefusedError, address_of, inner, moment, read_json, said
from gateway.feedback.posted import fields_of
from gateway.feedback.status import classify, status_in

_KINDS: dict[str, Kind] = {
    "complained": "complaint", "unsubscribed": "unsubscribe", "delivered": "delivered", "opened": "opened",
    "clicked": "clicked", "bounced": "hard_bounce", "dropped": "other",
}  # fmt: skip
_SUPPRESSED: dict[str, Kind] = {
    "suppress-bounce": "hard_bounce", "suppress-complaint": "complaint", "suppress-unsubscribe": "unsubscribe",
    "hardfail": "hard_bounce",
}  # fmt: skip
_CODES: dict[str, Kind] = {"605": "hard_bounce", "606": "unsubscribe", "607": "complaint"}
"""Mailgun's own: it did not write to somebody for what it knows of them. In older posts the reason does not say so."""
_ABOUT_SIGNATURE = ("timestamp", "token", "signature")


def is_form(body: bytes) -> bool:
    """Whether a body is the form post of before rather than JSON."""
    return not body.lstrip().startswith(b"{")


def signature_of(body: bytes) -> dict[str, str]:
    """timestamp, token and signature, which stand in the body. Raises RefusedError."""
    given: Any = fields_of(body) if is_form(body) else inner(read_json(body), "signature")
    if not isinstance(given, dict):
        raise RefusedError("bad_shape", "it has no signature")
    return {name: said(given.get(name)) for name in _ABOUT_SIGNATURE}


def parse(body: bytes) -> Parsed:
    """The event of one request. Raises RefusedError."""
    row: Any = fields_of(body) if is_form(body) else inner(read_json(body), "event-data")
    if not isinstance(row, dict) or not (name := said(row.get("event")).lower()):
        raise RefusedError("bad_shape", "it has no event")
    address = address_of(row.get("recipient"))
    if address is None:
        if name == "rejected":  # the mail was, before anybody was its recipient
            return Parsed([Event("mailgun", "other", (), moment(row.get("timestamp")), _name(row))])
        return Parsed(refused=[f"{name} without a recipient"])
    status = inner(row, "delivery-status")
    words = [inner(status, "code"), inner(status, "enhanced-code"), inner(status, "message"),
             inner(status, "description"), row.get("code"), row.get("error"), row.get("description")]  # fmt: skip
    text = " ".join(filter(None, (said(word, 600) for word in words)))
    return Parsed([
        Event(
            "mailgun", _kind(name, row, text), (address,), moment(row.get("timestamp")),
            event_id=_name(row), status=status_in(text),
            detail=" ".join(filter(None, [name, said(row.get("severity")), said(row.get("reason")), text])),
            message_ids=(said(inner(row, "message", "headers", "message-id") or row.get("Message-Id")), name),
        )
    ])  # fmt: skip


def _kind(name: str, row: dict[str, Any], text: str) -> Kind:
    reason = said(row.get("reason")).lower()
    if name in {"failed", "dropped", "bounced"}:
        code = said(inner(row, "delivery-status", "code") or row.get("code"))
        if known := _CODES.get(code) or _SUPPRESSED.get(reason):
            return known
    if name == "bounced":
        return _permanent(text)
    if name == "failed":
        # "generic" and "old" are failures that are nobody's; "bounce" is the receiver's word, weighed like any other.
        permanent = said(row.get("severity")).lower() == "permanent" and reason == "bounce"
        return _permanent(text) if permanent else "soft_bounce"
    return _KINDS.get(name, "other")


def _name(row: dict[str, Any]) -> str | None:
    """The event's id with its time: alone it is unique for a day only."""
    return f"{said(row.get('id'))} {said(row.get('timestamp'))}" if said(row.get("id")) else None


def _permanent(text: str) -> Kind:
    kind, code = classify(None, text)
    return "soft_bounce" if code is not None and kind == "soft_bounce" else "hard_bounce"
