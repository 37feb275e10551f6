"""Whether the settings' secrets are those that a database was written under: known again by a keyed hash of each.

A gateway with another secret would find no suppression and know nobody, so it must not start.
"""

import hmac
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import Connection, insert, select

from gateway.access.tables import secret_checks
from gateway.db.work import UnitOfWork

Fit = Literal["fits", "new", "behind", "ahead", "foreign"]
"""How a database stands to a chain of secrets, the oldest first. new: it knows of none. behind: it has yet to be
brought to the last of them. ahead: it was brought to a later one. foreign: it was written under another."""


def check_value(secret: str) -> str:
    """What a secret is known again by."""
    return hmac.digest(secret.encode(), b"gateway secret check v1", "sha256")[:16].hex()


def find_fit(connection: Connection, chain: Sequence[str]) -> Fit:
    """How the database stands to these secrets."""
    held = list(connection.execute(select(secret_checks.c.check_value).order_by(secret_checks.c.generation)).scalars())
    shared = all(hmac.compare_digest(one, check_value(secret)) for one, secret in zip(held, chain, strict=False))
    if not held:
        return "new"
    if not shared:
        return "foreign"
    if len(held) == len(chain):
        return "fits"
    return "behind" if len(held) < len(chain) else "ahead"


def count_generations(connection: Connection) -> int:
    """Under how many secrets, one after another, the database was written."""
    return len(connection.execute(select(secret_checks.c.generation)).all())


def add_generation(work: UnitOfWork, secret: str) -> None:
    """From now on the database is written under this secret."""
    number = count_generations(work.connection) + 1
    work.connection.execute(
        insert(secret_checks).values(generation=number, check_value=check_value(secret), since=work.at)
    )
