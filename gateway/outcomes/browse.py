"""Leads as one leafs through them: the newest first, a page at a time, by what became of them and where they came from.

There is no index for it, because every index of leads is paid for by each row of each list. Leads are numbered as they
come, and an arrival's without gaps: so a day, a source or a vendor is a few ranges of numbers, and what is left is read
from the newest backwards, never more than ``MOST`` of them for one page. Where that was not enough to fill it, the page
says how far it has looked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select, text, type_coerce
from sqlalchemy.types import String

from gateway.db.base import text_of
from gateway.domain.lead import Statement
from gateway.lifecycle.store import known
from gateway.outcomes.origins import joined
from gateway.outcomes.remembered import statements_of
from gateway.outcomes.tables import FOUND_BY_KEY, batches, decisions, holds, leads

MOST = 40_000
"""Leads that are read for one page, where what is asked for is rare: a tenth of a second of SQLite's."""
_PIECE = 10_000
_BATCHES = 1_000
_BATCH_COSTS = 10  # leads' worth of time: each signup is a batch of its own
_TINY = 32  # a range of so few is read with others of its kind

Range = tuple[int, int]
"""Lead numbers, half open."""


class Wanted(NamedTuple):
    """Which leads; everything empty: all."""

    outcome: str = ""
    reason: str = ""
    sources: tuple[tuple[str, str], ...] | None = None  # kind and source of their batches; None: whatever
    since: datetime | None = None  # taken in at this instant or later,
    until: datetime | None = None  # and before this one


@dataclass(slots=True)
class Line:
    """One lead as a list shows it."""

    id: int
    number: int
    address: str | None
    match_key: bytes | None
    outcome: str
    reasons: list[str]
    origin_kind: str
    source: str
    run: int | None
    arrived_at: datetime
    vendor: str | None
    question: str | None
    hold_state: str | None
    deadline_at: datetime | None
    withdrawn: bool = False

    @property
    def name(self) -> str:
        """Of its source: a form's key, or list_7."""
        return self.source if self.origin_kind == "form" else f"list_{self.source}"


@dataclass(slots=True)
class Page:
    """Some leads, and from where the next ones are read; None: there are no more."""

    lines: list[Line] = field(default_factory=list)
    before: int | None = None
    looked: int = 0  # leads that were read for it
    is_cut: bool = False  # it was not filled, and there may be more


def find_page(connection: Connection, wanted: Wanted, before: int | None, size: int) -> Page:
    """The newest leads with numbers below ``before`` that are wanted."""
    page = Page()
    low, top = _bounds(connection, wanted, before)
    condition = _condition(connection, wanted)
    found: list[int] = []
    spent = 0
    for read, piece in _pieces(_ranges(connection, wanted, low, top)):
        start, width = piece[-1][0], sum(end - begin for begin, end in piece)
        numbers: ColumnElement[bool] = and_(leads.c.id >= start, leads.c.id < piece[0][1])
        if len(piece) > 1:
            numbers = leads.c.id.in_([number for begin, end in piece for number in range(begin, end)])
        query = select(leads.c.id).where(numbers, *condition).order_by(leads.c.id.desc()).limit(size + 1 - len(found))
        found += connection.execute(query).scalars()
        page.looked += width
        spent += width + _BATCH_COSTS * read
        if len(found) > size:
            page.before = found[size - 1]
            break
        if spent >= MOST:
            page.before, page.is_cut = start, True
            break
    page.lines = find_lines(connection, found[:size])
    return page


def find_page_of_person(connection: Connection, key: bytes, before: int | None, size: int) -> Page:
    """The newest leads of one mailbox with numbers below ``before``."""
    made = {one.lead_id for one in known(connection, [key]).values()}
    query = select(leads.c.id).where(leads.c.match_key == key, text(f"({FOUND_BY_KEY})"))
    if before is not None:
        query, made = query.where(leads.c.id < before), {lead for lead in made if lead < before}
    others = connection.execute(query.order_by(leads.c.id.desc()).limit(size + 1)).scalars()
    found = sorted(made.union(others), reverse=True)
    return Page(find_lines(connection, found[:size]), found[size - 1] if len(found) > size else None)


