"""What an officer says of clocks: something happened that makes them end earlier, or the duty was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gateway.clocks import book
from gateway.clocks.calendar import start_of
from gateway.clocks.reckon import reckon
from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.deadline import Event
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.lifecycle.store import find_basis, find_decisions
from gateway.outcomes.origins import batches_of_leads, batches_of_list, prospects_of_batches
from gateway.outcomes.prospects import load_cases
from gateway.pipeline import Services

LATER: tuple[Event, ...] = ("first_message", "first_disclosure")
"""Events that come after a lead was settled, so that somebody must tell of them."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose clocks: ``leads`` that became prospects, each with its batch; ``name`` for the ledger."""

    name: str
    leads: Mapping[int, int]


def whose_address(work: UnitOfWork, key: bytes) -> Whose:
    """The prospect of a mailbox. Raises CallerError if there is none, or none any more."""
    basis = find_basis(work.connection, [key]).get(key)
    if basis is None or basis.withdrawn:
        raise _nobody("address", phrase("nobody with this address is a prospect"))
    return whose_lead(work, basis.lead_id)


def whose_lead(work: UnitOfWork, lead_id: int) -> Whose:
    """The prospect that a lead became. Raises CallerError if it became none, or was withdrawn."""
    if not find_decisions(work.connection, [lead_id]):
        raise _nobody("lead", phrase("lead_%(lead_id)s is no prospect", lead_id=lead_id))
    return Whose(f"lead_{lead_id}", batches_of_leads(work.connection, [lead_id]))


def whose_list(work: UnitOfWork, list_id: int) -> Whose:
    """All prospects of a list. Raises CallerError for a list without any."""
    found = prospects_of_batches(work.connection, batches_of_list(work.connection, list_id))
    if not found:
        raise _nobody("list", phrase("no lead of list_%(list_id)s became a prospect", list_id=list_id))
    return Whose(f"list_{list_id}", found)


def note_event(services: Services, work: UnitOfWork, whose: Whose, event: Event, day: date) -> dict[str, Any]:
    """Clocks that must end earlier because of the event do so; those that waited for it start. Told to the ledger."""
    _check_day(services, work, day)
    started = _start(services, work, whose, event, day)
    moved = book.move(work, list(whose.leads), event, day, services.timetable)
    told = {"event": event, "on": day.isoformat(), "whose": whose.name, "moved": moved, "started": started}
    services.ledger.append(work, "clock.moved", {**told, "by": "cli"})
    return told


def close(services: Services, work: UnitOfWork, whose: Whose, obligation: str, day: date | None) -> dict[str, Any]:
    """The duty was done on a day, now if none is given; what repeats starts anew. Told to the ledger.

    ``obligation``: its code, or its id as `gateway clocks` prints it.
    """
    code = _code_of(services, obligation)
    if day is not None:
        _check_day(services, work, day)
    at = work.at if day is None else start_of(day, services.settings.zone)
    closed, again = book.close_and_repeat(work, list(whose.leads), code, services.timetable, by="cli", at=at)
    if not closed:
        raise _nobody("obligation", phrase("%(name)s has no open clock of %(code_)s", name=whose.name, code_=code))
    told = {
        "obligation": code, "whose": whose.name, "done_at": text_of(at), "closed": closed,
        "due_again_on": None if again is None else again.isoformat(),
    }  # fmt: skip
    services.ledger.append(work, "clock.closed", {**told, "by": "cli"})
    return told


def _start(services: Services, work: UnitOfWork, whose: Whose, event: Event, day: date) -> int:
    """Clocks of obligations that count from nothing else than what comes later; they could not start before."""
    timetable = services.timetable
    waited = {
        code: deadline
        for code, deadline in timetable.of_event(event).items()
        if all(clause.event in LATER for clause in deadline.clauses)
    }
    if not waited:
        return 0
    decided = find_decisions(work.connection, whose.leads)
    cases = load_cases(work.connection, set(decided.values()))
    started = 0
    for code, deadline in waited.items():
        found = reckon(deadline, {event: day}, timetable.zone)
        assert found is not None
        owing = [lead for lead, number in decided.items() if code in cases[number].obligations]
        running = book.find_started(work.connection, owing, code)
        since = text_of(start_of(day, timetable.zone))
        by_batch: dict[int, list[tuple[int, str]]] = {}
        for lead in owing:
            if lead not in running:
                by_batch.setdefault(whose.leads[lead], []).append((lead, since))
        for batch, leads in by_batch.items():
            book.start(work, batch, book.tail_of(code, found, timetable.zone), leads)
            started += len(leads)
    return started


def _code_of(services: Services, named: str) -> str:
    """The code of an obligation by its code or id. Raises CallerError."""
    obligations = services.policies.obligations
    code = named if named in obligations else next((c for c, duty in obligations.items() if duty.id == named), None)
    if code is None:
        message = phrase("no obligation is called %(named)s; see the ids in `gateway clocks`", named=repr(named))
        raise CallerError([Problem("unknown_obligation", message, field="obligation")])
    return code


def _check_day(services: Services, work: UnitOfWork, day: date) -> None:
    if start_of(day, services.settings.zone) > work.at:
        raise CallerError([Problem("future_date", phrase("%(day)s lies in the future", day=day), field="on")])


def _nobody(field: str, message: str) -> CallerError:
    return CallerError([Problem("no_clock", message, field=field)])
