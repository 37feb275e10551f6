"""Leads and their decisions as they are shown: read, never changed."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, and_, func, or_, select, text

from gateway.db.base import text_of
from gateway.db.work import reading
from gateway.domain.decision import Finding
from gateway.domain.outcome import GATE_FINDINGS
from gateway.lifecycle.store import known
from gateway.outcomes.origins import is_within, joined
from gateway.outcomes.tables import FOUND_BY_KEY, batches, decisions, holds, leads, tallies

PAGE = 2000  # rows in memory while a list is downloaded
_GATE = {finding.reason: finding for finding in GATE_FINDINGS}


def view_lead(connection: Connection, number: int) -> dict[str, Any] | None:
    """One lead with its outcome, reasons, hold and prospect; None if there is no such lead."""
    found = _views(connection, leads.c.id == number)
    return found[0] if found else None


def find_leads(connection: Connection, match_key: bytes) -> list[dict[str, Any]]:
    """Every lead of one mailbox, in the order they came."""
    made = [one.lead_id for one in known(connection, [match_key]).values()]
    others = and_(leads.c.match_key == match_key, text(f"({FOUND_BY_KEY})"))
    return _views(connection, or_(leads.c.id.in_(made), others))


def _views(connection: Connection, condition: Any) -> list[dict[str, Any]]:
    query = (
        select(
            leads, batches.c.origin_kind, batches.c.source, batches.c.run_id, batches.c.arrived_at,
            decisions.c.name.label("decision"), decisions.c.body, holds.c.question, holds.c.state.label("hold_state"),
            holds.c.deadline_at, holds.c.recheck_at, holds.c.tries, holds.c.answered_by, holds.c.settled_at,
        )
        .join(batches, batches.c.id == leads.c.batch_id)
        .join(decisions, decisions.c.id == leads.c.decision_id)
        .outerjoin(holds, holds.c.lead_id == leads.c.id)
        .where(condition).order_by(leads.c.id)
    )  # fmt: skip
    return [_view(connection, row) for row in connection.execute(query)]


def _view(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    import json

    findings = json.loads(row.body)["findings"]
    reasons = [f["reason"] for f in findings if f["verdict"] != "accept" and f.get("use", "lead") == "lead"]
    if row.extra:
        reasons.insert(0, row.extra)
    prospect = known(connection, [row.match_key]).get(row.match_key) if row.match_key else None
    return {
        "lead": f"lead_{row.id}",
        "address": row.address,
        "outcome": row.outcome,
        "source": row.source if row.origin_kind == "form" else f"list_{row.source}",
        "run": None if row.run_id is None else f"run_{row.run_id}",
        "row": row.number,
        "arrived_at": text_of(row.arrived_at),
        "decision": row.decision,
        "reasons": list(dict.fromkeys(reasons)) if row.outcome != "prospect" else [],
        "duplicate_of": None if row.duplicate_of is None else f"lead_{row.duplicate_of}",
        "hold": None if row.question is None else {
            "question": row.question,
            "state": row.hold_state,
            "deadline_at": text_of(row.deadline_at),
            "recheck_at": text_of(row.recheck_at) if row.recheck_at else None,
            "tries": row.tries,
            "answered_by": row.answered_by,
            "settled_at": text_of(row.settled_at) if row.settled_at else None,
        },
        "prospect": None if prospect is None or prospect.lead_id != row.id else {
            "state": prospect.state, "withdrawn": prospect.withdrawn,
        },
        "as_arrived": json.loads(row.as_arrived),
    }  # fmt: skip


def rows_of_leads(
    engine: Engine, ranges: Sequence[tuple[int, int]], outcomes: Collection[str] = (), *, asked_in: int | None = None
) -> Iterator[tuple[Any, int | None]]:
    """Leads of these ranges in order, all or only those of these outcomes, with number, outcome, extra, cells.

    Beside each the number of the row among them that it repeats: that which was taken, or else, where it is not taken
    itself, the first of its mailbox. A page at a time, no connection held between: whoever downloads may be slow.
    """
    ranges = joined(ranges)
    firsts = leads.alias("firsts")
    for start, end in ranges:
        after = start - 1
        while True:
            query = (
                select(
                    leads.c.number, leads.c.outcome, leads.c.id, leads.c.duplicate_of, leads.c.extra,
                    leads.c.decision_id, leads.c.as_arrived, leads.c.match_key, firsts.c.number.label("first_number"),
                )
                .outerjoin_from(leads, firsts, firsts.c.id == leads.c.duplicate_of)
                .where(leads.c.id > after, leads.c.id < end).order_by(leads.c.id).limit(PAGE)
            )  # fmt: skip
            if outcomes:
                query = query.where(leads.c.outcome.in_(outcomes))
            if asked_in is not None:  # of which the vendor was asked by an officer's answer
                query = query.join(holds, holds.c.lead_id == leads.c.id).where(holds.c.asked_in == asked_in)
            with reading(engine) as connection:
                page = connection.execute(query).all()
                earlier = _earlier(connection, ranges, page)
            for row in page:
                taken = row.duplicate_of is not None and is_within(ranges, row.duplicate_of)
                yield row, row.first_number if taken else earlier.get(row.id)
            if len(page) < PAGE:
                break
            after = page[-1].id


def _earlier(connection: Connection, ranges: Sequence[tuple[int, int]], page: Sequence[Any]) -> dict[int, int]:
    """Of the leads of a page that nobody took and that repeat no prospect: the number of an earlier row's mailbox."""
    asked = {row.id: row.match_key for row in page if row.outcome != "prospect" and row.duplicate_of is None}
    keys = {key for key in asked.values() if key is not None}
    if not keys:
        return {}
    query = (
        select(leads.c.match_key, leads.c.id, leads.c.number)
        .where(leads.c.match_key.in_(keys), text(f"({FOUND_BY_KEY})"))
        .where(leads.c.id >= ranges[0][0], leads.c.id < page[-1].id).order_by(leads.c.id)
    )  # fmt: skip
    first: dict[bytes, Any] = {}
    for row in connection.execute(query):
        if row.match_key not in first and is_within(ranges, row.id):
            first[row.match_key] = row
    return {lead: first[key].number for lead, key in asked.items() if key in first and first[key].id < lead}


