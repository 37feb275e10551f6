"""The numbers kept as they were reckoned last: written down, found again, and whether they are due anew."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from gateway.db.base import text_of
from gateway.db.plain import ask, ask_one
from gateway.db.work import UnitOfWork
from gateway.economics.library import is_there
from gateway.economics.tables import numbers, worths
from gateway.economics.worth import Kept, keep_worths
from gateway.lifecycle.columns import newest

EVERY, AT_LEAST = timedelta(hours=1), timedelta(hours=24)
"""Reckoned anew when something came since, at most so often; and so often even if nothing did: people get older."""
AT_FIRST = timedelta(minutes=10)  # after the first person came: who imports their first list needs the processor
STAY = 10
_NEWEST = "SELECT as_of, seen FROM numbers ORDER BY as_of DESC, id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Numbers:
    """A document (document.py) and when it is of."""

    as_of: datetime
    milliseconds: int
    body: dict[str, Any]


def is_due(connection: Connection, now: datetime) -> bool:
    """Whether the numbers should be reckoned now; never where numpy is missing or nobody has come in."""
    first = ask_one(connection, "SELECT since FROM prospects ORDER BY id LIMIT 1")
    if first is None or not is_there():
        return False
    kept = ask(connection, _NEWEST)
    if not kept:
        return now - datetime.fromisoformat(first) >= AT_FIRST
    age = now - datetime.fromisoformat(kept[0][0])
    return age >= AT_LEAST or (age >= EVERY and kept[0][1] != seen_of(connection))


def seen_of(connection: Connection) -> str:
    """What is there now."""
    return json.dumps(newest(connection))


def keep(work: UnitOfWork, found: Numbers, seen: str, afforded: list[Kept]) -> int:
    """Write numbers down, and let go of the oldest; their number."""
    row = {"as_of": found.as_of, "milliseconds": found.milliseconds, "seen": seen, "body": json.dumps(found.body)}
    number: int = work.connection.execute(insert(numbers).values(row).returning(numbers.c.id)).scalar_one()
    keep_worths(work, number, afforded)
    old = select(numbers.c.id).order_by(numbers.c.as_of.desc(), numbers.c.id.desc()).offset(STAY)
    gone = list(work.connection.execute(old).scalars())
    if gone:
        work.connection.execute(delete(worths).where(worths.c.numbers_id.in_(gone)))
        work.connection.execute(delete(numbers).where(numbers.c.id.in_(gone)))
    return number


def find_kept(connection: Connection, as_of: datetime) -> Numbers | None:
    """The newest numbers that were kept up to an instant."""
    question = "SELECT as_of, milliseconds, body FROM numbers WHERE as_of <= ? ORDER BY as_of DESC, id DESC LIMIT 1"
    rows = ask(connection, question, (text_of(as_of),))
    return Numbers(datetime.fromisoformat(rows[0][0]), rows[0][1], json.loads(rows[0][2])) if rows else None
