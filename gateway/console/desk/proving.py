"""Before something is changed that opens the desk: the person shows again who they are. Afterwards: a new session."""

from datetime import timedelta

from flask import Response

from gateway.access.challenges import drop_challenges
from gateway.access.passwords import find_hash, is_right
from gateway.access.sessions import begin_session, end_sessions
from gateway.console.desk.entering import begin_try, failed, tries
from gateway.console.desk.gate import give_cookie, me
from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services, user_agent

FRESH = timedelta(minutes=10)
"""How long signing in proves who somebody is who has no password."""


def prove_again(password: str) -> None:
    """Whoever found an open session cannot make it theirs for good. Raises CallerError.

    Somebody without a password signs in again, with their passkey or by the company's provider.
    """
    person = me()
    with reading(services().engine) as connection:
        kept = find_hash(connection, person.person)
    if kept is None:
        if person.begun_at + FRESH <= services().clock.now():
            message = phrase("For this you must have signed in within the last ten minutes; sign out and in again.")
            raise CallerError([Problem("not_fresh", message)], 403, "Please sign in again")
        return
    numbers, until = begin_try("account", person.address)
    if until is not None:
        raise CallerError([Problem("too_many", "Too many wrong passwords; please try in an hour.")], 429, "Please wait")
    right = is_right(password, kept)
    with services().unit_of_work() as work:
        if right:
            tries().forgive(work, numbers)
            return
        failed(work, "account", person.address, person.person)
    raise CallerError([Problem("wrong_password", "The present password is not right.", "current")], 403, "Not changed")


def renewed(work: UnitOfWork, response: Response, how: str | None = None) -> Response:
    """All of the person's sessions end, and so does whatever they were asked; this browser goes on with a new one."""
    person = me()
    end_sessions(work, person.person)
    drop_challenges(work, person.person)
    give_cookie(response, begin_session(work, person.person, how=how, agent=user_agent()))
    return response
