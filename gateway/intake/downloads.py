"""A list's rows handed back: each with its outcome and its reasons before the columns it came with."""

import json
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import select

from gateway.db.work import reading
from gateway.domain.decision import Decision
from gateway.domain.outcome import Outcome
from gateway.domain.problem import CallerError, Problem
from gateway.intake.columns.ours import FOR_OFFICERS, FOR_VENDORS, as_brought, our_places
from gateway.intake.tables import lists, runs
from gateway.outcomes.cases import load_decision
from gateway.outcomes.origins import ranges_of_list, ranges_of_run
from gateway.outcomes.standing import find_left
from gateway.outcomes.view import gate_findings, rows_of_leads
from gateway.outcomes.workbook import Line
from gateway.pipeline import Services
from gateway.policy.explain import explain

Reader = Literal["officer", "vendor"]

_UNSAID: dict[Outcome, str] = {
    "prospect": "", "hold": "It waits for us.", "rejection": "It is not taken, and nothing in the row would change it.",
}  # fmt: skip
"""What a vendor reads where the reasons are between the person and us."""
_LEFT = "Withdrawn since: nobody may write to this person any more."
"""What an officer reads of a prospect who left; a vendor reads nothing of it."""
_ENDED: dict[Outcome, str] = {"prospect": "Prospects", "hold": "Holds", "rejection": "Rejections"}


@dataclass(frozen=True, slots=True)
class _Told:
    """A distinct case in words: its reason codes, what they mean, what is wrong in detail, what would mend it."""

    codes: tuple[str, ...]
    why: tuple[str, ...]  # a sentence a reason: these are counted
    details: tuple[str, ...]
    remedies: tuple[str, ...]


