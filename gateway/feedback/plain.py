"""Bounces in words: about a third of real ones have no delivery status. Only what plainly is one is taken."""

import re
from collections.abc import Iterator, Sequence
from email.message import Message

from gateway.feedback.event import Event, Parsed, RefusedError, address_of, moment
from gateway.feedback.fields import field, quoted_headers, text_of
from gateway.feedback.fields import first as first_field
from gateway.feedback.status import classify, is_failure

_FROM = re.compile(r"mailer-?daemon|postmaster|mail delivery|mail-?system|mail administrator|mmdf", re.IGNORECASE)
_COPY = re.compile(
    r"^[ \t]*(?:-{2,} ?(?:below this line|this is a copy|the header|unsent message|original message|returned mail"
    r"|message header|the body|copy of|undelivered message)|original message headers|received: from |return-path: ?<"
    r"|message headers follow|the original message|this is a copy of)",
    re.IGNORECASE | re.MULTILINE,
)
_LEADS = re.compile(
    r"""[ \t>*-]*(?:(?:recipient|rcpt to|e-?mail|final recipient|failed recipient)[ \t]*:[ \t]*)?
        (?:rfc822;|smtp:)?[ \t]*
        (<[^<>\s@]{1,64}@[^<>\s@]{1,253}>|[^\s<>()\[\]",;:@]{1,64}@[A-Za-z0-9.-]{3,253})
        (?P<rest>.{0,500})""",
    re.IGNORECASE | re.VERBOSE,
)
_TAGS = re.compile(r"<(?!/?[^<>\s@]{1,64}@)[^<>]{0,300}>")
_MOST_PEOPLE = 50


def parse(message: Message, parts: Sequence[Message]) -> Parsed:
    """The events of a bounce without a delivery status. Raises RefusedError for anything that is not plainly one."""
    failed = field(message, "X-Failed-Recipients")
    if not failed and not _is_from_a_server(message):
        automatic = field(message, "Auto-Submitted").lower() not in {"", "no"}
        name, what = ("auto_reply", "an automatic reply") if automatic else ("not_a_report", "no report at all")
        raise RefusedError(name, f"it is {what}")
    text = _own_words(parts)
    told = dict(_blocks(text))
    people = list(dict.fromkeys(filter(None, map(address_of, failed.split(","))))) if failed else list(told)
    at, ids = moment(field(message, "Date")), _ids(message, parts)
    parsed = Parsed()
    for person in people[:_MOST_PEOPLE]:
        reason = told.get(person) or (text[:2_000] if failed else "")
        if not is_failure(reason):
            continue
        kind, code = classify(None, reason)
        parsed.events.append(Event("dsn", kind, (person,), at, status=code, detail=reason, message_ids=ids))
    if not parsed.events:
        raise RefusedError(
            "not_understood", "it comes from a mail server and does not plainly say whose mail failed, or why"
        )
    return parsed


def _is_from_a_server(message: Message) -> bool:
    return field(message, "Return-Path") == "<>" or bool(_FROM.search(field(message, "From")))


def _own_words(parts: Sequence[Message]) -> str:
    """The server's own text, without the mail that it returns."""
    texts = [part for part in parts if part.get_content_type() == "text/plain"]
    if texts:
        text = text_of(texts[0])
    else:
        text = next((_TAGS.sub(" ", text_of(part)) for part in parts if part.get_content_type() == "text/html"), "")
        text = text.replace("&lt;", "<").replace("&gt;", ">")
    copy = _COPY.search(text)
    return text[: copy.start()] if copy else text


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Each address that a line begins with, and what is said of it until the next one."""
    person: str | None = None
    words = [""]
    for line in text.splitlines()[:2_000]:
        found = _LEADS.match(line[:900])
        address = address_of(found[1]) if found else None
        if found is None or address is None:
            words.append(line.strip())
            continue
        if person is not None:
            yield person, " ".join(words)[:2_000]
        person, words = address, [found["rest"]]
    if person is not None:
        yield person, " ".join(words)[:2_000]


def _ids(message: Message, parts: Sequence[Message]) -> tuple[str, ...]:
    header = quoted_headers(parts)
    return (field(message, "Message-ID"), first_field(header, "message-id"), field(message, "Date"))
