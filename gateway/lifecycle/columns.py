"""Prospects, happenings and changes of phase as plain rows, thousands at a time, for whoever counts over all."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.db.plain import ask, ask_one

PAGE = 10_000
Rows = list[tuple[Any, ...]]
_PEOPLE = "SELECT id, lead_id FROM prospects WHERE id > ?"
_LEFT = "SELECT id, withdrawn_cause FROM prospects WHERE id > ? AND withdrawn_at <= ?"
_TOLD = (
    "SELECT id, prospect_id, kind, substr(at, 1, 19), amount_minor, currency, coalesce(product, segment), campaign, "
    "satisfaction, recommend FROM happenings WHERE id > ? AND at <= ?"
)
_CHANGED = (
    "SELECT id, prospect_id, substr(at, 1, 19), from_state, to_state FROM lifecycle_events WHERE id > ? AND at <= ?"
)
_NEWEST = ("prospects", "happenings", "lifecycle_events")


def people_rows(connection: Connection) -> Iterator[Rows]:
    """Number and lead of every prospect, by number."""
    return _pages(connection, _PEOPLE, ())


def left_rows(connection: Connection, until: datetime) -> Iterator[Rows]:
    """Number and cause of every prospect that was withdrawn by then."""
    return _pages(connection, _LEFT, (text_of(until),))


def told_rows(connection: Connection, until: datetime) -> Iterator[Rows]:
    """Number, prospect, kind, instant, money, product, campaign, opinions of all that happened until then."""
    return _pages(connection, _TOLD, (text_of(until),))


def change_rows(connection: Connection, until: datetime) -> Iterator[Rows]:
    """Number, prospect, instant, phase before and after of every change until then."""
    return _pages(connection, _CHANGED, (text_of(until),))


def newest(connection: Connection) -> tuple[int, ...]:
    """The highest number of each: whether anything has come since."""
    return tuple(ask_one(connection, f"SELECT max(id) FROM {name}") or 0 for name in _NEWEST)  # noqa: S608 - our own names


def _pages(connection: Connection, question: str, values: tuple[Any, ...]) -> Iterator[Rows]:
    after = 0
    while rows := ask(connection, f"{question} ORDER BY id LIMIT {PAGE}", (after, *values)):
        yield rows
        after = rows[-1][0]
