"""Signing in by the company's identity provider: there, back, and in, for people who have an account here."""

import base64
import hmac
import json
import logging
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from flask import Response, redirect, request

from gateway.access.identities import is_theirs
from gateway.access.people import find_account
from gateway.console.desk.entering import begin_try, enter, inside, tries
from gateway.console.desk.gate import is_https, page, shown
from gateway.console.desk.keyless import site
from gateway.console.desk.provider import Begun, ProviderError, way_to, who_is
from gateway.console.desk.signin import TOO_MANY, WRONG
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import EVERYONE, services

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

BACK = "/desk/sign-in/company/back"
SECONDS = 600
_UNKNOWN = "Your company's account was recognised, but it opens no account here. Ask an administrator for one."
_FAILED = "Your company's sign-in did not answer as it should. Please try again, or sign in with your password."
_log = logging.getLogger(__name__)


@page("GET", "/sign-in/company", role=EVERYONE)
def go() -> Response:
    """To the provider. What must hold when the person comes back travels in a sealed cookie: nothing is kept here."""
    _require_provider()
    at = services().clock.now()
    begun = Begun(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
    try:
        response = cast("Response", redirect(way_to(services().settings, _back(), begun, at), 303))
    except ProviderError as error:
        return _failed(error)
    body = json.dumps([begun.state, begun.nonce, begun.verifier, inside(request.args.get("next", ""))])
    sealed = _seal().encrypt_at_time(body.encode(), int(at.timestamp())).decode()
    response.set_cookie(_name(), sealed, SECONDS, httponly=True, secure=is_https(), samesite="Lax", path="/")
    return response


@page("GET", "/sign-in/company/back", role=EVERYONE)
def show() -> Response:
    """The person is back. A page of ours posts what came along, by itself where scripts run: GET changes nothing."""
    _require_provider()
    code, state = request.args.get("code", ""), request.args.get("state", "")
    if not code or not state:
        return _failed(ProviderError(f"it sent back {request.args.get('error', 'no code')!r}"))
    return shown("door/company.html", code=code, state=state)


@page("POST", "/sign-in/company/back", role=EVERYONE)
def check() -> Response:
    """Ask the provider who this is, and let them in if they have an account and were bound to no other name before."""
    _require_provider()
    at, settings = services().clock.now(), services().settings
    kept = _kept(int(at.timestamp()))
    if kept is None or not hmac.compare_digest(kept[0].encode(), request.form.get("state", "").encode()):
        return cast("Response", redirect("/desk/sign-in?done=late", 303))
    numbers, until = begin_try("company")
    if until is not None:
        return _door(TOO_MANY, until=until)
    try:
        told = who_is(settings, _back(), Begun(*kept[:3]), request.form.get("code", ""), at)
    except ProviderError as error:
        return _failed(error)
    with services().unit_of_work() as work:
        person = find_account(work.connection, told.address)
        if person is not None and is_theirs(work, person.id, settings.oidc_issuer, told.subject):
            tries().forgive(work, numbers)
            response = enter(work, person, "company", cast("Response", redirect(inside(kept[3]), 303)))
            response.delete_cookie(_name(), httponly=True, secure=is_https(), samesite="Lax", path="/")
            return response
    return _door(WRONG, problem=_UNKNOWN)


def _require_provider() -> None:
    if not services().settings.oidc_issuer:
        raise CallerError([Problem("no_provider", "No company's sign-in is set up here (GATEWAY_OIDC_ISSUER).")], 404)


def _kept(at: int) -> list[str] | None:
    """State, nonce, verifier and where to go on, of the sealed cookie; None if it is not ours, or too old."""
    from cryptography.fernet import InvalidToken

    try:
        text = _seal().decrypt_at_time(request.cookies.get(_name(), "").encode(), SECONDS, at)
    except (InvalidToken, ValueError):
        return None
    return [str(part) for part in json.loads(text)]


def _seal() -> "Fernet":
    from cryptography.fernet import Fernet

    key = sha256(b"company sign-in seal v1\0" + services().settings.secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def _name() -> str:
    return "__Host-desk-company" if is_https() else "desk-company"


def _back() -> str:
    return site().origin + BACK


def _failed(error: ProviderError) -> Response:
    _log.warning("sign-in by the company's provider failed: %s", error)
    return _door(WRONG, problem=_FAILED)


def _door(status: int, **told: Any) -> Response:
    return shown("door/sign_in.html", status, next="/desk", provider=True, **told)
