"""Signing in with a passkey, and adding one to an account: what the page's script asks, in JSON."""

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from flask import Response, jsonify, request

from gateway.access.challenges import new_challenge, take_challenge
from gateway.access.passkeys import Site, ask_to_register, ask_to_sign, register, who_signed
from gateway.access.people import find_person
from gateway.console.desk.entering import begin_try, enter, forget_step, give_step, inside, step_token, tries
from gateway.console.desk.frame import translated
from gateway.console.desk.gate import me, note, page
from gateway.console.desk.proving import prove_again, renewed
from gateway.db.work import reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import EVERYONE, read_json, services

_LATE = phrase("That took longer than ten minutes, or was answered already; please try again.")


def in_json(view: Callable[[], Response]) -> Callable[[], Response]:
    """Mistakes as the page's script shows them."""

    @wraps(view)
    def answered() -> Response:
        try:
            return view()
        except CallerError as error:
            answer = jsonify(problem=" ".join(translated(problem.message) for problem in error.problems))
            answer.status_code = error.status
            return answer

    return answered


def site() -> Site:
    """Who we are to browsers: where people reach us, else where this browser did."""
    base = services().settings.public_url or request.host_url.rstrip("/")
    parts = urlsplit(base)
    return Site(parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}")


@page("POST", "/sign-in/passkey/options", role=EVERYONE)
@in_json
def ask() -> Response:
    """A challenge for whichever passkey the browser has."""
    _begin("asked")
    options, challenge = ask_to_sign(site())
    with services().unit_of_work() as work:
        token = new_challenge(work, "passkey", None, {"challenge": challenge})
    return _asked(options, token)


@page("POST", "/sign-in/passkey", role=EVERYONE)
@in_json
def sign() -> Response:
    """A passkey's signature opens the desk: the device verified its owner, so nothing else is asked."""
    given, numbers = _given(), _begin("passkey")
    with services().unit_of_work() as work:
        step = take_challenge(work, step_token(), "passkey")
    if step is None:
        raise CallerError([Problem("late", _LATE)], 401)
    with services().unit_of_work() as work:
        number = who_signed(work, site(), step.body["challenge"], given["credential"])
        person = find_person(work.connection, number)
        assert person is not None
        tries().forgive(work, numbers)
        return enter(work, person, "passkey", jsonify(to=inside(str(given.get("next", "")))))


@page("POST", "/account/passkeys/options", role="viewer")
@in_json
def ask_for_new() -> Response:
    """A challenge for a new passkey, to somebody who has just shown again who they are."""
    person = me()
    prove_again(str(_given().get("current", "")))
    with reading(services().engine) as connection:
        options, challenge = ask_to_register(connection, site(), person.person, person.name, person.address)
    with services().unit_of_work() as work:
        token = new_challenge(work, "register", person.person, {"challenge": challenge})
    return _asked(options, token)


@page("POST", "/account/passkeys", role="viewer")
@in_json
def add() -> Response:
    """The passkey is theirs from now on; their other sessions end."""
    given, person = _given(), me()
    with services().unit_of_work() as work:
        step = take_challenge(work, step_token(), "register")
    if step is None or step.person != person.person:
        raise CallerError([Problem("late", _LATE)], 401)
    with services().unit_of_work() as work:
        made = register(
            work, site(), person.person, name=str(given.get("name", "")), challenge=step.body["challenge"],
            answer=given["credential"],
        )  # fmt: skip
        note(work, "second_factor.added", factor="passkey", passkey=made.id)
        response = renewed(work, jsonify(to="/desk/account?done=passkey"))
    forget_step(response)
    return response


def _begin(kind: str) -> list[int]:
    numbers, until = begin_try(kind)
    if until is not None:
        raise CallerError([Problem("too_many", "Too many tries; please wait a little.")], 429)
    return numbers


def _given() -> Mapping[str, Any]:
    """What the script sent. Raises CallerError."""
    document = read_json()
    if not isinstance(document, dict) or not isinstance(document.get("credential", {}), dict):
        raise CallerError([Problem("bad_json", "This is not what the page sends.")], 400)
    return {"credential": {}, **document}


def _asked(options: str, token: str) -> Response:
    response = jsonify(options=json.loads(options))
    give_step(response, token)
    return response
