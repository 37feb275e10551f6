"""People at the desk, for tests: signed in without the door, which has tests of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

from gateway.access.people import ROLES, add_person
from gateway.access.sessions import begin_session

MATRIX = Path(__file__).parent / "console" / "desk" / "matrix.txt"
OURS = {"Sec-Fetch-Site": "same-origin"}
"""What a browser says of a post from our own page."""


@dataclass
class Someone:
    """A person who signed in, with a client that carries the session."""

    number: int
    role: str
    token: str
    client: FlaskClient

    def get(self, path: str, **options: Any):
        """A page."""
        return self.client.get(path, **options)

    def post(self, path: str, data: Any = None, **options: Any):
        """A post from our own page."""
        headers = {**OURS, **options.pop("headers", {})}
        return self.client.post(path, data=data or {}, headers=headers, **options)


def sign_in(web, role: str = "officer", *, name: str | None = None) -> Someone:
    """A new person of this role, signed in."""
    with web.services.unit_of_work() as work:
        who = name or f"{role} {work.at.timestamp()}"
        address = "".join(c if c.isalnum() else "." for c in who.lower()) + "@example.com"
        number = add_person(work, who, address, role)
        token = begin_session(work, number)
    client = web.client
    client.set_cookie("desk", token)
    return Someone(number, role, token, client)


def everybody(web) -> dict[str, Someone]:
    """One of each role."""
    return {role: sign_in(web, role, name=f"A {role}") for role in ROLES}


def seat(context, address: str, someone: Someone) -> None:
    """Let a browser's context be signed in as them."""
    context.add_cookies([{"name": "desk", "value": someone.token, "url": address}])


def golden() -> list[tuple[str, ...]]:
    """Every route of the desk as the matrix has it: method, rule, least role."""
    lines = MATRIX.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split()) for line in lines if line and not line.startswith("#")]
