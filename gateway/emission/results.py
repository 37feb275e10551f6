"""What came of a request, written down; what is dead by now, and what is looked at again. Nothing is sent here."""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, literal, select, update

from gateway.db.work import UnitOfWork
from gateway.emission.due import unheard_of
from gateway.emission.pace import DEAD_AFTER, LOOK_AGAIN, MOST_REFUSED, rest_after
from gateway.emission.shape import Answered
from gateway.emission.tables import deliveries, destinations
from gateway.emission.turn import Row, Turn
from gateway.handout import Handout

_CHUNK = 500
_REMOTE = re.compile(r"[A-Za-z0-9._:-]{1,200}")
"""A receiver's own number of somebody: no address, and nothing that a database or a path cannot hold."""


def write(work: UnitOfWork, turn: Turn) -> list[int]:
    """Note what came of the last request, and of what was not sent after all; who must not be told of any more."""
    answers, dropped = turn.answers, turn.dropped
    for row, state, decision in dropped:
        # It was not in the request, so it was not tried. Whoever left meanwhile is told of by the feed.
        back = update(deliveries).where(deliveries.c.id == row.id, deliveries.c.state == "pending")
        work.connection.execute(back.values(
            state=state, decision_id=decision, tries=row.tries, first_try_at=row.first_try_at,
            next_try_at=None,
            cause="left meanwhile" if state == "stopped" else row.cause,
        ))  # fmt: skip
    if any(state == "withheld" for _, state, _ in dropped):
        d = destinations.c
        look = update(destinations).where(d.id == turn.here.id, d.look_at.is_(None))
        work.connection.execute(look.values(look_at=work.at + LOOK_AGAIN))
    alike: dict[Answered, list[Row]] = {}
    for row, answer in answers:
        turn.refused = 0 if answer.is_taken else turn.refused + 1
        if row is None:
            continue
        if answer.is_its_own or answer.remote is not None or row.id in turn.phones:
            _write_down(work, turn, [row], answer)
        else:  # what came of all in the same way is one statement
            alike.setdefault(answer, []).append(row)
    for answer, rows in alike.items():
        _write_down(work, turn, rows, answer)
    whole = next((answer for _, answer in answers if not answer.is_taken and not answer.is_its_own), None)
    if whole is None and len(answers) == 1 and turn.refused >= MOST_REFUSED:
        whole = answers[0][1]
    if answers:
        _note_receiver(work, turn, whole, answers[0][1])
    turn.failed = whole
    turn.answers, turn.dropped, turn.phones = [], [], {}
    return [row.prospect_id for row, state, _ in dropped if state == "stopped"]


def _write_down(work: UnitOfWork, turn: Turn, rows: Sequence[Row], answer: Answered) -> None:
    """What came of these items."""
    d = deliveries.c
    told: dict[str, Any] = {"answer": answer.said[:200]}
    if answer.remote is not None and _REMOTE.fullmatch(answer.remote):  # what a receiver says may be anything
        told["remote"] = answer.remote
    if rows[0].id in turn.phones:
        told["phone_match_key"] = turn.phones[rows[0].id]
    if answer.is_taken:
        told["sent_at"] = func.coalesce(d.sent_at, literal(work.at, d.sent_at.type))  # reminders change nothing of it
        if turn.here.terms.confirm == "receipt":
            told |= {"acknowledged_at": work.at, "acknowledged_by": "receipt"}
        state = "acknowledged" if turn.here.terms.confirm == "receipt" else "sent"
        # One that was stopped while it was under way stays so: its revocation is written already.
        told["state"] = case((d.state == "pending", state), else_=d.state)
        told["next_try_at"] = None
    elif answer.is_its_own:
        told["next_try_at"] = work.at + rest_after(max(rows[0].tries, 1), answer.rest_seconds)
    for start in range(0, len(rows), _CHUNK):
        some = d.id.in_([row.id for row in rows[start : start + _CHUNK]])
        work.connection.execute(update(deliveries).where(some).values(**told))


def _note_receiver(work: UnitOfWork, turn: Turn, failed: Answered | None, first: Answered) -> None:
    here = turn.here
    told: dict[str, Any]
    if failed is None:
        told = {"failures": 0, "rest_until": None, "failing_since": None, "last_answer": first.said[:200]}
        if first.is_taken:
            told["last_taken_at"] = work.at
    else:
        failures = here.failures + 1
        told = {
            "failures": failures, "rest_until": work.at + rest_after(failures, failed.rest_seconds),
            "failing_since": here.failing_since or work.at, "last_answer": failed.said[:200],
        }  # fmt: skip
        if failed.is_gone and here.state == "on":
            told |= {"state": "paused", "why": f"It answered {failed.said}: it wants nothing any more"}
            turn.services.ledger.append(
                work, "destination.paused", {"destination": here.name, "reason": told["why"], "by": "gateway:emission"}
            )
    work.connection.execute(update(destinations).where(destinations.c.id == here.id).values(**told))


def bury(work: UnitOfWork, turn: Turn) -> None:
    """Three days after it was first tried an item is dead, and can be replayed. A revocation never is."""
    d = deliveries.c
    old = (
        update(deliveries)
        .where(d.destination_id == turn.here.id, d.state == "pending", d.kind != "revoked",
               d.first_try_at <= work.at - DEAD_AFTER)
        .values(state="dead", next_try_at=None)
    )  # fmt: skip
    work.connection.execute(old)


def wake(work: UnitOfWork, turn: Turn) -> None:
    """Look again at what is withheld, and remind of what nobody acknowledged."""
    d, here, now = deliveries.c, turn.here, work.at
    theirs = (d.destination_id == here.id, d.state == "withheld")
    due = select(destinations.c.id).where(destinations.c.id == here.id, destinations.c.look_at <= now)
    if work.connection.execute(due).first() is not None:
        cases = list(work.connection.execute(select(d.decision_id).where(*theirs).distinct()).scalars())
        handout = Handout(turn.services, now)
        freed = [number for number, found in handout.ask(work.connection, cases).items() if not found]
        for start in range(0, len(freed), 500):
            free = update(deliveries).where(*theirs, d.decision_id.in_(freed[start : start + 500]))
            work.connection.execute(free.values(state="pending", next_try_at=None, decision_id=None))
        again = now + LOOK_AGAIN if len(freed) < len(cases) else None
        work.connection.execute(update(destinations).where(destinations.c.id == here.id).values(look_at=again))
    if here.terms.confirm == "processing":
        unheard = update(deliveries).where(d.id.in_(unheard_of(here.id, now)))
        reminded = unheard.values(state="pending", reminded_at=now, reminders=d.reminders + 1, next_try_at=None)
        work.connection.execute(reminded)
