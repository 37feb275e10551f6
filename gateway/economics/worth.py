"""What one lead may cost at most: looked up among what was reckoned last, so that a bid need not wait for numpy.

Reckoned in affording.py, kept by kept.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.economics.tables import worths
from gateway.vendors.book import fold

Scope = Literal["all", "form", "list", "vendor"]
Per = Literal["prospect", "row"]
_NEWEST = "SELECT id FROM numbers WHERE as_of <= ? ORDER BY as_of DESC, id DESC LIMIT 1"
_FOUND = (
    "SELECT currency, minor, low, high, people FROM worths "
    "WHERE numbers_id = ? AND scope = ? AND name = ? AND per = ? ORDER BY minor DESC, currency"
)


@dataclass(frozen=True, slots=True)
class Worth:
    """What one bought lead (a row that became a prospect) may cost at most, with bounds of 95 %; minor units."""

    minor: int
    low: int
    high: int
    currency: str
    people: int  # on how many it rests; 0: on others of its kind alone


@dataclass(frozen=True, slots=True)
class Kept:
    """A worth and whose it is."""

    scope: Scope
    name: str
    per: Per
    worth: Worth


def worth_of(
    connection: Connection,
    *,
    as_of: datetime,
    vendor: str | None = None,
    source: str | None = None,
    currency: str | None = None,
    per: Per = "prospect",
) -> Worth | None:
    """What a lead of this source (a form's key, or list_7), else of this vendor, else any lead may cost.

    By the newest numbers up to ``as_of``. Of a source or vendor that nobody has seen yet it is what is to be expected
    of its kind. ``per``: for each row of a list, whether or not it becomes a prospect. Without ``currency`` the one in
    which it is worth most. None where nothing was reckoned yet, or nobody has spent anything in that currency.
    """
    newest = ask(connection, _NEWEST, (text_of(as_of),))
    if not newest:
        return None
    for scope, name in _asked(vendor, source):
        rows = ask(connection, _FOUND, (newest[0][0], scope, name, per))
        found = [row for row in rows if currency is None or row[0] == currency]
        if found:
            code, minor, low, high, people = found[0]
            return Worth(minor, low, high, code, people)
    return None


def _asked(vendor: str | None, source: str | None) -> Iterable[tuple[Scope, str]]:
    """Where to look, the most particular first."""
    if source is not None:
        yield ("list" if source.startswith("list_") else "form"), source
    if vendor is not None:
        yield "vendor", fold(vendor)
        yield "vendor", ""
        yield "list", ""
    elif source is not None:
        yield ("list" if source.startswith("list_") else "form"), ""
    yield "all", ""


def keep_worths(work: UnitOfWork, numbers_id: int, found: Sequence[Kept]) -> None:
    """Write down what was reckoned."""
    work.insert_many(
        worths,
        ("numbers_id", "scope", "name", "currency", "per", "minor", "low", "high", "people"),
        [
            (numbers_id, one.scope, one.name, one.worth.currency, one.per, one.worth.minor, one.worth.low,
             one.worth.high, one.worth.people)
            for one in found
        ],
    )  # fmt: skip
