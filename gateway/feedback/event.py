"""One thing a sender reported of one person, and how reporters' values are read. Pure; nothing is judged here."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

Reporter = Literal["ses", "sendgrid", "mailgun", "brevo", "mailchimp", "arf", "dsn", "generic"]
Kind = Literal[
    "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "subscribe", "not_spam", "auth_failure", "moved", "other",
    "delivered", "opened", "clicked",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "hard_bounce", "soft_bounce", "complaint", "unsubscribe", "subscribe", "not_spam", "auth_failure", "moved", "other",
    "delivered", "opened", "clicked",
)  # fmt: skip
IGNORED: frozenset[Kind] = frozenset({"delivered", "opened", "clicked"})
"""Counted in the answer and not kept: who opens what is nobody's business here."""

LONGEST_DETAIL = 300
_FIRST_YEAR, _LAST_YEAR = 1990, 2200
_MILLISECONDS = 10**11  # as seconds that is the year 5138, as milliseconds 1973
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_AT = "(?:@|%40|=40|\N{FULLWIDTH COMMERCIAL AT})"
_QUOTED = re.compile(r'"[^"\n]{0,80}"(?=' + _AT + ")")
_ADDRESS = re.compile(r"""[^\s<>"'(),;:|]*""" + _AT + r"""[^\s<>"'(),;:|]*""", re.IGNORECASE)
_PLAIN = re.compile(r"""[^\s<>()\[\]",;:@]{1,64}@[^\s<>()\[\]",;:@]{1,253}|"[^"\n]{1,62}"@[^\s<>()\[\]",;:@]{1,253}""")


class RefusedError(Exception):
    """A report that cannot be taken, and why; ``code`` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Event:
    """What one report says of one person."""

    reporter: Reporter
    kind: Kind
    addresses: tuple[str, ...]  # whom it is about: under several names the likeliest first; none if it is not said
    at: datetime | None  # aware; None: not said, or no time that can be
    event_id: str | None = None  # the reporter's own
    status: str | None = None  # RFC 3463
    detail: str = ""
    message_ids: tuple[str, ...] = ()  # of the mail, the campaign, the report: what tells like events apart
    moved_to: str | None = None  # the new address of somebody who moved
    links: tuple[str, ...] = ()  # tokens of links of ours in the mail it is about, where nobody is named


@dataclass(slots=True)
class Parsed:
    """What one delivery of a reporter holds: its events, and why the rest of it could not be read."""

    events: list[Event] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def read_json(body: bytes) -> Any:
    """A body as JSON in UTF-8. Raises RefusedError."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise RefusedError("bad_json", "it is not JSON in UTF-8") from None


def objects(document: Any, most: int = 10_000) -> list[dict[str, Any]]:
    """A document that is one object or a list of them. Raises RefusedError."""
    rows = document if isinstance(document, list) else [document]
    if not all(isinstance(row, dict) for row in rows):
        raise RefusedError("bad_shape", "it is neither an object nor a list of objects")
    if len(rows) > most:
        raise RefusedError("too_many", f"it holds more than {most:,} events")
    return rows


def batch(document: Any, parsed: Parsed, most: int = 10_000) -> list[tuple[int, dict[str, Any]]]:
    """The objects of a reporter's batch with their places; what stands between them is counted as unreadable.

    Others' batches are not ours to refuse for one odd row: they would never come better, and opt-outs stand in them.
    Raises RefusedError.
    """
    rows = document if isinstance(document, list) else [document]
    read = [(place, row) for place, row in enumerate(rows, start=1) if isinstance(row, dict)]
    if (rows and not read) or len(rows) > most:
        objects(document, most)  # says what is wrong
    there = {place for place, _ in read}
    parsed.refused += [f"event {place} is no object" for place in range(1, len(rows) + 1) if place not in there]
    return read


def inner(document: Any, *path: str) -> Any:
    """The value at a path of keys; None where there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document


def said(value: Any, most: int = 200) -> str:
    """A value as a short text a database can keep; empty for anything that is no text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _UNFIT.sub(" ", str(value)[: most * 4]).strip()[:most]


def address_of(value: Any) -> str | None:
    """The one address in a value such as ``Ann <ann@example.com>``; None if there is none, or it is blacked out."""
    text = said(value, 600)
    text = text.rpartition("<")[2].partition(">")[0] if "<" in text else text
    found = _PLAIN.fullmatch(text.strip().removeprefix("mailto:"))
    if found is None or "redacted" in text.casefold() or "*" in text:  # RFC 6590 lets reports black people out
        return None
    return found[0].rstrip(".")


def moment(value: Any) -> datetime | None:
    """An instant as reporters write it: seconds or milliseconds since 1970, ISO 8601, a mail's date; UTC if no zone."""
    text = said(value, 100)
    try:
        if re.fullmatch(r"[0-9]{1,15}(?:\.[0-9]{1,9})?", text):
            number = float(text)
            found = datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS else number, UTC)
        elif text[4:5] == "-":
            found = datetime.fromisoformat(text)
        else:
            found = parsedate_to_datetime(text)
        if not _FIRST_YEAR < found.year < _LAST_YEAR:
            return None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError, OSError):
        return None


def without_addresses(text: str, addresses: Iterable[str] = ()) -> str:
    """A reporter's words without any address, nor the local part of these: what is kept names nobody."""
    text = _ADDRESS.sub("[address]", _QUOTED.sub("", said(text, 4 * LONGEST_DETAIL)))
    for address in addresses:
        name = address.rpartition("@")[0].strip('"').partition("+")[0]
        if len(name) > 2:  # noqa: PLR2004 - "an" and "it" are words
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "[address]", text, flags=re.IGNORECASE)
    return text[:LONGEST_DETAIL]
