"""Carrying officers' answers out when their minute is over: slice by slice, each all or nothing.

Each slice writes what became of its leads in its own transaction, and takes only leads that still wait for the answer:
whoever dies over it, the next one goes on there. The attempt fences it, as it does batches of runs.
"""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

from gateway.answering.releasing import except_next
from gateway.db.work import UnitOfWork, reading
from gateway.domain.outcome import REFUSED_BY_OFFICER, Settled
from gateway.domain.problem import CallerError
from gateway.outcomes import answers
from gateway.outcomes.answers import Answer
from gateway.outcomes.refusing import refuse
from gateway.pipeline import Services, release
from gateway.turns import take_turn

LEASE = timedelta(minutes=2)  # longer than any slice
SLICE = 1000  # leads in one transaction: it lasts a fraction of a second, and signups come between
FIRST_PAUSE = timedelta(seconds=5)  # after a failure; doubled each time
LONGEST_PAUSE = timedelta(minutes=5)
MOST_TRIES = 12  # in a row without a slice done: half an hour


class AnswerLostError(Exception):
    """Another worker took the answer over; nothing was written."""


def carry_out(
    number: int, services: Services, *, seconds: float | None = None, is_stopping: Callable[[], bool] = lambda: False
) -> bool:
    """Carry an answer out; True if something is left of it. ``seconds``: stop after about so long."""
    answer = _take(number, services)
    if answer is None:
        return False
    return take_turn(
        partial(_slice_if_possible, answer, services), partial(_rest, answer, services),
        lost=AnswerLostError, seconds=seconds, is_stopping=is_stopping,
    )  # fmt: skip


def find_due(services: Services) -> list[int]:
    """Answers whose minute is over."""
    with reading(services.engine) as connection:
        return answers.find_due(connection, services.clock.now())


def _take(number: int, services: Services) -> Answer | None:
    with services.unit_of_work() as work:
        if number not in answers.find_due(work.connection, work.at):
            return None
        answer = answers.find(work.connection, number)
        assert answer is not None
        has_died = answer.lease_until is not None and answer.error is None  # it neither came back nor said why
        tries = answer.tries + has_died
        if tries > MOST_TRIES:
            _fail(work, services, answer, answer.error or "its worker died without a word")
            return None
        until = work.at + LEASE
        answers.change(
            work, number, state="carried", attempt=answer.attempt + 1, tries=tries, lease_until=until, error=None
        )  # fmt: skip
        return answers.find(work.connection, number)


def _rest(answer: Answer, services: Services, error: Exception | None = None) -> None:
    """Somebody else may go on: at once, or after a pause where it failed; after too many tries nobody does."""
    with services.unit_of_work() as work:
        mine = _mine(work, answer, can_be_lost=True)
        if mine is None:
            return
        if error is None:
            answers.change(work, answer.id, lease_until=None, error=None)
            return
        said = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300]
        if mine.tries + 1 >= MOST_TRIES:
            _fail(work, services, mine, said)
            return
        pause = min(FIRST_PAUSE * 2**mine.tries, LONGEST_PAUSE)
        answers.change(work, answer.id, tries=mine.tries + 1, lease_until=work.at + pause, error=said)


def _fail(work: UnitOfWork, services: Services, answer: Answer, error: str) -> None:
    """It ends here and says why; what it did stays done, and its other leads wait on."""
    answers.let_go(work, answer.id)
    answers.change(work, answer.id, state="failed", ended_at=work.at, lease_until=None, error=error)
    services.ledger.append(
        work, "answer.failed", {"answer": answer.id, "kind": answer.kind, "by": answer.by, **answer.account}
    )


def _mine(work: UnitOfWork, answer: Answer, *, can_be_lost: bool = False) -> Answer | None:
    """The answer as it stands, if we still may carry it out. Raises AnswerLostError if not."""
    now = answers.find(work.connection, answer.id)
    if now is None or now.state != "carried" or now.attempt != answer.attempt:
        if can_be_lost:
            return None
        raise AnswerLostError
    return now


