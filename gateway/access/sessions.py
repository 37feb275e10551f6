"""Sessions of people who signed in: begun, found by their token, ended. The database knows only hashes of tokens."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from gateway.access.tables import people, sessions
from gateway.access.tokens import hash_of, new_token
from gateway.db.work import UnitOfWork

IDLE = timedelta(hours=8)
"""How long a session lasts after its person did something last: a working day."""
LONGEST = timedelta(days=7)
"""After which everybody signs in again, whatever they did."""
COOKIE, SECURE_COOKIE = "desk", "__Host-desk"
"""What browsers bring a session's token in; the second over https, bound to this host (RFC 6265bis 4.1.3.2)."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly it is kept when a person was there last: a write for each page would make reading a writer."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is at the desk."""

    session: int
    person: int
    name: str
    address: str
    role: str
    zone: str | None  # theirs, if they chose one
    seen_at: datetime
    begun_at: datetime

    @property
    def by(self) -> str:
        """The person as the ledger names them: by number, for it takes no addresses and names change."""
        return f"person_{self.person}"


@dataclass(frozen=True, slots=True)
class Session:
    """One of a person's sessions, as the account page lists them."""

    id: int
    begun_at: datetime
    seen_at: datetime
    how: str | None
    agent: str | None


def begin_session(work: UnitOfWork, person: int, *, how: str | None = None, agent: str | None = None) -> str:
    """A new session for the person; its token, always a fresh one, which is shown to nobody but their browser."""
    work.connection.execute(delete(sessions).where(sessions.c.ends_at <= work.at))
    token = new_token()
    work.connection.execute(
        insert(sessions).values(
            token_hash=hash_of(token), person_id=person, begun_at=work.at, seen_at=work.at, ends_at=work.at + LONGEST,
            how=how, agent=agent,
        )
    )  # fmt: skip
    return token


def find_session(connection: Connection, token: str, at: datetime) -> SignedIn | None:
    """Whose session this is, if it has not ended by that instant."""
    digest = hash_of(token)
    query = (
        select(sessions, people.c.name, people.c.address, people.c.role, people.c.zone)
        .join(people, people.c.id == sessions.c.person_id)
        .where(sessions.c.token_hash == digest, people.c.left_at.is_(None))
    )
    row = connection.execute(query).one_or_none()
    if row is None or not hmac.compare_digest(row.token_hash, digest):
        return None
    if row.ends_at <= at or row.seen_at + IDLE <= at:
        return None
    return SignedIn(row.id, row.person_id, row.name, row.address, row.role, row.zone, row.seen_at,
                    row.begun_at)  # fmt: skip


def keep_alive(work: UnitOfWork, session: int) -> None:
    """The person did something."""
    work.connection.execute(update(sessions).where(sessions.c.id == session).values(seen_at=work.at))


def end_session(work: UnitOfWork, session: int) -> None:
    """The person signs out."""
    work.connection.execute(delete(sessions).where(sessions.c.id == session))


def end_sessions(work: UnitOfWork, person: int, *, but: int | None = None) -> int:
    """End every session of the person, as a change of password, role or second factor does; how many."""
    theirs = sessions.c.person_id == person
    if but is not None:
        theirs = theirs & (sessions.c.id != but)
    return len(work.connection.execute(delete(sessions).where(theirs).returning(sessions.c.id)).all())


def list_sessions(connection: Connection, person: int, at: datetime) -> list[Session]:
    """The person's sessions that go on, the latest first."""
    query = select(sessions).where(
        sessions.c.person_id == person, sessions.c.ends_at > at, sessions.c.seen_at > at - IDLE
    )
    return [
        Session(row.id, row.begun_at, row.seen_at, row.how, row.agent)
        for row in connection.execute(query.order_by(sessions.c.seen_at.desc(), sessions.c.id.desc()))
    ]
