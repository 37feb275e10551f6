"""Answers remembered in the database: one question for all domains of a batch, one statement to keep what was new."""

import json
from collections.abc import Iterable
from functools import cache

from sqlalchemy import Connection

from gateway.db.base import instant_of, text_of
from gateway.db.work import UnitOfWork
from gateway.domain.screened import MailRoute

_COLUMNS = "domain, kind, answered_at, expires_at, failures"
_SQLITE = f"SELECT {_COLUMNS} FROM mail_routes WHERE domain IN (SELECT value FROM json_each(?))"  # noqa: S608 - our names
_POSTGRESQL = f"SELECT {_COLUMNS} FROM mail_routes WHERE domain = ANY(%s)"  # noqa: S608 - our names

# A silence never replaces an answer that still holds: another process may have been luckier at the same moment.
_KEEP = """
INSERT INTO mail_routes (domain, kind, answered_at, expires_at, failures) VALUES ({marks})
ON CONFLICT (domain) DO UPDATE SET
    kind = excluded.kind, answered_at = excluded.answered_at,
    expires_at = excluded.expires_at, failures = excluded.failures
WHERE mail_routes.answered_at <= excluded.answered_at
    AND (excluded.kind <> 'unknown' OR mail_routes.kind = 'unknown' OR mail_routes.expires_at <= excluded.answered_at)
"""


def recall(connection: Connection, domains: Iterable[str]) -> dict[str, MailRoute]:
    """Remembered answers, those that have run out too: they say how often in a row DNS was silent."""
    wanted = list(domains)
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql(_SQLITE, (json.dumps(wanted),))
    else:
        rows = connection.exec_driver_sql(_POSTGRESQL, (wanted,))
    instant = cache(instant_of)  # answers of one batch share their instants
    return {
        domain: MailRoute(domain, kind, instant(answered_at), instant(expires_at), failures, "memory")
        for domain, kind, answered_at, expires_at, failures in rows
    }


def keep_routes(work: UnitOfWork, routes: Iterable[MailRoute]) -> None:
    """Remember what DNS said just now; what came from the memory or from the demo's recordings is left out."""
    rows = [
        (route.domain, route.kind, text_of(route.answered_at), text_of(route.expires_at), route.failures)
        for route in routes
        if route.source == "dns"
    ]
    if rows:
        mark = "?" if work.connection.dialect.name == "sqlite" else "%s"
        work.connection.exec_driver_sql(_KEEP.format(marks=", ".join([mark] * 5)), rows)
