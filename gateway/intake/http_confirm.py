"""The pages behind the links of a confirmation mail. Looking changes nothing; only the button, a POST, does.

Programs look at every link in a mail, some twenty times and before the person does. Unknown, used and outdated links
get one page, which says what to do.
"""

from flask import Blueprint, Response, render_template, request

from gateway.confirmation.book import Question, Seen
from gateway.confirmation.words import language_of, words
from gateway.db.work import reading
from gateway.intake.forms import Source, find_source
from gateway.intake.guard.networks import kept_ip
from gateway.intake.http import EVERYONE, open_to, services, user_agent
from gateway.person.confirm import confirm, look, not_me

blueprint = Blueprint("confirm", __name__)


@blueprint.get("/confirm/<token>")
@open_to(EVERYONE)
def show(token: str) -> Response:
    """The button; changes nothing."""
    question, stands = look(services(), token)
    if question is None or stands is not None:
        return _page(stands or "gone", question)
    return _page("confirm", question, action=f"/confirm/{token}", other=f"/not-me/{token}")


@blueprint.post("/confirm/<token>")
@open_to(EVERYONE)
def press(token: str) -> Response:
    """The person confirms."""
    question, _ = look(services(), token)
    return _page(confirm(services(), token, _seen(question)), question)


@blueprint.get("/not-me/<token>")
@open_to(EVERYONE)
def show_not_me(token: str) -> Response:
    """The other button; changes nothing."""
    question, _ = look(services(), token)
    return _page("gone", None) if question is None else _page("not_me", question, action=f"/not-me/{token}")


@blueprint.post("/not-me/<token>")
@open_to(EVERYONE)
def press_not_me(token: str) -> Response:
    """The person, or their mailbox provider by one click (RFC 8058), disowns the signup; no redirect, no cookie."""
    question, _ = look(services(), token)
    return _page(not_me(services(), token, _seen(question)), question)


def _source(question: Question | None) -> Source | None:
    if question is None:
        return None
    with reading(services().engine) as connection:
        return find_source(connection, question.source)


def _seen(question: Question | None) -> Seen:
    source = _source(question)
    return Seen(kept_ip(request.remote_addr, source.form.keep_ip if source else "none"), user_agent())


def _page(stage: str, question: Question | None, *, action: str = "", other: str = "") -> Response:
    """One of the pages. The one for links that are not good is the same for all of them, to the byte."""
    is_gone = stage == "gone"
    accepted = [tag for tag, _ in request.accept_languages]
    language = language_of(*accepted) if question is None or is_gone else question.language
    source = None if is_gone else _source(question)
    page = render_template(
        "confirm.html", lang=language, dir=words(language)["dir"], says=words(language), stage=stage,
        form=source.title if source else "", action=action, other=other,
    )  # fmt: skip
    return Response(page, 404 if is_gone else 200, mimetype="text/html")
