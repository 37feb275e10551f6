"""One mail to an SMTP server: taken, refused, to be tried again, or nobody knows.

Never in clear where TLS is required, never to a server whose certificate is not good. What a server says beyond its
numbers is not kept: it likes to repeat the address.
"""

import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from functools import cache
from typing import Literal
from urllib.parse import parse_qs, unquote, urlsplit

_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True, slots=True)
class Server:
    """Where our mails go, and as whom."""

    host: str
    port: int
    user: str | None
    password: str
    tls: Literal["starttls", "from_the_start", "never"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a mail. ``said``: the server's numbers, or what went wrong, without any address."""

    outcome: Literal["sent", "refused", "later", "unknown"]
    said: str = ""


class _RefusedError(Exception):
    """The server's final no to this very mail."""


def server_of(url: str) -> Server:
    """The server of GATEWAY_SMTP_URL: smtp:// asks for STARTTLS unless ?starttls=never stands there."""
    parts = urlsplit(url)
    never = parse_qs(parts.query).get("starttls") == ["never"]
    implicit = parts.scheme == "smtps"
    return Server(
        host=parts.hostname or "localhost",
        port=parts.port or (465 if implicit else 587),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
        tls="from_the_start" if implicit else "never" if never else "starttls",
    )


def deliver(server: Server, message: EmailMessage, *, sender: str, recipient: str, seconds: float) -> Delivered:
    """Hand one mail to the server. Never raises for anything that server or network do.

    ``seconds``: how long each of the server's answers may take.
    """
    try:
        connection = _connect(server, seconds)
    except (OSError, smtplib.SMTPException) as error:  # of the server or our settings, and not of this mail
        return Delivered("later", _said(error))
    try:
        try:
            _announce(connection, sender, recipient)
            connection.send(_wire(message, recipient))
        except _RefusedError as error:
            return Delivered("refused", str(error))
        except (OSError, smtplib.SMTPException) as error:  # before the final dot nobody has the mail
            return Delivered("later", _said(error))
        return _finish(connection)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.close()


@cache
def trusted() -> ssl.SSLContext:
    """Whom the system trusts, read once and only where mails go encrypted: it takes 20 ms."""
    return ssl.create_default_context()


def _connect(server: Server, seconds: float) -> smtplib.SMTP:
    connection: smtplib.SMTP
    if server.tls == "from_the_start":
        connection = smtplib.SMTP_SSL(server.host, server.port, timeout=seconds, context=trusted())
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=seconds)
    try:
        connection.ehlo_or_helo_if_needed()
        if server.tls == "starttls":
            connection.starttls(context=trusted())  # raises where the server does not offer it
            connection.ehlo_or_helo_if_needed()
        if server.user is not None:
            connection.login(server.user, server.password)
    except BaseException:
        connection.close()
        raise
    return connection


def _announce(connection: smtplib.SMTP, sender: str, recipient: str) -> None:
    """All that comes before the mail itself."""
    options = []
    if not recipient.isascii():
        if not connection.has_extn("smtputf8"):
            raise _RefusedError("the server takes no addresses beyond ASCII")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
        connection.command_encoding = "utf-8"
    _expect("MAIL", *connection.mail(sender, options))
    _expect("RCPT", *connection.rcpt(recipient))
    _expect("DATA", *connection.docmd("DATA"))


def _expect(step: str, code: int, said: bytes) -> None:
    if code >= 500:  # noqa: PLR2004 - the classes of SMTP's answers
        raise _RefusedError(f"{_numbers(code, said)} to {step}")
    if not 200 <= code < 400:  # noqa: PLR2004
        raise smtplib.SMTPResponseException(code, said)


def _wire(message: EmailMessage, recipient: str) -> bytes:
    """The message without its final dot, lines that begin with one marked."""
    data = message.as_bytes(policy=SMTP if recipient.isascii() else SMTPUTF8)
    return re.sub(rb"(?m)^\.", b"..", data if data.endswith(b"\r\n") else data + b"\r\n")


def _finish(connection: smtplib.SMTP) -> Delivered:
    """The final dot. From here on silence means that nobody knows."""
    try:
        connection.send(b".\r\n")
        code, said = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Delivered("unknown", _said(error))
    if 200 <= code < 300:  # noqa: PLR2004
        with suppress(OSError, smtplib.SMTPException):
            connection.docmd("QUIT")
        return Delivered("sent", _numbers(code, said))
    return Delivered("refused" if code >= 500 else "later", f"{_numbers(code, said)} to the mail")  # noqa: PLR2004


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return _numbers(error.smtp_code, text if isinstance(text, bytes) else str(text).encode())
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not good: {error.verify_message}"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "the server offers no TLS, or not the login that is set; nothing is sent in clear"
    if isinstance(error, TimeoutError | smtplib.SMTPServerDisconnected):  # smtplib tells the two apart only in words
        return "the connection was lost, or no answer came in time"
    return type(error).__name__ if not isinstance(error, OSError) else error.strerror or type(error).__name__


def _numbers(code: int, said: bytes) -> str:
    enhanced = _ENHANCED.match(said)
    return f"{code} {enhanced[0].decode()}" if enhanced else str(code)
