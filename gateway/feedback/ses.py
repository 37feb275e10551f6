"""Amazon SES: bounces, complaints and the rest, in both of its dialects (``notificationType``, ``eventType``)."""

from typing import Any

from gateway.feedback.event import (
    Event,
    Kind,
    Parsed,
    address_of,
    batch,
    inner,
    moment,
    read_json,
    said,
)

_KINDS: dict[str, Kind] = {
    "delivery": "delivered", "open": "opened", "click": "clicked", "deliverydelay": "soft_bounce", "send": "other",
    "reject": "other", "rendering failure": "other",
}  # fmt: skip
_RECIPIENTS = {
    "bounce": ("bounce", "bouncedRecipients"), "complaint": ("complaint", "complainedRecipients"),
    "deliverydelay": ("deliveryDelay", "delayedRecipients"), "delivery": ("delivery", "recipients"),
}  # fmt: skip
_GREETING, _SUBSCRIBED = b"Successfully validated SNS topic", "amazonsnssubscriptionsucceeded"
"""What SES says once when it is set up, of nobody."""
_NOT_COMPLAINTS: dict[str, Kind] = {"not-spam": "not_spam", "auth-failure": "auth_failure"}


def parse(body: bytes) -> Parsed:
    """The events of one message of SES. Raises RefusedError."""
    parsed = Parsed()
    if body.startswith(_GREETING):
        return parsed
    for _, document in batch(read_json(body), parsed):
        name = said(document.get("notificationType") or document.get("eventType")).lower()
        if not name:
            parsed.refused.append("a message with neither notificationType nor eventType")
        elif name != _SUBSCRIBED:
            _read(document, name, parsed)
    return parsed


def _read(document: dict[str, Any], name: str, parsed: Parsed) -> None:
    part, listed = _RECIPIENTS.get(name, (name, ""))
    about = document.get(part)
    about = about if isinstance(about, dict) else {}
    # Only those listed are affected; a mail's other recipients are not. Where none is listed it had one.
    mailed = inner(document, "mail", "destination")
    people = about.get(listed) if listed else mailed
    if not people and isinstance(mailed, list) and len(mailed) == 1:
        people = mailed  # some mailbox providers name nobody who complains
    if not isinstance(people, list) or not people:
        parsed.refused.append(f"{name or 'an event'} without recipients")
        return
    message = said(inner(document, "mail", "messageId"))
    for person in people:
        row = person if isinstance(person, dict) else {"emailAddress": person}
        address = address_of(row.get("emailAddress"))
        if address is None:
            parsed.refused.append(f"{name} of a recipient without an address")
            continue
        parsed.events.append(
            Event(
                "ses", _kind(name, about), (address,), moment(about.get("timestamp")),
                event_id=said(about.get("feedbackId")) or None, status=said(row.get("status"), 16) or None,
                detail=_detail(about, row), message_ids=(message, name),
            )
        )  # fmt: skip


def _kind(name: str, about: dict[str, Any]) -> Kind:
    if name == "bounce":
        return "hard_bounce" if about.get("bounceType") == "Permanent" else "soft_bounce"
    if name == "complaint":
        return _NOT_COMPLAINTS.get(said(about.get("complaintFeedbackType")).lower(), "complaint")
    if name == "subscription":
        return "unsubscribe" if _left(about) else "subscribe"
    return _KINDS.get(name, "other")


def _left(about: dict[str, Any]) -> bool:
    """Whether somebody left: everything, or a topic they had not left before."""

    def out(when: str) -> set[str]:
        topics = inner(about, when, "topicSubscriptionStatus")
        rows = [row for row in topics if isinstance(row, dict)] if isinstance(topics, list) else []
        return {said(row.get("topicName")) for row in rows if row.get("subscriptionStatus") == "OptOut"}

    everything = inner(about, "newTopicPreferences", "unsubscribeAll") is True
    return everything or bool(out("newTopicPreferences") - out("oldTopicPreferences"))


def _detail(about: dict[str, Any], row: dict[str, Any]) -> str:
    parts = [about.get(name) for name in ("bounceType", "bounceSubType", "complaintFeedbackType", "delayType")]
    return " ".join(filter(None, [*map(said, parts), said(row.get("diagnosticCode"), 600)]))
