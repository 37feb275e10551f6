"""Officers' answers to many holds at once: laid down, and for a minute as if they had never been; then carried out.

Which leads an answer is about is fixed when it is given: their holds name it, so that no second answer can take them
and the queue shows them as answered. Who settles meanwhile (confirms, leaves, is erased) is none of its business.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from gateway.db.work import UnitOfWork
from gateway.outcomes.tables import batches, hold_answers, holds, leads

Kind = Literal["release", "refuse", "ask"]
MINUTE = timedelta(seconds=60)
"""How long an answer can be undone."""
OPEN = ("waiting", "carried")
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it stands."""

    id: int
    kind: Kind
    state: str  # waiting, carried, done, undone, failed
    about: str
    group: str | None
    leads: int
    reason: str
    by: str
    answered_at: datetime
    due_at: datetime
    terms: dict[str, Any]
    account: dict[str, int]
    attempt: int
    tries: int
    lease_until: datetime | None
    ended_at: datetime | None
    error: str | None

    @property
    def dealt(self) -> int:
        """How many of its leads it has settled or asked about."""
        return sum(self.account.values())


def give(
    work: UnitOfWork, kind: Kind, ids: Sequence[int], *, about: str, reason: str, by: str, group: str | None = None,
    terms: dict[str, Any] | None = None,
) -> Answer:  # fmt: skip
    """Lay an answer down for those of these leads that wait and that nobody has answered; how many, it says."""
    row = {
        "kind": kind, "state": "waiting", "about": about, "group_key": group, "leads": 0, "reason": reason,
        "answered_by": by, "answered_at": work.at, "due_at": work.at + MINUTE, "terms": json.dumps(terms or {}),
        "account": "{}", "attempt": 0, "tries": 0,
    }  # fmt: skip
    number: int = work.connection.execute(insert(hold_answers).values(row).returning(hold_answers.c.id)).scalar_one()
    taken = 0
    for start in range(0, len(ids), _CHUNK):
        free = holds.c.lead_id.in_(ids[start : start + _CHUNK]) & (holds.c.state == "waiting")
        taken += work.connection.execute(
            update(holds).where(free, holds.c.answer_id.is_(None)).values(answer_id=number)
        ).rowcount
    change(work, number, leads=taken)
    found = find(work.connection, number)
    assert found is not None
    return found


def find(connection: Connection, number: int) -> Answer | None:
    """One answer."""
    row = connection.execute(select(hold_answers).where(hold_answers.c.id == number)).one_or_none()
    return None if row is None else _answer(row)


def find_open(connection: Connection) -> list[Answer]:
    """Those that can be undone or that are being carried out, the newest first."""
    query = select(hold_answers).where(hold_answers.c.state.in_(OPEN)).order_by(hold_answers.c.id.desc())
    return [_answer(row) for row in connection.execute(query)]


def find_due(connection: Connection, at: datetime) -> list[int]:
    """Answers that somebody could carry out now, the oldest first."""
    free = or_(hold_answers.c.lease_until.is_(None), hold_answers.c.lease_until <= at)
    query = select(hold_answers.c.id).where(hold_answers.c.state.in_(OPEN), hold_answers.c.due_at <= at, free)
    return list(connection.execute(query.order_by(hold_answers.c.id)).scalars())


def list_answers(connection: Connection, *, before: int | None = None, limit: int = 50) -> list[Answer]:
    """Answers, the newest first; those older than ``before``."""
    query = select(hold_answers).order_by(hold_answers.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(hold_answers.c.id < before)
    return [_answer(row) for row in connection.execute(query)]


def undo(work: UnitOfWork, number: int) -> bool:
    """Take an answer back that nobody has begun to carry out; False where it is too late."""
    mine = (hold_answers.c.id == number) & (hold_answers.c.state == "waiting")
    taken = work.connection.execute(update(hold_answers).where(mine).values(state="undone", ended_at=work.at)).rowcount
    if taken:
        let_go(work, number)
    return bool(taken)


def hasten(work: UnitOfWork, number: int) -> bool:
    """Let an answer be carried out now; False where it is under way already, or was taken back."""
    mine = (hold_answers.c.id == number) & (hold_answers.c.state == "waiting")
    return bool(work.connection.execute(update(hold_answers).where(mine).values(due_at=work.at)).rowcount)


def change(work: UnitOfWork, number: int, **values: Any) -> None:
    """Write down what became of an answer."""
    work.connection.execute(update(hold_answers).where(hold_answers.c.id == number).values(**values))


def let_go(work: UnitOfWork, number: int, ids: Sequence[int] | None = None) -> None:
    """Leads that go on waiting are nobody's again: all of the answer's, or these."""
    for start in range(0, 1 if ids is None else len(ids), _CHUNK):
        mine = and_(holds.c.answer_id == number, holds.c.state == "waiting")
        if ids is not None:
            mine = and_(mine, holds.c.lead_id.in_(ids[start : start + _CHUNK]))
        work.connection.execute(update(holds).where(mine).values(answer_id=None))


def keep_terms(work: UnitOfWork, number: int, terms: dict[str, Any]) -> None:
    """What an answer takes, and how far that came."""
    change(work, number, terms=json.dumps(terms))


def find_left(connection: Connection, number: int, limit: int, *, after: int = 0) -> list[int]:
    """Leads of an answer that still wait for it, in the order they came; those behind number ``after``."""
    mine = (holds.c.answer_id == number) & (holds.c.state == "waiting") & (holds.c.lead_id > after)
    query = select(holds.c.lead_id).where(mine)
    return list(connection.execute(query.order_by(holds.c.lead_id).limit(limit)).scalars())


def ask_vendor(work: UnitOfWork, number: int, ids: Sequence[int], until: datetime) -> None:
    """The question of these leads is the vendor's now, who has time until then."""
    for start in range(0, len(ids), _CHUNK):
        mine = holds.c.lead_id.in_(ids[start : start + _CHUNK]) & (holds.c.state == "waiting")
        work.connection.execute(
            update(holds).where(mine).values(
                question="evidence", asked_at=work.at, deadline_at=until, asked_in=number, answer_id=None,
            )
        )  # fmt: skip


def count_asked(connection: Connection, number: int) -> dict[int, int]:
    """Of which lists the vendor was asked by an answer, and about how many leads."""
    query = (
        select(batches.c.source, func.count()).select_from(holds.join(leads, leads.c.id == holds.c.lead_id))
        .join(batches, batches.c.id == leads.c.batch_id)
        .where(holds.c.asked_in == number, batches.c.origin_kind == "list").group_by(batches.c.source)
    )  # fmt: skip
    return {int(row[0]): row[1] for row in connection.execute(query)}


def of_lists(connection: Connection, ids: Sequence[int]) -> list[int]:
    """Those of the leads that came with a list, and so have a vendor to ask."""
    found: list[int] = []
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(leads.c.id).join(batches, batches.c.id == leads.c.batch_id)
            .where(leads.c.id.in_(ids[start : start + _CHUNK]), batches.c.origin_kind == "list").order_by(leads.c.id)
        )  # fmt: skip
        found.extend(connection.execute(query).scalars())
    return found


def _answer(row: Row[Any]) -> Answer:
    return Answer(
        row.id, row.kind, row.state, row.about, row.group_key, row.leads, row.reason, row.answered_by,
        row.answered_at, row.due_at, json.loads(row.terms), json.loads(row.account), row.attempt, row.tries,
        row.lease_until, row.ended_at, row.error,
    )  # fmt: skip