def find_row(connection: Connection, list_id: int, number: int) -> list[int]:
    """The leads that came of one row of a list, one for each run that took it."""
    query = (
        select(batches.c.id, batches.c.run_id, batches.c.first_lead, batches.c.leads, leads.c.number)
        .join(leads, leads.c.id == batches.c.first_lead)
        .where(batches.c.source == str(list_id), batches.c.origin_kind == "list", batches.c.first_lead.is_not(None))
        .where(leads.c.number <= number).order_by(leads.c.number)
    )  # fmt: skip
    nearest = {row.run_id: row for row in connection.execute(query)}  # of each run the last batch that begins before it
    found: list[int] = []
    for row in nearest.values():
        here = select(leads.c.id).where(leads.c.id >= row.first_lead, leads.c.id < row.first_lead + row.leads)
        found += connection.execute(here.where(leads.c.number == number)).scalars()
    return sorted(found, reverse=True)


def find_lines(connection: Connection, ids: Sequence[int]) -> list[Line]:
    """These leads as lists show them, the newest first."""
    query = (
        select(
            leads.c.id, leads.c.number, leads.c.address, leads.c.match_key, leads.c.outcome, leads.c.extra,
            leads.c.decision_id, batches.c.origin_kind, batches.c.source, batches.c.run_id, batches.c.arrived_at,
            batches.c.statement_id, holds.c.question, holds.c.state, holds.c.deadline_at,
        )
        .join(batches, batches.c.id == leads.c.batch_id).outerjoin(holds, holds.c.lead_id == leads.c.id)
        .where(leads.c.id.in_(ids)).order_by(leads.c.id.desc())
    )  # fmt: skip
    rows = connection.execute(query).all() if ids else []
    refusals = _refusals(connection, {row.decision_id for row in rows})
    said = statements_of(connection, {row.statement_id for row in rows})
    people = known(connection, {row.match_key for row in rows if row.match_key is not None})
    return [_line(row, refusals, said, people) for row in rows]


def _line(row: Any, refusals: dict[int, list[str]], said: dict[int, Statement], people: dict[bytes, Any]) -> Line:
    reasons = [row.extra] if row.extra else []
    if row.outcome != "prospect":
        reasons += [code for code in refusals.get(row.decision_id, ()) if code not in reasons]
    person = None if row.match_key is None else people.get(bytes(row.match_key))
    return Line(
        row.id, row.number, row.address, None if row.match_key is None else bytes(row.match_key), row.outcome,
        reasons, row.origin_kind, row.source, row.run_id, row.arrived_at, said[row.statement_id].vendor, row.question,
        row.state, row.deadline_at, withdrawn=person is not None and person.lead_id == row.id and person.withdrawn,
    )  # fmt: skip


def _refusals(connection: Connection, numbers: set[int]) -> dict[int, list[str]]:
    import json

    query = select(decisions.c.id, decisions.c.body).where(decisions.c.id.in_(numbers))
    return {row.id: _refusing(json.loads(row.body)) for row in connection.execute(query)} if numbers else {}


def _refusing(body: dict[str, Any]) -> list[str]:
    """The reasons that kept leads of a decision from being accepted."""
    found = [f["reason"] for f in body["findings"] if f["verdict"] != "accept" and f.get("use", "lead") == "lead"]
    return list(dict.fromkeys(found))


