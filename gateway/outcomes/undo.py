"""A run is taken back: its prospects go, its holds are closed, its leads are rejections. Opt-outs stay.

A prospect whom nothing has happened to since is removed, and the person is as unknown as before the run. One with a
history (an event, a duty done by somebody, a sender's report) may have been written to, so it is withdrawn instead.
One who left stays withdrawn for that cause, and no suppression is touched. Who was a prospect before the run is none of
its undoing's business: a list changes nothing in them, but that they leave.
"""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from hashlib import sha256

from sqlalchemy import Connection, between, or_, select

from gateway.clocks import book as clocks
from gateway.db.work import UnitOfWork
from gateway.domain.outcome import UNDONE
from gateway.ledger.book import Ledger
from gateway.lifecycle.store import take_back
from gateway.outcomes.origins import is_within, joined
from gateway.outcomes.refusing import refuse
from gateway.outcomes.tables import leads
from gateway.outcomes.view import count_outcomes

_RANGES = 300  # asked for in one question; SQLite takes no thousand
BY = "undo"  # who closes the holds and the clocks
_CHUNK = 5000
Ranges = Sequence[tuple[int, int]]
"""Lead numbers, half open."""
Reported = Callable[[Connection, Iterable[bytes]], AbstractSet[bytes]]
"""Those of some match keys of whom a sender reported something."""


@dataclass(slots=True)
class Undoable:
    """What undoing a run would take back."""

    prospects: int = 0
    holds: int = 0


@dataclass(slots=True)
class Undone:
    """What was taken back."""

    removed: int = 0  # prospects who are unknown again
    withdrawn: int = 0  # prospects with a history
    had_left: int = 0  # prospects who left since; they stay withdrawn
    holds: int = 0


def count_undoable(connection: Connection, run: int) -> Undoable:
    """What undoing a run would take back."""
    stand = count_outcomes(connection, run)
    return Undoable(prospects=stand["prospects"], holds=stand["holds"])


def count_lost(connection: Connection, ranges: Ranges) -> int:
    """How many leads from elsewhere were refused as duplicates of these: they do not come back by themselves."""
    theirs = joined(ranges)
    lost = 0
    for start in range(0, len(theirs), _RANGES):
        some = theirs[start : start + _RANGES]
        first = or_(*(between(leads.c.duplicate_of, begin, end - 1) for begin, end in some))
        query = select(leads.c.id).where(leads.c.outcome == "rejection", first)
        lost += sum(not is_within(theirs, lead) for lead in connection.execute(query).scalars())
    return lost


def find_undoable(connection: Connection, ranges: Ranges, reached: int, limit: int) -> list[int]:
    """The next prospects and holds of these leads, behind number ``reached``."""
    found: list[int] = []
    for start, end in sorted(ranges):
        if end <= reached + 1 or len(found) >= limit:
            continue
        query = (
            select(leads.c.id)
            .where(leads.c.id > max(reached, start - 1), leads.c.id < end, leads.c.outcome != "rejection")
            .order_by(leads.c.id).limit(limit - len(found))
        )  # fmt: skip
        found.extend(connection.execute(query).scalars())
    return found


def undo_leads(
    work: UnitOfWork, ledger: Ledger, run_id: int, ids: Sequence[int], find_reported: Reported | None = None
) -> Undone:
    """Take these leads back, with one ledger entry. Taken back already, they are left as they are."""
    rows = [
        row
        for start in range(0, len(ids), _CHUNK)
        for row in work.connection.execute(
            select(leads.c.id, leads.c.outcome, leads.c.match_key)
            .where(leads.c.id.in_(ids[start : start + _CHUNK]), leads.c.outcome != "rejection").order_by(leads.c.id)
        )
    ]  # fmt: skip
    if not rows:
        return Undone()
    mine = [row.id for row in rows]
    won = {bytes(row.match_key): row.id for row in rows if row.outcome == "prospect" and row.match_key}
    used = set(clocks.find_done(work.connection, list(won.values())))
    if find_reported is not None:
        used.update(won[key] for key in find_reported(work.connection, won))
    clocks.close(work, mine, by=BY)
    back = take_back(work, won, used, UNDONE.reason)
    holds = sum(row.outcome == "hold" for row in rows)
    refuse(work, mine, UNDONE.reason, by=BY)
    undone = Undone(back.removed, back.withdrawn, back.had_left, holds)
    ledger.append(
        work, "leads.undone",
        {"run": run_id, "leads": [mine[0], mine[-1]], "rows": len(mine), **asdict(undone),
         "leads_sha256": sha256("\n".join(map(str, mine)).encode()).hexdigest()},
    )  # fmt: skip
    return undone
