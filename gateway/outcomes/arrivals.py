"""Arrivals as plain rows, thousands at a time: which lead came when and from where, for whoever counts over all."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.db.plain import ask
from gateway.domain.outcome import UNDONE

_ARRIVALS = (
    "SELECT id, first_lead, leads, substr(arrived_at, 1, 19), origin_kind, source, statement_id FROM batches "
    "WHERE id > ? AND first_lead IS NOT NULL AND arrived_at <= ? ORDER BY id LIMIT 50000"
)
_UNDONE = "SELECT origin_kind, source, sum(leads) FROM hours WHERE extra = ? AND hour <= ? GROUP BY origin_kind, source"


def arrival_rows(connection: Connection, until: datetime) -> Iterator[list[tuple[Any, ...]]]:
    """Number, first lead, leads, instant, kind of origin, source and statement of every batch that arrived until then.

    A batch's leads are numbered without gaps, and the batches' numbers follow one another.
    """
    after = 0
    while rows := ask(connection, _ARRIVALS, (after, text_of(until))):
        yield rows
        after = rows[-1][0]


def undone_rows(connection: Connection, until: datetime) -> dict[tuple[str, str], int]:
    """How many leads of each source were taken back with their runs: they are as if they had never been bought."""
    found = ask(connection, _UNDONE, (UNDONE.reason, text_of(until)[:13]))
    return {(kind, source): int(count) for kind, source, count in found}
