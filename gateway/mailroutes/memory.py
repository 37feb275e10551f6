"""Answers remembered in the database: one question for all domains of a batch, one statement to keep what was new."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Connection

from gateway.db.base import instant_of, text_of
from gateway.db.plain import ask
from gateway.db.work import UnitOfWork
from gateway.domain.screened import MailRoute

T = TypeVar("T")
_COLUMNS = "domain, kind, answered_at, expires_at, failures"
_SQLITE = f"SELECT {_COLUMNS} FROM mail_routes WHERE domain IN (SELECT value FROM json_each(?))"  # noqa: S608 - our names
_POSTGRESQL = f"SELECT {_COLUMNS} FROM mail_routes WHERE domain = ANY(?)"  # noqa: S608 - our names

# A silence never replaces an answer that still holds: another process may have been luckier at the same moment.
_KEEP = """
INSERT INTO mail_routes (domain, kind, answered_at, expires_at, failures) {rows}
ON CONFLICT (domain) DO UPDATE SET
    kind = excluded.kind, answered_at = excluded.answered_at,
    expires_at = excluded.expires_at, failures = excluded.failures
WHERE mail_routes.answered_at <= excluded.answered_at
    AND (excluded.kind <> 'unknown' OR mail_routes.kind = 'unknown' OR mail_routes.expires_at <= excluded.answered_at)
"""
_KEEP_SQLITE = _KEEP.format(rows="VALUES (?, ?, ?, ?, ?)")
_KEEP_POSTGRESQL = _KEEP.format(rows="SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[])")
SLICE = 10_000  # domains in one statement: arrays of a bounded size


def recall(connection: Connection, domains: Iterable[str]) -> dict[str, MailRoute]:
    """Remembered answers, those that have run out too: they say how often in a row DNS was silent."""
    rows: list[Any] = []
    for some in _slices(list(domains)):
        if connection.dialect.name == "sqlite":
            rows += ask(connection, _SQLITE, (json.dumps(some),))
        else:
            rows += ask(connection, _POSTGRESQL, (some,))
    instant = cache(instant_of)  # answers of one batch share their instants
    return {
        domain: MailRoute(domain, kind, instant(answered_at), instant(expires_at), failures, "memory")
        for domain, kind, answered_at, expires_at, failures in rows
    }


def keep_routes(work: UnitOfWork, routes: Iterable[MailRoute]) -> None:
    """Remember what DNS said just now; what came from the memory or from the demo's recordings is left out.

    One domain at most once in a statement, and in the order of the index: neighbours lie on the same page.
    """
    learned = {route.domain: route for route in routes if route.source == "dns"}
    if not learned:
        return
    text = cache(text_of)  # answers of one batch share their instants
    rows = [
        (domain, route.kind, text(route.answered_at), text(route.expires_at), route.failures)
        for domain, route in sorted(learned.items())
    ]
    for some in _slices(rows):
        if work.connection.dialect.name == "sqlite":
            work.connection.exec_driver_sql(_KEEP_SQLITE, some)
        else:
            work.connection.exec_driver_sql(_KEEP_POSTGRESQL, tuple(map(list, zip(*some, strict=True))))


def _slices(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), SLICE):
        yield items[start : start + SLICE]
