"""The people of the demo: an administrator and two officers, who sign in with a password made when they were."""

import os
import secrets
from pathlib import Path

from gateway.access.passwords import hash_of, set_password
from gateway.access.people import add_person, find_account
from gateway.db.work import UnitOfWork
from gateway.pipeline import Services

KEPT_IN = "demo-password"
"""Beside the officer's key, for the owner of the data folder alone."""
CAST = (
    ("Dana Reyes", "dana.reyes@example.com", "officer"),
    ("Ines Okafor", "ines.okafor@example.com", "officer"),
    ("Alex Lindqvist", "alex.lindqvist@example.com", "administrator"),
)


def seat_people(services: Services) -> None:
    """Everybody of the demo has an account and the demo's password; done once, in any demo of before too."""
    path = services.settings.data / KEPT_IN
    if path.exists():
        return
    password = "-".join(secrets.token_hex(2) for _ in range(5))
    made = hash_of(password)
    with services.unit_of_work() as work:
        for name, address, role in CAST:
            number = seat(work, name, address, role)
            set_password(work, number, made)
            services.ledger.append(work, "password.set", {"by": "demo", "person": number})
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(password + "\n")


def seat(work: UnitOfWork, name: str, address: str, role: str) -> int:
    """The account of somebody of the demo, made if it is missing; its number."""
    found = find_account(work.connection, address)
    return found.id if found is not None else add_person(work, name, address, role)


def who_signs_in(services: Services) -> list[str]:
    """How to sign in, for the terminal that the demo was started from."""
    path: Path = services.settings.data / KEPT_IN
    return [
        *(f"  Sign in     {address} ({role})" for _, address, role in CAST),
        f"  Password    {path.read_text(encoding='ascii').strip()}  (of all three; kept in {path})",
    ]
