"""What all ways in share: counting tries, what is asked for next, and the session that begins at the end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flask import Response, redirect, request

from gateway.access.authenticators import Authenticators, has_authenticator
from gateway.access.challenges import MINUTES, Challenge, Kind, find_challenge, new_challenge
from gateway.access.passkeys import list_passkeys
from gateway.access.people import Person
from gateway.access.sessions import begin_session, end_session
from gateway.access.tries import ACCOUNT_MOST, NETWORK_MOST, Tries
from gateway.console.desk.gate import give_cookie, is_https, signed_in
from gateway.db.work import UnitOfWork, reading
from gateway.intake.guard.networks import network_of
from gateway.intake.http import services, user_agent
from gateway.rotation import chain_of

FACTOR_ROLES = {"officer", "administrator"}
MOST = {"account": ACCOUNT_MOST, "factor": ACCOUNT_MOST}
ASKED_MOST = 200  # challenges for passkeys that one network gets in an hour: each is a row for ten minutes


def tries() -> Tries:
    """Who tried how often."""
    return Tries(services().settings.secret_key)


def begin_try(kind: str, who: str = "") -> tuple[list[int], datetime | None]:
    """Count one more try before any work is done for it; its numbers, or until when there is none.

    ``kind``: account or factor, of ``who``; asked or passkey, which only networks are counted for.
    """
    limits = {f"{kind} {who}": MOST[kind]} if kind in MOST else {}
    network = network_of(request.remote_addr)
    if network is not None:
        limits[f"{'asked' if kind == 'asked' else 'network'} {network}"] = (
            ASKED_MOST if kind == "asked" else NETWORK_MOST
        )
    if not limits:
        return [], None
    with services().unit_of_work() as work:
        return tries().begin(work, limits)


def failed(work: UnitOfWork, kind: str, who: str, person: int | None) -> None:
    """The try was wrong. That somebody has none left for now is written down, once, also of accounts nobody has."""
    if tries().is_last(work, f"{kind} {who}", MOST[kind]):
        told = {"person": person, "what": kind, "tries": MOST[kind]}
        services().ledger.append(work, "account.throttled", told)


def authenticators() -> Authenticators:
    """The authenticator apps, under all our secrets."""
    return Authenticators(chain_of(services().settings))


def second_factor() -> str:
    """What is asked of officers and administrators beside a password: required, offered or none."""
    settings = services().settings
    return settings.second_factor or ("offered" if settings.demo else "required")


def is_required(role: str) -> bool:
    """Whether somebody of this role signs in with a second factor only."""
    return role in FACTOR_ROLES and second_factor() == "required"


def after_password(work: UnitOfWork, person: Person, target: str) -> Response:
    """The password was right: on to the second factor, to setting one up where it is required, or in."""
    body = {"next": target}
    if has_authenticator(work.connection, person.id) or list_passkeys(work.connection, person.id):
        return _ask(work, "second_factor", person.id, body, "/desk/sign-in/second-factor")
    if is_required(person.role):
        authenticators().begin(work, person.id)  # a new secret each time: whoever saw the last one has seen nothing
        return _ask(work, "set_up", person.id, body, "/desk/sign-in/set-up")
    return enter(work, person, "password", _go(target))


def enter(work: UnitOfWork, person: Person, how: str, response: Response) -> Response:
    """Begin a session, always a new one, and let the answer carry it; whatever session the browser had ends."""
    before = signed_in()
    if before is not None:
        end_session(work, before.session)
    token = begin_session(work, person.id, how=how, agent=user_agent())
    told = {"by": f"person_{person.id}", "role": person.role, "how": how}
    services().ledger.append(work, "session.begun", told)
    give_cookie(response, token)
    forget_step(response)
    return response


def _go(target: str) -> Response:
    return cast("Response", redirect(target, 303))


def inside(path: str) -> str:
    """Where to go after signing in: a page of the desk, never another site's (an open redirect)."""
    plain = path.startswith("/desk") and path.isprintable() and "\\" not in path
    return path if plain and path[5:6] in {"", "/", "?"} and not path.startswith("/desk/sign-in") else "/desk"


# --- the cookie of a sign-in that is under way


def step_name() -> str:
    """As the session's cookie, beside it."""
    return "__Host-desk-step" if is_https() else "desk-step"


def _ask(work: UnitOfWork, kind: Kind, person: int, body: Mapping[str, Any], path: str) -> Response:
    response = _go(path)
    give_step(response, new_challenge(work, kind, person, body))
    return response


def give_step(response: Response, token: str) -> None:
    """Let the browser bring along what it is asked for."""
    seconds = int(MINUTES.total_seconds())
    response.set_cookie(
        step_name(), token, seconds, httponly=True, secure=is_https(), samesite="Lax", path="/"
    )  # fmt: skip


def forget_step(response: Response) -> None:
    """It was answered."""
    response.delete_cookie(step_name(), httponly=True, secure=is_https(), samesite="Lax", path="/")


def step_token() -> str:
    """The token of the sign-in under way, as the browser brought it."""
    return request.cookies.get(step_name(), "")


def find_step(kind: Kind) -> Challenge | None:
    """The sign-in under way, if there is one that waits for this."""
    with reading(services().engine) as connection:
        return find_challenge(connection, step_token(), kind, services().clock.now())