def _condition(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    """What the leads themselves must say."""
    condition: list[ColumnElement[bool]] = []
    if wanted.outcome:
        condition.append(leads.c.outcome == wanted.outcome)
    if wanted.reason:
        import json

        likely = select(decisions.c.id, decisions.c.body).where(
            decisions.c.body.contains(json.dumps(wanted.reason), autoescape=True), decisions.c.verdict != "accept"
        )
        rows = connection.execute(likely)
        deciding = [row.id for row in rows if wanted.reason in _refusing(json.loads(row.body))]
        condition.append(
            or_(leads.c.extra == wanted.reason, and_(leads.c.outcome != "prospect", leads.c.decision_id.in_(deciding)))
        )
    return condition


def _bounds(connection: Connection, wanted: Wanted, before: int | None) -> Range:
    """Between which numbers the leads of the days lie: batches are written in the order of time."""
    newest = connection.execute(select(leads.c.id).order_by(leads.c.id.desc()).limit(1)).scalar() or 0
    low = 1 if wanted.since is None else _first_lead_since(connection, wanted.since, newest + 1)
    top = newest + 1 if wanted.until is None else _first_lead_since(connection, wanted.until, newest + 1)
    return low, min(top, before) if before is not None else top


def _first_lead_since(connection: Connection, at: datetime, none: int) -> int:
    """The first lead that was taken in at an instant or later; ``none`` if none was."""
    newest = connection.execute(select(batches.c.id).order_by(batches.c.id.desc()).limit(1)).scalar() or 0
    low, high, wanted = 1, newest + 1, text_of(at)
    settled = select(type_coerce(batches.c.settled_at, String)).order_by(batches.c.id).limit(1)
    while low < high:  # batches have no gaps to speak of; the next one stands for one that is not there
        middle = (low + high) // 2
        found = connection.execute(settled.where(batches.c.id >= middle)).scalar()
        if found is not None and found < wanted:
            low = middle + 1
        else:
            high = middle
    query = select(batches.c.first_lead).where(batches.c.id >= low, batches.c.first_lead.is_not(None))
    first = connection.execute(query.order_by(batches.c.id).limit(1)).scalar()
    return none if first is None else int(first)


def _ranges(connection: Connection, wanted: Wanted, low: int, top: int) -> Iterator[tuple[int, list[Range]]]:
    """The numbers in which wanted leads may lie, the newest first, as ranges in falling order.

    Beside them how many batches were read to know them.
    """
    if top <= low:
        return
    if wanted.sources is None:
        yield 0, [(low, top)]
        return
    if not wanted.sources:
        return
    last = connection.execute(select(leads.c.batch_id).where(leads.c.id < top).order_by(leads.c.id.desc()).limit(1))
    below = (last.scalar() or 0) + 1
    theirs = or_(*(and_(batches.c.origin_kind == kind, batches.c.source == name) for kind, name in wanted.sources))
    names = sorted({name for _, name in wanted.sources})
    query = select(batches.c.id, batches.c.first_lead, batches.c.leads).where(
        batches.c.source.in_(names), theirs, batches.c.first_lead.is_not(None)
    )
    while True:
        page = connection.execute(query.where(batches.c.id < below).order_by(batches.c.id.desc()).limit(_BATCHES)).all()
        spans = [(max(row.first_lead, low), min(row.first_lead + row.leads, top)) for row in page]
        yield len(page), [span for span in reversed(joined(spans)) if span[0] < span[1]]
        if len(page) < _BATCHES or page[-1].first_lead <= low:
            return
        below = page[-1].id


def _pieces(found: Iterator[tuple[int, list[Range]]]) -> Iterator[tuple[int, list[Range]]]:
    """The ranges in pieces that one question reads: parts of long ones, many short ones at once."""
    for batches_read, spans in found:
        read, short = batches_read, list[Range]()
        for start, end in spans:
            if end - start <= _TINY:
                short.append((start, end))
                continue
            if short:
                yield read, short
                read, short = 0, []
            for top in range(end, start, -_PIECE):
                yield read, [(max(start, top - _PIECE), top)]
                read = 0
        if short:
            yield read, short
