"""Carrying officers' answers out when their minute is over: slice by slice, each all or nothing.

Each slice writes what became of its leads in its own transaction, and takes only leads that still wait for the answer:
whoever dies over it, the next one goes on there. The attempt fences it, as it does batches of runs.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from gateway.db.work import UnitOfWork, reading
from gateway.domain.outcome import REFUSED_BY_OFFICER
from gateway.outcomes import answers
from gateway.outcomes.answers import Answer
from gateway.outcomes.refusing import refuse
from gateway.pipeline import Services

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
    begun = time.monotonic()
    answer = _take(number, services)
    if answer is None:
        return False
    try:
        while _slice(answer, services):
            if is_stopping() or (seconds is not None and time.monotonic() - begun > seconds):
                _rest(answer, services)
                return True
    except AnswerLostError:
        return False
    except Exception as error:
        _rest(answer, services, error)
        raise
    return False


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


def _slice(answer: Answer, services: Services) -> bool:
    """One slice; whether there was one. Behind the last one the answer is done."""
    with reading(services.engine) as connection:
        ids = answers.find_left(connection, answer.id, SLICE)
    if not ids:
        _end(answer, services)
        return False
    with services.unit_of_work() as work:
        _mine(work, answer)
        ids = answers.find_left(work.connection, answer.id, SLICE)
        done: Counter[str] = Counter()
        if answer.kind == "refuse":
            refuse(work, ids, REFUSED_BY_OFFICER.reason, by=answer.by)
            done["refused"] = len(ids)
        else:
            until = datetime.fromisoformat(answer.terms["until"])
            answers.ask_vendor(work, answer.id, ids, until)
            done["asked"] = len(ids)
        _reached(work, services, answer, ids, done)
    return True


def _reached(work: UnitOfWork, services: Services, answer: Answer, ids: list[int], done: Counter[str]) -> None:
    """So many more are dealt with; the ledger says which."""
    now = _mine(work, answer)
    assert now is not None
    account = Counter(now.account) + done
    answers.change(
        work, answer.id, account=json.dumps(account), tries=0, error=None, lease_until=work.at + LEASE
    )  # fmt: skip
    if not ids:
        return
    services.ledger.append(
        work, f"holds.{'asked' if answer.kind == 'ask' else 'refused'}",
        {"answer": answer.id, "by": answer.by, "rows": len(ids), "leads": [ids[0], ids[-1]],
         "leads_sha256": sha256("\n".join(map(str, ids)).encode()).hexdigest()},
    )  # fmt: skip


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
