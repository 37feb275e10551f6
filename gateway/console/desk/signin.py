"""The door of the desk: signing in with a password, and signing out."""

from typing import Any, cast

from flask import Response, redirect, request

from gateway.access.passwords import find_hash, is_right
from gateway.access.people import can_anybody_sign_in, find_account
from gateway.access.sessions import end_session
from gateway.console.desk.entering import after_password, begin_try, failed, inside, tries
from gateway.console.desk.gate import me, note, page, shown, take_cookie
from gateway.db.work import reading
from gateway.intake.http import EVERYONE, services

WRONG, TOO_MANY = 401, 429


@page("GET", "/sign-in", role=EVERYONE)
def show() -> Response:
    """The form to sign in."""
    with reading(services().engine) as connection:
        is_new = not can_anybody_sign_in(connection)
    return _form(inside(request.args.get("next", "")), is_new=is_new, done=request.args.get("done", ""))


@page("POST", "/sign-in", role=EVERYONE)
def enter() -> Response:
    """Hold a password against the account's. Whether there is such an account, neither answer nor time tells."""
    address, password = request.form.get("address", "").strip().lower(), request.form.get("password", "")
    address = "".join(c for c in address if c.isprintable())  # nobody has another, and no database finds it
    target = inside(request.form.get("next", ""))
    numbers, until = begin_try("account", address)
    if until is not None:
        return _form(target, TOO_MANY, address=address, until=until)
    with reading(services().engine) as connection:
        person = find_account(connection, address)
        kept = find_hash(connection, 0 if person is None else person.id)  # asked for in any case: time tells, too
    right = is_right(password, kept)
    with services().unit_of_work() as work:
        person = find_account(work.connection, address)
        if right and person is not None and find_hash(work.connection, person.id) == kept:  # not changed meanwhile
            tries().forgive(work, numbers)
            return after_password(work, person, target)
        failed(work, "account", address, person.id if person is not None else None)
    return _form(target, WRONG, address=address, wrong=True)


@page("POST", "/sign-out", role="viewer")
def leave() -> Response:
    """The session ends, here and in the database."""
    with services().unit_of_work() as work:
        end_session(work, me().session)
        note(work, "session.ended")
    response = cast("Response", redirect("/desk/sign-in?done=left", 303))
    take_cookie(response)
    return response


def _form(target: str, status: int = 200, **told: Any) -> Response:
    provider = bool(services().settings.oidc_issuer)
    return shown("door/sign_in.html", status, next=target, provider=provider, **told)
