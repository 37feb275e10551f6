"""Who looks after which question of the queue, and the filters that people keep under a name."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from gateway.db.work import UnitOfWork
from gateway.outcomes.tables import hold_assignees, hold_views

MOST_VIEWS = 30
"""Filters that one person may keep: more than anybody reads."""


@dataclass(frozen=True, slots=True)
class View:
    """A filter under a name."""

    id: int
    name: str
    query: str


def assign(work: UnitOfWork, group: str, person: int | None, *, by: str) -> int | None:
    """Let somebody look after a question, or nobody; who did before."""
    mine = hold_assignees.c.group_key == group
    before = work.connection.execute(select(hold_assignees.c.person_id).where(mine)).scalar()
    work.connection.execute(delete(hold_assignees).where(mine))
    if person is not None:
        row = {"group_key": group, "person_id": person, "assigned_at": work.at, "assigned_by": by}
        work.connection.execute(insert(hold_assignees).values(row))
    return before


def find_assignees(connection: Connection) -> dict[str, int]:
    """Who looks after what."""
    query = select(hold_assignees.c.group_key, hold_assignees.c.person_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def find_views(connection: Connection, person: int) -> list[View]:
    """The filters somebody keeps, in the order of their names."""
    query = select(hold_views.c.id, hold_views.c.name, hold_views.c.query).where(hold_views.c.person_id == person)
    return [View(*row) for row in connection.execute(query.order_by(hold_views.c.name, hold_views.c.id))]


def keep_view(work: UnitOfWork, person: int, name: str, query: str) -> bool:
    """Keep a filter under a name; one of that name is replaced. False where there are too many."""
    mine = hold_views.c.person_id == person
    work.connection.execute(delete(hold_views).where(mine, hold_views.c.name == name))
    if len(find_views(work.connection, person)) >= MOST_VIEWS:
        return False
    work.connection.execute(insert(hold_views).values(person_id=person, name=name, query=query))
    return True


def drop_view(work: UnitOfWork, person: int, number: int) -> bool:
    """Forget a filter of this person's."""
    mine = (hold_views.c.id == number) & (hold_views.c.person_id == person)
    return bool(work.connection.execute(delete(hold_views).where(mine)).rowcount)
