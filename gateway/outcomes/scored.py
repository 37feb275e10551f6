"""What vendors and forms are judged by: where their leads stand, when they came in, who had the person before."""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from gateway.db.base import instant_of
from gateway.domain.decision import Decision
from gateway.domain.lead import Statement
from gateway.domain.outcome import UNDONE
from gateway.outcomes.origins import FAR, NEAR, bridged, is_within, joined, ranges_of_list
from gateway.outcomes.remembered import statements_of
from gateway.outcomes.tables import batches, hours, leads, tallies

_CHUNK = 500


class Stand(NamedTuple):
    """How many leads of one source, settled together, stand on one decision."""

    settled_at: datetime
    decision_id: int
    outcome: str
    extra: str  # reason code of the last look, or empty
    leads: int


def stands_of_list(connection: Connection, list_id: int) -> list[Stand]:
    """Where all leads of a list stand, from its tallies."""
    key = (tallies.c.decision_id, tallies.c.outcome, tallies.c.extra)
    query = (
        select(batches.c.settled_at, *key, func.sum(tallies.c.leads))
        .join(tallies, tallies.c.batch_id == batches.c.id)
        .where(batches.c.origin_kind == "list", batches.c.source == str(list_id))
        .group_by(batches.c.settled_at, *key)
    )
    return [
        Stand(at, number, outcome, extra, int(count)) for at, number, outcome, extra, count in connection.execute(query)
    ]


def stands_of_form(connection: Connection, key: str) -> Iterator[Stand]:
    """Where all leads of a form stand, from its hours: the tallies have rows for every signup."""
    kept = (hours.c.hour, hours.c.decision_id, hours.c.outcome, hours.c.extra, hours.c.leads)
    for hour, number, outcome, extra, count in connection.execute(
        select(*kept).where(hours.c.origin_kind == "form", hours.c.source == key)
    ):
        yield Stand(instant_of(f"{hour}:00:00.000000Z"), number, outcome, extra, int(count))


def find_sources(connection: Connection) -> list[tuple[str, str]]:
    """Every form and list that anything came by: kind and name."""
    query = select(batches.c.source, batches.c.origin_kind).distinct()
    return sorted((kind, source) for source, kind in connection.execute(query))


class Stirred(NamedTuple):
    """A list that batches came by: when the first and the last of them were settled."""

    source: str
    first_at: datetime
    last_at: datetime


def find_stirred(connection: Connection, after: int) -> list[Stirred]:
    """Lists with a batch behind number ``after``."""
    query = (
        select(batches.c.source, func.min(batches.c.settled_at), func.max(batches.c.settled_at))
        .where(batches.c.id > after, batches.c.origin_kind == "list")
        .group_by(batches.c.source)
    )
    return [Stirred(*row) for row in connection.execute(query)]


def newest_batch(connection: Connection) -> int:
    """The highest number of a batch; 0 where there is none."""
    return connection.execute(select(func.max(batches.c.id))).scalar() or 0


def statement_of_source(connection: Connection, kind: str, source: str) -> Statement | None:
    """What a form or list said of its leads when the first of them came; None if none did."""
    query = select(func.min(batches.c.id)).where(batches.c.origin_kind == kind, batches.c.source == source)
    first = connection.execute(query).scalar()
    if first is None:
        return None
    number = connection.execute(select(batches.c.statement_id).where(batches.c.id == first)).scalar_one()
    return statements_of(connection, [number])[number]


PAID: Mapping[str | None, tuple[str, ...]] = {
    None: ("prospect", "hold", "rejection"), "waiting": ("prospect", "hold"), "taken": ("prospect",),
}  # fmt: skip
"""Of which leads a source's price is paid (``Statement.paid_for``); those of a run that was undone of none."""


def find_cost(connection: Connection, list_id: int) -> Counter[str]:
    """What a list cost by currency, as its leads stand now, in minor units: each at the price stated with it."""
    query = (
        select(batches.c.statement_id, tallies.c.outcome, func.sum(tallies.c.leads))
        .join(tallies, tallies.c.batch_id == batches.c.id)
        .where(batches.c.origin_kind == "list", batches.c.source == str(list_id), tallies.c.extra != UNDONE.reason)
        .group_by(batches.c.statement_id, tallies.c.outcome)
    )
    rows = connection.execute(query).all()
    said, cost = statements_of(connection, {row[0] for row in rows}), Counter[str]()
    for number, outcome, count in rows:
        one = said[number]
        if one.price_minor and one.currency and outcome in PAID[one.paid_for]:
            cost[one.currency] += one.price_minor * int(count)
    return cost


def find_firsts(connection: Connection, list_id: int) -> Counter[tuple[str, str]]:
    """By which form or list those of a list's people had come whom we had before; its own earlier rows among them."""
    found: Counter[tuple[str, str]] = Counter()
    for start, end in bridged(ranges_of_list(connection, list_id), FAR):
        found.update(_firsts_between(connection, list_id, start, end))
    return found


