"""The queue of waiting holds as it is asked for: counted by case, leads by the page, leads to be answered. Only reads.

A case is what leads have in common that wait for the same answer: question, decision, source. There are few of them,
however many leads wait; what they mean is worked out from them (gateway.answering.groups).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select, text

from gateway.domain.decision import Question
from gateway.outcomes.tables import FOUND_BY_KEY, batches, holds, leads

_CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the waiting leads are meant; what is not given is no matter."""

    list_id: int | None = None
    form: str | None = None
    domain: str | None = None  # empty: of no domain
    wording: str | None = None  # its digest; empty: of none that is known
    due_before: datetime | None = None
    key: bytes | None = None  # match key
    decisions: Collection[int] | None = None
    statements: Collection[int] | None = None
    question: Question | None = None
    is_asked: bool | None = None  # whether the vendor was asked
    only: Collection[int] | None = None  # these leads
    until: int | None = None  # no lead behind this number

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL over holds and batches."""
        found = [holds.c.state == "waiting", holds.c.answer_id.is_(None)]
        for kind, source in (("list", self.list_id), ("form", self.form)):
            if source is not None:
                found += [batches.c.origin_kind == kind, batches.c.source == str(source)]
        if self.key is not None:
            theirs = select(leads.c.id).where(leads.c.match_key == self.key, text(f"({FOUND_BY_KEY})"))
            found.append(holds.c.lead_id.in_(theirs))
        if self.is_asked is not None:
            found.append(holds.c.asked_in.is_not(None) if self.is_asked else holds.c.asked_in.is_(None))
        if self.domain is not None:
            found.append(holds.c.domain == self.domain if self.domain else holds.c.domain.is_(None))
        if self.wording is not None:
            found.append(holds.c.wording == self.wording if self.wording else holds.c.wording.is_(None))
        if self.due_before is not None:
            found.append(holds.c.deadline_at < self.due_before)
        if self.until is not None:
            found.append(holds.c.lead_id <= self.until)
        return found + self._one_of()

    def _one_of(self) -> list[ColumnElement[bool]]:
        found = [] if self.question is None else [holds.c.question == self.question]
        for column, some in (
            (holds.c.decision_id, self.decisions), (batches.c.statement_id, self.statements),
            (holds.c.lead_id, self.only),
        ):  # fmt: skip
            if some is not None:
                found.append(column.in_(some))
        return found


class Case(NamedTuple):
    """Leads that wait alike."""

    question: Question
    is_asked: bool
    decision: int
    kind: str  # form, list
    source: str  # the form's key or the list's number
    statement: int
    domain: str | None  # where the question is about domains
    wording: str | None  # that they came under: its digest
    leads: int
    asked_at: datetime  # the earliest
    deadline_at: datetime  # the earliest
    first: int  # lead
    last: int  # lead


class Stand(NamedTuple):
    """How one lead waits."""

    lead: int
    decision: int
    question: Question
    is_asked: bool
    statement: int
    domain: str | None
    wording: str | None


class Waiter(NamedTuple):
    """One lead that waits."""

    lead: int
    address: str | None
    question: Question
    kind: str
    source: str
    row: int
    domain: str | None
    asked_at: datetime
    deadline_at: datetime
    decision: int


_OF_BATCHES = holds.join(batches, batches.c.id == holds.c.batch_id)
_OF_LEADS = _OF_BATCHES.join(leads, leads.c.id == holds.c.lead_id)


def count_cases(connection: Connection, wanted: Wanted, *, by_domain: bool = False) -> list[Case]:
    """How many wait how, by the words they came under; ``by_domain``: by their domains as well."""
    domain = holds.c.domain if by_domain else literal(None)
    asked = case((holds.c.asked_in.is_(None), 0), else_=1)
    kinds = (holds.c.question, asked, holds.c.decision_id, batches.c.origin_kind, batches.c.source,
             batches.c.statement_id, domain.label("domain"), holds.c.wording)  # fmt: skip
    names = [column.label(f"k{place}") for place, column in enumerate(kinds)]
    inner = select(*names, holds.c.asked_at, holds.c.deadline_at, holds.c.lead_id)
    inner = inner.select_from(_OF_BATCHES)
    waiting = inner.where(*wanted.conditions()).subquery()
    keys = [waiting.c[f"k{place}"] for place in range(len(kinds))]
    query = select(
        *keys, func.count(), func.min(waiting.c.asked_at), func.min(waiting.c.deadline_at), func.min(waiting.c.lead_id),
        func.max(waiting.c.lead_id),
    ).group_by(*keys)  # fmt: skip
    return [Case(row[0], bool(row[1]), *tuple(row)[2:]) for row in connection.execute(query)]


def find_waiters(connection: Connection, some: Sequence[Wanted], *, after: int = 0, limit: int = 50) -> list[Waiter]:
    """The next leads of any of these, by number behind ``after``."""
    ids = (  # found first, then looked up: of ten thousand that wait, the page's alone
        select(holds.c.lead_id).select_from(_OF_BATCHES).where(_any(some), holds.c.lead_id > after)
        .order_by(holds.c.lead_id).limit(limit).subquery()
    )  # fmt: skip
    query = (
        select(
            leads.c.id, leads.c.address, holds.c.question, batches.c.origin_kind, batches.c.source, leads.c.number,
            holds.c.domain, holds.c.asked_at, holds.c.deadline_at, holds.c.decision_id,
        )
        .select_from(_OF_LEADS.join(ids, ids.c.lead_id == holds.c.lead_id)).order_by(holds.c.lead_id)
    )  # fmt: skip
    return [Waiter(*tuple(row)) for row in connection.execute(query)]


def find_stands(connection: Connection, wanted: Wanted) -> list[Stand]:
    """How each of these waits, by number."""
    query = (
        select(holds.c.lead_id, holds.c.decision_id, holds.c.question, holds.c.asked_in, batches.c.statement_id,
               holds.c.domain, holds.c.wording)
        .select_from(_OF_BATCHES).where(*wanted.conditions()).order_by(holds.c.lead_id)
    )  # fmt: skip
    rows = connection.execute(query)
    return [Stand(row[0], row[1], row[2], row[3] is not None, row[4], row[5], row[6]) for row in rows]


class Common(NamedTuple):
    """What most leads of a question have in common, each with how many: the most first."""

    domains: list[tuple[str, int]]
    wordings: list[tuple[str, int]]  # by their digests (gateway.wordings)


def count_common(connection: Connection, some: Sequence[Wanted], *, domains: int, wordings: int) -> Common:
    """The domains most of these are at, and the wordings most of these came under: both in one look at them."""
    key = (holds.c.domain, holds.c.wording)
    query = select(*key, func.count()).select_from(_OF_BATCHES).where(_any(some)).group_by(*key)
    at: Counter[str] = Counter()
    under: Counter[str] = Counter()
    for domain, wording, count in connection.execute(query):
        at.update({domain: count} if domain is not None else {})
        under.update({wording: count} if wording is not None else {})
    return Common(_most(at, domains), _most(under, wordings))


def _most(counts: Counter[str], limit: int) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:limit]


def _any(some: Sequence[Wanted]) -> Any:
    """Leads that are meant by any of these; by none if there are none."""
    return or_(*(and_(*one.conditions()) for one in some)) if some else literal(value=False)


def find_waiting_signups_after(connection: Connection, lead_ids: Sequence[int], at: datetime) -> set[int]:
    """Those of these leads that came by a form later than ``at`` and wait."""
    found: set[int] = set()
    for start in range(0, len(lead_ids), _CHUNK):
        query = (
            select(leads.c.id).join(batches, batches.c.id == leads.c.batch_id)
            .join(holds, holds.c.lead_id == leads.c.id)
            .where(leads.c.id.in_(lead_ids[start : start + _CHUNK]), batches.c.origin_kind == "form",
                   batches.c.arrived_at > at, holds.c.state == "waiting")
        )  # fmt: skip
        found.update(connection.execute(query).scalars())
    return found
