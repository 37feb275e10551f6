"""The pages. Nothing here changes anything."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, send_from_directory
from werkzeug.datastructures import MultiDict
from werkzeug.wsgi import FileWrapper

from gateway.console.docs import api_page
from gateway.db.work import reading
from gateway.intake.formpage import FormPage, form_page
from gateway.intake.forms import find_source
from gateway.intake.http import EVERYONE, json_answer, open_to, services
from gateway.intake.languages import choose_language, direction, words
from gateway.mailroutes.recorded import DEMO_DOMAINS

blueprint = Blueprint("console", __name__)
DEMO_SOURCE = "demo"
_STATIC = Path(__file__).parent / "static"


@blueprint.get("/")
@open_to(EVERYONE)
def home() -> Response:
    """What the gateway is, and a form to try it."""
    recorded = DEMO_DOMAINS if services().settings.demo else ()
    return _page("home.html", here="home", form=_demo_form(), recorded=recorded)


def _demo_form() -> FormPage | None:
    with reading(services().engine) as connection:
        source = find_source(connection, DEMO_SOURCE)
    if source is None or not source.published:
        return None
    given = {"source": source.key, "consent_page_url": _base_url(), "consent_preticked": "0"}
    if source.statement.wording:
        given["consent_wording"] = source.statement.wording
    return form_page(MultiDict(given), [], source, asks=("first_name",))


@blueprint.get("/thanks")
@open_to(EVERYONE)
def thanks() -> Response:
    """After a signup; the same for everybody."""
    language = choose_language(request.args.get("lang", "en"))
    return _page("thanks.html", is_demo=services().settings.demo, language=language, dir=direction(language),
                 says=words(language), mail="mail" in request.args)  # fmt: skip


@blueprint.get("/docs")
@open_to(EVERYONE)
def docs() -> Response:
    """The API in words."""
    return _page("docs.html", here="docs", api=api_page(_spec(), _base_url()))


@blueprint.get("/openapi.json")
@open_to(EVERYONE)
def openapi() -> Response:
    """The API for machines."""
    return json_answer(_spec())


@blueprint.get("/static/<path:name>")
@open_to(EVERYONE)
def static(name: str) -> Response:
    """Our own few files; browsers ask each time whether they have changed."""
    answer = send_from_directory(_STATIC, name)
    body, answer.direct_passthrough = answer.response, False
    answer.make_sequence()  # read at once: a browser that goes away in the middle would leave the file open
    if isinstance(body, FileWrapper):
        body.close()
    return answer


def _page(template: str, **shown: Any) -> Response:
    return Response(render_template(template, **shown), mimetype="text/html")


def _spec() -> dict[str, Any]:
    spec: dict[str, Any] = current_app.extensions["gateway.spec"].to_dict()
    return spec


def _base_url() -> str:
    return (services().settings.public_url or request.host_url).rstrip("/") + "/"
