"""Codes of an authenticator app (TOTP, RFC 6238) and the recovery codes for when it is lost. Each is taken once."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, func, insert, select, update

from gateway.access.tables import authenticators, recovery_codes
from gateway.access.tokens import hash_of, new_code, written
from gateway.db.work import UnitOfWork
from gateway.domain.problem import CallerError, Problem

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

ISSUER = "Lead Gateway"
STEP_SECONDS, DIGITS = 30, 6
DRIFT = 1  # steps that a telephone's clock may be off, either way
CODES = 10


@dataclass(frozen=True, slots=True)
class Authenticator:
    """A person's app, as it stands."""

    secret: str  # base32, as people type it
    is_confirmed: bool


class Authenticators:
    """Keeps the shared secrets sealed under the gateway's own: a copy of the database alone makes no codes.

    ``secrets``: all of the gateway's, the newest last, so that a rotation locks nobody out.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secrets)

    def begin(self, work: UnitOfWork, person: int) -> None:
        """A new secret for the person's app, which counts once a code of it was shown.

        Raises CallerError where one counts already: it is taken away knowingly, not by starting another.
        """
        import pyotp

        if has_authenticator(work.connection, person):
            raise CallerError([Problem("already_exists", "There is an app for this account; take it away first.")])
        sealed = self._seal().encrypt(pyotp.random_base32().encode()).decode()
        work.connection.execute(delete(authenticators).where(authenticators.c.person_id == person))
        row = {"person_id": person, "sealed": sealed, "made_at": work.at, "last_step": 0}
        work.connection.execute(insert(authenticators).values(row))

    def find(self, connection: Connection, person: int) -> Authenticator | None:
        """The person's app, set up or being set up."""
        row = connection.execute(select(authenticators).where(authenticators.c.person_id == person)).one_or_none()
        if row is None:
            return None
        return Authenticator(self._seal().decrypt(row.sealed.encode()).decode(), row.confirmed_at is not None)

    def take(self, work: UnitOfWork, person: int, code: str) -> bool:
        """Whether this is a code of the person's app that was not taken yet, nor a later one; it never is again."""
        import pyotp

        row = work.connection.execute(select(authenticators).where(authenticators.c.person_id == person)).one_or_none()
        digits = "".join(code.split())
        if row is None or len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
            return False
        app = pyotp.TOTP(self._seal().decrypt(row.sealed.encode()).decode(), digits=DIGITS, interval=STEP_SECONDS)
        try:
            step = app.verify_and_get_timecode(digits, for_time=work.at, valid_window=DRIFT)
        except pyotp.OTPVerificationError:
            return False
        if step <= row.last_step:
            return False
        work.connection.execute(
            update(authenticators).where(authenticators.c.person_id == person).values(last_step=step)
        )
        return True

    def confirm(self, work: UnitOfWork, person: int, code: str) -> list[str] | None:
        """The app that is being set up counts from now on, if this is a code of it; the recovery codes, shown once."""
        if not self.take(work, person, code):
            return None
        theirs = authenticators.c.person_id == person
        work.connection.execute(update(authenticators).where(theirs).values(confirmed_at=work.at))
        return new_recovery_codes(work, person)

    def _seal(self) -> "MultiFernet":
        from cryptography.fernet import Fernet, MultiFernet

        keys = (sha256(b"authenticator seal v1\0" + secret.encode()).digest() for secret in reversed(self._secrets))
        return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def uri_of(secret: str, address: str) -> str:
    """What the picture says to an app."""
    import pyotp

    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).provisioning_uri(name=address, issuer_name=ISSUER)


def has_authenticator(connection: Connection, person: int) -> bool:
    """Whether the person's app is asked for."""
    query = select(authenticators.c.person_id).where(
        authenticators.c.person_id == person, authenticators.c.confirmed_at.is_not(None)
    )
    return connection.execute(query).first() is not None


def forget_unconfirmed(work: UnitOfWork, person: int) -> None:
    """An app that was being set up never will be: the next one has another secret."""
    theirs = (authenticators.c.person_id == person) & authenticators.c.confirmed_at.is_(None)
    work.connection.execute(delete(authenticators).where(theirs))


def with_authenticators(connection: Connection) -> set[int]:
    """Everybody whose app is asked for."""
    query = select(authenticators.c.person_id).where(authenticators.c.confirmed_at.is_not(None))
    return set(connection.execute(query).scalars())


def drop_authenticator(work: UnitOfWork, person: int) -> bool:
    """The app and its recovery codes are gone; whether there was one."""
    work.connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person))
    gone = delete(authenticators).where(authenticators.c.person_id == person)
    return work.connection.execute(gone).rowcount > 0


def new_recovery_codes(work: UnitOfWork, person: int) -> list[str]:
    """Ten codes in place of those there were; shown once."""
    work.connection.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person))
    codes = [new_code() for _ in range(CODES)]
    work.connection.execute(
        insert(recovery_codes), [{"person_id": person, "code_hash": hash_of(code)} for code in codes]
    )
    return codes


def take_recovery_code(work: UnitOfWork, person: int, code: str) -> bool:
    """Whether this is one of the person's codes; it is used up."""
    theirs = (recovery_codes.c.person_id == person) & (recovery_codes.c.code_hash == hash_of(written(code)))
    return work.connection.execute(delete(recovery_codes).where(theirs)).rowcount > 0


def count_recovery_codes(connection: Connection, person: int) -> int:
    """How many the person has left."""
    query = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.person_id == person)
    return connection.execute(query).scalar_one()
