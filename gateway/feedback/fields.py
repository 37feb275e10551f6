"""Fields and texts of a message's parts, decoded within bounds and never failing."""

import base64
import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from email.errors import HeaderParseError, MissingHeaderBodySeparatorDefect
from email.message import Message
from email.utils import getaddresses
from typing import Any

from gateway.feedback.event import address_of, said

Fields = list[tuple[str, str]]
_FOLD = re.compile(r"\n[ \t]+")
_LONGEST_TEXT = 1 << 16
_MOST_BLOCKS = 200
_ENCODED = frozenset({"base64", "quoted-printable"})
_QUOTED_HEADERS = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers",
                             "message/global-headers", "message/partial", "text/rfc822"})  # fmt: skip


def field(message: Message, name: str) -> str:
    """The first field of this name, unfolded; empty if there is none."""
    try:
        return said(str(message.get(name) or ""), 1_000)
    except (ValueError, LookupError, HeaderParseError):
        return ""


def text_of(part: Message) -> str:
    """A part's text, decoded as well as can be."""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, AttributeError, TypeError):
        return ""
    if not isinstance(data, bytes):
        return ""
    data = data[: 4 * _LONGEST_TEXT]
    try:
        text = data.decode(part.get_content_charset("utf-8") or "utf-8", "replace")
    except (LookupError, ValueError):
        text = data.decode("utf-8", "replace")
    return text[:_LONGEST_TEXT].replace("\0", " ")  # no database keeps one


def report_text(part: Message) -> str:
    """The lines of a report part, whatever the parser made of it: a status is taken for messages, or left encoded."""
    pieces = part.get_payload()
    if isinstance(pieces, list):
        # A delivery status comes as one "message" for each of its blocks, a feedback report as one with its fields.
        lines = [
            "\n".join([*(f"{name}: {value}" for name, value in piece.raw_items()), _raw(piece)])
            for piece in pieces[:_MOST_BLOCKS] if isinstance(piece, Message)
        ]  # fmt: skip
        text = "\n".join(lines)
    else:
        text = _raw(part)
    return _decoded(text, _coding(part))


def _coding(part: Message) -> str:
    return field(part, "Content-Transfer-Encoding").lower()


def _decoded(text: str, coding: str) -> str:
    """The beginning of a text that is still as it was sent; empty for one that is not what it is called."""
    data = text.encode("utf-8", "surrogateescape")[: 4 * _LONGEST_TEXT]
    try:
        if coding == "base64":
            data = b"".join(data.split())
            data = base64.b64decode(data[: len(data) // 4 * 4])  # cut anywhere, its whole groups are good
        elif coding == "quoted-printable":
            data = quopri.decodestring(data)
    except (binascii.Error, ValueError):
        return ""
    return data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")[:_LONGEST_TEXT]


def _raw(piece: Message) -> str:
    payload = piece.get_payload()
    if isinstance(payload, list):  # text/plain by default, so that only an odd one has parts
        return "\n".join(_raw(inner) for inner in payload[:_MOST_BLOCKS] if isinstance(inner, Message))
    return payload if isinstance(payload, str) else ""


def blocks(text: str) -> Iterator[Fields]:
    """The groups of fields that empty lines divide, names in lower case. Lines that are no field are passed over."""
    for block in re.split(r"\n[ \t]*\n", text.strip("\n"))[:_MOST_BLOCKS]:
        found: Fields = []
        for line in _FOLD.sub(" ", block).split("\n"):
            name, colon, value = line.partition(":")
            if colon and name and not name[0].isspace():
                found.append((name.strip().lower(), said(value, 1_000)))
        if found:
            yield found


def first(fields: Iterable[tuple[str, str]], name: str) -> str:
    """The first value of a field; empty if there is none."""
    return next((value for key, value in fields if key == name), "")


def quoted_headers(parts: Iterable[Message]) -> Fields:
    """The header of the mail that a report is about, where it comes with it."""
    for part in parts:
        if part.get_content_type() in _QUOTED_HEADERS:
            pieces, coding = part.get_payload(), _coding(part)
            if coding in _ENCODED:
                return next(blocks(_decoded(_as_sent(pieces), coding)), [])
            if isinstance(pieces, list) and pieces and isinstance(pieces[0], Message):
                return [(name.lower(), said(str(value), 1_000)) for name, value in pieces[0].raw_items()]
            return next(blocks(text_of(part)), [])
    return []


def _as_sent(pieces: Any) -> str:
    """A quoted mail that came encoded, as it came: the parser took it for a mail in the clear."""
    if not isinstance(pieces, list):
        return pieces if isinstance(pieces, str) else ""
    piece = pieces[0] if pieces else None
    if not isinstance(piece, Message):
        return ""
    # A line broken for the encoding's sake ends the header too early: there is no empty line then.
    torn = any(isinstance(defect, MissingHeaderBodySeparatorDefect) for defect in piece.defects)
    head = [f"{name}: {value}" for name, value in piece.raw_items()]
    return "\n".join([*head, *([] if torn or not head else [""]), _raw(piece)])


def only_recipient(header: Fields) -> str | None:
    """Whom a mail went to, if it names one person; with several nobody can say which of them it was.

    Where a name is blacked out, the address beside it is a made-up one.
    """
    values = [value for name, value in header if name in {"to", "cc"}]
    if any("redacted" in value.casefold() for value in values):
        return None
    try:
        found = {address for _, text in getaddresses(values) if (address := address_of(text))}
    except (ValueError, IndexError, TypeError):
        return None
    return found.pop() if len(found) == 1 else None
