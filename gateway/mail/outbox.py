"""The outbox: mails written in the transaction of what they speak of, leased one by one, and how each ended.

A lease is fenced by the attempt: whoever took a mail over later has the last word. A lease that ends without a word is
a worker that died over its mail; whether the server had it by then nobody knows, so it counts as an unknown outcome.
"""

import json
import random
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import chain
from typing import Any, Literal

from sqlalchemy import Connection, and_, or_, select, update

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.mail.tables import mails

State = Literal["new", "leased", "sent", "kept", "failed", "stopped"]
LEASE = timedelta(minutes=15)  # longer than a server that answers each command at the last moment takes
FIRST_PAUSE = timedelta(minutes=1)  # doubled with each try
LONGEST_PAUSE = timedelta(hours=4)
KEPT = timedelta(days=30)
MOST_UNKNOWN = 2  # tries whose outcome nobody knows: a mail is repeated once for that reason, and not again
_PUT = (
    f"INSERT INTO {mails.name} (kind, match_key, source, recipient, language, subject, text, html, headers, "  # noqa: S608 - our own name
    "message_id, state, not_before, tries, unknown, attempt, created_at) VALUES {rows} RETURNING message_id, id"
)
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'new', ?, 0, 0, 0, ?)"
_AT_ONCE = 100  # mails in one statement
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be sent: whole, since what it speaks of may have changed by then."""

    kind: str
    match_key: bytes
    source: str
    recipient: str  # for sending: the domain as A-label
    language: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)  # further ones


def put(work: UnitOfWork, batch: Sequence[Mail], *, host: str) -> list[int]:
    """Write mails down, to be sent after the commit; their numbers. ``host``: our name in the Message-ID.

    Raises ValueError for a line break or another control character where a header would hold it.
    """
    now = text_of(work.at)
    rows = [(
        mail.kind, mail.match_key, mail.source, mail.recipient, mail.language, mail.subject, mail.text, mail.html,
        _headers(mail, host), f"<{secrets.token_hex(16)}@{host}>", now, now,
    ) for mail in batch]  # fmt: skip
    numbers: dict[str, int] = {}
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        numbers.update(ask(work.connection, _put(len(some)), tuple(chain.from_iterable(some))))
    return [numbers[row[9]] for row in rows]  # in whatever order the database names them


@cache
def _put(count: int) -> str:
    return _PUT.format(rows=", ".join([_ROW] * count))


def _headers(mail: Mail, host: str) -> str:
    if any(map(_CONTROL.search, (mail.recipient, mail.subject, mail.language, host, *_flat(mail.headers)))):
        raise ValueError("a header field holds no control characters")
    return json.dumps(dict(mail.headers))


def _flat(headers: Mapping[str, str]) -> list[str]:
    return [part for pair in headers.items() for part in pair]


def is_due(connection: Connection, at: datetime) -> bool:
    """Whether a mail is to be sent, taken over from a worker that died, or has been kept for long enough."""
    return connection.execute(select(mails.c.id).where(_due(at)).limit(1)).first() is not None


def _due(at: datetime) -> Any:
    return and_(mails.c.state.in_(("new", "leased", "kept")), mails.c.not_before <= at)


def take(work: UnitOfWork) -> Any | None:
    """Lease the mail that is due first: its row. None: nothing is due. What was kept for long enough is dropped."""
    _drop_kept(work)
    while (row := work.connection.execute(
        select(mails).where(_due(work.at)).order_by(mails.c.not_before, mails.c.id).limit(1)
    ).one_or_none()) is not None:  # fmt: skip
        unknown = row.unknown + (row.state == "leased")
        lease = {
            "state": "leased", "attempt": row.attempt + 1, "unknown": unknown, "not_before": work.at + LEASE,
            "lease_until": work.at + LEASE,
        }  # fmt: skip
        row = work.connection.execute(update(mails).where(mails.c.id == row.id).values(lease).returning(mails)).one()
        if unknown < MOST_UNKNOWN:
            return row
        end(work, row, "failed", error="twice nobody knows whether it was sent")
    return None


def _drop_kept(work: UnitOfWork) -> None:
    """Of what was kept here to be read the texts go; that there was a mail stays."""
    old = and_(mails.c.state == "kept", mails.c.not_before <= work.at)
    work.connection.execute(update(mails).where(old).values(state="stopped", error="kept for 30 days", **_EMPTY))


_EMPTY: dict[str, Any] = dict.fromkeys(("recipient", "subject", "text", "html", "headers", "lease_until"))


def end(work: UnitOfWork, row: Any, state: State, *, error: str | None = None, unknown: int | None = None) -> bool:
    """What became of a leased mail for good; False if another took it over. Whom it went to is forgotten.

    A ``kept`` one stays readable for 30 days.
    """
    values: dict[str, Any] = {"state": state, "error": error, "unknown": row.unknown if unknown is None else unknown}
    if state in {"sent", "kept"}:
        values |= {"sent_at": work.at, "tries": row.tries + 1}
    values |= {"not_before": work.at + KEPT, "lease_until": None} if state == "kept" else _EMPTY
    return _fenced(work, row, values)


def put_off(
    work: UnitOfWork, row: Any, error: str, *, is_unknown: bool = False, until: datetime | None = None
) -> bool:  # fmt: skip
    """Try a leased mail again later: after a pause that grows with each try, or not before ``until``."""
    pause = min(FIRST_PAUSE * 2 ** min(row.tries, 10), LONGEST_PAUSE) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads retries
    if is_unknown and row.unknown + 1 >= MOST_UNKNOWN:
        error = f"twice nobody knows whether it was sent: {error}"
        return end(work, row, "failed", error=error, unknown=row.unknown + 1)
    return _fenced(work, row, {
        "state": "new", "error": error, "lease_until": None, "not_before": until or work.at + pause,
        "unknown": row.unknown + is_unknown, "tries": row.tries + (until is None),
    })  # fmt: skip


def _fenced(work: UnitOfWork, row: Any, values: Mapping[str, Any]) -> bool:
    mine = and_(mails.c.id == row.id, mails.c.attempt == row.attempt, mails.c.state == "leased")
    done = work.connection.execute(update(mails).where(mine).values(values).returning(mails.c.id))
    return done.scalar_one_or_none() is not None


def stop(work: UnitOfWork, number: int, why: str) -> None:
    """Do not send this mail any more, if it has not been sent; one under way cannot be called back."""
    waiting = and_(mails.c.id == number, or_(mails.c.state == "new", mails.c.state == "kept"))
    work.connection.execute(update(mails).where(waiting).values(state="stopped", error=why, **_EMPTY))


def list_mails(connection: Connection, *, limit: int, state: str | None = None, before: int | None = None) -> list[Any]:
    """The newest mails first; only those older than number ``before``."""
    query = select(mails) if state is None else select(mails).where(mails.c.state == state)
    if before is not None:
        query = query.where(mails.c.id < before)
    return list(connection.execute(query.order_by(mails.c.id.desc()).limit(limit)))


def find_mail(connection: Connection, number: int) -> Any | None:
    """One mail's row."""
    return connection.execute(select(mails).where(mails.c.id == number)).one_or_none()
