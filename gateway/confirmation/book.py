"""The book of questions: found by the link's token, answered once, kept as evidence of both events."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, select, update

from gateway.confirmation.tables import confirmations
from gateway.db.work import UnitOfWork
from gateway.mail.outbox import find_mail, stop

_CHUNK = 5000


class Question(NamedTuple):
    """One question to a person."""

    id: int
    lead_id: int
    match_key: bytes
    source: str
    token_digest: bytes
    mail_id: int | None
    purposes: str
    language: str
    state: str
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None


class Seen(NamedTuple):
    """What the server saw of an answer, as far as the form keeps it."""

    ip: str | None
    agent: str | None


def find_question(connection: Connection, token: str) -> Question | None:
    """The question whose link this is. The database knows no token, only its hash."""
    digest = sha256(token.encode("utf-8", "surrogatepass")).digest()
    columns = [confirmations.c[name] for name in Question._fields]
    row = connection.execute(select(*columns).where(confirmations.c.token_digest == digest)).one_or_none()
    if row is None or not hmac.compare_digest(bytes(row.token_digest), digest):
        return None
    return Question(*row)._replace(match_key=bytes(row.match_key), token_digest=digest)


def mark_confirmed(work: UnitOfWork, question: Question, seen: Seen) -> bool:
    """Use the link up; False if it was used, refused or out of date by now."""
    open_still = (
        (confirmations.c.id == question.id) & (confirmations.c.state == "asked")
        & (confirmations.c.expires_at > work.at)
    )  # fmt: skip
    return _answer(work, open_still, "confirmed", seen) == 1


def mark_refused(work: UnitOfWork, question: Question, seen: Seen) -> int:
    """The person disowns the form's signups: every open question of it; how many. Mails not sent yet are stopped."""
    theirs = (
        (confirmations.c.match_key == question.match_key) & (confirmations.c.source == question.source)
        & (confirmations.c.state == "asked")
    )  # fmt: skip
    for number in work.connection.execute(select(confirmations.c.mail_id).where(theirs)).scalars().all():
        if number is not None:
            stop(work, number, "the person disowned the signup")
    return _answer(work, theirs, "refused", seen)


def _answer(work: UnitOfWork, which: object, state: str, seen: Seen) -> int:
    done = (
        update(confirmations).where(which)  # type: ignore[arg-type]  # a condition
        .values(state=state, answered_at=work.at, ip=seen.ip, agent=seen.agent).returning(confirmations.c.id)
    )  # fmt: skip
    return len(work.connection.execute(done).all())


def seconds_since_sent(connection: Connection, question: Question, at: datetime) -> float | None:
    """How long the person has had the mail; None if it has not been sent as far as we know."""
    mail = find_mail(connection, question.mail_id) if question.mail_id is not None else None
    return None if mail is None or mail.sent_at is None else (at - mail.sent_at).total_seconds()


def find_confirmed_after(connection: Connection, lead_ids: Sequence[int], at: datetime) -> set[int]:
    """Those of these leads that their person confirmed from the mailbox later than ``at``."""
    found: set[int] = set()
    for start in range(0, len(lead_ids), _CHUNK):
        some = confirmations.c.lead_id.in_(lead_ids[start : start + _CHUNK])
        later = (confirmations.c.state == "confirmed") & (confirmations.c.answered_at > at)
        found.update(connection.execute(select(confirmations.c.lead_id).where(some & later)).scalars())
    return found
