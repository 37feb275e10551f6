"""The forms that sites embed: their settings, their notices, what a website copies."""

from typing import Any, cast

from flask import Response, redirect, request
from werkzeug.datastructures import MultiDict

from gateway.console.desk.gate import DIGITS, may, me, page, shown
from gateway.db.work import reading
from gateway.domain.problem import CallerError, Problem
from gateway.intake.forms import find_source, unknown_source
from gateway.intake.formsettings import FIELDS, KEEPS_IP, PROOFS
from gateway.intake.http import checked, services
from gateway.intake.notices import current_notices
from gateway.intake.schemas_sources import NewNotice, NewSource, SourceSettings
from gateway.intake.snippet import plain_form, script_snippet
from gateway.intake.sourcing import add_notice, alter_source, make_source, source_document

_TEXTS = ("title", "url", "wording", "language", "brand", "received_url", "problems_url")
_WORDS = ("origins", "purposes")  # one to a line
_NUMBERS = ("least_seconds", "most_an_hour", "mails_an_hour")
_CONFIRMS = {"law": None, "yes": True, "no": False}


@page("GET", "/settings/sources/new", role="administrator")
def ask() -> Response:
    """The questions for a new form."""
    return _asked(None, {"fields": ["email"], "needed": ["email"], "published": True, "requires_tick": True}, [])


@page("POST", "/settings/sources/new", role="administrator")
def make() -> Response:
    """Make a form."""
    gateway = services()
    try:
        said = checked(NewSource, {"key": request.form.get("key", "").strip(), **_said(request.form)})
        key = said.pop("key")
        with gateway.unit_of_work() as work:
            make_source(work, gateway.ledger, key, said, None, by=me().by)
    except CallerError as error:
        return _asked(None, _typed(request.form), error.problems)
    return _there(key)


@page("GET", "/settings/sources/<key>", role="viewer")
def show(key: str) -> Response:
    """A form: what to copy into a website, its notices, its settings."""
    gateway = services()
    with reading(gateway.engine) as connection:
        source = find_source(connection, key)
        if source is None:
            raise unknown_source(key)
        document, notices = source_document(connection, source), current_notices(connection, key)
    home = gateway.settings.public_url or request.host_url.rstrip("/")
    return shown(
        "settings/source.html", here="settings", source=document, home=home,
        snippet=script_snippet(source, home), plain=plain_form(source, notices, home), **_choices(),
    )  # fmt: skip


@page("GET", "/settings/sources/<key>/change", role="administrator")
def ask_change(key: str) -> Response:
    """The questions, with what stands."""
    with reading(services().engine) as connection:
        source = find_source(connection, key)
        if source is None:
            raise unknown_source(key)
        return _asked(key, source_document(connection, source), [])


@page("POST", "/settings/sources/<key>/change", role="administrator")
def change(key: str) -> Response:
    """Change a form."""
    gateway = services()
    try:
        said = checked(SourceSettings, _said(request.form))
        with gateway.unit_of_work() as work:
            alter_source(work, gateway.ledger, key, said, by=me().by)
    except CallerError as error:
        if error.status == 404:  # noqa: PLR2004 - there is no such form
            raise
        return _asked(key, _typed(request.form), error.problems)
    return _there(key)


@page("POST", "/settings/sources/<key>/notices", role="administrator")
def tell(key: str) -> Response:
    """Words that the form shows from now on, in one language."""
    gateway = services()
    said = checked(NewNotice, {name: request.form.get(name, "").strip() for name in ("language", "text")})
    if not said["text"]:
        raise CallerError([Problem("missing", "Write the words that people shall see.", "text")])
    with gateway.unit_of_work() as work:
        add_notice(work, gateway.ledger, key, said["language"], said["text"], by=me().by)
    return _there(key)


def _said(form: MultiDict[str, str]) -> dict[str, Any]:
    """The page's fields in the shapes of the API, which judges them."""
    said: dict[str, Any] = {name: form.get(name, "").strip() or None for name in _TEXTS}
    if said["title"] is None:
        said["title"] = ""
    said |= {name: form.get(name, "").split() for name in _WORDS}
    said |= {name: form.getlist(name) for name in ("fields", "needed")}
    for name in ("fields", "needed"):
        said[name] = [one for one in FIELDS if one == "email" or one in said[name]]
    said |= {name: _number(form.get(name, "")) for name in _NUMBERS}
    said |= {name: form[name] for name in ("keep_ip", "proof") if name in form}
    said |= {name: form.get(name) == "yes" for name in ("published", "requires_tick")}
    return said | {"asks_confirmation": _CONFIRMS.get(form.get("asks_confirmation", "law"))}


def _number(text: str) -> int | str:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= DIGITS else text


def _typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, to be mended."""
    return {"source": form.get("key", ""), **_said(form)}


def _asked(key: str | None, told: dict[str, Any], problems: list[Problem]) -> Response:
    wrong = {(one.field or "").partition("[")[0]: one for one in problems}
    return shown("settings/source_form.html", 422 if problems else 200, here="settings", key=key, told=told,
                 wrong=wrong, problems=problems, **_choices())  # fmt: skip


def _choices() -> dict[str, Any]:
    return {"all_fields": FIELDS, "keeps_ip": KEEPS_IP, "proofs": PROOFS, "may_change": may("administrator")}


def _there(key: str) -> Response:
    return cast("Response", redirect(f"/desk/settings/sources/{key}", 303))
