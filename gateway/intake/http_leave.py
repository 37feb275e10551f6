"""Pages for leaving: a person's own link (RFC 8058 one-click and by hand), and one for people without a link.

GET and HEAD only show: scanners follow links. A POST acts at once, without cookie, login, redirect or question.
"""

from datetime import timedelta

from flask import Blueprint, Response, current_app, render_template, request
from sqlalchemy import Connection

from gateway.domain.ports import EVERYTHING
from gateway.intake.formpage import purpose_label
from gateway.intake.forms import find_source
from gateway.intake.guard.networks import network_of
from gateway.intake.guard.rates import Rates
from gateway.intake.http import EVERYONE, open_to, services
from gateway.intake.languages import direction
from gateway.intake.leave_words import WORDS
from gateway.outcomes.prospects import ONE_CLICK
from gateway.person.leave import keep_only, leave_by_address, leave_by_link, standing
from gateway.person.links import Whose, leave_links

blueprint = Blueprint("leave", __name__)
MOST, WINDOW = 60, timedelta(hours=1)  # addresses that one network may type
_LONGEST = 1_000  # characters of what is typed that are looked at


@blueprint.get("/u/<token>")
@open_to(EVERYONE)
def show(token: str) -> Response:
    """One's own page: nothing at all, or less of this. Looking changes nothing."""
    whose = leave_links(services()).read(token)
    return _gone() if whose is None else _choices(whose)


@blueprint.post("/u/<token>")
@open_to(EVERYONE)
def act(token: str) -> Response:
    """One click of a mailbox provider (RFC 8058) or a button of the page: acts at once, as often as it comes."""
    body = request.get_data(parse_form_data=False)  # the bytes, before the form parser uses them up
    whose = leave_links(services()).read(token)
    if whose is None:
        return _gone()
    if _is_one_click(body):
        leave_by_link(services(), whose, EVERYTHING, by="one-click")
        return _page("left.html", said="done_all")
    if request.form.get("choice") == "purposes":
        gone = keep_only(services(), whose, request.form.getlist("shown"), request.form.getlist("keep"))
        if not gone:
            return _choices(whose, problem="all_kept", status=422)
        return _page("left.html", said="done_all" if EVERYTHING in gone else "done_less")
    scope = standing(services(), whose, _title).offered.get(request.form.get("choice", ""))
    if scope is None:
        return _choices(whose, problem="unclear", status=422)
    leave_by_link(services(), whose, scope, by="person's page")
    return _page("left.html", said="done_all" if scope == EVERYTHING else "done_less")


def _is_one_click(body: bytes) -> bool:
    """Whether a program says what RFC 8058 has it say, in any case and in the value of its drafts, under any type.

    The link alone is the right to leave: a stop is not lost for the spelling of a word that says nothing else.
    """
    said = ONE_CLICK.casefold()
    if body.strip().lower().startswith(said.encode()):
        return True
    return any(f"{name}={value}".casefold().startswith(said) for name, value in request.form.items())


@blueprint.get("/leave")
@open_to(EVERYONE)
def ask() -> Response:
    """For people without a link: one page that asks for the address and nothing else (16 CFR 316.5)."""
    return _page("leave.html")


@blueprint.post("/leave")
@open_to(EVERYONE)
def leave_now() -> Response:
    """The address leaves. What is answered depends on what was typed alone, never on what we know."""
    at, network = services().clock.now(), network_of(request.remote_addr)
    if network is not None and _rates().add(network, at) >= MOST + 1:  # counts of before weigh in parts
        response = _page("leave.html", problem="later", status=429)
        response.headers["Retry-After"] = str(_rates().seconds_until_less(network, MOST, at))
        return response
    if not leave_by_address(services(), request.form.get("email", "")[:_LONGEST]):
        return _page("leave.html", problem="no_address", status=422)
    return _page("left.html", said="done_all")


def _choices(whose: Whose, *, problem: str | None = None, status: int = 200) -> Response:
    shown = standing(services(), whose, _title)
    labels = {one: purpose_label(one) for one in (*shown.purposes, *shown.left)}
    return _page("choices.html", shown=shown, labels=labels, problem=problem, status=status)


def _title(connection: Connection, source: str) -> str | None:
    """What the person knows a form by; a list's name is nobody's business but ours."""
    found = find_source(connection, source)
    return None if found is None else found.title


def _gone() -> Response:
    return _page("leave.html", problem="gone_about", status=404)


def _page(template: str, *, status: int = 200, **shown: object) -> Response:
    lang = request.accept_languages.best_match(list(WORDS)) or "en"
    page = render_template(f"leaving/{template}", lang=lang, dir=direction(lang), words=WORDS[lang], **shown)
    return Response(page, status, {"Vary": "Accept-Language", "Content-Language": lang}, mimetype="text/html")


def _rates() -> Rates:
    found: Rates = current_app.extensions["gateway.leave"]
    return found
