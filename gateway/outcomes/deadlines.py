"""By when those who wait are answered, soonest first: counted by instant and question, for pages of what is due."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from gateway.domain.decision import Question
from gateway.outcomes.tables import holds


def find_waits(connection: Connection, *, since: datetime | None = None) -> Iterator[tuple[datetime, Question, int]]:
    """Deadlines in order, each with its question and how many leads wait; ``since``: none before."""
    query = select(holds.c.deadline_at, holds.c.question, func.count()).where(holds.c.state == "waiting")
    if since is not None:
        query = query.where(holds.c.deadline_at >= since)
    query = query.group_by(holds.c.deadline_at, holds.c.question).order_by(holds.c.deadline_at, holds.c.question)
    yield from map(tuple, connection.execute(query))


def batches_waiting(connection: Connection, question: str, since: datetime, until: datetime, limit: int) -> list[int]:
    """Some of the batches whose leads wait for this until an instant of this span."""
    query = (
        select(holds.c.batch_id).distinct()
        .where(holds.c.state == "waiting", holds.c.deadline_at >= since, holds.c.deadline_at < until,
               holds.c.question == question)
        .limit(limit)
    )  # fmt: skip
    return list(connection.execute(query).scalars())
