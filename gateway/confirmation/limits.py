"""Who is not written to, however often an address is typed into forms: the limits of confirmation mails.

One mail to a mailbox in 24 hours and three until one is confirmed, whatever forms they come from; a bound for each form
and hour; none from a form whose signup the person disowned; and while few confirm, a form's mails wait.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.confirmation.tables import confirmations
from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.mail.sending import Held
from gateway.mail.tables import mails
from gateway.outcomes.holds import still_waiting

KIND = "confirmation"
ONE_IN = timedelta(hours=24)
UNTIL_CONFIRMED = 3
HOUR = timedelta(hours=1)
_ASKED = f"SELECT asked_at, state, source FROM {confirmations.name} WHERE match_key = ? ORDER BY asked_at"  # noqa: S608 - our own name
_LATELY = f"SELECT 1 FROM {confirmations.name} WHERE source = ? AND asked_at > ? LIMIT 1 OFFSET ?"  # noqa: S608 - our own name
LEAST_ASKED = 50  # fewer say nothing about a form
LEAST_CONFIRMED = 0.2
BREAK = timedelta(minutes=15)


def is_spared(connection: Connection, key: bytes, source: str, at: datetime) -> bool:
    """Whether this person is not to be asked again now."""
    asked = ask(connection, _ASKED, (key,))
    if any(state == "refused" and form == source for _, state, form in asked):
        return True
    since = 0  # mails since the last that was confirmed
    for _, state, _ in asked:
        since = 0 if state == "confirmed" else since + 1
    return since >= UNTIL_CONFIRMED or any(asked_at > text_of(at - ONE_IN) for asked_at, _, _ in asked)


def is_spent(connection: Connection, source: str, at: datetime, most: int) -> bool:
    """Whether the form has asked as many as it may in an hour."""
    return most <= 0 or bool(ask(connection, _LATELY, (source, text_of(at - HOUR), most - 1)))


def is_tripped(connection: Connection, source: str, at: datetime) -> bool:
    """Whether too few confirm: of at least 50 asked by mail between a day and an hour ago, under a fifth.

    So floods of other people's addresses look. The form's mails then wait, until the day has passed or people confirm.
    """
    query = (
        select(confirmations.c.state, func.count())
        .join(mails, mails.c.id == confirmations.c.mail_id)
        .where(
            confirmations.c.source == source, mails.c.state.in_(("sent", "kept")),
            confirmations.c.asked_at > at - ONE_IN, confirmations.c.asked_at <= at - HOUR,
        )
        .group_by(confirmations.c.state)
    )  # fmt: skip
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    asked = sum(counts.values())
    return asked >= LEAST_ASKED and counts.get("confirmed", 0) < LEAST_CONFIRMED * asked


class Gate:
    """Asked of every mail before it goes; remembers the forms' breakers for one round of sending."""

    def __init__(self) -> None:
        self._tripped: dict[str, bool] = {}

    def may_go(self, work: UnitOfWork, row: Any) -> Held | None:
        """None: it may. A question that is answered or out of date, or whose lead waits no more, is not asked."""
        if row.kind != KIND:
            return None
        question = work.connection.execute(
            select(confirmations.c.lead_id, confirmations.c.state, confirmations.c.expires_at)
            .where(confirmations.c.match_key == row.match_key, confirmations.c.mail_id == row.id)
        ).one_or_none()  # fmt: skip
        if question is None or question.state != "asked" or question.expires_at <= work.at:
            return Held("nobody waits for the answer any more")
        if question.lead_id not in still_waiting(work.connection, [question.lead_id]):
            return Held("the lead waits no more")
        if row.source not in self._tripped:
            self._tripped[row.source] = is_tripped(work.connection, row.source, work.at)
        return Held("few people of this form confirm", work.at + BREAK) if self._tripped[row.source] else None
