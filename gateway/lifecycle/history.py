"""What we held to be true of people's phases, and when: changes are appended, and none is ever rewritten.

A row says from which instant (``at``) somebody stands where, and since when we know it (``known_at``). One that we
learnt later takes the place of all we had said of that instant and after. So two questions have answers: what was true
on a day (the rows of now), and what we believed on a day (those that we knew by then).
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.lifecycle.tables import events

CONSENTED = "consented again"
DO_NOT_CONTACT = "do_not_contact"
_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Change:
    """A row of the history."""

    at: datetime
    phase: str
    kind: str | None
    cause: str
    rule: str | None = None  # none: withdrawn, or come back
    causes: tuple[int, ...] = ()
    known_at: datetime | None = None
    is_withdrawal: bool = False
    is_return: bool = False
    is_phase: bool = True  # else something about the person changed that is no phase

    @property
    def known(self) -> datetime:
        """When we learnt it."""
        return self.known_at or self.at


def changes_of(connection: Connection, prospect_ids: Iterable[int]) -> dict[int, list[Change]]:
    """All rows of these prospects, in the order they were written."""
    wanted, found = sorted(set(prospect_ids)), dict[int, list[Change]]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(events).where(events.c.prospect_id.in_(wanted[start : start + _CHUNK])).order_by(events.c.id)
        for row in connection.execute(query):
            found.setdefault(row.prospect_id, []).append(_read(row))
    return found


def _read(row: Any) -> Change:
    is_ours = row.rule is not None
    left = not is_ours and row.to_state == "lapsed" and (row.kind == DO_NOT_CONTACT or row.from_state != "lapsed")
    back = not is_ours and row.cause == CONSENTED
    return Change(
        row.at, row.to_state, DO_NOT_CONTACT if left else row.kind, row.cause, row.rule,
        tuple(json.loads(row.causes)) if row.causes else (), row.known_at, left, back, is_ours or left or back,
    )  # fmt: skip


def newest(connection: Connection) -> int:
    """The number of the last row."""
    return connection.execute(select(func.max(events.c.id))).scalar() or 0


def changed_since(connection: Connection, number: int) -> set[int]:
    """The prospects of whom a row was written behind this number."""
    return set(connection.execute(select(events.c.prospect_id).where(events.c.id > number).distinct()).scalars())


def timeline(changes: Sequence[Change], known_by: datetime | None = None) -> list[Change]:
    """What we hold to be true of a person from the first change to the last, as of what was known by an instant."""
    held: list[Change] = []
    for one in changes:
        if not one.is_phase or (known_by is not None and one.known > known_by):
            continue
        while held and held[-1].at >= one.at:
            held.pop()
        if not held or (held[-1].phase, held[-1].kind) != (one.phase, one.kind):
            held.append(one)
    return held


def stood_on(changes: Sequence[Change], at: datetime, known_by: datetime | None = None) -> Change | None:
    """Where somebody stood at an instant; None: a prospect to whom nothing had happened."""
    before = [one for one in timeline(changes, known_by) if one.at <= at]
    return before[-1] if before else None


def append(work: UnitOfWork, rows: Sequence[tuple[int, str, Change]]) -> None:
    """Write what we learnt: prospect, the phase before, the change; in the order of each prospect's time."""
    now = text_of(work.at)
    work.insert_many(
        events, ("prospect_id", "at", "from_state", "to_state", "cause", "kind", "rule", "causes"),
        [
            (number, text_of(one.at), before, one.phase, one.cause, one.kind, one.rule, json.dumps(one.causes))
            for number, before, one in rows
        ],
        same={"known_at": now},
    )  # fmt: skip
