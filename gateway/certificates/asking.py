"""What is still to be asked of issuers, when it is tried again, and what they said: dated, added to, never changed."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from gateway.certificates.book import claim
from gateway.certificates.tables import answers, certificates, questions
from gateway.certificates.trustedform import Said
from gateway.db.base import text_of
from gateway.db.work import UnitOfWork

WAITS = (1, 5, 30, 120, 360, 720, 1440, 1440)
"""Minutes before the next try; after the last one it is unknown, and nobody asks any more."""
LEASE = timedelta(minutes=2)
"""Nobody else asks meanwhile. A worker that dies loses no question, only that time."""


@dataclass(frozen=True, slots=True)
class Open:
    """A question that is due."""

    digest: bytes
    lead_id: int
    tries: int
    claim_until: date
    reference: str
    match_key: bytes | None
    vendor: str
    source: str


def is_due(connection: Connection, at: datetime) -> bool:
    """Whether any question is to be asked by now."""
    return connection.execute(select(questions.c.lead_id).where(questions.c.try_at <= at).limit(1)).first() is not None


def take(work: UnitOfWork, limit: int) -> list[Open]:
    """Questions that are due, the longest waiting first; they are ours for a while."""
    both = and_(certificates.c.digest == questions.c.digest, certificates.c.lead_id == questions.c.lead_id)
    columns = (
        questions.c.digest, questions.c.lead_id, questions.c.tries, questions.c.claim_until, certificates.c.reference,
        certificates.c.match_key, certificates.c.vendor, certificates.c.source,
    )  # fmt: skip
    query = select(*columns).join(certificates, both).where(questions.c.try_at <= work.at)
    rows = work.connection.execute(query.order_by(questions.c.try_at, questions.c.lead_id).limit(limit)).all()
    found = [
        Open(bytes(row.digest), row.lead_id, row.tries, date.fromisoformat(row.claim_until), row.reference,
             None if row.match_key is None else bytes(row.match_key), row.vendor, row.source)
        for row in rows
    ]  # fmt: skip
    _move(work, found, work.at + LEASE)
    return found


def answer(work: UnitOfWork, one: Open, said: Said) -> None:
    """Keep what the issuer said; the question is done. One that is kept for us need not be claimed any more."""
    work.connection.execute(insert(answers).values(
        digest=one.digest, lead_id=one.lead_id, match_key=one.match_key, says=said.says, at=work.at,
        retained=said.retained, told=json.dumps(said.told, ensure_ascii=False, sort_keys=True),
    ))  # fmt: skip
    _drop(work, one)
    if said.retained:
        claim(work, one.source, one.claim_until)


def put_off(work: UnitOfWork, one: Open) -> bool:
    """Try again later; False where it was tried often enough: then it is unknown, and noted so."""
    if one.tries >= len(WAITS):
        answer(work, one, Said("no_answer"))
        return False
    here = (questions.c.digest == one.digest) & (questions.c.lead_id == one.lead_id)
    again = work.at + timedelta(minutes=WAITS[one.tries])
    work.connection.execute(update(questions).where(here).values(try_at=again, tries=one.tries + 1))
    return True


def give_back(work: UnitOfWork, some: Sequence[Open], at: datetime) -> None:
    """These were not asked: their turn comes at this instant."""
    _move(work, some, at)


def answers_of(connection: Connection, leads: Collection[int]) -> list[dict[str, Any]]:
    """What issuers said of the certificates of these leads, oldest first; for showing."""
    rows = connection.execute(select(answers).where(answers.c.lead_id.in_(leads)).order_by(answers.c.id))
    return [
        {"lead": row.lead_id, "says": row.says, "at": text_of(row.at), "retained": row.retained,
         "told": json.loads(row.told)}
        for row in rows
    ]  # fmt: skip


def _move(work: UnitOfWork, some: Sequence[Open], at: datetime) -> None:
    if some:
        statement = (
            update(questions)
            .where(questions.c.digest == bindparam("d"), questions.c.lead_id == bindparam("l"))
            .values(try_at=at)
        )
        work.connection.execute(statement, [{"d": one.digest, "l": one.lead_id} for one in some])


def _drop(work: UnitOfWork, one: Open) -> None:
    here = (questions.c.digest == one.digest) & (questions.c.lead_id == one.lead_id)
    work.connection.execute(delete(questions).where(here))
