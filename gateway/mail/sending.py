"""Sending what the outbox holds, mail by mail: leased, handed over outside any transaction, its end written down."""

import logging
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from gateway.config import Settings
from gateway.db.work import UnitOfWork
from gateway.mail import outbox

if TYPE_CHECKING:
    from gateway.mail.smtp import Delivered

log = logging.getLogger(__name__)
ANSWER_SECONDS = 60.0  # for each of the server's answers


class Held(NamedTuple):
    """Why a mail does not go now: for good, or not before an instant."""

    why: str
    until: datetime | None = None


MayGo = Callable[[UnitOfWork, Any], Held | None]
"""Asked of every mail in the transaction that leases it, by the room that wrote it."""


@dataclass(slots=True)
class Account:
    """What one round of sending did."""

    sent: int = 0
    kept: int = 0
    put_off: int = 0
    failed: int = 0
    stopped: int = 0

    @property
    def total(self) -> int:
        """How many mails were taken up."""
        return self.sent + self.kept + self.put_off + self.failed + self.stopped


def send_due(
    open_work: Callable[[], AbstractContextManager[UnitOfWork]],
    settings: Settings,
    may_go: MayGo,
    *,
    seconds: float,
    answer_seconds: float = ANSWER_SECONDS,
) -> Account:
    """Send what is due, for about so many ``seconds``. Without GATEWAY_SMTP_URL mails are kept, to be read here."""
    from gateway.mail import smtp
    from gateway.mail.message import message_of

    account, until = Account(), time.monotonic() + seconds
    server = smtp.server_of(settings.smtp_url) if settings.smtp_url else None
    while time.monotonic() < until:
        with open_work() as work:
            row = outbox.take(work)
            if row is None:
                break
            if (held := may_go(work, row)) is not None:
                _hold(work, row, held, account)
                continue
            if server is None:
                outbox.end(work, row, "kept")
                account.kept += 1
                continue
        message = message_of(row, mail_from=settings.mail_from, name=next(iter(settings.sender_names), ""))
        came = smtp.deliver(
            server, message, sender=settings.mail_from, recipient=row.recipient, seconds=answer_seconds
        )  # fmt: skip
        with open_work() as work:
            _note(work, row, came, account)
    return account


def _hold(work: UnitOfWork, row: Any, held: Held, account: Account) -> None:
    if held.until is None:
        outbox.end(work, row, "stopped", error=held.why)
        account.stopped += 1
    else:
        outbox.put_off(work, row, held.why, until=held.until)
        account.put_off += 1


def _note(work: UnitOfWork, row: Any, came: "Delivered", account: Account) -> None:
    if came.outcome == "sent":
        outbox.end(work, row, "sent")
        account.sent += 1
        return
    log.warning("mail_%d was not sent: %s", row.id, came.said)
    if came.outcome == "refused":
        outbox.end(work, row, "failed", error=came.said)
        account.failed += 1
    else:
        outbox.put_off(work, row, came.said, is_unknown=came.outcome == "unknown")
        account.put_off += 1


def host_of(settings: Settings) -> str:
    """Our name in Message-IDs: of the address that mails come from, else of where people reach us."""
    return settings.mail_from.rpartition("@")[2] or urlsplit(settings.public_url).hostname or "localhost"
