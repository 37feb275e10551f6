"""The door of the desk: signing in and out."""

from typing import cast

from flask import Response, redirect, request

from gateway.access.sessions import end_session
from gateway.console.desk.gate import me, note, page, shown, take_cookie
from gateway.intake.http import EVERYONE, services


@page("GET", "/sign-in", role=EVERYONE)
def show() -> Response:
    """The form to sign in."""
    return shown("door/sign_in.html", next=inside(request.args.get("next", "")))


@page("POST", "/sign-out", role="viewer")
def leave() -> Response:
    """The session ends, here and in the database."""
    with services().unit_of_work() as work:
        end_session(work, me().session)
        note(work, "session.ended")
    response = cast("Response", redirect("/desk/sign-in", 303))
    take_cookie(response)
    return response


def inside(path: str) -> str:
    """Where to go after signing in: a page of the desk, never another site's (an open redirect)."""
    plain = path.startswith("/desk") and not any(c in path for c in "\\\r\n\t")
    return path if plain and path[5:6] in {"", "/", "?"} else "/desk"
