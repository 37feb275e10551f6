"""Feedback reports (RFC 5965): somebody pressed "this is spam", or a mailbox provider reports something else."""

import re
from collections.abc import Sequence
from email.message import Message

from gateway.feedback.event import Event, Kind, Parsed, RefusedError, address_of, moment
from gateway.feedback.fields import Fields, blocks, field, first, only_recipient, quoted_headers, report_text

_KINDS: dict[str, Kind] = {
    "abuse": "complaint", "fraud": "complaint", "virus": "complaint", "other": "complaint",
    "opt-out": "unsubscribe", "opt-out-list": "unsubscribe", "not-spam": "not_spam", "auth-failure": "auth_failure",
}  # fmt: skip
"""not-spam (RFC 6430) takes a complaint back as far as the provider goes, auth-failure (RFC 6591) is about our DNS."""
_MOST_PEOPLE = 100
_LINK = re.compile(r"/u/([A-Za-z0-9_-]{20,200})(?=[>?\s]|$)")
_MOST_LINKS = 5


def parse(message: Message, part: Message, parts: Sequence[Message]) -> Parsed:
    """The events of one report, one for each person it names. Raises RefusedError."""
    fields = [pair for block in blocks(report_text(part)) for pair in block]
    kinds = {value.lower() for name, value in fields if name == "feedback-type"}
    if len(kinds) != 1:
        raise RefusedError("no_feedback_type", f"the report has {len(kinds)} feedback types and should have one")
    said_kind = kinds.pop()
    header = quoted_headers(parts)
    named = [value for name, value in fields if name in {"original-rcpt-to", "removal-recipient"}]
    people = list(dict.fromkeys(filter(None, map(address_of, named))))
    if not people and (only := only_recipient(header)):
        people = [only]  # the report's own fields are blacked out; the mail it quotes may not be
    links = () if people else _links(header)  # our own link to leave by names the person whatever is blacked out
    at = moment(field(message, "Date")) or moment(first(fields, "received-date") or first(fields, "arrival-date"))
    ids = (field(message, "Message-ID"), first(header, "message-id"), first(fields, "arrival-date"), said_kind)
    who: list[tuple[str, ...]] = [(person,) for person in people[:_MOST_PEOPLE]] or [()]
    kind = _KINDS.get(said_kind, "other")
    detail = " ".join(filter(None, [said_kind, first(fields, "user-agent"), first(fields, "auth-failure")]))
    return Parsed([Event("arf", kind, addresses, at, detail=detail, message_ids=ids, links=links) for addresses in who])


def parse_bare(message: Message, parts: Sequence[Message]) -> Parsed | None:
    """A report of Outlook's, which is only the mail complained of with its recipient in a field of its own."""
    header = quoted_headers(parts)
    person = address_of(first(header, "x-hmxmroriginalrecipient"))
    if person is None:
        return None
    ids = (field(message, "Message-ID"), first(header, "message-id"))
    at = moment(field(message, "Date"))
    return Parsed([Event("arf", "complaint", (person,), at, detail="junk mail report", message_ids=ids)])


def _links(header: Fields) -> tuple[str, ...]:
    """What may be tokens of our links to leave by (gateway.person.links), in the quoted mail's header."""
    said = " ".join(value for name, value in header if name == "list-unsubscribe")
    return tuple(dict.fromkeys(_LINK.findall(said)))[:_MOST_LINKS]
