"""Looking into the ledger: a page of entries, newest first, and one entry with everything that is stored of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Select, func, select

from gateway.db.base import text_of
from gateway.db.plain import ask_one
from gateway.ledger.book import count_entries, data_of
from gateway.ledger.tables import about, entries

PAGE = 50
SEALS = ("batch.settled", "batch.released")


@dataclass(frozen=True)
class Entry:
    """One entry as it stands there."""

    seq: int
    at: datetime
    kind: str
    text: str  # the body, byte for byte
    leaf_hash: str
    subtree: str
    root: str
    signature: str

    @cached_property
    def body(self) -> dict[str, Any]:
        """What the text says; nothing where it was damaged."""
        try:
            said = json.loads(self.text)
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    @property
    def data(self) -> str:
        """What is hashed: the canonical JSON of the whole entry."""
        return data_of(self.seq, text_of(self.at), self.kind, self.text)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: all that all of this is true of."""

    kind: str | None = None
    words: Sequence[str] = ()  # of about: by:person_3, list:7
    since: datetime | None = None  # included
    until: datetime | None = None  # not included

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not (self.kind or self.words or self.since or self.until)


def find_entries(
    connection: Connection, wanted: Wanted, *, before: int | None = None, limit: int = PAGE
) -> list[Entry]:
    """The newest entries that are wanted, behind number ``before``."""
    query = select(entries).order_by(entries.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(entries.c.seq < before)
    if wanted.kind:
        query = query.where(entries.c.kind == wanted.kind)
    for word in wanted.words:
        one = about.alias()
        query = query.join(one, (one.c.seq == entries.c.seq) & (one.c.word == word))
    found = _within(connection, query, wanted)
    return [] if found is None else [_entry(row) for row in connection.execute(found)]


def _within(connection: Connection, query: Select[Any], wanted: Wanted) -> Select[Any] | None:
    """The days as numbers of entries: the rest then goes by number alone."""
    last = count_entries(connection)
    for instant, is_first in ((wanted.since, True), (wanted.until, False)):
        if instant is None:
            continue
        edge = _first_at(connection, text_of(instant), last)
        if edge > last and is_first:
            return None
        if edge <= last:
            query = query.where(entries.c.seq >= edge if is_first else entries.c.seq < edge)
    return query


def _first_at(connection: Connection, instant: str, last: int) -> int:
    """The first entry of an instant or later; one behind the ``last`` where there is none.

    Entries are written in the order of time and numbered without gaps, so that no index of instants is needed, which
    every signup would write to.
    """
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        at = ask_one(connection, f"SELECT at FROM {entries.name} WHERE seq = ?", (middle,))  # noqa: S608 - our own name
        if isinstance(at, str) and at < instant:  # what was damaged is no text
            low = middle + 1
        else:
            high = middle
    return low


def find_entry(connection: Connection, seq: int) -> Entry | None:
    """One entry; None if there is none of this number."""
    row = connection.execute(select(entries).where(entries.c.seq == seq)).one_or_none()
    return None if row is None else _entry(row)


def find_seal(connection: Connection, batch: int, settled_at: datetime) -> Entry | None:
    """The entry that sealed a batch, which was written at the instant that the batch was settled at."""
    last, just_after = count_entries(connection), settled_at + timedelta(microseconds=1)
    low, high = (_first_at(connection, text_of(at), last) for at in (settled_at, just_after))
    query = select(entries).where(entries.c.at == settled_at, entries.c.kind.in_(SEALS)).order_by(entries.c.seq)
    # Where the clock was put back meanwhile it is not there: then the whole ledger is looked through.
    for where in ((entries.c.seq >= low, entries.c.seq < high), ()):
        found = (_entry(row) for row in connection.execute(query.where(*where)))
        seal = next((one for one in found if one.body.get("batch") == batch), None)
        if seal is not None:
            return seal
    return None


def find_kinds(connection: Connection) -> list[str]:
    """Every kind of entry there is, found by steps along the index: the ledger is not read through."""
    found: list[str] = []
    while True:
        query = select(func.min(entries.c.kind))
        nearest = connection.execute(query.where(entries.c.kind > found[-1]) if found else query).scalar()
        if nearest is None:
            return found
        found.append(nearest)


def find_actors(connection: Connection) -> list[str]:
    """Everybody who did something, as the ledger names them, found by steps along the index."""
    found: list[str] = []
    last = "by:"
    while True:
        query = select(func.min(about.c.word)).where(about.c.word > last, about.c.word < "by;")  # ; follows : in ASCII
        nearest = connection.execute(query).scalar()
        if nearest is None:
            return found
        found.append(nearest.removeprefix("by:"))
        last = nearest


def _entry(row: Any) -> Entry:
    return Entry(row.seq, row.at, row.kind, row.body, row.leaf_hash, row.subtree, row.root, row.signature)
