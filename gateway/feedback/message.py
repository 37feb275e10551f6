"""A mail taken apart within bounds: whatever arrives, it costs little and is a report or refused with a reason.

A message may come from anybody and hold anything, so its bytes, parts and depth are counted before it is parsed.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message

from gateway.feedback import arf, dsn, plain
from gateway.feedback.event import Parsed, RefusedError

LARGEST = 4 << 20  # bytes: a report with the mail it is about, pictures and all
_MOST_PARTS = 50
_MOST_DEPTH = 8
_MOST_HEADS = 2_000  # lines before the first empty one
_BOUNDARY = re.compile(rb"""boundary\s*[*0-9]*\s*=\s*["']?([^\s"';]{0,80})""", re.IGNORECASE)
_NESTED = re.compile(rb"^content-type:\s*message/", re.IGNORECASE | re.MULTILINE)


def parse(data: bytes) -> Parsed:
    """The events of one message: a feedback report, a delivery status, or a bounce in words. Raises RefusedError."""
    message = read_message(data)
    try:
        parts = list(_parts(message))
        for part in parts:
            if part.get_content_type() == "message/feedback-report":
                return arf.parse(message, part, parts)
        for part in parts:
            if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}:
                return dsn.parse(message, part, parts)
        return arf.parse_bare(message, parts) or plain.parse(message, parts)
    except RecursionError:
        raise RefusedError("too_deep", "its parts are nested too deeply") from None


def read_message(data: bytes) -> Message:
    """The message, taken apart. Raises RefusedError for one that is too large, or has too many parts."""
    if len(data) > LARGEST:
        raise RefusedError("too_large", f"it is larger than {LARGEST >> 20} MB")
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n")
    if data.startswith(b"From "):  # the line that mbox folders put before each message
        data = data.partition(b"\n")[2]
    if data[:100_000].partition(b"\n\n")[0].count(b"\n") > _MOST_HEADS:
        raise RefusedError("too_many_fields", "its header has too many lines")
    marks = _BOUNDARY.findall(data)
    many = len(marks) > _MOST_PARTS or len(_NESTED.findall(data)) > _MOST_PARTS
    # Measured: 100,000 parts take the parser some seconds to find, so their marks are counted first.
    if many or sum(data.count(b"\n--" + mark) for mark in set(marks) if mark) > 2 * _MOST_PARTS:
        raise RefusedError("too_many_parts", f"it has more than {_MOST_PARTS} parts with parts")
    try:
        return message_from_bytes(data)
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError):
        raise RefusedError("not_a_message", "it cannot be read as a message") from None


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The parts of a message, not those of a message it quotes: a report quoted in a report reports nothing."""
    if depth > _MOST_DEPTH:
        raise RefusedError("too_deep", "its parts are nested too deeply")
    yield message
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for count, part in enumerate(message.get_payload()):
            if count > _MOST_PARTS:
                raise RefusedError("too_many_parts", f"it has more than {_MOST_PARTS} parts")
            if isinstance(part, Message):
                yield from _parts(part, depth + 1)
