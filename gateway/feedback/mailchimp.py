"""Mailchimp's audience webhooks: form posts with keys in brackets."""

from gateway.feedback.event import Event, Kind, Parsed, RefusedError, address_of, moment, said
from gateway.feedback.posted import fields_of

_KINDS: dict[str, Kind] = {"subscribe": "subscribe", "profile": "other", "campaign": "other"}


def parse(body: bytes) -> Parsed:
    """The event of one request. Raises RefusedError."""
    row = fields_of(body)
    name = said(row.get("type")).lower()
    if not name:
        raise RefusedError("bad_shape", "it has no type")
    if name == "campaign":  # about a mailing, not a person
        return Parsed([Event("mailchimp", "other", (), moment(row.get("fired_at")), detail=name)])
    old, new = address_of(row.get("data[old_email]")), address_of(row.get("data[new_email]"))
    address = old if name == "upemail" else address_of(row.get("data[email]") or row.get("data[merges][EMAIL]"))
    if address is None or (name == "upemail" and new is None):
        return Parsed(refused=[f"{name} without an address"])
    reason = said(row.get("data[reason]")).lower()
    ids = tuple(said(row.get(f"data[{key}]")) for key in ("id", "list_id", "campaign_id"))
    return Parsed([
        Event(
            "mailchimp", _kind(name, reason), (address,), moment(row.get("fired_at")),
            detail=" ".join(filter(None, [name, said(row.get("data[action]")), reason])), message_ids=(*ids, name),
            moved_to=new if name == "upemail" else None,
        )
    ])  # fmt: skip


def _kind(name: str, reason: str) -> Kind:
    if name == "unsubscribe":
        return "complaint" if reason == "abuse" else "unsubscribe"
    if name == "cleaned":
        return "complaint" if reason == "abuse" else "hard_bounce"
    return "moved" if name == "upemail" else _KINDS.get(name, "other")
