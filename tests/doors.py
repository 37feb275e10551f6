"""People who come in by the door, for tests: an account with a password, and a browser's client that keeps cookies."""

from dataclasses import dataclass
from typing import Any

import pyotp
from desk import OURS
from flask.testing import FlaskClient

from gateway.access.authenticators import Authenticators
from gateway.access.passwords import hash_of, set_password
from gateway.access.people import add_person
from gateway.db.work import reading

PASSWORD = "quiet otter under blue rain"


@dataclass
class Visitor:
    """A browser before the door."""

    client: FlaskClient

    def get(self, path: str, **options: Any):
        return self.client.get(path, **options)

    def post(self, path: str, **fields: str):
        return self.client.post(path, data=fields, headers=OURS)

    def sign_in(self, address: str, password: str = PASSWORD, **more: str):
        return self.post("/desk/sign-in", address=address, password=password, **more)

    def is_in(self) -> bool:
        return self.client.get("/desk/account").status_code == 200

    def cookie(self, name: str = "desk") -> str | None:
        found = self.client.get_cookie(name)
        return found.value if found else None


def visitor(web) -> Visitor:
    return Visitor(web.client)


def member(web, role: str = "viewer", address: str | None = None, password: str | None = PASSWORD) -> int:
    """An account; its number. Its address is ROLE@example.com."""
    made = hash_of(password) if password else None
    with web.services.unit_of_work() as work:
        number = add_person(work, f"Some {role}", address or f"{role}@example.com", role)
        if made:
            set_password(work, number, made)
    return number


def give_app(web, person: int) -> tuple[str, list[str]]:
    """Set an authenticator app up for somebody: its secret and the recovery codes."""
    apps = Authenticators([web.services.settings.secret_key])
    with web.services.unit_of_work() as work:
        apps.begin(work, person)
    with reading(web.services.engine) as connection:
        secret = apps.find(connection, person).secret
    with web.services.unit_of_work() as work:
        codes = apps.confirm(work, person, code_of(secret, work.at))
    return secret, codes


def code_of(secret: str, at) -> str:
    """What an app shows at that instant."""
    return pyotp.TOTP(secret).at(at)


def told(web, kind: str) -> list[dict]:
    """The bodies of the ledger's entries of a kind."""
    import json

    from sqlalchemy import select

    from gateway.ledger.tables import entries

    with reading(web.services.engine) as connection:
        rows = connection.execute(select(entries.c.body).where(entries.c.kind == kind).order_by(entries.c.seq))
        return [json.loads(row.body) if isinstance(row.body, str) else row.body for row in rows]
