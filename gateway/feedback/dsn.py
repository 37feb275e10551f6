"""Delivery status notifications (RFC 3464): what became of a mail, a block for each recipient."""

import re
from collections.abc import Sequence
from email.message import Message

from gateway.feedback.event import Event, Kind, Parsed, RefusedError, address_of, moment
from gateway.feedback.fields import Fields, blocks, field, first, only_recipient, quoted_headers, report_text
from gateway.feedback.status import classify, status_in

_ARRIVED = frozenset({"delivered", "relayed", "expanded"})
_ADDRESS_TYPES = frozenset({"rfc822", "utf-8", "smtp", ""})


def parse(message: Message, part: Message, parts: Sequence[Message]) -> Parsed:
    """The events of one notification. Raises RefusedError if no recipient's block can be read."""
    groups = list(blocks(report_text(part)))
    people = [group for group in groups if first(group, "final-recipient") or first(group, "original-recipient")]
    if not people:
        raise RefusedError("no_recipient", "the delivery status names no recipient")
    header = quoted_headers(parts)
    sent_to = only_recipient(header) if len(people) == 1 else None
    when = field(message, "Date")
    ids = (field(message, "Message-ID"), first(header, "message-id"), when, _per_message(groups, "arrival-date"))
    parsed = Parsed()
    for group in people:
        event = _event(group, sent_to, when, ids)
        if event is None:
            parsed.refused.append("a recipient's block has no address, or neither action nor status")
        else:
            parsed.events.append(event)
    if not parsed.events:
        raise RefusedError("no_recipient", parsed.refused[0])
    return parsed


def _event(group: Fields, sent_to: str | None, when: str, ids: tuple[str, ...]) -> Event | None:
    # The address we wrote to comes first: where mail was forwarded the final one belongs to somebody's other mailbox.
    named = [_typed(first(group, name)) for name in ("original-recipient", "final-recipient")]
    addresses = tuple(dict.fromkeys(filter(None, [*named, sent_to])))
    words = first(group, "diagnostic-code").partition(";")[2].strip() or first(group, "diagnostic-code")
    status, action = status_in(first(group, "status")), first(group, "action").split(" ")[0].lower()
    kind = _kind(action, first(group, "status"), words)
    if not addresses or kind is None:
        return None
    code = classify(status, words)[1] if kind in {"hard_bounce", "soft_bounce"} else status
    at = moment(when) or moment(first(group, "last-attempt-date"))
    return Event("dsn", kind, addresses, at, status=code, detail=f"{action} {words}", message_ids=(*ids, action))


def _kind(action: str, status: str, words: str) -> Kind | None:
    """What the action and the status say together; None if that is nothing."""
    if action in _ARRIVED:
        return "delivered"
    if action == "delayed":
        return "soft_bounce"
    code = status_in(status)
    if action != "failed" and code is None:
        return None
    if code is not None and code[0] == "2":
        return "delivered"
    return classify(code, words)[0]


def _typed(value: str) -> str | None:
    """The address of a field ``type; address``, of the types that are mail (RFC 6533 for utf-8); None for another."""
    kind, semicolon, rest = value.partition(";")
    if not semicolon:
        kind, rest = "", value
    if kind.strip().lower() not in _ADDRESS_TYPES:
        return None
    return address_of(_unescaped(rest.strip(), kind.strip().lower()))


def _unescaped(text: str, kind: str) -> str:
    r"""An address out of xtext (RFC 3461: +HH) or utf-8-addr-xtext (RFC 6533: \x{HHHH})."""
    if kind == "utf-8":
        return re.sub(r"\\x\{([0-9A-Fa-f]{1,6})\}", lambda found: _char(found[1]), text)
    if "@" not in text:  # an address that still shows its @ is not in xtext: +40 in it is somebody's tag
        return re.sub(r"\+([0-9A-F]{2})", lambda found: _char(found[1]), text)
    return re.sub(r"\+2B", "+", text)


def _char(digits: str) -> str:
    point = int(digits, 16)
    return chr(point) if 0x20 < point < 0x110000 and not 0xD800 <= point < 0xE000 else ""  # noqa: PLR2004 - Unicode


def _per_message(groups: Sequence[Fields], name: str) -> str:
    return next((value for group in groups if (value := first(group, name))), "")
