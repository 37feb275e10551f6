"""The desk's door: who is signed in, what their role lets them see and do, and that a post comes from our own pages.

Every page is registered by ``page`` with the least role that may open it; a test holds the list of them
(tests/console/desk/matrix.txt). GET changes nothing but when a person was seen last.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from gateway.access.people import reaches
from gateway.access.sessions import COOKIE, SECURE_COOKIE, SEEN_EVERY, SignedIn, find_session, keep_alive
from gateway.db.work import UnitOfWork, reading
from gateway.domain.phrase import phrase
from gateway.domain.problem import CallerError, Problem
from gateway.intake.http import EVERYONE, BoundedRequest, open_to, refuse_unstorable, services

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
View = TypeVar("View", bound=Callable[..., Any])
_SAFE = {"GET", "HEAD", "OPTIONS"}
DIGITS = 18  # of the largest number that 64 bits hold whatever its digits


def page(method: str, rule: str, *, role: str) -> Callable[[View], View]:
    """Register a page of the desk for people of this role and above; EVERYONE for those of the door itself.

    ``rule`` follows /desk. What the view returns is shown as it is: a Response, or HTML.
    """

    def register(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.own_scripts = True
            if method not in _SAFE:
                _refuse_foreign()
            _refuse_unkept()
            person = signed_in()  # before the view begins a transaction: this may write when they were seen last
            if role != EVERYONE:
                if person is None:
                    return _to_the_door()
                _require(person, role)
                cast("BoundedRequest", request).keeps_fields = True  # read later: a page may bound its size first
            return view(*args, **kwargs)

        open_to(EVERYONE if role == EVERYONE else f"role:{role}")(guarded)
        name = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
        blueprint.add_url_rule(rule, name, guarded, methods=[method])
        return cast("View", guarded)

    return register


def signed_in() -> SignedIn | None:
    """Who sent this request, by the session of its cookie; None for a stranger."""
    if "signed_in" not in g:
        g.signed_in = _find()
    return cast("SignedIn | None", g.signed_in)


def me() -> SignedIn:
    """Who sent this request; only behind a page that asks for a role."""
    person = signed_in()
    assert person is not None
    return person


def may(role: str) -> bool:
    """Whether the person at the desk has this role or a higher one."""
    person = signed_in()
    return person is not None and reaches(person.role, role)


def _find() -> SignedIn | None:
    token = request.cookies.get(cookie_name())
    if not token:
        return None
    at = services().clock.now()
    with reading(services().engine) as connection:
        found = find_session(connection, token, at)
    if found is not None and found.seen_at + SEEN_EVERY <= at:
        with services().unit_of_work() as work:
            keep_alive(work, found.session)
    return found


def _require(person: SignedIn, role: str) -> None:
    if not reaches(person.role, role):
        problem = Problem(
            "missing_role",
            phrase(
                "This is for the role %(role)s; you are signed in as %(mine)s.",
                role=role,
                mine=person.role,
            ),
        )
        raise CallerError([problem], 403, "Not for your role")


def _to_the_door() -> Response:
    """To the page to sign in, and back here afterwards; a fragment that htmx asked for takes the whole page along."""
    if request.method != "GET":
        raise CallerError([Problem("signed_out", "Your session has ended; sign in and try again.")], 401, "Signed out")
    target = url_for("desk.signin_show", next=request.full_path.rstrip("?"))
    if "HX-Request" in request.headers:
        return Response("", 200, {"HX-Redirect": target})
    return cast("Response", redirect(target, 303))


def _refuse_foreign() -> None:
    """A post from another site is refused (OWASP CSRF cheat sheet: Fetch Metadata, else Origin).

    A browser that sends neither is too old to be told apart from a forgery, and so refused as well.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
    elif (origin := request.headers.get("Origin")) is not None and urlsplit(origin).netloc == request.host:
        return
    raise CallerError([Problem("foreign_post", "This was sent from another site, so it was not done.")], 403, "Refused")


def _refuse_unkept() -> None:
    """NUL and halves of characters, which no database keeps: refused for every page, wherever a request says them."""
    refuse_unstorable([request.args.to_dict(flat=False), *(request.view_args or {}).values()])


def read_number(name: str, where: Mapping[str, str] | None = None) -> int | None:
    """A number of the query, or of a form; None where there is none. Raises CallerError for nonsense."""
    text = (request.args if where is None else where).get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise CallerError([Problem("bad_number", "This page does not exist; go back to the first one.", name)], 404)
    return int(text)


# --- the cookie


def cookie_name() -> str:
    """With the prefix that binds it to this host where browsers reach us by https (RFC 6265bis 4.1.3.2)."""
    return SECURE_COOKIE if is_https() else COOKIE


def is_https() -> bool:
    """Whether browsers reach us by https."""
    return request.is_secure or services().settings.public_url.startswith("https://")


def give_cookie(response: Response, token: str) -> None:
    """Let the browser bring the session along. Lax: a link in a mail leads to the page; posts are held by the gate."""
    response.set_cookie(cookie_name(), token, httponly=True, secure=is_https(), samesite="Lax", path="/")


def take_cookie(response: Response) -> None:
    """The session has ended."""
    response.delete_cookie(cookie_name(), httponly=True, secure=is_https(), samesite="Lax", path="/")


# --- what people do


LONGEST_REASON = 500


def read_reason(name: str = "reason", *, needed: bool = True) -> str:
    """Why somebody does something, as the ledger keeps it: without addresses. Raises CallerError."""
    said = " ".join(request.form.get(name, "").split())
    if needed and not said:
        raise CallerError([Problem("missing", "Say why, in a few words: it is kept with what you did.", name)])
    if len(said) > LONGEST_REASON:
        message = phrase("Please say it in %(longest_reason)s characters.", longest_reason=LONGEST_REASON)
        raise CallerError([Problem("too_long", message, name)])
    if "@" in said:
        message = phrase("Please say it without an e-mail address: the ledger is for ever, and keeps nobody's address.")
        raise CallerError([Problem("contains_address", message, name)])
    return said


def note(work: UnitOfWork, kind: str, *, reason: str = "", **told: Any) -> int:
    """What the person at the desk did, in the ledger, in the transaction that does it; the entry's number.

    ``kind``: noun.participle. ``told``: what it was about, ``before`` and ``after`` where something changed.
    """
    body = {"by": me().by, "role": me().role, **({"reason": reason} if reason else {}), **told}
    return services().ledger.append(work, kind, body)


def shown(template: str, status: int = 200, **told: Any) -> Response:
    """A page of the desk."""
    return Response(render_template(f"desk/{template}", **told), status, mimetype="text/html")
