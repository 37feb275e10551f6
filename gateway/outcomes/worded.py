"""Leads and the words they came under: what is kept of them with a batch, and who waits under which."""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, select

from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.outcome import Settled
from gateway.domain.screened import Screened
from gateway.outcomes.tables import batches, holds, leads
from gateway.wordings.book import UNREAD, User, find_standings, keep

_CHUNK = 500


def keep_wordings(work: UnitOfWork, batch: Batch, screened: Screened, settled: Settled) -> None:
    """Note how many leads of a fresh batch came under which words; of leads judged again only that there are these."""
    if not screened.wordings or (batch.lead_ids is not None and "hold" not in settled.outcomes):
        return
    counts = Counter(screened.worded)
    is_fresh = batch.lead_ids is None
    origin = batch.origin
    vendor = None if origin.statement.direct else origin.statement.vendor
    counted = [(one, counts[place] if is_fresh else 0) for place, one in enumerate(screened.wordings) if counts[place]]
    keep(work, User(origin.name, origin.kind, vendor), counted)


def place(screened: Screened, index: int) -> int:
    """Which of the batch's wordings a row came under; -1 for none."""
    return screened.worded[index] if screened.worded else -1


def digest(screened: Screened, index: int) -> str | None:
    """The digest of the words a row came under."""
    found = place(screened, index)
    return screened.wordings[found].digest if found >= 0 else None


def read_meanwhile(connection: Connection, screened: Screened) -> frozenset[int]:
    """The places of the wordings of which something else was said since the rows were judged.

    A list's rows may be judged seconds before they are written, and the answer looks for leads that wait by then.
    """
    asked = [one.digest for one, stood in zip(screened.wordings, screened.standings, strict=True) if stood != "ours"]
    now = find_standings(connection, asked) if asked else {}
    return frozenset(
        spot for spot, (one, stood) in enumerate(zip(screened.wordings, screened.standings, strict=True))
        if stood != "ours" and now.get(one.digest, UNREAD) != stood
    )  # fmt: skip


# --- who waits


def count_waiting(connection: Connection, digest: str) -> int:
    """How many leads wait that came under these words, whatever they wait for."""
    query = select(func.count()).select_from(holds).where(holds.c.state == "waiting", holds.c.wording == digest)
    return connection.execute(query).scalar_one()


def find_waiting(connection: Connection, digest: str, reached: int, limit: int, *, last: bool = False) -> list[int]:
    """The next leads that wait under these words behind number ``reached``; ``last``: the newest of them instead."""
    here = holds.c.lead_id > reached, holds.c.state == "waiting", holds.c.wording == digest
    order = holds.c.lead_id.desc() if last else holds.c.lead_id
    return sorted(connection.execute(select(holds.c.lead_id).where(*here).order_by(order).limit(limit)).scalars())


def waiting_by_wording(connection: Connection, digests: Collection[str] | None = None) -> list[tuple[str, int]]:
    """How many leads wait under each of the wordings, most first; of all wordings that anybody waits under if None."""
    query = (
        select(holds.c.wording, func.count())
        .where(holds.c.state == "waiting", holds.c.wording.is_not(None)).group_by(holds.c.wording)
    )  # fmt: skip
    if digests is not None:
        query = query.where(holds.c.wording.in_(sorted(digests)))
    found = [(row[0], row[1]) for row in connection.execute(query)]
    return sorted(found, key=lambda one: (-one[1], one[0]))


def sample_leads(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Of these leads the row's number and the source (a form's key, or list_7): nothing of the person."""
    found: dict[int, tuple[int, str]] = {}
    for start in range(0, len(ids), _CHUNK):
        query = (
            select(leads.c.id, leads.c.number, batches.c.origin_kind, batches.c.source)
            .join(batches, batches.c.id == leads.c.batch_id).where(leads.c.id.in_(ids[start : start + _CHUNK]))
        )  # fmt: skip
        for row in connection.execute(query):
            name = row.source if row.origin_kind == "form" else f"list_{row.source}"
            found[row.id] = (row.number, name)
    return found
