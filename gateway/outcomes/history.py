"""What was decided, as replays read it: distinct cases and how many leads stand on each. Read, never changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, String, func, select, type_coerce

from gateway.db.base import instant_of
from gateway.domain.decision import Decision
from gateway.domain.lead import Statement
from gateway.domain.wire import statement_from_json
from gateway.outcomes.cases import from_row
from gateway.outcomes.fates import FATE
from gateway.outcomes.tables import batches, decisions, holds, leads, statements, tallies

_CHUNK = 500


class Stand(NamedTuple):
    """Leads that stand alike: the same decision on the same day, from the same source, with the same outcome."""

    decision: int  # its number
    outcome: str
    extra: str  # reason of the last look, or empty
    batch: int  # one of theirs
    as_of: datetime  # the first of theirs on that day
    statement: int
    source: str  # form:demo, list:3
    month: str  # 2026-11, in which they arrived
    leads: int


class Recorded(NamedTuple):
    """A decision as it stands in the database."""

    number: int
    as_of: datetime | None  # when it was first made; None for those made before that was kept
    decision: Decision


def find_recorded(connection: Connection, numbers: Sequence[int] | None = None) -> Iterator[Recorded]:
    """Decisions by number; all of them without numbers."""
    if numbers is None:
        for row in connection.execute(select(decisions).order_by(decisions.c.id)):
            yield Recorded(row.id, row.as_of, from_row(row))
        return
    for start in range(0, len(numbers), _CHUNK):
        query = select(decisions).where(decisions.c.id.in_(numbers[start : start + _CHUNK]))
        for row in connection.execute(query):
            yield Recorded(row.id, row.as_of, from_row(row))


def find_stands(connection: Connection, since: date | None, until: date | None) -> list[Stand]:
    """How many leads stand on what, judged on these days (both included, UTC)."""
    judged, arrived = (type_coerce(column, String) for column in (batches.c.as_of, batches.c.arrived_at))
    day, month = func.substr(judged, 1, 10), func.substr(arrived, 1, 7)
    kinds = (tallies.c.decision_id, tallies.c.outcome, tallies.c.extra, day, batches.c.statement_id,
             batches.c.origin_kind, batches.c.source, month)  # fmt: skip
    query = (
        select(*kinds, func.min(batches.c.id), func.min(judged), func.sum(tallies.c.leads))
        .join(batches, batches.c.id == tallies.c.batch_id).group_by(*kinds)
    )  # fmt: skip
    if since is not None:
        query = query.where(judged >= since.isoformat())
    if until is not None:
        query = query.where(judged < (until + timedelta(days=1)).isoformat())
    return [
        Stand(decision, outcome, extra, batch, instant_of(as_of), statement, f"{kind}:{source}", arrived_in, int(count))
        for decision, outcome, extra, _, statement, kind, source, arrived_in, batch, as_of, count in
        connection.execute(query)
    ]  # fmt: skip


def find_statements(connection: Connection, numbers: set[int]) -> dict[int, Statement]:
    """What the sources of these leads state."""
    query = select(statements.c.id, statements.c.body)
    return {row.id: statement_from_json(row.body) for row in connection.execute(query) if row.id in numbers}


def find_samples(connection: Connection, stand: Stand, count: int) -> list[int]:
    """Some of the leads that stand so, the first first."""
    batch = connection.execute(select(batches).where(batches.c.id == stand.batch)).one()
    same = (leads.c.decided_in == stand.batch, leads.c.decision_id == stand.decision)
    if batch.first_lead is not None:
        query = select(leads.c.id).where(leads.c.id >= batch.first_lead, leads.c.id < batch.first_lead + batch.leads)
    else:  # they waited before
        query = select(leads.c.id).join(holds, holds.c.lead_id == leads.c.id)
    return list(connection.execute(query.where(*same).order_by(leads.c.id).limit(count)).scalars())


def count_leads(connection: Connection, decision: int) -> int:
    """How many leads stand on a decision now."""
    query = select(func.coalesce(func.sum(tallies.c.leads), 0)).where(tallies.c.decision_id == decision)
    return int(connection.execute(query).scalar_one())


def find_mismatches(connection: Connection) -> list[tuple[int, str, int]]:
    """Decisions whose leads ended otherwise than it says, though no last look changed them: number, outcome, leads."""
    query = (
        select(tallies.c.decision_id, tallies.c.outcome, decisions.c.verdict, func.sum(tallies.c.leads))
        .join(decisions, decisions.c.id == tallies.c.decision_id).where(tallies.c.extra == "")
        .group_by(tallies.c.decision_id, tallies.c.outcome, decisions.c.verdict)
    )  # fmt: skip
    return [(number, outcome, int(n)) for number, outcome, verdict, n in connection.execute(query)
            if FATE.get(verdict) != outcome]  # fmt: skip
