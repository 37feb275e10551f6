"""The people who work with the gateway, and their roles. Passwords and sessions have no place here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from sqlalchemy import Connection, insert, select

from gateway.access.tables import people
from gateway.db.work import UnitOfWork
from gateway.domain.problem import CallerError, Problem

ROLES = {
    "viewer": "Sees receipts and decisions",
    "uploader": "Also delivers lists",
    "officer": "Also answers holds, records suppressions and judges vendors",
    "administrator": "Also makes keys and accounts",
}
"""What a person may do, from least to most."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account."""

    id: int
    name: str
    address: str
    role: str
    created_at: datetime


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
            "unknown_role", f"A role is one of {', '.join(ROLES)}", field="role", suggestion=near[0] if near else None,
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
    return [
        Person(row.id, row.name, row.address, row.role, row.created_at)
        for row in connection.execute(select(people).order_by(people.c.id))
    ]
