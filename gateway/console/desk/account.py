"""One's own account: name and zone, password, second factors, sessions."""

from typing import Any, cast
from zoneinfo import available_timezones

from flask import Response, redirect, request

from gateway.access.authenticators import (
    count_recovery_codes,
    drop_authenticator,
    has_authenticator,
    new_recovery_codes,
)
from gateway.access.identities import has_identity
from gateway.access.passkeys import drop_passkey, list_passkeys
from gateway.access.passwords import SHORTEST, check_password, find_hash, hash_of, set_password
from gateway.access.people import describe_self, find_person
from gateway.access.sessions import end_sessions, list_sessions
from gateway.console.desk.entering import authenticators, begin_try, failed, is_required, second_factor, tries
from gateway.console.desk.gate import me, note, page, shown
from gateway.console.desk.joining import check_same
from gateway.console.desk.proving import prove_again, renewed
from gateway.console.desk.second import picture_of
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import services

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
            ("Linux", "Linux"))  # fmt: skip
"""Marks of what browsers call themselves, the telling ones first: most name others, too."""


@page("GET", "/account", role="viewer")
def show() -> Response:
    """Everything of one's own."""
    person, at = me(), services().clock.now()
    with reading(services().engine) as connection:
        told: dict[str, Any] = {
            "has_password": find_hash(connection, person.person) is not None,
            "app": has_authenticator(connection, person.person),
            "codes": count_recovery_codes(connection, person.person),
            "passkeys": list_passkeys(connection, person.person),
            "sessions": [(one, called(one.agent)) for one in list_sessions(connection, person.person, at)],
            "provider": has_identity(connection, person.person),
        }
    return shown(
        "account/show.html", here="account", me=person, shortest=SHORTEST, zones=sorted(available_timezones()),
        required=is_required(person.role), offered=second_factor() != "none", done=request.args.get("done", ""), **told,
    )  # fmt: skip


@page("POST", "/account/profile", role="viewer")
def describe() -> Response:
    """Another name or zone."""
    name, zone = request.form.get("name", ""), request.form.get("zone", "") or None
    with services().unit_of_work() as work:
        describe_self(work, me().person, name, zone)
        note(
            work,
            "person.described",
            before={"zone": me().zone},
            after={"zone": zone},
            renamed=name.strip() != me().name,
        )
    return _back("profile")


@page("POST", "/account/password", role="viewer")
def change_password() -> Response:
    """Another password; every session ends but this browser's, which gets a new one."""
    password = request.form.get("password", "")
    check_password(password, name=me().name, address=me().address)
    check_same(password)
    prove_again(request.form.get("current", ""))
    made = hash_of(password)
    with services().unit_of_work() as work:
        set_password(work, me().person, made)
        note(work, "password.changed")
        return renewed(work, _back("password"), "password")


@page("POST", "/account/app/begin", role="viewer")
def begin_app() -> Response:
    """Begin to set an app up."""
    if second_factor() == "none":
        raise CallerError([Problem("not_offered", "Second factors are not offered here (GATEWAY_SECOND_FACTOR).")], 403)
    prove_again(request.form.get("current", ""))
    with services().unit_of_work() as work:
        authenticators().begin(work, me().person)
    return cast("Response", redirect("/desk/account/app", 303))


@page("GET", "/account/app", role="viewer")
def show_app() -> Response:
    """The picture for the app that is being set up."""
    return _app()


@page("POST", "/account/app", role="viewer")
def confirm_app() -> Response:
    """The app's first code: it counts from now on. Shows the recovery codes, once."""
    numbers, until = begin_try("factor", me().by)
    if until is not None:
        return _app(429, until=until)
    with services().unit_of_work() as work:
        is_new = not has_authenticator(work.connection, me().person)
        codes = authenticators().confirm(work, me().person, request.form.get("code", "")) if is_new else None
        if codes is not None:
            tries().forgive(work, numbers)
            note(work, "second_factor.added", factor="app")
            return renewed(work, shown("account/codes.html", here="account", codes=codes), "code")
        failed(work, "factor", me().by, me().person)
    return _app(422, wrong=True)


@page("POST", "/account/app/remove", role="viewer")
def remove_app() -> Response:
    """Take the app away, and its recovery codes."""
    prove_again(request.form.get("current", ""))
    with services().unit_of_work() as work:
        if not drop_authenticator(work, me().person):
            return _back("")
        note(work, "second_factor.removed", factor="app")
        return renewed(work, _back("app_gone"))


@page("POST", "/account/codes", role="viewer")
def make_codes() -> Response:
    """New recovery codes in place of the old ones, shown once."""
    prove_again(request.form.get("current", ""))
    with services().unit_of_work() as work:
        if not (has_authenticator(work.connection, me().person) or list_passkeys(work.connection, me().person)):
            raise CallerError(
                [Problem("no_second_factor", "Recovery codes stand in for a second factor; add one first.")]
            )
        codes = new_recovery_codes(work, me().person)
        note(work, "recovery_codes.made", count=len(codes))
    return shown("account/codes.html", here="account", codes=codes)


@page("POST", "/account/passkeys/<int:number>/remove", role="viewer")
def remove_passkey(number: int) -> Response:
    """Take a passkey away."""
    prove_again(request.form.get("current", ""))
    with services().unit_of_work() as work:
        if not drop_passkey(work, me().person, number):
            return _back("")
        note(work, "second_factor.removed", factor="passkey", passkey=number)
        return renewed(work, _back("passkey_gone"))


@page("POST", "/account/sessions/end", role="viewer")
def end_others() -> Response:
    """Sign out everywhere else."""
    with services().unit_of_work() as work:
        ended = end_sessions(work, me().person, but=me().session)
        note(work, "sessions.ended", count=ended)
    return _back("sessions")


def called(agent: str | None) -> str:
    """A browser as its person knows it: Firefox on Linux."""
    said = agent or ""
    browser = next((name for mark, name in _BROWSERS if mark in said), said.partition("/")[0][:40])
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return f"{browser} on {system}" if browser and system else browser or system


def _app(status: int = 200, **told: Any) -> Response:
    with reading(services().engine) as connection:
        app, person = authenticators().find(connection, me().person), find_person(connection, me().person)
    if app is None or person is None or app.is_confirmed:
        return _back("")
    return shown("account/app.html", status, here="account", picture=picture_of(app.secret, person), secret=app.secret,
                 **told)  # fmt: skip


def _back(done: str) -> Response:
    return cast("Response", redirect("/desk/account" + (f"?done={done}" if done else ""), 303))
