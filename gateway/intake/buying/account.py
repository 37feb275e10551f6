"""A contract's account: what was offered, bought, refused and spent, by hour, day, month and in all.

Written in the transaction of what it counts, so that nothing is ever counted that did not happen, or the other way.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.intake.buying.caps import NAMES, SPANS, Span, Tally, begins
from gateway.intake.buying.tables import accounts

_LISTED = ", ".join(NAMES)
_ROW = f"(?, ?, ?, {', '.join('?' * len(NAMES))})"
_ADD = (
    f"INSERT INTO {accounts.name} (contract, span, begins, {_LISTED}) "  # noqa: S608 - our own names
    f"VALUES {', '.join([_ROW] * len(SPANS))} ON CONFLICT (contract, span, begins) DO UPDATE SET "
    + ", ".join(f"{name} = {accounts.name}.{name} + excluded.{name}" for name in NAMES)
)
_FIND = (
    f"SELECT span, {_LISTED} FROM {accounts.name} WHERE contract = ? AND ("  # noqa: S608 - our own names
    + " OR ".join(["(span = ? AND begins = ?)"] * len(SPANS)) + ")"
)  # fmt: skip


def add(work: UnitOfWork, contract: int, at: datetime, zone: str, counts: Mapping[str, int]) -> None:
    """Count something that happened at an instant, in every span it lies in."""
    told = tuple(counts.get(name, 0) for name in NAMES)
    values: list[Any] = []
    for span, begin in begins(at, zone).items():
        values += (contract, span, begin, *told)
    ask(work.connection, _ADD, values)


def load(connection: Connection, contract: int, at: datetime, zone: str) -> dict[Span, Tally]:
    """The account as it stands, of the spans in which an instant lies."""
    values: list[Any] = [contract]
    for span, begin in begins(at, zone).items():
        values += (span, begin)
    found = {row[0]: Tally(*row[1:]) for row in ask(connection, _FIND, values)}
    return {span: found.get(span, Tally()) for span in SPANS}


def spans_of(connection: Connection, contract: int, span: Span, names: Sequence[str]) -> list[tuple[str, Tally]]:
    """The account of several spans of one kind, by what they begin with; those of which nothing is kept as zeros."""
    if not names:
        return []
    query = (
        f"SELECT begins, {_LISTED} FROM {accounts.name} "  # noqa: S608 - our own names
        f"WHERE contract = ? AND span = ? AND begins IN ({', '.join('?' * len(names))})"
    )
    found = {row[0]: Tally(*row[1:]) for row in ask(connection, query, (contract, span, *names))}
    return [(name, found.get(name, Tally())) for name in names]
