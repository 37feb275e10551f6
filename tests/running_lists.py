"""Lists brought and looked at by tests of their runs."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gateway.domain.outcome import Receipt
from gateway.intake.lists import bring
from gateway.intake.receipts import load_run
from gateway.lifecycle.tables import prospects
from gateway.outcomes.tables import leads
from gateway.pipeline import Services

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\n"
)


_FIRST = [
    "ann", "bob", "cy", "dana", "eve", "finn", "gus", "hana", "ida", "jo", "kai", "lea", "max", "nina", "ole",
    "pia", "quin", "rosa", "sam", "tess", "uwe", "vera", "wim", "xenia", "yara", "zoe", "abel", "bea", "carl",
    "dora", "emil", "fay", "greta", "hugo", "iris", "jan", "kim", "luis", "mona", "noah",
]  # fmt: skip
_LAST = [
    "reyes", "stone", "weber", "okafor", "lind", "moreau", "ito", "novak", "silva", "khan", "berg", "duarte",
    "eriksen", "fuchs", "gomez", "haas", "ivanov", "jung", "kowal", "larsen", "mbeki", "nagy", "olsen", "petrov",
    "quist", "rossi", "sato", "toth", "ueda", "vogel", "wolf", "xu", "yilmaz", "zhang", "adler", "braun", "costa",
    "dietz", "engel", "falk",
]  # fmt: skip


@cache
def _people() -> list[str]:
    """Addresses as people have them: no pattern that a list could be suspected for."""
    chance = random.Random(4)  # the same people each time
    names = [
        f"{first}{chance.choice(('.', '_', '-', ''))}{last}{chance.choice(('', '', chance.randrange(60, 99)))}"
        for first in _FIRST for last in _LAST
    ]  # fmt: skip
    chance.shuffle(names)
    return [f"{name}@example.{chance.choice(('com', 'org', 'net'))}" for name in names]


def person(number: int) -> str:
    """The address of somebody, always the same."""
    return _people()[number]


def bring_rows(services: Services, folder: Path, count: int, *, file: Path | None = None) -> int:
    """Bring a list of so many people, or a file; the number of its run, which is yet to be done."""
    if file is None:
        file = folder / f"autumn-{count}.csv"
        file.write_text("email\n" + "".join(f"{person(i)}\n" for i in range(count)), encoding="utf-8")
    begun = bring(services, file, MANIFEST, manifest_name="m.yaml", encoding=None, again=False, by="test")
    return begun["run"]


def row_of(services: Services, run: int) -> Any:
    """The run as it stands in the database."""
    with services.engine.connect() as connection:
        return load_run(connection, run)


def receipt_of(services: Services, run: int) -> Receipt:
    """The run's receipt."""
    return Receipt.from_dict(json.loads(row_of(services, run).receipt))


def rows_of(services: Services) -> list[Any]:
    """Every lead there is."""
    with services.engine.connect() as connection:
        return list(connection.execute(select(leads).order_by(leads.c.id)))


def prospects_of(services: Services) -> list[tuple[Any, ...]]:
    """Every prospect there is, with every column."""
    with services.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(prospects).order_by(prospects.c.id))]
