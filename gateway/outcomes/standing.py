"""Where the leads of lists stand at this moment, from the tallies: no lead is counted for it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select

from gateway.lifecycle.gone import find_gone
from gateway.outcomes.origins import joined
from gateway.outcomes.tables import batches, leads, tallies

_CHUNK = 300
_NAMES = {"prospect": "prospects", "hold": "holds", "rejection": "rejections"}


def stands_of_lists(connection: Connection, list_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Prospects, holds and rejections of each list as they stand now; a list without leads is left out."""
    wanted = sorted(set(list_ids))
    found: dict[int, Counter[str]] = {}
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(batches.c.source, tallies.c.outcome, func.sum(tallies.c.leads).label("leads"))
            .join(tallies, tallies.c.batch_id == batches.c.id)
            .where(batches.c.origin_kind == "list", batches.c.source.in_(map(str, wanted[start : start + _CHUNK])))
            .group_by(batches.c.source, tallies.c.outcome)
        )
        for source, outcome, count in connection.execute(query):
            found.setdefault(int(source), Counter())[outcome] += int(count)
    return {number: {_NAMES[one]: counts[one] for one in _NAMES} for number, counts in found.items()}


def find_left(connection: Connection, ranges: Sequence[tuple[int, int]]) -> set[int]:
    """Leads of these ranges that are prospects still and whose person was withdrawn since: nobody may write to them."""
    gone = [one.lead_id for start, end in joined(ranges) for one in find_gone(connection, start, end)]
    found: set[int] = set()
    for start in range(0, len(gone), _CHUNK):
        some = leads.c.id.in_(gone[start : start + _CHUNK])
        found.update(connection.execute(select(leads.c.id).where(some, leads.c.outcome == "prospect")).scalars())
    return found