@dataclass(slots=True)
class Download:
    """Headings, and rows as they are asked for; the counts grow with the rows that were given."""

    services: Services
    run: int | None
    own: tuple[str, ...]  # the headings of the list itself
    reader: Reader
    outcomes: Collection[Outcome] = ()  # none: all
    counts: Counter[Outcome] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)  # sentence -> rows
    email: int | None = None  # the column of addresses where the file has no headings
    asked: tuple[int, int] | None = None  # the list and the officer's answer that asked its vendor about rows of it
    _told: dict[tuple[Any, ...], _Told] = field(default_factory=dict)
    _left: set[int] = field(default_factory=set)  # leads of people who were withdrawn since

    @property
    def ours(self) -> tuple[str, ...]:
        """The headings of our own columns."""
        return FOR_OFFICERS if self.reader == "officer" else FOR_VENDORS

    @property
    def headings(self) -> list[str]:
        """Ours, then the list's as they stand in the file."""
        own = list(self.own)
        if self.email is not None:
            own[self.email] = "email"  # or else a mended file that opens with a broken address would have no headings
        return [*self.ours, *as_brought(own, our_places(own))]

    def rows(self) -> Iterator[list[str]]:
        """Every row that ended so, in the file's order."""
        if self.run is None and self.asked is None:
            return
        with reading(self.services.engine) as connection:
            if self.asked is None:
                ranges, answer = ranges_of_run(connection, str(self.run)), None
            else:  # of an earlier run, perhaps
                ranges, answer = ranges_of_list(connection, self.asked[0]), self.asked[1]
            if self.reader == "officer":
                self._left = find_left(connection, ranges)
        width, places = len(self.headings), our_places(self.own)
        for lead, first in rows_of_leads(self.services.engine, ranges, self.outcomes, asked_in=answer):
            told = self._words_of(lead)
            self.counts[lead.outcome] += 1
            self.reasons.update(told.why)
            kept = json.loads(lead.as_arrived)
            own = kept if isinstance(kept, list) else []  # of an erased row there are none
            cells = [*self._our_cells(lead, told, first="" if first is None else str(first))]
            cells += as_brought(list(map(str, own)), places)
            yield cells + [""] * (width - len(cells))

    def summary(self) -> Iterator[Line]:
        """What the given rows come to, in words."""
        yield ("Rows by outcome",)
        for outcome, words in _ENDED.items():
            if outcome in self.outcomes or not self.outcomes:
                yield words, self.counts[outcome]
        yield ("Rows by reason; a row may have several",)
        yield from sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))

    def _our_cells(self, lead: Any, told: _Told, *, first: str) -> tuple[str, ...]:
        why, remedies = " ".join((*told.why, *told.details)), " ".join(told.remedies)
        if self.reader == "vendor":
            return str(lead.number), lead.outcome, why, remedies, first
        duplicate = f"lead_{lead.duplicate_of}" if lead.duplicate_of else ""
        codes = ";".join(told.codes)
        if lead.id in self._left:
            why = _LEFT
        return str(lead.number), lead.outcome, codes, why, remedies, f"lead_{lead.id}", duplicate, first

    def _words_of(self, lead: Any) -> _Told:
        """The wording of a lead's case, made once."""
        if lead.outcome == "prospect":
            return _Told((), (), (), ())
        case = (lead.decision_id, lead.extra, lead.outcome)
        if case not in self._told:
            with reading(self.services.engine) as connection:
                decision = load_decision(connection, lead.decision_id)
            self._told[case] = self._wording(decision, lead.extra, lead.outcome)
        return self._told[case]

    def _wording(self, decision: Decision, extra: str | None, outcome: Outcome) -> _Told:
        """In the vendor's words, whoever reads: the officer's own are long, and stand in `gateway explain`."""
        last_look = gate_findings(extra)
        policies, now = self.services.policies, self.services.clock.now()
        told = explain(decision, policies, as_of=now, audience="vendor", extra=last_look).findings
        codes = [finding.reason for finding in (*last_look, *decision.refusals)]
        if self.reader == "officer":  # what a vendor is not told has no words for one
            said = {finding["reason"] for finding in told}
            ours = explain(decision, policies, as_of=now, extra=last_look).findings
            told = [*told, *(one for one in ours if one["reason"] not in said and one["reason"] in codes)]
        texts = [finding["message"] for finding in told]
        # "The row could not be read" helps nobody who is not told why; these facts are about the row, not the person.
        problems = [
            str(decision.facts[name]) for name in ("row.problem", "address.problem") if decision.facts.get(name)
        ]
        details = [f"({problem.replace('_', ' ')})" for problem in problems if problem != "none"]
        if not (texts or details) and self.reader == "vendor":
            texts = [_UNSAID[outcome]]
        remedies = [finding["remedy"] for finding in told if finding["remedy"]]
        return _Told(*(tuple(dict.fromkeys(parts)) for parts in (codes, texts, details, remedies)))


def open_download(
    services: Services,
    list_id: int,
    *,
    outcomes: Collection[Outcome] = (),
    reader: Reader = "officer",
    asked_in: int | None = None,
) -> Download:
    """The rows of a list's latest run. Raises CallerError if there is no such list.

    ``asked_in``: of any run, those of which this answer of an officer asked the vendor.
    """
    with reading(services.engine) as connection:
        row = connection.execute(select(lists).where(lists.c.id == list_id)).one_or_none()
        if row is None:
            raise CallerError([Problem("unknown_list", f"there is no list_{list_id}", field="list")], status=404)
        run = connection.execute(
            select(runs.c.id).where(runs.c.list_id == list_id).order_by(runs.c.id.desc()).limit(1)
        ).scalar()
    found: dict[str, Any] = {"headings": [], "has_headings": True}
    if row.inspection:
        found = json.loads(row.inspection)
    email = None
    if not found["has_headings"]:
        email = next((place for use, place in found["uses"] if use == "email"), None)
    asked = None if asked_in is None else (list_id, asked_in)
    return Download(services, run, tuple(found["headings"]), reader, tuple(outcomes), email=email, asked=asked)
