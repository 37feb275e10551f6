"""How often somebody may try to sign in: counted in the database, per account and per network, before any hashing.

Only tries that failed, or are under way, count: whoever is in the right takes their own back, and none of another's.
"""

import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from gateway.access.tables import tries
from gateway.db.work import UnitOfWork

HOUR = timedelta(hours=1)
ACCOUNT_MOST = 10  # an hour, wherever they come from
NETWORK_MOST = 60  # an hour, whichever account they are for; an office shares one address


class Tries:
    """Counts under keyed hashes: what strangers type may be anything, their password too."""

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def begin(self, work: UnitOfWork, limits: dict[str, int]) -> tuple[list[int], datetime | None]:
        """One more try for each of these subjects: the tries' numbers, or else when the next one is allowed.

        ``limits``: how many an hour, by subject. Nothing is counted where one of them is used up: a wait has an end.
        """
        since = work.at - HOUR
        work.connection.execute(delete(tries).where(tries.c.at <= since))
        free = [self._free_at(work, subject, most) for subject, most in limits.items()]
        until = max((at for at in free if at is not None), default=None)
        if until is not None:
            return [], until
        rows = [{"subject": self._hidden(subject), "at": work.at} for subject in limits]
        numbers = [
            work.connection.execute(insert(tries).values(row).returning(tries.c.id)).scalar_one() for row in rows
        ]
        return numbers, None

    def forgive(self, work: UnitOfWork, numbers: list[int]) -> None:
        """These were right, so they count no more."""
        work.connection.execute(delete(tries).where(tries.c.id.in_(numbers)))

    def is_last(self, work: UnitOfWork, subject: str, most: int) -> bool:
        """Whether the subject has no further try now."""
        return self._free_at(work, subject, most) is not None

    def _free_at(self, work: UnitOfWork, subject: str, most: int) -> datetime | None:
        """When the subject may try again; None for at once."""
        theirs = tries.c.subject == self._hidden(subject)
        if work.connection.execute(select(func.count()).select_from(tries).where(theirs)).scalar_one() < most:
            return None
        query = select(tries.c.at).where(theirs).order_by(tries.c.at.desc()).offset(most - 1).limit(1)
        earliest: datetime = work.connection.execute(query).scalar_one()
        return earliest + HOUR

    def _hidden(self, subject: str) -> str:
        return hmac.digest(self._key, b"sign-in try\0" + subject.encode("utf-8", "surrogatepass"), "sha256").hex()
