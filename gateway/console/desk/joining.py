"""The page under an invitation's or a reset's link: somebody sets their password. It signs nobody in."""

from collections.abc import Sequence
from typing import cast

from flask import Response, redirect, request

from gateway.access.challenges import drop_challenges
from gateway.access.links import Invited, find_link, use_link
from gateway.access.passwords import SHORTEST, check_password, hash_of
from gateway.console.desk.gate import page, shown
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import EVERYONE, services

GONE, WRONG = 410, 422


@page("GET", "/join/<token>", role=EVERYONE)
def show(token: str) -> Response:
    """The form; looking at it, as mail programs do, uses nothing up."""
    found = _find(token)
    return shown("door/gone.html", GONE) if found is None else _form(found)


@page("POST", "/join/<token>", role=EVERYONE)
def join(token: str) -> Response:
    """Set the password. A second factor stays what it was."""
    found = _find(token)
    if found is None:
        return shown("door/gone.html", GONE)
    password = request.form.get("password", "")
    try:
        check_password(password, name=found.name, address=found.address)
        check_same(password)
    except CallerError as error:
        return _form(found, WRONG, error.problems)
    made = hash_of(password)
    with services().unit_of_work() as work:
        used = use_link(work, token, made)
        if used is None:  # by another request, meanwhile
            return shown("door/gone.html", GONE)
        drop_challenges(work, used.person)
        told = {"by": f"person_{used.person}", "first": used.is_first}
        services().ledger.append(work, "password.set", told)
    return cast("Response", redirect("/desk/sign-in?done=password", 303))


def check_same(password: str) -> None:
    """Typed twice, the same. Raises CallerError."""
    if request.form.get("again", "") != password:
        raise CallerError([Problem("not_the_same", "The two are not the same.", field="again")])


def _find(token: str) -> Invited | None:
    with reading(services().engine) as connection:
        return find_link(connection, token, services().clock.now())


def _form(found: Invited, status: int = 200, problems: Sequence[Problem] = ()) -> Response:
    return shown("door/join.html", status, invited=found, problems=problems, shortest=SHORTEST)