def _firsts_between(connection: Connection, list_id: int, start: int, end: int) -> Counter[tuple[str, str]]:
    earlier, own = leads.alias("earlier"), batches.alias("own")
    query = (
        select(batches.c.origin_kind, batches.c.source, func.count())
        .select_from(leads)
        .join(earlier, earlier.c.id == leads.c.duplicate_of)
        .join(batches, batches.c.id == earlier.c.batch_id)
        .join(own, own.c.id == leads.c.batch_id)
        .where(leads.c.id >= start, leads.c.id < end, leads.c.duplicate_of.is_not(None))
        .where(own.c.origin_kind == "list", own.c.source == str(list_id))
        .group_by(batches.c.origin_kind, batches.c.source)
    )
    return Counter({(kind, source): int(count) for kind, source, count in connection.execute(query)})


def came_in_at(connection: Connection, lead_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these leads was settled as it stands now."""
    found: dict[int, datetime] = {}
    wanted: Sequence[int] = sorted(set(lead_ids))
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(leads.c.id, batches.c.settled_at)
            .join(batches, batches.c.id == leads.c.decided_in)
            .where(leads.c.id.in_(wanted[start : start + _CHUNK]))
        )
        found.update(dict(map(tuple, connection.execute(query))))
    return found


def sources_of_leads(connection: Connection, lead_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """By which form or list each of these leads came: kind and name."""
    found: dict[int, tuple[str, str]] = {}
    wanted: Sequence[int] = sorted(set(lead_ids))
    for start in range(0, len(wanted), _CHUNK):
        query = (
            select(leads.c.id, batches.c.origin_kind, batches.c.source)
            .join(batches, batches.c.id == leads.c.batch_id)
            .where(leads.c.id.in_(wanted[start : start + _CHUNK]))
        )
        found.update({number: (kind, source) for number, kind, source in connection.execute(query)})
    return found


def stands_of_rows(
    connection: Connection, ranges: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int, bytes | None, Stand]]:
    """Every lead of these ranges in order: its number, its row, its match key and how it stands."""
    wanted = joined(ranges)
    for start, end in bridged(wanted, NEAR):
        query = (
            select(leads.c.id, leads.c.number, leads.c.match_key, leads.c.outcome, leads.c.decision_id, leads.c.extra,
                   batches.c.settled_at)
            .join(batches, batches.c.id == leads.c.decided_in)
            .where(leads.c.id >= start, leads.c.id < end).order_by(leads.c.id)
        )  # fmt: skip
        for lead, number, key, outcome, decision, extra, at in connection.execute(query):
            if is_within(wanted, lead):
                yield lead, number, None if key is None else bytes(key), Stand(at, decision, outcome, extra or "", 1)


def cells_of_rows(
    connection: Connection, ranges: Sequence[tuple[int, int]], only: Collection[int] | None = None
) -> Iterator[tuple[int, int, list[str]]]:
    """Every lead of these ranges, or only some of them: its number, its row and its cells as they arrived.

    Of an erased lead there are none.
    """
    wanted = joined(ranges)
    for start, end in bridged(wanted, NEAR):
        query = select(leads.c.id, leads.c.number, leads.c.as_arrived).where(leads.c.id >= start, leads.c.id < end)
        for lead, number, arrived in connection.execute(query.order_by(leads.c.id)):
            if (only is None or lead in only) and is_within(wanted, lead):
                kept = json.loads(arrived)
                yield lead, number, [str(cell) for cell in kept] if isinstance(kept, list) else []


def posted_of_rows(
    connection: Connection, ranges: Sequence[tuple[int, int]], only: Collection[int]
) -> Iterator[tuple[int, dict[str, str]]]:
    """What was posted with leads that came one by one: each's number and its fields, of an erased one none."""
    wanted = joined(ranges)
    for start, end in bridged(wanted, NEAR):
        query = select(leads.c.id, leads.c.as_arrived).where(leads.c.id >= start, leads.c.id < end)
        for lead, arrived in connection.execute(query.order_by(leads.c.id)):
            kept = json.loads(arrived) if lead in only and is_within(wanted, lead) else None
            posted = kept.get("posted") if isinstance(kept, dict) else None
            if isinstance(posted, dict):
                yield lead, {str(name): str(value) for name, value in posted.items()}


def reasons_of(stand: Stand, decision: Decision) -> tuple[str, ...]:
    """Why leads that were not accepted were not: the last look's word, else all findings as strict as the verdict."""
    if stand.extra:
        return (stand.extra,)
    return tuple(dict.fromkeys(one.reason for one in decision.refusals if one.verdict == decision.verdict))
