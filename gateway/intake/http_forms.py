"""What a site embeds: a form's script, its configuration, its page, help with slips. Nothing here changes anything."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request, send_from_directory
from werkzeug.datastructures import MultiDict

from gateway.db.work import reading
from gateway.intake.formpage import KINDS, form_page, purpose_label
from gateway.intake.forms import Source, find_source
from gateway.intake.guard.start import make_start
from gateway.intake.http import EVERYONE, json_answer, open_to, page_language, services
from gateway.intake.http_signups import allow_origin
from gateway.intake.languages import direction, words
from gateway.intake.notices import Notice, choose_notice, current_notices
from gateway.screening.address.kinds import kinds_of
from gateway.screening.address.syntax import normalise

blueprint = Blueprint("forms", __name__)
_STATIC = Path(__file__).parent / "static"


@blueprint.get("/forms/<key>.js")
@open_to(EVERYONE)
def script(key: str) -> Response:
    """The script of every form; which one it is for, it reads from its own address."""
    _published(key)
    return _open_file("form.js")


@blueprint.get("/forms/form.css")
@open_to(EVERYONE)
def style() -> Response:
    """How forms look."""
    return _open_file("form.css")


@blueprint.get("/forms/<key>.json")
@open_to(EVERYONE)
def configuration(key: str) -> Response:
    """What the script needs to show the form in one language; for scripts of the form's own origins."""
    source, notices = _published(key)
    g.source = source
    language = page_language(request.args.get("lang"))
    wanted = request.args.get("lang") or language
    document = _configuration(source, choose_notice(notices, wanted, source.statement.language), language)
    return allow_origin(json_answer(document))


@blueprint.get("/forms/<key>/slip")
@open_to(EVERYONE)
def slip(key: str) -> Response:
    """What was probably meant by a domain, from the fixed list of look-alikes: asked while the person still types.

    Only what stands behind the @ is asked, so that no address comes into anybody's log.
    """
    source, _ = _published(key)
    g.source = source
    domain = normalise(f"x@{request.args.get('domain', '')}").ascii_domain
    return allow_origin(json_answer({"suggestion": kinds_of(domain).suggestion if domain else None}))


@blueprint.get("/f/<key>")
@open_to(EVERYONE)
def hosted(key: str) -> Response:
    """The form on a page of its own, which needs no script."""
    source, notices = _published(key)
    language = page_language(request.args.get("lang"))
    notice = choose_notice(notices, request.args.get("lang") or language, source.statement.language)
    given = {
        "source": source.key, "_start": _start(source), "_language": language,
        "consent_page_url": f"{base_url()}f/{source.key}",
    }  # fmt: skip
    if source.has_box:
        given["consent_preticked"] = "0"
    if notice is not None:
        given["consent_notice"] = notice.digest
    form = form_page(MultiDict(given), [], source, language=language, notice=notice, asks=source.form.fields)
    g.own_scripts = True
    page = render_template(
        "hosted.html", form=form, language=language, dir=direction(language), script=f"/forms/{source.key}.js"
    )
    return Response(page, mimetype="text/html")


def base_url() -> str:
    """Where people reach us, with a slash at its end."""
    return (services().settings.public_url or request.host_url).rstrip("/") + "/"


def _published(key: str) -> tuple[Source, list[Notice]]:
    """The form and what it shows; 404 for one that is not there or that strangers may not post to."""
    with reading(services().engine) as connection:
        source = find_source(connection, key)
        if source is None or not source.published:
            abort(404)
        return source, current_notices(connection, key)


def _configuration(source: Source, notice: Notice | None, language: str) -> dict[str, Any]:
    says = words(language)
    fields = [
        {
            "name": name, "label": says[f"field_{name}"], "type": KINDS[name][0], "autocomplete": KINDS[name][1],
            "needed": name in source.form.needed,
        }
        for name in source.form.fields
    ]  # fmt: skip
    return {
        "source": source.key,
        "title": source.title,
        "language": language,
        "dir": direction(language),
        "fields": fields,
        "purposes": [{"purpose": one, "label": purpose_label(one)} for one in source.form.purposes],
        "notice": _shown(source, notice, language) if source.has_box else None,
        "start": _start(source),
        "next": source.received_url,
        "asks": source.statement.asks_confirmation is True,
        "says": dict(says),
    }


def _shown(source: Source, notice: Notice | None, language: str) -> dict[str, str | None]:
    if notice is not None:
        return {"digest": notice.digest, "text": notice.text, "language": notice.language,
                "dir": direction(notice.language)}  # fmt: skip
    text = source.statement.wording or words(language)["agree"]
    tag = source.statement.language or "en" if source.statement.wording else language
    return {"digest": None, "text": text, "language": tag, "dir": direction(tag)}


def _start(source: Source) -> str:
    return make_start(services().settings.secret_key, source.key, services().clock.now())


def _open_file(name: str) -> Response:
    """A file that pages of any origin may load; browsers ask each time whether it has changed."""
    response = send_from_directory(_STATIC, name)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
