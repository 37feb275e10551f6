"""What pages and commands ask of this room: how destinations stand, recalls and who has not answered them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from gateway.emission.pace import LATE_AFTER
from gateway.emission.tables import deliveries, destinations, recalls

STATES = {
    "pending": "waiting", "withheld": "withheld", "sent": "taken", "acknowledged": "taken", "dead": "dead",
    "stopped": "stopped", "by_hand": "by_hand",
}  # fmt: skip
FEW = 50_000
"""So many a page counts one by one: a hundredth of a second."""
UNANSWERED = ("pending", "sent", "by_hand")


@dataclass(frozen=True, slots=True)
class Answering:
    """How one destination answers revocations."""

    destination: str
    state: str
    issued: int
    acknowledged: int
    unsent: int
    by_hand: int
    oldest: datetime | None  # of those nobody acknowledged
    reminders: int
    is_late: bool

    @property
    def unanswered(self) -> int:
        """How many nobody acknowledged."""
        return self.issued - self.acknowledged


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall as it was asked for, and as far as it has come."""

    id: int
    cause: str
    about: str
    why: str
    asked_at: datetime
    asked_by: str
    state: str
    people: int
    messages: int
    acknowledged: int
    lists: list[int] | None

    @property
    def is_done(self) -> bool:
        """Whether everybody was told and has answered."""
        return self.state == "told" and self.acknowledged == self.messages


def counts_of(connection: Connection, number: int, most: int | None = None) -> dict[str, int]:
    """How many items of a destination wait, were taken, are dead; beyond ``most`` of each they are not counted."""
    d = deliveries.c
    found = dict.fromkeys(("waiting", "withheld", "taken", "dead", "stopped", "by_hand"), 0)
    for state, name in STATES.items():
        some = select(d.id).where(d.destination_id == number, d.state == state)
        some = some if most is None else some.limit(most + 1)
        found[name] += connection.execute(select(func.count()).select_from(some.subquery())).scalar_one()
    return found if most is None else {name: min(count, most + 1) for name, count in found.items()}


def page_items(connection: Connection, number: int, *, state: str, before: int | None, limit: int) -> list[Any]:
    """Items of a destination in a state, the newest first, behind item ``before``."""
    d = deliveries.c
    query = select(deliveries).where(d.destination_id == number, d.state == state).order_by(d.id.desc()).limit(limit)
    return list(connection.execute(query if before is None else query.where(d.id < before)))


def page_recalls(connection: Connection, *, limit: int, before: int | None = None) -> list[Recall]:
    """Recalls, the newest first."""
    query = select(recalls).order_by(recalls.c.id.desc()).limit(limit)
    rows = list(connection.execute(query if before is None else query.where(recalls.c.id < before)))
    return _recalls(connection, rows)


def find_recall(connection: Connection, number: int) -> Recall | None:
    """One recall; None if there is none."""
    return next(
        iter(_recalls(connection, connection.execute(select(recalls).where(recalls.c.id == number)).all())), None
    )


def answering(connection: Connection, at: datetime, recall: int | None = None) -> list[Answering]:
    """How each destination answers its revocations, those of one recall or all; who owes most answers first."""
    d, t = deliveries.c, destinations.c
    query = (
        select(d.destination_id, d.state, func.count().label("items"), func.min(d.made_at).label("oldest"),
               func.max(d.reminders).label("reminders"))
        .where(d.kind == "revoked").group_by(d.destination_id, d.state)
    )  # fmt: skip
    rows = connection.execute(query if recall is None else query.where(d.recall_id == recall)).all()
    names = {row.id: row for row in connection.execute(select(t.id, t.name, t.state))}
    found = []
    for number in {row.destination_id for row in rows}:
        mine = {row.state: row for row in rows if row.destination_id == number}
        open_ones = [mine[state] for state in UNANSWERED if state in mine]
        oldest = min((row.oldest for row in open_ones), default=None)
        found.append(Answering(
            names[number].name, names[number].state, sum(row.items for row in mine.values()),
            mine["acknowledged"].items if "acknowledged" in mine else 0,
            mine["pending"].items if "pending" in mine else 0, mine["by_hand"].items if "by_hand" in mine else 0,
            oldest, max(row.reminders for row in mine.values()), oldest is not None and oldest <= at - LATE_AFTER,
        ))  # fmt: skip
    return sorted(found, key=lambda one: (-one.unanswered, one.destination))


def _recalls(connection: Connection, rows: Sequence[Any]) -> list[Recall]:
    d = deliveries.c
    query = select(d.recall_id, func.count()).where(
        d.recall_id.in_([row.id for row in rows]), d.acknowledged_at.is_not(None)
    )
    heard = dict(tuple(row) for row in connection.execute(query.group_by(d.recall_id))) if rows else {}
    return [
        Recall(row.id, row.cause, row.about, row.why, row.asked_at, row.asked_by, row.state, row.people, row.messages,
               heard.get(row.id, 0), json.loads(row.lists))
        for row in rows
    ]  # fmt: skip
