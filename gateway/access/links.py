"""One-time links under which somebody sets their password: invitations, and resets, which are the same.

A link sets a password and nothing else: it signs nobody in, and takes no second factor away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from gateway.access.authenticators import forget_unconfirmed
from gateway.access.passwords import set_password
from gateway.access.sessions import end_sessions
from gateway.access.tables import links, people
from gateway.access.tokens import hash_of, new_token
from gateway.db.work import UnitOfWork

FIRST = timedelta(days=3)
AGAIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Invited:
    """Whom a link is for."""

    link: int
    person: int
    name: str
    address: str
    ends_at: datetime
    is_first: bool  # they never had a password


def new_link(work: UnitOfWork, person: int) -> tuple[str, datetime]:
    """A new link's token, shown once, and when it ends. The person's links of before end now."""
    work.connection.execute(delete(links).where(links.c.person_id == person))
    had = work.connection.execute(select(people.c.password_hash).where(people.c.id == person)).scalar_one()
    token, ends_at = new_token(), work.at + (AGAIN if had else FIRST)
    row = {"token_hash": hash_of(token), "person_id": person, "made_at": work.at, "ends_at": ends_at}
    work.connection.execute(insert(links).values(row))
    return token, ends_at


def find_link(connection: Connection, token: str, at: datetime) -> Invited | None:
    """Whom the link is for, if it is one, was not used and has not ended."""
    query = (
        select(links.c.id, links.c.person_id, links.c.ends_at, people.c.name, people.c.address, people.c.password_hash)
        .join(people, people.c.id == links.c.person_id)
        .where(links.c.token_hash == hash_of(token), links.c.used_at.is_(None), people.c.left_at.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None or row.ends_at <= at:
        return None
    return Invited(row.id, row.person_id, row.name, row.address, row.ends_at, row.password_hash is None)


def use_link(work: UnitOfWork, token: str, password_hash: str) -> Invited | None:
    """Set the password of whom the link is for, once; their sessions end. None if the link is none any more."""
    found = find_link(work.connection, token, work.at)
    if found is None:
        return None
    work.connection.execute(update(links).where(links.c.id == found.link).values(used_at=work.at))
    set_password(work, found.person, password_hash)
    forget_unconfirmed(work, found.person)  # whoever knew the password of before may have seen it
    end_sessions(work, found.person)
    return found
