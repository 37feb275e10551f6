"""Rejections that are judged again under an override: which there are, and the one way by which they wait once more.

Whatever was refused keeps its row as it arrived, word for word, and no fields; these are read from it again as intake
read them (gateway.intake.rebuilding). In the transaction that settles it again a rejection waits for a moment, so that
it goes through the same door as every lead that waits; what it stood as before stays sealed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, or_, select, update

from gateway.db.base import Instant, text_of
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.outcome import DISOWNED, UNDONE
from gateway.outcomes.holds import DEADLINES, fields_to_json
from gateway.outcomes.tables import batches, holds, leads, override_leads, overrides, statements

_CHUNK = 5000
AT_IT = timedelta(minutes=2)
"""So long whoever put an override in force may take to judge its rejections."""
FINAL = {
    UNDONE.reason: "the run that brought it was undone",
    DISOWNED.reason: "its person said that the signup was not theirs",
}
"""Reasons of the last look after which nothing is judged again, whoever asks."""


class Closed(NamedTuple):
    """A rejection with whatever its fields could be read from."""

    lead: int
    number: int
    as_arrived: str
    extra: str | None
    decision_id: int
    kind: str  # form, list
    source: str
    run: int | None
    arrived_at: datetime
    statement: str  # JSON of domain.lead.Statement


@dataclass(slots=True)
class Rebuilt:
    """Rejections as batches again, and of the others why they cannot be."""

    batches: list[Batch] = field(default_factory=list)
    lost: dict[int, str] = field(default_factory=dict)  # lead -> why, in a few words


Rebuild = Callable[[Connection, Sequence[int]], Rebuilt]
"""Reads the fields of rejections again. Leads that are no rejections are in neither part."""


def find_closed(connection: Connection, ids: Sequence[int]) -> list[Closed]:
    """Those of these leads that are rejections, in order."""
    found = []
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(
                leads.c.id, leads.c.number, leads.c.as_arrived, leads.c.extra, leads.c.decision_id,
                batches.c.origin_kind, batches.c.source, batches.c.run_id, batches.c.arrived_at, statements.c.body,
            )
            .join(batches, batches.c.id == leads.c.batch_id)
            .join(statements, statements.c.id == batches.c.statement_id)
            .where(leads.c.id.in_(ids[start : start + _CHUNK]), leads.c.outcome == "rejection").order_by(leads.c.id)
        )  # fmt: skip
        found += [Closed(*tuple(row)) for row in connection.execute(query)]
    return found


def to_reopen(connection: Connection, override: int) -> list[int]:
    """Leads of an override that were rejections when it was asked for, and have not been judged again since."""
    query = (
        select(leads.c.id)
        .join(override_leads, override_leads.c.lead_id == leads.c.id)
        .join(overrides, overrides.c.id == override_leads.c.override_id)
        .outerjoin(holds, holds.c.lead_id == leads.c.id)
        .where(
            overrides.c.id == override, leads.c.outcome == "rejection",
            or_(holds.c.lead_id.is_(None), holds.c.settled_at <= overrides.c.asked_at),
        )
        .order_by(leads.c.id)
    )  # fmt: skip
    return list(connection.execute(query).scalars())


def find_unopened(connection: Connection, at: datetime, limit: int) -> list[tuple[int, str]]:
    """Overrides in force whose rejections were not judged again, by whoever put them in force, each with who asked."""
    begun = func.coalesce(overrides.c.seconded_at, overrides.c.asked_at, type_=Instant())
    owed = (overrides.c.state == "in_force", overrides.c.reopens > 0, overrides.c.expires_at > at, begun < at - AT_IT)
    query = select(overrides.c.id, overrides.c.asked_by).where(*owed).order_by(overrides.c.id).limit(limit)
    return [(row[0], row[1]) for row in connection.execute(query)]


def opened(work: UnitOfWork, override: int) -> None:
    """All rejections of an override have been judged again."""
    work.connection.execute(update(overrides).where(overrides.c.id == override).values(reopens=0))


def reopen(work: UnitOfWork, batch: Batch, rebuild: Rebuild) -> None:
    """Let rejections wait from now on, those that still can be judged again. For the transaction that settles them."""
    ids = batch.lead_ids or []
    lost = rebuild(work.connection, ids).lost  # once more: a run may be undone, a person erased since they were read
    open_again = {one.lead for one in find_closed(work.connection, ids)} - lost.keys()
    known: set[int] = set()
    stood: dict[int, tuple[int, int]] = {}  # batch and decision, as the hold keeps them
    for start in range(0, len(ids), _CHUNK):
        rows = select(leads.c.id, leads.c.batch_id, leads.c.decision_id).where(
            leads.c.id.in_(ids[start : start + _CHUNK])
        )
        stood |= {row.id: (row.batch_id, row.decision_id) for row in work.connection.execute(rows)}
        query = select(holds.c.lead_id).where(holds.c.lead_id.in_(ids[start : start + _CHUNK]))
        known.update(work.connection.execute(query).scalars())
    now, deadline = text_of(work.at), text_of(work.at + DEADLINES["review"])
    fresh = []
    for row, lead in enumerate(ids):
        if lead not in open_again:
            continue
        cells = {name: column[row] for name, column in batch.columns.items() if column[row] is not None}
        told = fields_to_json(cells)
        if lead not in known:
            fresh.append((lead, *stood[lead], "review", "waiting", now, deadline, None, 0, None, told, None))
            continue
        work.connection.execute(
            update(holds).where(holds.c.lead_id == lead).values(
                question="review", state="waiting", asked_at=work.at, deadline_at=work.at + DEADLINES["review"],
                recheck_at=None, tries=0, domain=None, fields=told, settled_at=None, answered_by=None, answer_id=None,
                asked_in=None, decision_id=stood[lead][1],
            )
        )  # fmt: skip
    names = (
        "lead_id", "batch_id", "decision_id", "question", "state", "asked_at", "deadline_at", "recheck_at", "tries",
        "domain", "fields", "wording",
    )  # fmt: skip
    work.insert_many(holds, names, fresh)
