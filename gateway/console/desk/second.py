"""The second thing at the door: a code of an app, or for recovery; and setting an app up where there must be one."""

from typing import Any, cast

from flask import Response, redirect, request
from markupsafe import Markup

from gateway.access.authenticators import has_authenticator, take_recovery_code, uri_of
from gateway.access.challenges import take_challenge
from gateway.access.passkeys import list_passkeys
from gateway.access.people import Person, find_person
from gateway.console.desk.entering import (
    authenticators,
    begin_try,
    enter,
    failed,
    find_step,
    step_token,
    tries,
)
from gateway.console.desk.gate import page, shown
from gateway.console.desk.signin import TOO_MANY, WRONG
from gateway.db.work import UnitOfWork, reading
from gateway.intake.http import EVERYONE, services


@page("GET", "/sign-in/second-factor", role=EVERYONE)
def show() -> Response:
    """Ask for the code."""
    step = find_step("second_factor")
    return _again() if step is None or step.person is None else _form(step.person)


@page("POST", "/sign-in/second-factor", role=EVERYONE)
def check() -> Response:
    """Take a code, once. Ten wrong ones in an hour are too many, over however many sign-ins."""
    step, code = find_step("second_factor"), request.form.get("code", "")
    if step is None or step.person is None:
        return _again()
    number = step.person
    numbers, until = begin_try("factor", f"person_{number}")
    if until is not None:
        return _form(number, TOO_MANY, until=until)
    with services().unit_of_work() as work:
        how = _taken(work, number, code)
        person = find_person(work.connection, number)
        if how is not None and person is not None and person.left_at is None:
            if take_challenge(work, step_token(), "second_factor") is None:
                return _again()
            tries().forgive(work, numbers)
            return enter(work, person, how, cast("Response", redirect(step.body["next"], 303)))
        failed(work, "factor", f"person_{number}", number)
    return _form(number, WRONG, wrong=True)


@page("GET", "/sign-in/set-up", role=EVERYONE)
def show_set_up() -> Response:
    """Show the picture for the app."""
    step = find_step("set_up")
    return _again() if step is None or step.person is None else _set_up(step.person)


@page("POST", "/sign-in/set-up", role=EVERYONE)
def set_up() -> Response:
    """The first code of the app: it counts from now on, and the person is in."""
    step, code = find_step("set_up"), request.form.get("code", "")
    if step is None or step.person is None:
        return _again()
    numbers, until = begin_try("factor", f"person_{step.person}")
    if until is not None:
        return _set_up(step.person, TOO_MANY, until=until)
    with services().unit_of_work() as work:
        person = find_person(work.connection, step.person)
        is_new = not has_authenticator(work.connection, step.person)
        codes = authenticators().confirm(work, step.person, code) if is_new else None
        if codes is not None and person is not None and person.left_at is None:
            if take_challenge(work, step_token(), "set_up") is None:
                return _again()
            tries().forgive(work, numbers)
            told = {"by": f"person_{person.id}", "role": person.role, "factor": "app"}
            services().ledger.append(work, "second_factor.added", told)
            return enter(work, person, "code", shown("door/codes.html", codes=codes, next=step.body["next"]))
        failed(work, "factor", f"person_{step.person}", step.person)
    return _set_up(step.person, WRONG, wrong=True)


def picture_of(secret: str, person: Person) -> Markup:
    """The QR code that an app reads, as SVG."""
    import segno

    made = segno.make(uri_of(secret, person.address), error="m", micro=False)
    return Markup(made.svg_inline(scale=4, omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704 - digits and names


def _taken(work: UnitOfWork, person: int, code: str) -> str | None:
    """Which kind of code this was; None for none. It is used up."""
    if has_authenticator(work.connection, person) and authenticators().take(work, person, code):
        return "code"
    return "recovery_code" if take_recovery_code(work, person, code) else None


def _form(person: int, status: int = 200, **told: Any) -> Response:
    with reading(services().engine) as connection:
        app, keys = has_authenticator(connection, person), bool(list_passkeys(connection, person))
    return shown("door/second.html", status, app=app, passkeys=keys, **told)


def _set_up(number: int, status: int = 200, **told: Any) -> Response:
    with reading(services().engine) as connection:
        app, person = authenticators().find(connection, number), find_person(connection, number)
    if app is None or person is None or app.is_confirmed:
        return _again()
    picture = picture_of(app.secret, person)
    return shown("door/set_up.html", status, picture=picture, secret=app.secret, **told)


def _again() -> Response:
    """Nothing waits any more: from the beginning."""
    return cast("Response", redirect("/desk/sign-in?done=late", 303))
