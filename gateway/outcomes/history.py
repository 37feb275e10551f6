"""What was decided, as replays read it: distinct cases and how many leads stand on each. Read, never changed."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, String, func, select, type_coerce

from gateway.db.base import instant_of
from gateway.domain.decision import Decision
from gateway.domain.outcome import FATE
from gateway.outcomes.cases import from_row
from gateway.outcomes.tables import batches, decisions, holds, leads, tallies

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
    name: str
    digest: str
    as_of: datetime | None  # when it was first made; None for those made before that was kept
    decision: Decision | None  # None: what stands there cannot be read as one any more


def find_recorded(connection: Connection, numbers: Sequence[int] | None = None) -> Iterator[Recorded]:
    """Decisions by number; all of them without numbers. One that was damaged is yielded as such."""
    as_kept = type_coerce(decisions.c.as_of, String).label("as_of")
    columns = [column for column in decisions.c if column.name != "as_of"]
    query = select(*columns, as_kept).order_by(decisions.c.id)
    if numbers is None:
        yield from map(_recorded, connection.execute(query))
        return
    for start in range(0, len(numbers), _CHUNK):
        yield from map(_recorded, connection.execute(query.where(decisions.c.id.in_(numbers[start : start + _CHUNK]))))


def _recorded(row: Any) -> Recorded:
    try:
        as_of = None if row.as_of is None else instant_of(row.as_of)
        return Recorded(row.id, row.name, row.policy_digest, as_of, from_row(row))
    except (AttributeError, KeyError, TypeError, ValueError):
        return Recorded(row.id, row.name, row.policy_digest, None, None)


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


def find_samples(connection: Connection, stand: Stand, count: int) -> list[int]:
    """Some of the leads that stand so, the first first."""
    batch = connection.execute(select(batches).where(batches.c.id == stand.batch)).one()
    same = (
        leads.c.decided_in == stand.batch, leads.c.decision_id == stand.decision,
        leads.c.outcome == stand.outcome, func.coalesce(leads.c.extra, "") == stand.extra,
    )  # fmt: skip
    if batch.first_lead is not None:
        query = select(leads.c.id).where(leads.c.id >= batch.first_lead, leads.c.id < batch.first_lead + batch.leads)
    else:  # they waited before
        query = select(leads.c.id).join(holds, holds.c.lead_id == leads.c.id)
    return list(connection.execute(query.where(*same).order_by(leads.c.id).limit(count)).scalars())


def count_leads(connection: Connection, decision: int) -> int:
    """How many leads stand on a decision now."""
    query = select(func.coalesce(func.sum(tallies.c.leads), 0)).where(tallies.c.decision_id == decision)
    return int(connection.execute(query).scalar_one())


def find_mismatches(connection: Connection) -> Iterator[tuple[int, str, int]]:
    """Decisions whose leads do not stand as it says: number, what is wrong, leads.

    Counts every lead: what a lead ended as must be what its decision says, where no last look changed it, and the
    tallies that replays count by must be what the leads say.
    """
    verdicts = {row.id: row.verdict for row in connection.execute(select(decisions.c.id, decisions.c.verdict))}
    stand = (leads.c.decided_in, leads.c.decision_id, leads.c.outcome, func.coalesce(leads.c.extra, ""))
    counted = {tuple(row[:4]): int(row[4]) for row in connection.execute(select(*stand, func.count()).group_by(*stand))}
    kept = {tuple(row[:4]): int(row[4]) for row in connection.execute(select(tallies))}
    for key, n in sorted(counted.items()):
        _, number, outcome, extra = key
        if number not in verdicts:
            yield number, "leads stand on it, and it is not there", n
        elif not extra and FATE.get(verdicts[number]) != outcome:
            yield number, f"leads stand as {outcome} on it", n
    for key in sorted(counted.keys() | kept.keys()):
        if counted.get(key, 0) != kept.get(key, 0):
            yield (
                key[1],
                f"{counted.get(key, 0):,} leads stand on it where {kept.get(key, 0):,} were counted",
                counted.get(key, 0),
            )
