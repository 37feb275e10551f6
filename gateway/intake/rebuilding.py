"""The fields of rejections, read again from their rows as they arrived: the form's own, or by the list's kept mapping.

What cannot be read again says why: nothing is guessed. What the source stated of its leads is kept with their batch, so
it is as it was then.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from gateway.confirmation.person import of_lead
from gateway.domain.lead import Batch, Cell, Origin
from gateway.domain.problem import CallerError
from gateway.domain.wire import statement_from_json
from gateway.intake.columns import to_batch as read_row
from gateway.intake.forms import Source, find_source
from gateway.intake.http import checked
from gateway.intake.inspection import Inspection
from gateway.intake.notices import find_notice
from gateway.intake.schemas import Signup
from gateway.intake.signups import Evidence
from gateway.intake.signups import to_batch as read_signup
from gateway.intake.tables import lists, runs
from gateway.outcomes.cases import load_decision
from gateway.outcomes.reopening import FINAL, Closed, Rebuilt, find_closed

ERASED = "nothing is kept of it: its person was erased, or a rule forbids to keep anything"
UNREADABLE = "its row could never be read"
UNMAPPED = "how its list was read is not kept"
PLATFORM = "it came by %s, whose messages are kept without what is needed to read them again"
ODD = "what its form sent is not kept in a shape that can be read again"
_BACK = frozenset({"undoing", "undone"})


class LostError(Exception):
    """Why a lead's fields cannot be read again."""


def rebuild(connection: Connection, ids: Sequence[int]) -> Rebuilt:
    """Those of these leads that are rejections as batches of their origins again, and why others cannot be."""
    found = Rebuilt()
    memo = _Memo(connection)
    groups: dict[tuple[str, ...], list[tuple[Closed, dict[str, Cell]]]] = {}
    for one in find_closed(connection, ids):
        try:
            fields = _fields(memo, one)
        except LostError as error:
            found.lost[one.lead] = str(error)
            continue
        moment = one.arrived_at.isoformat() if one.kind == "form" else ""  # as those that wait are put together
        groups.setdefault((one.kind, one.source, str(one.run), one.statement, moment), []).append((one, fields))
    found.batches = [_batch(some) for some in groups.values()]
    return found


def _batch(some: Sequence[tuple[Closed, Mapping[str, Cell]]]) -> Batch:
    first = some[0][0]
    run = None if first.run is None else str(first.run)
    names = dict.fromkeys(name for _, fields in some for name in fields)
    return Batch(
        origin=Origin(first.kind, first.source, statement_from_json(first.statement), run),  # type: ignore[arg-type]
        numbers=[one.number for one, _ in some],
        columns={name: [fields.get(name) for _, fields in some] for name in names},
        as_arrived=[one.as_arrived for one, _ in some],
        arrived_at=first.arrived_at,
        lead_ids=[one.lead for one, _ in some],
    )


class _Memo:
    """What many leads have in common, asked for once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.broken: dict[int, bool] = {}
        self.mappings: dict[str, Inspection | None] = {}
        self.sources: dict[str, Source | None] = {}
        self.undone: dict[int, bool] = {}

    def was_broken(self, decision: int) -> bool:
        """Whether the decision was made on a row that could not be read."""
        if decision not in self.broken:
            self.broken[decision] = bool(load_decision(self.connection, decision).facts.get("row.is_broken"))
        return self.broken[decision]

    def is_undone(self, run: int) -> bool:
        """Whether a run was taken back, or is being."""
        if run not in self.undone:
            state = self.connection.execute(select(runs.c.state).where(runs.c.id == run)).scalar()
            self.undone[run] = state in _BACK
        return self.undone[run]

    def mapping(self, source: str) -> Inspection | None:
        """How a list was read."""
        if source not in self.mappings:
            query = select(lists.c.inspection).where(lists.c.id == int(source))
            text = self.connection.execute(query).scalar() if source.isdigit() else None
            self.mappings[source] = Inspection.from_dict(json.loads(text)) if text else None
        return self.mappings[source]

    def source(self, key: str) -> Source | None:
        """A form."""
        if key not in self.sources:
            self.sources[key] = find_source(self.connection, key)
        return self.sources[key]


def _fields(memo: _Memo, one: Closed) -> dict[str, Cell]:
    """The fields that intake read of a lead. Raises LostError."""
    if one.extra in FINAL:
        raise LostError(FINAL[one.extra])
    if one.run is not None and memo.is_undone(one.run):
        raise LostError(FINAL["undone"])
    arrived = json.loads(one.as_arrived)
    if isinstance(arrived, dict) and "erased" in arrived:
        raise LostError(ERASED)
    if memo.was_broken(one.decision_id):
        raise LostError(UNREADABLE)
    read = _of_list(memo, one, arrived) if one.kind == "list" else _of_form(memo, one, arrived)
    if read.broken:
        raise LostError(UNREADABLE)
    return {name: column[0] for name, column in read.columns.items() if column[0] is not None}


def _of_list(memo: _Memo, one: Closed, arrived: Any) -> Batch:
    mapping = memo.mapping(one.source)
    if mapping is None or not isinstance(arrived, list):
        raise LostError(UNMAPPED)
    statement = statement_from_json(one.statement)
    record = (one.number, [str(cell) for cell in arrived], None)
    return read_row([record], mapping, statement, Origin("list", one.source, statement), one.arrived_at)


def _of_form(memo: _Memo, one: Closed, arrived: Any) -> Batch:
    if not isinstance(arrived, dict) or not isinstance(arrived.get("posted"), dict):
        raise LostError(ODD)
    if "platform" in arrived:
        raise LostError(PLATFORM % arrived["platform"])
    source, seen, shown = memo.source(one.source), arrived.get("seen") or {}, arrived.get("shown") or {}
    if source is None:
        raise LostError(ODD)
    try:
        signup = checked(Signup, arrived["posted"])
        evidence = Evidence(datetime.fromisoformat(seen["at"]), seen.get("ip"), seen.get("user_agent"))
    except (CallerError, KeyError, TypeError, ValueError):
        raise LostError(ODD) from None
    notice = find_notice(memo.connection, one.source, shown["notice"]) if shown else None
    # A box that a browser left out and one that a program did not speak of look the same by now: neither was ticked.
    batch = read_signup(signup, arrived["posted"], source, evidence, is_form_post=True, notice=notice)
    for told in of_lead(memo.connection, one.lead, None):  # what nobody answered says nothing
        if told["state"] == "confirmed" and told["answered_at"]:
            batch.columns["confirmed_at"] = [datetime.fromisoformat(told["answered_at"])]
            batch.columns["confirmed_ip"] = [told["ip"]]
    return batch
