"""Who is not written to, however often an address is typed into forms: the limits of confirmation mails.

One mail to a mailbox in 24 hours and three until one is confirmed, whatever forms they come from; a bound for each form
and hour; none from a form whose signup the person disowned; and while few confirm, a form's mails wait.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.confirmation.tables import confirmations
from gateway.db.base import text_of
from gateway.db.keys import rows_by_key
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.mail.sending import Held
from gateway.mail.tables import mails
from gateway.outcomes.holds import still_waiting

KIND = "confirmation"
ONE_IN = timedelta(hours=24)
UNTIL_CONFIRMED = 3
HOUR = timedelta(hours=1)
_LATELY = f"SELECT 1 FROM {confirmations.name} WHERE source = ? AND asked_at > ? LIMIT ? OFFSET ?"  # noqa: S608 - our own name
LEAST_ASKED = 50  # fewer say nothing about a form
LEAST_CONFIRMED = 0.2
BREAK = timedelta(minutes=15)


class Limits:
    """The limits for the people of one batch, looked up at once; whoever is asked meanwhile counts.

    ``most``: how many the form may ask in an hour.
    """

    def __init__(
        self, connection: Connection, source: str, keys: Sequence[bytes | None], *, at: datetime, most: int
    ) -> None:
        self._spared = _spared(connection, source, filter(None, keys), at)
        self._left = _left(connection, source, len(keys), at, most)

    def may_ask(self, key: bytes | None) -> bool:
        """Whether no limit spares the person."""
        return self._left > 0 and key not in self._spared

    def count(self, key: bytes) -> None:
        """The person is asked now."""
        self._spared.add(key)
        self._left -= 1


def _spared(connection: Connection, source: str, keys: Iterable[bytes], at: datetime) -> set[bytes]:
    """Who is not to be asked again now."""
    asked: dict[bytes, list[tuple[str, str, str]]] = {}
    for key, *row in rows_by_key(connection, confirmations, ("match_key", "asked_at", "state", "source"), list(keys)):
        asked.setdefault(bytes(key), []).append(tuple(row))
    return {key for key, rows in asked.items() if _is_spared(sorted(rows, key=itemgetter(0)), source, at)}


def _is_spared(asked: Sequence[tuple[str, str, str]], source: str, at: datetime) -> bool:
    """``asked``: when a person was asked, what became of it and by which form, the first first."""
    if any(state == "refused" and form == source for _, state, form in asked):
        return True
    since = 0  # mails since the last that was confirmed
    for _, state, _ in asked:
        since = 0 if state == "confirmed" else since + 1
    return since >= UNTIL_CONFIRMED or any(asked_at > text_of(at - ONE_IN) for asked_at, _, _ in asked)


def _left(connection: Connection, source: str, wanted: int, at: datetime, most: int) -> int:
    """How many of so many the form may still ask in this hour."""
    wanted = min(wanted, most)
    if wanted <= 0:
        return 0
    return wanted - len(ask(connection, _LATELY, (source, text_of(at - HOUR), wanted, most - wanted)))


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
