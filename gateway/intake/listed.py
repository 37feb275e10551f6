"""Lists side by side, each with its latest run and where its leads stand now, and what vendors sent so far."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from gateway.feedback.counts import people_of_lists
from gateway.intake.tables import lists, runs
from gateway.outcomes.standing import stands_of_lists
from gateway.vendors.book import fold

MOST = 60  # lists of a vendor that its record adds up: a year of one each week
_COLUMNS = (lists.c.id, lists.c.name, lists.c.file_name, lists.c.created_at, lists.c.created_by, lists.c.statement)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list as a table shows it."""

    number: int
    name: str
    vendor: str | None
    file_name: str | None
    created_at: datetime
    state: str  # of its latest run, or waiting_for_file
    receipt: dict[str, Any]  # as its run ended, or as far as it has come
    now: dict[str, int]  # where its leads stand

    @property
    def rows(self) -> int:
        """Rows that were processed."""
        return int(self.receipt.get("rows", 0))


@dataclass(slots=True)
class Record:
    """What a vendor sent so far."""

    lists: list[Listed] = field(default_factory=list)  # the newest, newest first
    all_lists: int = 0
    rows: int = 0
    now: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # as the runs ended
    reported: Counter[str] = field(default_factory=Counter)  # kind of event -> people of whom senders told it


def page_lists(
    connection: Connection, *, limit: int, before: int | None = None, vendor: str | None = None
) -> list[Listed]:
    """Lists, newest first, behind list ``before``; ``vendor``: only those of one."""
    query = select(*_COLUMNS).order_by(lists.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(lists.c.id < before)
    if vendor is not None:
        query = query.where(lists.c.vendor == fold(vendor))
    return _listed(connection, connection.execute(query).all())


def find_listed(connection: Connection, list_id: int) -> Listed | None:
    """One list; None if there is none."""
    row = connection.execute(select(*_COLUMNS).where(lists.c.id == list_id)).all()
    return next(iter(_listed(connection, row)), None)


def runs_of_list(connection: Connection, list_id: int) -> list[Row[Any]]:
    """Every run of a list, newest first."""
    return list(connection.execute(select(runs).where(runs.c.list_id == list_id).order_by(runs.c.id.desc()).limit(50)))


def record_of(connection: Connection, vendor: str) -> Record:
    """A vendor's lists added up, the newest of them."""
    found = Record(lists=page_lists(connection, limit=MOST, vendor=vendor))
    count = select(func.count()).select_from(lists).where(lists.c.vendor == fold(vendor))
    found.all_lists = connection.execute(count).scalar_one()
    for one in found.lists:
        if one.state in {"undone", "undoing"}:
            continue
        found.rows += one.rows
        found.now.update(one.now)
        found.duplicates += one.receipt.get("duplicates", 0)
        found.reasons.update(one.receipt.get("reasons", {}))
    for counts in people_of_lists(connection, [one.number for one in found.lists]).values():
        found.reported.update(counts)
    return found


def stand_of_vendor(connection: Connection, vendor: str) -> Counter[str]:
    """Where all leads of a vendor stand now, however many lists it sent."""
    numbers = connection.execute(select(lists.c.id).where(lists.c.vendor == fold(vendor))).scalars()
    found: Counter[str] = Counter()
    for now in stands_of_lists(connection, numbers).values():
        found.update(now)
    return found


def lists_of_vendor(connection: Connection, vendor: str) -> tuple[int, ...]:
    """The numbers of every list that a vendor sent."""
    query = select(lists.c.id).where(lists.c.vendor == fold(vendor)).order_by(lists.c.id)
    return tuple(connection.execute(query).scalars())


def count_by_vendor(connection: Connection, names: Iterable[str]) -> dict[str, tuple[int, datetime]]:
    """How many lists each of these vendors sent, and when the last one came, by the folded name."""
    query = select(lists.c.vendor, func.count(), func.max(lists.c.id)).where(lists.c.vendor.in_(map(fold, names)))
    rows = connection.execute(query.group_by(lists.c.vendor)).all()
    days = select(lists.c.id, lists.c.created_at).where(lists.c.id.in_([row[2] for row in rows]))
    came = {row.id: row.created_at for row in connection.execute(days)}
    return {vendor: (count, came[newest]) for vendor, count, newest in rows}


def _listed(connection: Connection, rows: Sequence[Any]) -> list[Listed]:
    numbers = [row.id for row in rows]
    newest = select(func.max(runs.c.id)).where(runs.c.list_id.in_(numbers)).group_by(runs.c.list_id)
    query = select(runs.c.list_id, runs.c.state, runs.c.receipt).where(runs.c.id.in_(newest))
    latest = {row.list_id: row for row in connection.execute(query)} if rows else {}
    now = stands_of_lists(connection, numbers)
    none = {"prospects": 0, "holds": 0, "rejections": 0}
    found = []
    for row in rows:
        run = latest.get(row.id)
        found.append(Listed(
            row.id, row.name, json.loads(row.statement).get("vendor"), row.file_name, row.created_at,
            "waiting_for_file" if run is None else run.state, {} if run is None else json.loads(run.receipt),
            now.get(row.id, none),
        ))  # fmt: skip
    return found
