"""Batches as they are written down: where they came from, under which statement, judged when."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from math import inf

from sqlalchemy import Connection, func, insert, select

from gateway.db.base import text_of
from gateway.db.lasting import lasting
from gateway.db.plain import ask, ask_one
from gateway.db.work import UnitOfWork
from gateway.domain.lead import Batch
from gateway.domain.wire import statement_from_json, statement_to_json
from gateway.outcomes.remembered import statements_of
from gateway.outcomes.tables import batches, leads, statements

_CHUNK = 5000


_NEWEST = f"SELECT (SELECT max(id) FROM {batches.name}), (SELECT max(id) FROM {leads.name})"  # noqa: S608 - our own names


def _next_numbers(connection: Connection) -> tuple[int, int]:
    """The next free numbers of a batch and of a lead; safe because there is one writer at a time."""
    batch, lead = ask(connection, _NEWEST)[0]
    return (batch or 0) + 1, (lead or 0) + 1


def open_batch(work: UnitOfWork, batch: Batch, as_of: datetime, policy_digest: str) -> tuple[int, int]:
    """Write the batch down; its number and the number of its first lead."""
    connection = work.connection
    number, first = _next_numbers(connection)
    is_fresh = batch.lead_ids is None
    row = {
        "id": number,
        "kind": "arrival" if is_fresh else "release",
        "origin_kind": batch.origin.kind,
        "source": batch.origin.source,
        "run_id": None if batch.origin.run is None else int(batch.origin.run),
        "statement_id": _statement_id(work, statement_to_json(batch.origin.statement)),
        "arrived_at": text_of(batch.arrived_at),
        "as_of": text_of(as_of),
        "settled_at": text_of(work.at),
        "policy_digest": policy_digest,
        "first_lead": first if is_fresh else None,
        "leads": len(batch),
    }
    work.insert_many(batches, tuple(row), [tuple(row.values())])
    return number, first


def ranges_of_run(connection: Connection, run: str | None) -> list[tuple[int, int]]:
    """The lead numbers of a run so far, as half-open ranges."""
    if run is None:
        return []
    query = select(batches.c.first_lead, batches.c.leads).where(
        batches.c.run_id == int(run), batches.c.first_lead.is_not(None)
    )
    return [(row.first_lead, row.first_lead + row.leads) for row in connection.execute(query)]


def of_run(connection: Connection, run: str, numbers: Iterable[int]) -> list[int]:
    """Those of a few leads that came with a run, in order."""
    query = (
        f"SELECT 1 FROM {leads.name} JOIN {batches.name} ON {batches.name}.id = {leads.name}.batch_id "  # noqa: S608 - our own names
        f"WHERE {leads.name}.id = ? AND run_id = ?"
    )
    return [one for one in sorted(set(numbers)) if ask_one(connection, query, (one, int(run)))]


def ranges_of_list(connection: Connection, list_id: int) -> list[tuple[int, int]]:
    """The lead numbers of a list, of whichever run, as half-open ranges."""
    query = select(batches.c.first_lead, batches.c.leads).where(
        batches.c.origin_kind == "list", batches.c.source == str(list_id), batches.c.first_lead.is_not(None)
    )
    return [(row.first_lead, row.first_lead + row.leads) for row in connection.execute(query)]


def keys_of_prospects(
    connection: Connection, ranges: Iterable[tuple[int, int]], reached: int, limit: int
) -> dict[int, bytes]:
    """The next leads of these ranges, behind number ``reached``, that became prospects, each with its match key."""
    wanted, found = joined(ranges), dict[int, bytes]()
    for start, end in bridged(wanted, NEAR):
        after = max(reached, start - 1)
        while after + 1 < end and len(found) < limit:
            query = (
                select(leads.c.id, leads.c.match_key)
                .where(leads.c.id > after, leads.c.id < end, leads.c.outcome == "prospect",
                       leads.c.match_key.is_not(None))
                .order_by(leads.c.id).limit(limit)
            )  # fmt: skip
            rows = connection.execute(query).all()
            mine = [(row.id, bytes(row.match_key)) for row in rows if is_within(wanted, row.id)]
            found.update(mine[: limit - len(found)])
            after = rows[-1].id if len(rows) == limit else end
    return found


def joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Half-open ranges in order, those that touch made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


NEAR, FAR = 50, 1_000
"""So many leads may lie between ranges that are asked as one: where each is read; where an index passes over them."""


def bridged(ranges: Iterable[tuple[int, int]], apart: int) -> list[tuple[int, int]]:
    """Half-open ranges in order that hold these, those not far from each other made one: few, to be asked one by one.

    Leads that come one by one come among others', so that each is a range by itself. What lies between must be left
    out of the answer (``is_within``).
    """
    found: list[tuple[int, int]] = []
    for start, end in joined(ranges):
        if found and start - found[-1][1] <= apart:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def is_within(ranges: Sequence[tuple[int, int]], number: int) -> bool:
    """Whether a number lies in one of the ranges, which are in order."""
    place = bisect_right(ranges, (number, inf)) - 1
    return place >= 0 and number < ranges[place][1]


def batches_of_list(connection: Connection, list_id: int) -> list[int]:
    """Every batch that came of a list, those of leads judged again among them."""
    query = select(batches.c.id).where(batches.c.origin_kind == "list", batches.c.source == str(list_id))
    return list(connection.execute(query.order_by(batches.c.id)).scalars())


def prospects_of_batches(connection: Connection, batch_ids: Sequence[int]) -> dict[int, int]:
    """The leads that became prospects in these batches, each with its batch."""
    found: dict[int, int] = {}
    for start in range(0, len(batch_ids), _CHUNK):
        query = select(leads.c.id, leads.c.decided_in).where(
            leads.c.outcome == "prospect", leads.c.decided_in.in_(batch_ids[start : start + _CHUNK])
        )
        found.update({row.id: row.decided_in for row in connection.execute(query.order_by(leads.c.id))})
    return found


def sources_of_batches(connection: Connection, batch_ids: Iterable[int]) -> dict[int, str]:
    """From which list (``list_3``) or form each batch is."""
    wanted, found = sorted(set(batch_ids)), {}
    for start in range(0, len(wanted), _CHUNK):
        query = select(batches.c.id, batches.c.origin_kind, batches.c.source)
        for row in connection.execute(query.where(batches.c.id.in_(wanted[start : start + _CHUNK]))):
            found[row.id] = row.source if row.origin_kind == "form" else f"list_{row.source}"
    return found


def batches_of_leads(connection: Connection, lead_ids: Sequence[int]) -> dict[int, int]:
    """The batch in which each lead's present outcome was settled."""
    found: dict[int, int] = {}
    for start in range(0, len(lead_ids), _CHUNK):
        query = select(leads.c.id, leads.c.decided_in).where(leads.c.id.in_(lead_ids[start : start + _CHUNK]))
        found.update({row.id: row.decided_in for row in connection.execute(query)})
    return found


