"""An SMTP server on loopback that does what a test tells it, and keeps what it was given."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import run

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Post:
    """What the server does, and what it got: envelopes that it took, commands it was asked."""

    mail: str = "250 2.1.0 OK"
    rcpt: str = "250 2.1.5 OK"
    data: str = "250 2.0.0 taken"
    hangs: float = 0.0  # seconds before the answer to the final dot
    dies: str = ""  # "before", "after": the connection is cut before the message, or after its final dot
    taken: list = field(default_factory=list)
    in_clear: list = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(self, _server, session, envelope, address, _options):  # noqa: N802 - aiosmtpd's interface
        if session.ssl is None:
            self.in_clear.append(address)
        if self.mail.startswith("250"):
            envelope.mail_from = address
        return self.mail

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if self.dies == "after":
            self.taken.append(envelope)
            server.transport.abort()
            return self.data
        if self.hangs:
            self.taken.append(envelope)
            await asyncio.sleep(self.hangs)
            return self.data
        if self.data.startswith("250"):
            self.taken.append(envelope)
        return self.data


class _Cut(SMTP):
    """Cuts the connection in the middle of the message."""

    async def smtp_DATA(self, arg):  # noqa: N802 - aiosmtpd's interface
        if self.event_handler.dies != "before":
            await super().smtp_DATA(arg)
            return
        await self.push("354 go on")
        with suppress(Exception):
            await self._reader.read(1)
        self.transport.abort()


class _Controller(Controller):
    def factory(self):
        return _Cut(self.handler, **self.SMTP_kwargs)


def certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """A certificate of our own making for a name, and its key."""
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def mail_server(post: Post, *, tls: tuple[Path, Path] | None = None, **options) -> Iterator[Post]:
    """The server while the block runs. ``tls``: certificate and key, with which it offers STARTTLS."""
    if tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*tls)
        options |= {"tls_context": context}
    post.port = free_port()
    controller = _Controller(post, hostname="127.0.0.1", port=post.port, server_hostname="localhost", **options)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
