"""How many leads of a batch stand on which decision with which outcome: what replays count instead of leads.

Kept in step with the leads by whoever writes them, inside the same transaction.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import bindparam, delete, func, select, update

from gateway.db.work import UnitOfWork
from gateway.domain.outcome import Settled
from gateway.outcomes import hourly
from gateway.outcomes.fates import Fates
from gateway.outcomes.sealed import keep_sealed
from gateway.outcomes.tables import leads, tallies

_CHUNK = 5000
_NAMES = ("batch_id", "decision_id", "outcome", "extra", "leads")
_Stand = tuple[int, int, str, str]
"""Batch in which it was decided, decision, outcome, reason of the last look."""


def count(work: UnitOfWork, fates: Fates, settled: Settled) -> None:
    """The tallies of a fresh batch."""
    counted: Counter[tuple[str, str]] = Counter()
    for (fate, place), n in settled.counted.items():
        counted[fates.distinct[place].id, fate] += n
    refused: Counter[tuple[str, str, str]] = Counter(
        (fates.decisions[row].id, fates.outcomes[row], finding.reason) for row, finding in fates.extra.items()
    )
    for (name, outcome, _), n in refused.items():
        counted[name, outcome] -= n
    rows = [(name, outcome, "", n) for (name, outcome), n in counted.items() if n]
    rows += [(*stand, n) for stand, n in refused.items()]
    made = [(fates.batch_id, fates.numbers[name], outcome, extra, n) for name, outcome, extra, n in sorted(rows)]
    work.insert_many(tallies, _NAMES, made)
    origin = fates.batch.origin
    hour = hourly.hour_of(work.at)
    hourly.add(work, [(hour, origin.kind, origin.source, *row[1:]) for row in made])


@contextmanager
def moving(work: UnitOfWork, ids: Sequence[int]) -> Iterator[None]:
    """Leads that stand elsewhere afterwards: counted before and after, and the tallies moved by the difference.

    What each stood as is kept, for the batch that was sealed with it (sealed.py).
    """
    keep_sealed(work, ids)
    before = _stands(work, ids)
    yield
    moved = _stands(work, ids)
    moved.subtract(before)
    changes = {stand: by for stand, by in moved.items() if by}
    if not changes:
        return
    fresh = []
    for (batch, decision, outcome, extra), by in sorted(changes.items()):
        here = (
            (tallies.c.batch_id == batch) & (tallies.c.decision_id == decision)
            & (tallies.c.outcome == outcome) & (tallies.c.extra == extra)
        )  # fmt: skip
        changed = work.connection.execute(
            update(tallies).where(here).values(leads=tallies.c.leads + bindparam("by")).returning(tallies.c.leads),
            {"by": by},
        ).one_or_none()
        if changed is None:
            fresh.append((batch, decision, outcome, extra, by))
        elif changed.leads == 0:
            work.connection.execute(delete(tallies).where(here))
    work.insert_many(tallies, _NAMES, fresh)
    places = hourly.places_of(work.connection, {stand[0] for stand in changes})
    hourly.add(work, [(*places[batch], *stand, by) for (batch, *stand), by in sorted(changes.items())])


def _stands(work: UnitOfWork, ids: Sequence[int]) -> Counter[_Stand]:
    found: Counter[_Stand] = Counter()
    extra = func.coalesce(leads.c.extra, "")
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(leads.c.decided_in, leads.c.decision_id, leads.c.outcome, extra, func.count())
            .where(leads.c.id.in_(ids[start : start + _CHUNK]))
            .group_by(leads.c.decided_in, leads.c.decision_id, leads.c.outcome, extra)
        )  # fmt: skip
        for batch, decision, outcome, code, n in work.connection.execute(query):
            found[batch, decision, outcome, code] += n
    return found
