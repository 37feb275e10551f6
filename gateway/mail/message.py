"""A mail's row as the message that goes over the wire. The library writes the header; no text is pasted into it."""

import json
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr
from typing import Any


def message_of(row: Any, *, mail_from: str, name: str = "") -> EmailMessage:
    """The message with text and HTML. ``name``: ours, beside ``mail_from``; both may be empty in the local outbox.

    Raises ValueError for line breaks in a header.
    """
    message = EmailMessage(policy=SMTP if row.recipient.isascii() else SMTPUTF8)
    if mail_from:
        message["From"] = formataddr((name, mail_from))
    message["To"] = row.recipient
    message["Subject"] = row.subject
    message["Date"] = format_datetime(row.created_at)
    message["Message-ID"] = row.message_id
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = row.language
    for field, value in json.loads(row.headers).items():
        message[field] = value
    message.set_content(row.text, cte="quoted-printable")
    message.add_alternative(row.html, subtype="html", cte="quoted-printable")
    return message
