"""Answers kept under an Idempotency-Key, as Stripe has it: the same request again gets the same answer.

The answer is kept in the transaction that writes the outcome, so there is never one without the other. The request is
known again by a keyed hash, as addresses are: with a plain one, whoever has the table could try addresses on it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from sqlalchemy import delete, insert, select, update

from gateway.db.work import UnitOfWork
from gateway.domain.address import MatchKeys
from gateway.domain.problem import CallerError, Problem
from gateway.intake.tables import answers
from gateway.pipeline import Services

LONGEST = 255
HEADER: dict[str, Any] = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "description": "The same request with the same key gets the same answer for 72 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[ -~]+$"},
}  # fmt: skip
"""As the OpenAPI page has it."""
KEPT_FOR = timedelta(hours=72)
RUNNING_FOR = timedelta(minutes=3)  # longer than the longest wait for DNS and the writer; then its process has died


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request under a key of its caller's choosing."""

    caller: str
    key: str
    fingerprint: str  # a plain digest; a keyed one of it is kept


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer given the first time."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A request that is the first with its key, since ``at``: the fence against one that was given up as dead."""

    tried: Attempt
    at: datetime


def attempt(caller: str, key: str, *, method: str, path: str, body: bytes) -> Attempt:
    """The request as it is recognised again. Raises CallerError for a key that cannot be one."""
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        message = f"use 1 to {LONGEST} printable ASCII characters, best a random UUID"
        raise CallerError([Problem("bad_idempotency_key", message, "Idempotency-Key")])
    head = f"{method} {path}\n".encode()
    return Attempt(caller, key, sha256(head + body).hexdigest())


def begin(services: Services, tried: Attempt) -> Kept | Turn:
    """The kept answer; or a turn, which must end in ``keep`` or ``forget``.

    Raises CallerError: 409 while the first one runs, 422 if the key was used for another request.
    """
    with services.unit_of_work() as work:
        work.connection.execute(delete(answers).where(answers.c.at < work.at - KEPT_FOR))
        row = work.connection.execute(select(answers).where(*_is(tried))).one_or_none()
        if row is not None and not _is_same(services, row.fingerprint, tried):
            message = "this key was used for another request; take a new key for each request"
            raise CallerError([Problem("idempotency_key_reused", message, "Idempotency-Key")])
        if row is not None and row.state == "done":
            return Kept(row.status, row.body)
        if row is not None and row.at > work.at - RUNNING_FOR:
            raise _under_way()
        if row is not None:
            work.connection.execute(update(answers).where(*_is(tried)).values(at=work.at))
        else:
            work.connection.execute(
                insert(answers).values(
                    caller=tried.caller, key=tried.key, state="running", at=work.at,
                    fingerprint=services.world.match_keys.key(tried.fingerprint).hex(),
                )
            )  # fmt: skip
        return Turn(tried, work.at)


def keep(work: UnitOfWork, turn: Turn, kept: Kept) -> None:
    """Keep the answer in the transaction that writes what it tells of; the turn must not have passed to another."""
    done = (
        update(answers)
        .where(*_is(turn.tried), answers.c.state == "running", answers.c.at == turn.at)
        .values(state="done", status=kept.status, body=kept.body, content_type="application/json", at=work.at)
        .returning(answers.c.key)
    )
    if work.connection.execute(done).one_or_none() is None:
        raise _under_way()


def forget(services: Services, turn: Turn) -> None:
    """The request came to nothing; the next one with this key is the first again."""
    with services.unit_of_work() as work:
        mine = (*_is(turn.tried), answers.c.state == "running", answers.c.at == turn.at)
        work.connection.execute(delete(answers).where(*mine))


def _is_same(services: Services, kept: str, tried: Attempt) -> bool:
    """Whether this is the request whose fingerprint was kept, under the secret of now or one of before."""
    if kept == services.world.match_keys.key(tried.fingerprint).hex():
        return True
    former = [one.encode() for one in services.settings.former_secret_keys]
    return any(
        kept == MatchKeys(one, former[:place]).key(tried.fingerprint).hex() for place, one in enumerate(former)
    )  # fmt: skip


def _is(tried: Attempt) -> tuple[Any, ...]:
    return answers.c.caller == tried.caller, answers.c.key == tried.key


def _under_way() -> CallerError:
    message = "the first request with this key is still under way; ask again"
    problem = Problem("request_under_way", message, "Idempotency-Key")
    return CallerError([problem], HTTPStatus.CONFLICT, "Conflict", {"Retry-After": "1"})