def origins_of_leads(connection: Connection, lead_ids: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    """Of each lead the name of its source (a form's key, or list_7) and the brand that its source states."""
    found: dict[int, tuple[str, str | None]] = {}
    brands: dict[str, str | None] = {}  # few sources have many leads
    for start in range(0, len(lead_ids), _CHUNK):
        query = (
            select(leads.c.id, batches.c.origin_kind, batches.c.source, statements.c.body)
            .join(batches, batches.c.id == leads.c.batch_id)
            .join(statements, statements.c.id == batches.c.statement_id)
            .where(leads.c.id.in_(lead_ids[start : start + _CHUNK]))
        )  # fmt: skip
        for row in connection.execute(query):
            if row.body not in brands:
                brands[row.body] = statement_from_json(row.body).brand
            name = row.source if row.origin_kind == "form" else f"list_{row.source}"
            found[row.id] = (name, brands[row.body])
    return found


def find_seller(connection: Connection, lead_id: int) -> str | None:
    """The vendor that a lead's list names; None of a form's, and of one of our own."""
    query = (
        select(batches.c.statement_id).join(leads, leads.c.batch_id == batches.c.id).where(leads.c.id == lead_id)
    )  # fmt: skip
    number = connection.execute(query).scalar()
    return None if number is None else statements_of(connection, [number])[number].vendor


def vendors_of_lists(connection: Connection, sources: Sequence[str]) -> dict[str, str]:
    """Who sold these lists, by the list's number as batches have it; lists of our own are left out."""
    first: dict[str, int] = {}
    for start in range(0, len(sources), _CHUNK):
        query = select(batches.c.source, func.min(batches.c.statement_id)).where(
            batches.c.origin_kind == "list", batches.c.source.in_(sources[start : start + _CHUNK])
        )
        first.update({row[0]: row[1] for row in connection.execute(query.group_by(batches.c.source))})
    stated = statements_of(connection, first.values())
    return {source: vendor for source, number in first.items() if (vendor := stated[number].vendor)}


def _statement_id(work: UnitOfWork, body: str) -> int:
    digest = sha256(body.encode()).hexdigest()

    def keep() -> int:
        found = ask_one(work.connection, f"SELECT id FROM {statements.name} WHERE digest = ?", (digest,))  # noqa: S608 - our own name
        if found is not None:
            return int(found)
        added = insert(statements).values(digest=digest, body=body).returning(statements.c.id)
        return int(work.connection.execute(added).scalar_one())

    return lasting(work, statements.name, digest, keep)
