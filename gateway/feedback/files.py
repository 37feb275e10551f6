"""Files of reports: one message, an mbox of them, or JSON; which it is shows in its first bytes."""

import re
from collections.abc import Callable, Iterator
from importlib import import_module

from gateway.feedback.event import Parsed, RefusedError, Reporter

LARGEST_FILE = 64 << 20  # bytes
_MOST_MESSAGES = 200_000
_MBOX = re.compile(rb"^From [^\n]*\n", re.MULTILINE)
WEBHOOKS: tuple[Reporter, ...] = ("ses", "sendgrid", "mailgun", "brevo", "mailchimp", "generic")


def parser_of(reporter: str) -> Callable[[bytes], Parsed]:
    """How a reporter's deliveries are read; arf and dsn are messages."""
    name = reporter if reporter in WEBHOOKS else "message"
    parse: Callable[[bytes], Parsed] = import_module(f"gateway.feedback.{name}").parse
    return parse


def parse_file(data: bytes, reporter: str | None = None) -> Iterator[tuple[int, Parsed | RefusedError]]:
    """What a file holds, message by message: its place from 1, and its events or why it is refused."""
    if reporter is None:
        start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        reporter = "generic" if start in {b"{", b"["} else "dsn"
    pieces = [data] if reporter in WEBHOOKS else messages_in(data)
    parse = parser_of(reporter)
    for place, piece in enumerate(pieces, start=1):
        try:
            yield place, parse(piece)
        except RefusedError as refused:
            yield place, refused


def messages_in(data: bytes) -> Iterator[bytes]:
    """The messages of an mbox (its lines ``>From `` as they were); any other file is one message."""
    if not data.lstrip(b"\r\n").startswith(b"From "):
        yield data
        return
    data = data.replace(b"\r\n", b"\n")
    starts = [
        found
        for found in _MBOX.finditer(data)
        if found.start() == 0 or data[found.start() - 2 : found.start()] == b"\n\n"
    ]
    for count, found in enumerate(starts[:_MOST_MESSAGES]):
        end = starts[count + 1].start() if count + 1 < len(starts) else len(data)
        yield re.sub(rb"^>(>*From )", rb"\1", data[found.end() : end], flags=re.MULTILINE)
