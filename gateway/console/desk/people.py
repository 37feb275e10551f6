"""People who work here, for administrators: invited, given a role, sent a new link, let go."""

from typing import cast

from flask import Response, redirect, request

from gateway.access.authenticators import has_authenticator, with_authenticators
from gateway.access.changes import give_role, let_go, take_factors
from gateway.access.identities import has_identity
from gateway.access.keys import list_keys
from gateway.access.links import new_link
from gateway.access.passkeys import list_passkeys, with_passkeys
from gateway.access.people import ROLES, Person, add_person, come_back, find_person, list_people
from gateway.access.sessions import list_sessions
from gateway.access.ties import tie
from gateway.console.desk.gate import me, note, page, read_reason, shown
from gateway.console.desk.keyless import site
from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services

ROLE = "administrator"


@page("GET", "/people", role=ROLE)
def show() -> Response:
    """Everybody, and the form to invite one more."""
    with reading(services().engine) as connection:
        secured = with_authenticators(connection) | with_passkeys(connection)
        found = [(one, one.id in secured) for one in list_people(connection)]
    here = [pair for pair in found if pair[0].left_at is None]
    left = [pair[0] for pair in found if pair[0].left_at is not None]
    return shown("people/show.html", here="settings", people=here, left=left, roles=ROLES)


@page("POST", "/people", role=ROLE)
def invite() -> Response:
    """A new account and its link, shown once."""
    name, address, role = (request.form.get(field, "") for field in ("name", "address", "role"))
    with services().unit_of_work() as work:
        number = add_person(work, name, address, role)
        tie(work, number, me().person, "made")
        note(work, "person.added", person=number, after={"role": role})
        return _link(work, number)


@page("GET", "/accounts/<int:number>", role=ROLE)
def show_one(number: int) -> Response:
    """One person: what they have, and what ends with it."""
    at = services().clock.now()
    with reading(services().engine) as connection:
        person = _known(find_person(connection, number))
        told = {
            "app": has_authenticator(connection, number),
            "passkeys": len(list_passkeys(connection, number)),
            "provider": has_identity(connection, number),
            "sessions": list_sessions(connection, number, at),
            "keys": [key for key in list_keys(connection) if key.person_id == number and key.revoked_at is None],
        }
    return shown(
        "people/one.html", 200, here="settings", person=person, roles=ROLES, is_me=number == me().person, told=told,
        done=request.args.get("done", ""),
    )  # fmt: skip


@page("POST", "/accounts/<int:number>/role", role=ROLE)
def change(number: int) -> Response:
    """Another role; all of their sessions end."""
    role, reason = request.form.get("role", ""), read_reason()
    with services().unit_of_work() as work:
        before = give_role(work, number, role)
        note(work, "role.changed", reason=reason, person=number, before=before, after=role)
    return _back(number, "role")


@page("POST", "/accounts/<int:number>/link", role=ROLE)
def send(number: int) -> Response:
    """A new link to choose a password under, shown once; whoever left is back with it."""
    with services().unit_of_work() as work:
        person = _known(find_person(work.connection, number))
        if person.left_at is not None:
            come_back(work, number)
        tie(work, number, me().person, "link")
        note(work, "person.invited", person=number, back=person.left_at is not None)
        return _link(work, number)


@page("POST", "/accounts/<int:number>/factors", role=ROLE)
def take(number: int) -> Response:
    """Their second factors are lost. The password stays, and so does what the role asks for at the next sign-in."""
    reason = read_reason()
    _not_me(number, phrase("Take your own second factors away on your account page, where you show who you are."))
    with services().unit_of_work() as work:
        _known(find_person(work.connection, number))
        tie(work, number, me().person, "factors")
        note(work, "second_factor.removed", reason=reason, person=number, **take_factors(work, number))
    return _back(number, "factors")


@page("POST", "/accounts/<int:number>/leave", role=ROLE)
def end(number: int) -> Response:
    """They work here no more."""
    reason = read_reason()
    _not_me(number, phrase("Somebody else must let you go."))
    with services().unit_of_work() as work:
        note(work, "person.left", reason=reason, person=number, **let_go(work, number))
    return _back(number, "left")


def _link(work: UnitOfWork, number: int) -> Response:
    person = _known(find_person(work.connection, number))
    token, ends_at = new_link(work, number)
    link = f"{site().origin}/desk/join/{token}"
    return shown("people/link.html", here="settings", person=person, link=link, ends_at=ends_at)


def _known(person: Person | None) -> Person:
    if person is None:
        raise CallerError([Problem("unknown_person", "There is nobody of this number.")], 404, "Not found")
    return person


def _not_me(number: int, message: str) -> None:
    if number == me().person:
        raise CallerError([Problem("oneself", message)], 403, "Not for yourself")


def _back(number: int, done: str) -> Response:
    return cast("Response", redirect(f"/desk/accounts/{number}?done={done}", 303))
