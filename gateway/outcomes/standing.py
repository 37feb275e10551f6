"""Where the leads of lists stand at this moment, from the tallies: no lead is counted for it."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from gateway.outcomes.tables import batches, tallies

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
