"""People as the company's identity provider names them: bound at their first sign-in there, and never to another."""

from sqlalchemy import Connection, delete, insert, select

from gateway.access.tables import identities
from gateway.db.work import UnitOfWork


def is_theirs(work: UnitOfWork, person: int, issuer: str, subject: str) -> bool:
    """Whether the provider means this person. The first name it gives them is theirs from then on.

    An address may be given to somebody else one day; a provider's subject never is (OpenID Connect Core 5.7).
    """
    row = work.connection.execute(select(identities).where(identities.c.person_id == person)).one_or_none()
    if row is not None:
        return (row.issuer, row.subject) == (issuer, subject)
    taken = (identities.c.issuer == issuer) & (identities.c.subject == subject)
    if work.connection.execute(select(identities.c.person_id).where(taken)).first() is not None:
        return False
    row_of = {"person_id": person, "issuer": issuer, "subject": subject, "since": work.at}
    work.connection.execute(insert(identities).values(row_of))
    return True


def has_identity(connection: Connection, person: int) -> bool:
    """Whether the person signed in by the provider before."""
    return connection.execute(select(identities).where(identities.c.person_id == person)).first() is not None


def forget_identity(work: UnitOfWork, person: int) -> bool:
    """The next sign-in by the provider binds anew; whether there was one."""
    return work.connection.execute(delete(identities).where(identities.c.person_id == person)).rowcount > 0
