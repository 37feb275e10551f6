"""What we asked a browser and wait for the answer to: a second factor after the password, a passkey's signature.

Each is answered once at most, within minutes. The browser holds its token, the database the rest.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select

from gateway.access.tables import challenges
from gateway.access.tokens import hash_of, new_token
from gateway.db.work import UnitOfWork

Kind = Literal["second_factor", "set_up", "passkey", "register"]
MINUTES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One that waits for its answer."""

    id: int
    person: int | None
    body: dict[str, Any]


def new_challenge(work: UnitOfWork, kind: Kind, person: int | None, body: Mapping[str, Any]) -> str:
    """Ask; the token for the browser. What nobody answered in time is swept away."""
    work.connection.execute(delete(challenges).where(challenges.c.ends_at <= work.at))
    token = new_token()
    row = {"token_hash": hash_of(token), "kind": kind, "person_id": person, "body": json.dumps(dict(body)),
           "ends_at": work.at + MINUTES}  # fmt: skip
    work.connection.execute(insert(challenges).values(row))
    return token


def find_challenge(connection: Connection, token: str, kind: Kind, at: datetime) -> Challenge | None:
    """The challenge of this token, if it is one of this kind and still waits."""
    query = select(challenges).where(challenges.c.token_hash == hash_of(token), challenges.c.kind == kind)
    return _read(connection.execute(query).one_or_none(), at)


def take_challenge(work: UnitOfWork, token: str, kind: Kind) -> Challenge | None:
    """The same, and it waits no more: whatever the answer is, there is no second."""
    found = find_challenge(work.connection, token, kind, work.at)
    if found is not None:
        work.connection.execute(delete(challenges).where(challenges.c.id == found.id))
    return found


def drop_challenges(work: UnitOfWork, person: int) -> None:
    """Whatever the person was asked is asked no more: their password or second factor changed meanwhile."""
    work.connection.execute(delete(challenges).where(challenges.c.person_id == person))


def _read(row: "Row[Any] | None", at: datetime) -> Challenge | None:
    if row is None or row.ends_at <= at:
        return None
    return Challenge(row.id, row.person_id, json.loads(row.body))