def _slice_if_possible(answer: Answer, services: Services) -> bool:
    """One slice; where what was asked for cannot be done, however often it is tried, the answer ends here."""
    try:
        return _slice(answer, services)
    except CallerError as error:
        with services.unit_of_work() as work:
            if (mine := _mine(work, answer, can_be_lost=True)) is not None:
                _fail(work, services, mine, str(error))
        return False


def _slice(answer: Answer, services: Services) -> bool:
    """One slice; whether there was one. Behind the last one the answer is done."""
    if answer.kind == "release" and _excepted(answer, services):
        return True
    with reading(services.engine) as connection:
        ids = answers.find_left(connection, answer.id, SLICE)
    if not ids:
        _end(answer, services)
        return False
    if answer.kind == "release":
        _release(answer, services, ids)
    else:
        _settle(answer, services)
    return True


def _settle(answer: Answer, services: Services) -> None:
    """Refuse, or ask the vendor."""
    with services.unit_of_work() as work:
        _mine(work, answer)
        ids = answers.find_left(work.connection, answer.id, SLICE)
        done: Counter[str] = Counter()
        if answer.kind == "refuse":
            refuse(work, ids, REFUSED_BY_OFFICER.reason, by=answer.by)
            done["refused"] = len(ids)
        else:
            answers.ask_vendor(work, answer.id, ids, datetime.fromisoformat(answer.terms["until"]))
            done["asked"] = len(ids)
        _reached(work, answer, done)
        services.ledger.append(work, f"holds.{'asked' if answer.kind == 'ask' else 'refused'}", _told(answer, ids))


def _excepted(answer: Answer, services: Services) -> bool:
    """Whether there was an override yet to be asked for; one at a time."""
    with services.unit_of_work() as work:
        now = _mine(work, answer)
        assert now is not None
        done = except_next(work, services, now)
        if done is None:
            return False
        _reached(work, answer, done)
    return True


def _release(answer: Answer, services: Services, ids: list[int]) -> None:
    """Judge leads again, of which overrides set rules aside by now. What still holds one keeps it waiting."""

    def write(work: UnitOfWork, settled: Settled) -> None:
        pairs = list(zip(settled.lead_ids, settled.outcomes, strict=True))
        answers.let_go(work, answer.id, [lead for lead, outcome in pairs if outcome == "hold"])
        _reached(work, answer, Counter(_BECAME[outcome] for _, outcome in pairs))

    release(ids, services, by=answer.by, within=write)


_BECAME = {"prospect": "prospects", "hold": "still", "rejection": "rejections"}


def _told(answer: Answer, ids: list[int]) -> dict[str, Any]:
    """A slice as the ledger keeps it: which leads, by a digest of their numbers."""
    digest = sha256("\n".join(map(str, ids)).encode()).hexdigest()
    return {"answer": answer.id, "by": answer.by, "rows": len(ids), "leads": ids[:1] + ids[-1:], "leads_sha256": digest}


def _reached(work: UnitOfWork, answer: Answer, done: Counter[str]) -> None:
    """So many more are dealt with. Raises AnswerLostError where it is somebody else's by now."""
    now = _mine(work, answer)
    assert now is not None
    account = json.dumps(Counter(now.account) + done)
    answers.change(work, answer.id, account=account, tries=0, error=None, lease_until=work.at + LEASE)


def _end(answer: Answer, services: Services) -> None:
    with services.unit_of_work() as work:
        now = _mine(work, answer)
        assert now is not None
        account = Counter(now.account)
        account["settled_meanwhile"] = now.leads - sum(now.account.values())
        account = +account
        answers.change(work, answer.id, state="done", ended_at=work.at, lease_until=None, account=json.dumps(account))
        services.ledger.append(
            work, "answer.carried_out",
            {"answer": answer.id, "kind": answer.kind, "by": answer.by, "leads": now.leads, **account},
        )  # fmt: skip
