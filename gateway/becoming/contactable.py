"""Who may be contacted today, by what channel, with which obligations: asked of the handout, never past it.

Suppression, purposes left, what is withheld and consents that ended are applied at the moment of asking; then the
cadence of the phase in which somebody stands at that moment.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from gateway.becoming.cadence import Turn, turn_of
from gateway.becoming.derive import standings
from gateway.clocks.calendar import day_of
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.handout import Handout
from gateway.lifecycle.happenings import Happening, of_prospects
from gateway.lifecycle.standing import Reorder, ids_page, page_reorders, page_standing
from gateway.outcomes.prospects import LinkOf, Looked
from gateway.pipeline import Services
from gateway.policy.phases.rules import PHASES, Lifecycle

SLICE = 500
MOST_LOOKED_AT = 5_000  # people a question; the answer says where to go on
EMAIL, PHONE = "email", "phone"
PROSPECT = "prospect"
WITHHELD, STOPPED, ENDED, NO_PHONE = "withheld", "stopped", "consent_ended", "no_phone"


@dataclass(slots=True)
class Found:
    """A part of the answer: those who may be contacted, where to go on (None: at the end), and why others may not."""

    people: list[dict[str, Any]] = field(default_factory=list)
    after: int | None = None
    not_now: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"people": self.people, "after": self.after, "not_now": dict(sorted(self.not_now.items()))}


def rules_of(services: Services) -> Lifecycle:
    """The rules of phases. Raises CallerError where the company's policies have none."""
    rules = services.policies.lifecycle
    if rules is None:
        message = "there is no lifecycle.yaml among the policies, so nobody has a phase"
        raise CallerError([Problem("no_lifecycle", message)], 409, "No rules of phases")
    return rules


def find_contactable(
    services: Services, *, after: int = 0, limit: int = 100, channel: str = EMAIL, phase: str | None = None,
    link_of: LinkOf | None = None,
) -> Found:  # fmt: skip
    """The next so many people behind a prospect's number. ``phase``: only of those who stand there.

    Raises CallerError.
    """
    if phase is not None and phase not in PHASES:
        message = f"there is no phase {phase[:40]!r}; there are {', '.join(PHASES)}"
        raise CallerError([Problem("not_a_choice", message, "phase")])
    now, rules, found = services.clock.now(), rules_of(services), Found()
    handout = Handout(services, now) if link_of is None else Handout(services, now, link_of)
    looked_at = 0
    while looked_at < MOST_LOOKED_AT:
        with reading(services.engine) as connection:
            ids = _ids(connection, after, phase)
        if not ids:
            return found
        for one in _judged(services, rules, handout, ids, now):
            after = one.looked.prospect["id"]
            if one.why_not(channel) is None and (phase is None or one.turn.standing.phase == phase):
                found.people.append(one.as_dict())
                if len(found.people) >= limit:
                    found.after = after
                    return found
            else:
                found.not_now[one.why_not(channel) or "another_phase"] += 1
        after = max(after, ids[-1])
        looked_at += len(ids)
    found.after = after
    return found


@dataclass(slots=True)
class Judged:
    """Somebody as the handout and the cadence have them."""

    looked: Looked
    turn: Turn
    has_ended: bool

    @property
    def channels(self) -> list[str]:
        """By which the person may be reached."""
        row = self.looked.row
        return [] if row is None else [EMAIL, PHONE] if row["phone"] else [EMAIL]

    def why_not(self, channel: str) -> str | None:
        """Why the person may not be contacted now; None: may be."""
        if self.looked.row is None:
            return STOPPED if self.looked.is_stopped else WITHHELD
        if self.has_ended:
            return ENDED
        return self.turn.why_not or (None if channel in self.channels else NO_PHONE)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        row = self.looked.row or {}
        obligations = [*row["obligations"], self.turn.duty]
        return {
            "prospect": self.looked.prospect["id"], "channels": self.channels, **row, "obligations": obligations,
            "cadence": self.turn.as_dict(),
        }  # fmt: skip


def _judged(services: Services, rules: Lifecycle, handout: Handout, ids: Sequence[int], now: datetime) -> list[Judged]:
    """In the order of their numbers; who has left meanwhile is missing."""
    looked = handout.look_at(ids)
    here = [one.prospect["id"] for one in looked]
    zone = services.settings.zone
    with reading(services.engine) as connection:
        stand = standings(connection, rules, here, now, zone)
        happened = of_prospects(connection, here)
    ends, today = _ends(services), day_of(now, zone).isoformat()
    found = []
    for one in looked:
        number = one.prospect["id"]
        some: Sequence[Happening] = happened.get(number, ())
        cadence = rules.cadence_of(stand[number].phase, stand[number].kind)
        owed = one.row["obligations"] if one.row else ()
        ended = any(duty["code"] in ends and duty["due_on"] is not None and duty["due_on"] < today for duty in owed)
        found.append(Judged(one, turn_of(stand[number], cadence, some, now, zone), ended))
    return found


def _ends(services: Services) -> set[str]:
    """The obligations whose day is the end of a consent: those that count from the last dealing with the person."""
    deadlines = services.timetable.deadlines.items()
    return {code for code, due in deadlines if all(clause.event == "dealing" for clause in due.clauses)}


def _ids(connection: Connection, after: int, phase: str | None) -> list[int]:
    if phase is None or phase == PROSPECT:  # where nearly everybody stands, and nothing is kept of whom nothing befell
        return ids_page(connection, after, SLICE)
    return [one.prospect_id for one in page_standing(connection, phase, None, after=after, limit=SLICE)]


@dataclass(slots=True)
class Reorders:
    """Who is about to run out of what; those whose turn it is not, or who are withheld, with the reason."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    after: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"reorders": self.lines, "after": self.after}


def find_reorders(services: Services, first: date, last: date, *, after: str | None, limit: int) -> Reorders:
    """What is to be reordered between two days, soonest first. ``after``: of an earlier answer."""
    now, rules = services.clock.now(), rules_of(services)
    with reading(services.engine) as connection:
        some = page_reorders(connection, first, last, after=_place(after), limit=limit)
    people = sorted({one.prospect_id for one in some})
    judged = {one.looked.prospect["id"]: one for one in _judged(services, rules, Handout(services, now), people, now)}
    found = Reorders([_line(one, judged.get(one.prospect_id)) for one in some])
    if len(some) == limit:
        found.after = f"{some[-1].reorder_on.isoformat()}.{some[-1].prospect_id}.{some[-1].product}"
    return found


def _line(one: Reorder, person: Judged | None) -> dict[str, Any]:
    why = STOPPED if person is None else person.why_not(EMAIL)
    row = person.looked.row if person is not None and why is None else None
    return {
        "prospect": one.prospect_id, "lead": row["lead"] if row else None, "address": row["address"] if row else None,
        "product": one.product or None, "last_on": one.last_on.isoformat(), "run_out_on": one.run_out_on.isoformat(),
        "reorder_on": one.reorder_on.isoformat(), "pace_days": one.pace_days, "purchases": one.purchases,
        "why_not": why,
        "next_on": person.turn.next_on.isoformat() if person is not None and person.turn.next_on else None,
    }  # fmt: skip


def _place(after: str | None) -> tuple[str, int, str] | None:
    if after is None:
        return None
    day, _, rest = after.partition(".")
    number, dot, product = rest.partition(".")
    try:
        return date.fromisoformat(day).isoformat(), int(number) if dot and len(number) < 19 else int(""), product  # noqa: PLR2004
    except ValueError:
        raise CallerError([Problem("not_a_place", "give back what an earlier answer said", "after")]) from None
