"""What was reported so far, counted by where the people came from: the ground of scorecards."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, distinct, func, select

from gateway.domain.wire import statement_from_json
from gateway.feedback.tables import feedback_events as table
from gateway.outcomes.tables import batches, statements

_CHUNK = 500


class Count(NamedTuple):
    """Events of one kind from one reporter about the people of one source."""

    origin_kind: str | None
    source: str | None  # the form's key or the list's number; None: people we never heard of
    vendor: str | None
    reporter: str
    kind: str
    events: int
    people: int


def find_counts(connection: Connection) -> list[Count]:
    """All of them, by source, reporter and kind."""
    groups = (table.c.origin_kind, table.c.source, table.c.reporter, table.c.kind)
    query = select(*groups, func.count(), func.count(distinct(table.c.match_key))).group_by(*groups)
    rows = connection.execute(query).all()
    vendors = _vendors(connection, {row.source for row in rows if row.origin_kind == "list"})
    found = [
        Count(kind, source, vendors.get(source) if kind == "list" else None, reporter, what, events, people)
        for kind, source, reporter, what, events, people in rows
    ]
    return sorted(found, key=lambda one: (one.origin_kind or "", one.source or "", one.reporter, one.kind))


def _vendors(connection: Connection, lists: set[str]) -> dict[str, str | None]:
    query = (
        select(batches.c.source, statements.c.body)
        .join(statements, statements.c.id == batches.c.statement_id)
        .where(batches.c.origin_kind == "list", batches.c.source.in_(sorted(lists))).distinct()
    )  # fmt: skip
    return {source: statement_from_json(body).vendor for source, body in connection.execute(query)}


class Told(NamedTuple):
    """What a sender told of a prospect."""

    lead_id: int
    kind: str
    at: datetime


def told_of_source(connection: Connection, origin_kind: str, source: str, kinds: Iterable[str]) -> list[Told]:
    """Every event of these kinds about prospects who came by one form or list."""
    query = select(table.c.lead_id, table.c.kind, table.c.at).where(
        table.c.source == source, table.c.kind.in_(sorted(kinds)), table.c.origin_kind == origin_kind,
        table.c.prospect_id.is_not(None), table.c.lead_id.is_not(None),
    )  # fmt: skip
    return [Told(*row) for row in connection.execute(query)]


def told_since(connection: Connection, after: int) -> tuple[int, set[tuple[str, str]]]:
    """The newest event behind number ``after``, and the forms and lists whose people such events are about."""
    newest = connection.execute(select(func.max(table.c.id))).scalar() or 0
    query = select(table.c.origin_kind, table.c.source).distinct()
    query = query.where(table.c.id > after, table.c.source.is_not(None))
    return newest, {(kind, source) for kind, source in connection.execute(query)} if newest > after else set()


def people_of_lists(connection: Connection, list_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Of how many people of each list senders reported each kind of event."""
    wanted = sorted(map(str, set(list_ids)))
    found: dict[int, dict[str, int]] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(table.c.source, table.c.kind, func.count(distinct(table.c.match_key)))
            .where(table.c.source.in_(wanted[start : start + _CHUNK]), table.c.origin_kind == "list")
            .group_by(table.c.source, table.c.kind)
        )
        for source, kind, people in connection.execute(query):
            found.setdefault(int(source), {})[kind] = people
    return found
