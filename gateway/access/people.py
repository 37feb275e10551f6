"""The people who work with the gateway, and their roles. What they sign in with stands beside, not here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from gateway.access.tables import identities, passkeys, people
from gateway.db.work import UnitOfWork
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem

ROLES = {
    "viewer": "Sees receipts and decisions",
    "uploader": "Also delivers lists",
    "officer": "Also answers holds, records suppressions and judges vendors",
    "administrator": "Also makes keys and accounts",
}
"""What a person may do, from least to most."""
_RANK = {role: place for place, role in enumerate(ROLES)}


def reaches(role: str, least: str) -> bool:
    """Whether a role may do what another may."""
    return _RANK[role] >= _RANK[least]


@dataclass(frozen=True, slots=True)
class Person:
    """An account."""

    id: int
    name: str
    address: str
    role: str
    created_at: datetime
    zone: str | None = None
    left_at: datetime | None = None
    has_password: bool = False


def add_person(work: UnitOfWork, name: str, address: str, role: str) -> int:
    """Make an account; its number. Raises CallerError for nonsense or an address that has one already."""
    mailbox = address.strip().lower()
    problems = []
    if not name.strip():
        problems.append(Problem("missing", "A person needs a name", field="name"))
    if not all(mailbox.rpartition("@")):
        problems.append(Problem("bad_address", "Expected an address such as officer@example.com", field="address"))
    elif work.connection.execute(select(people.c.id).where(people.c.address == mailbox)).first() is not None:
        problems.append(Problem("already_exists", "There is an account with this address", field="address"))
    if role not in ROLES:
        near = get_close_matches(role, ROLES, n=1)
        problems.append(Problem(
            "unknown_role", phrase("A role is one of %(roles)s", roles=", ".join(ROLES)), field="role",
            suggestion=near[0] if near else None,
        ))  # fmt: skip
    if problems:
        raise CallerError(problems)
    statement = insert(people).values(name=name.strip(), address=mailbox, role=role, created_at=work.at)
    number: int = work.connection.execute(statement.returning(people.c.id)).scalar_one()
    return number


def find_names(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """What the people are called whom the ledger and the books name as person_7; others are left out."""
    numbers = {int(one.removeprefix("person_")) for one in names if re.fullmatch(r"person_[0-9]{1,15}", one)}
    query = select(people.c.id, people.c.name).where(people.c.id.in_(numbers))
    return {f"person_{row.id}": row.name for row in connection.execute(query)} if numbers else {}


def list_people(connection: Connection) -> list[Person]:
    """Every account, oldest first."""
    return [_person(row) for row in connection.execute(select(people).order_by(people.c.id))]


def find_person(connection: Connection, number: int) -> Person | None:
    """One account, also of somebody who left."""
    row = connection.execute(select(people).where(people.c.id == number)).one_or_none()
    return None if row is None else _person(row)


def find_account(connection: Connection, address: str) -> Person | None:
    """The account of this address, unless its person left."""
    theirs = (people.c.address == address.strip().lower()) & people.c.left_at.is_(None)
    row = connection.execute(select(people).where(theirs)).one_or_none()
    return None if row is None else _person(row)


def can_anybody_sign_in(connection: Connection) -> bool:
    """Whether there is somebody with anything to sign in with."""
    ways = people.c.password_hash.is_not(None) | people.c.id.in_(
        select(passkeys.c.person_id).union(select(identities.c.person_id))
    )
    return connection.execute(select(people.c.id).where(people.c.left_at.is_(None), ways).limit(1)).first() is not None


def change_role(work: UnitOfWork, number: int, role: str) -> str:
    """Give a person another role; the one before. Their sessions are the caller's to end. Raises CallerError."""
    person = _present(work, number)
    if role not in ROLES:
        message = phrase("A role is one of %(roles)s", roles=", ".join(ROLES))
        raise CallerError([Problem("unknown_role", message, field="role")])
    if person.role == "administrator" != role:
        _keep_an_administrator(work, number)
    work.connection.execute(update(people).where(people.c.id == number).values(role=role))
    return person.role


def leave(work: UnitOfWork, number: int) -> None:
    """The person may sign in no more; the account stays, for the ledger names it. Raises CallerError."""
    if _present(work, number).role == "administrator":
        _keep_an_administrator(work, number)
    work.connection.execute(update(people).where(people.c.id == number).values(left_at=work.at))


def come_back(work: UnitOfWork, number: int) -> None:
    """Somebody who left is back, without a password: they get a link. Raises CallerError."""
    person = find_person(work.connection, number)
    if person is None or person.left_at is None:
        raise CallerError([Problem("unknown_person", "There is nobody of this number who left", field="person")])
    work.connection.execute(update(people).where(people.c.id == number).values(left_at=None, password_hash=None))


def describe_self(work: UnitOfWork, number: int, name: str, zone: str | None) -> None:
    """How somebody is called, and in whose time they want to read. Raises CallerError."""
    problems = []
    if not name.strip():
        problems.append(Problem("missing", "A person needs a name", field="name"))
    if zone is not None and not _is_zone(zone):
        problems.append(
            Problem("unknown_zone", "There is no such time zone; an example is Europe/Vienna", field="zone")
        )
    if problems:
        raise CallerError(problems)
    work.connection.execute(update(people).where(people.c.id == number).values(name=name.strip(), zone=zone))


def _present(work: UnitOfWork, number: int) -> Person:
    person = find_person(work.connection, number)
    if person is None or person.left_at is not None:
        raise CallerError([Problem("unknown_person", "There is nobody of this number, or they left", field="person")])
    return person


def _keep_an_administrator(work: UnitOfWork, number: int) -> None:
    others = (people.c.role == "administrator") & people.c.left_at.is_(None) & (people.c.id != number)
    if work.connection.execute(select(func.count()).select_from(people).where(others)).scalar_one() == 0:
        message = phrase(
            "This is the last administrator: make another one first, or nobody could make accounts any more."
        )
        raise CallerError([Problem("last_administrator", message, field="role")])


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _person(row: "Row[Any]") -> Person:
    return Person(row.id, row.name, row.address, row.role, row.created_at, row.zone, row.left_at,
                  row.password_hash is not None)  # fmt: skip
