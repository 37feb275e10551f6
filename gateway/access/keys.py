"""API keys: made once, shown once, kept as hashes, limited to scopes, expiring and revocable."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from hashlib import sha256

from sqlalchemy import Connection, func, insert, select, update

from gateway.access.tables import api_keys
from gateway.db.base import instant_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

SCOPES = {
    "decisions": "See the decision about a signup in the answer to it",
    "lists": "Deliver lists, and read their receipts and rows",
    "leads": "Find leads, read their decisions, and take prospects out",
    "people": "Tell what there is of one person, and erase it",
    "sources": "Make and change forms and their notices",
    "suppressions": "Check whether an address is suppressed, and suppress addresses",
    "events": "Tell what people bought, used, answered and said",
    "numbers": "Read what leads are worth and what became of people, added up; nobody is named",
    "feedback": "Report bounces, complaints and unsubscribes",
    "vendors": "Read and add to vendors' files, enter and reconcile their invoices, read their scorecards",
    "buying": "Offer and sell leads one by one, for the vendor the key is bound to",
    "destinations": "Set where prospects are sent, recall them, and acknowledge deliveries",
}
"""What a key may be allowed to do."""

_SECRET_BYTES = 32
_MAX_ID_DIGITS = 18  # fits 64 bits
_NOBODY = "0" * 64  # compared with when there is no such key, so that both cases take the same work


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made. The secret is shown now and never again."""

    id: int
    secret: str  # gk_<id>_<256 random bits>


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who presents a valid key, and what it may do."""

    id: int
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key as an administrator sees it."""

    id: int
    name: str
    person_id: int | None
    last_four: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def new_key(
    work: UnitOfWork, name: str, scopes: Iterable[str], *, person_id: int | None = None,
    expires_at: datetime | None = None,
) -> NewKey:  # fmt: skip
    """Make a key. Raises CallerError for a missing name, no or unknown scopes, or an end that has passed."""
    wanted = sorted(set(scopes))
    _check(name, wanted, expires_at, work.at)
    # Keys are never deleted, so a number is never given twice; there is one writer.
    number: int = (work.connection.execute(select(func.max(api_keys.c.id))).scalar() or 0) + 1
    secret = f"gk_{number}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    work.connection.execute(
        insert(api_keys).values(
            id=number, name=name.strip(), person_id=person_id, secret_hash=_hash(secret), last_four=secret[-4:],
            scopes=" ".join(wanted), created_at=work.at, expires_at=expires_at,
        )
    )  # fmt: skip
    return NewKey(number, secret)


def find_key(connection: Connection, secret: str, at: datetime) -> KeyHolder | None:
    """Who holds this key, if it is one, is not revoked and has not expired at that instant."""
    query = f"SELECT id, name, secret_hash, scopes, expires_at, revoked_at FROM {api_keys.name} WHERE id = ?"  # noqa: S608 - our own name
    rows = ask(connection, query, (_number(secret),))  # every call of a program asks this
    matches = hmac.compare_digest(_hash(secret), rows[0][2] if rows else _NOBODY)
    if not rows or not matches:
        return None
    number, name, _, scopes, expires_at, revoked_at = rows[0]
    if revoked_at is not None or (expires_at is not None and instant_of(expires_at) <= at):
        return None
    return KeyHolder(int(number), str(name), frozenset(scopes.split()))


def revoke_key(work: UnitOfWork, key_id: int) -> bool:
    """End a key at once and for good; whether there was one to end."""
    statement = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    return work.connection.execute(statement.values(revoked_at=work.at)).rowcount > 0


def revoke_keys_of(work: UnitOfWork, person: int) -> int:
    """End all keys that were made for a person, who leaves; how many."""
    statement = update(api_keys).where(api_keys.c.person_id == person, api_keys.c.revoked_at.is_(None))
    return work.connection.execute(statement.values(revoked_at=work.at)).rowcount


def list_keys(connection: Connection) -> list[KeyRecord]:
    """Every key ever made, oldest first, without its secret."""
    return [
        KeyRecord(row.id, row.name, row.person_id, row.last_four, tuple(row.scopes.split()), row.created_at,
                  row.expires_at, row.revoked_at)
        for row in connection.execute(select(api_keys).order_by(api_keys.c.id))
    ]  # fmt: skip


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _number(secret: str) -> int:
    """The key's number as the secret names it; 0, which no key has, if it names none."""
    kind, _, rest = secret.partition("_")
    digits = rest.partition("_")[0]
    plain = kind == "gk" and digits.isascii() and digits.isdigit() and len(digits) <= _MAX_ID_DIGITS
    return int(digits) if plain else 0


def _check(name: str, scopes: list[str], expires_at: datetime | None, at: datetime) -> None:
    problems = []
    if not name.strip():
        problems.append(Problem("missing", "A key needs a name that says who uses it", field="name"))
    if not scopes:
        problems.append(
            Problem("missing", phrase("Give at least one scope: %(scopes)s", scopes=", ".join(SCOPES)), field="scopes")
        )
    for scope in scopes:
        if scope not in SCOPES:
            near = get_close_matches(scope, SCOPES, n=1)
            problems.append(Problem(
                "unknown_scope",
                phrase("%(scope)s is not a scope; there are %(all)s", scope=repr(scope), all=", ".join(SCOPES)),
                field="scopes", suggestion=near[0] if near else None,
            ))  # fmt: skip
    if expires_at is not None and expires_at <= at:
        problems.append(Problem("in_the_past", "The key would have expired already", field="expires_at"))
    if problems:
        raise CallerError(problems)
