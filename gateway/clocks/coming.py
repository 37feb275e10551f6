"""Open clocks by the day on which they end, soonest first, a page at a time: read off their index."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select, tuple_

from gateway.clocks.tables import clocks

_OPEN = clocks.c.done_at.is_(None)


class Ending(NamedTuple):
    """How many owe the same by the same day."""

    due_on: date
    obligation: str
    people: int


class Owing(NamedTuple):
    """One of those who owe it."""

    batch_id: int
    lead_id: int


def find_endings(connection: Connection, *, since: date | None, limit: int) -> list[Ending]:
    """What ends on the next days from this one on, day by day: whole days, of so many lines together at most."""
    query = select(clocks.c.due_on, clocks.c.obligation, func.count()).where(_OPEN)
    if since is not None:
        query = query.where(clocks.c.due_on >= since.isoformat())
    query = query.group_by(clocks.c.due_on, clocks.c.obligation).order_by(clocks.c.due_on, clocks.c.obligation)
    rows = list(connection.execute(query.limit(limit)))
    if len(rows) == limit:  # the last day may go on; which of its lines came first is the database's own order of text
        rows = [row for row in rows if row[0] != rows[-1][0]]
    return [Ending(date.fromisoformat(row[0]), row[1], row[2]) for row in rows]


def batches_of(connection: Connection, due_on: date, obligation: str, limit: int) -> list[int]:
    """Some of the batches in which those came who owe this by this day, the first ones."""
    mine = _OPEN, clocks.c.due_on == due_on.isoformat(), clocks.c.obligation == obligation
    query = select(clocks.c.batch_id).distinct().where(*mine).order_by(clocks.c.batch_id).limit(limit)
    return list(connection.execute(query).scalars())


def find_owing(
    connection: Connection, due_on: date, obligation: str, *, after: Owing | None, limit: int
) -> list[Owing]:
    """Who owes this by this day, in the order they came, behind one of them."""
    mine = _OPEN, clocks.c.due_on == due_on.isoformat(), clocks.c.obligation == obligation
    query = select(clocks.c.batch_id, clocks.c.lead_id).where(*mine)
    if after is not None:
        query = query.where(tuple_(clocks.c.batch_id, clocks.c.lead_id) > tuple_(*after))
    return [Owing(*row) for row in connection.execute(query.order_by(clocks.c.batch_id, clocks.c.lead_id).limit(limit))]


def count_owing(connection: Connection, due_on: date, obligation: str) -> int:
    """How many owe this by this day."""
    mine = _OPEN, clocks.c.due_on == due_on.isoformat(), clocks.c.obligation == obligation
    return connection.execute(select(func.count()).where(*mine)).scalar_one()