class First(NamedTuple):
    """The lead that was there before a duplicate."""

    lead: int
    arrived_at: datetime


def find_first(connection: Connection, number: int) -> First | None:
    """The lead that a lead repeats; None if it repeats none."""
    firsts = leads.alias("firsts")
    query = (
        select(firsts.c.id, batches.c.arrived_at)
        .join_from(leads, firsts, firsts.c.id == leads.c.duplicate_of)
        .join(batches, batches.c.id == firsts.c.batch_id).where(leads.c.id == number)
    )  # fmt: skip
    row = connection.execute(query).one_or_none()
    return None if row is None else First(row.id, row.arrived_at)


def outcomes_of(connection: Connection, numbers: Sequence[int]) -> dict[int, str]:
    """How some leads stand now."""
    query = select(leads.c.id, leads.c.outcome).where(leads.c.id.in_(numbers))
    return {row.id: row.outcome for row in connection.execute(query)}


def find_decided(connection: Connection, number: int) -> Row[Any] | None:
    """A lead with the instant it was judged at and the instant that was written."""
    query = (
        select(leads, batches.c.as_of, batches.c.settled_at)
        .join(batches, batches.c.id == leads.c.decided_in).where(leads.c.id == number)
    )  # fmt: skip
    return connection.execute(query).one_or_none()


def count_outcomes(connection: Connection, run: int) -> dict[str, int]:
    """How many leads of a run stand where at this moment, by the tallies, not by the leads one by one."""
    query = (
        select(tallies.c.outcome, func.sum(tallies.c.leads)).join(batches, batches.c.id == tallies.c.batch_id)
        .where(batches.c.run_id == run).group_by(tallies.c.outcome)
    )  # fmt: skip
    counts = Counter({row[0]: int(row[1]) for row in connection.execute(query)})
    return {"prospects": counts["prospect"], "holds": counts["hold"], "rejections": counts["rejection"]}


def gate_findings(code: str | None) -> tuple[Finding, ...]:
    """What the last look found, by its reason code."""
    return (_GATE[code],) if code else ()
