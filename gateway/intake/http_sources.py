"""/v1/sources: forms made, shown and changed, and the notices they show."""

import json
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from gateway.db.work import reading
from gateway.intake.forms import find_source, list_sources, unknown_source
from gateway.intake.http import (
    Answer,
    caller,
    checked,
    json_answer,
    operation,
    read_json,
    require,
    services,
    wrong_content_type,
)
from gateway.intake.manifest import read_form
from gateway.intake.schemas_sources import NewNotice, NewSource, Notice, Sources, SourceSettings, SourceShown
from gateway.intake.sourcing import add_notice, alter_source, make_source, source_document

blueprint = Blueprint("sources", __name__, description="Forms that take signups, and what they show.")
JSON = "application/json"
SCOPE = "sources"
_NEW = {
    "key": "news", "title": "The Harbour Letter", "origins": ["https://www.example.com"],
    "wording": "Yes, send me the Harbour Letter by e-mail.", "language": "en", "fields": ["email", "first_name"],
}  # fmt: skip
_BAD_BODY = (400, 413, 415, 422)


@operation(
    blueprint, "GET", "/v1/sources", scope=SCOPE, answers={200: Answer("Every form, by key.", {JSON: Sources})}
)  # fmt: skip
def index() -> Response:
    """List the forms."""
    with reading(services().engine) as connection:
        found = [source_document(connection, source) for source in list_sources(connection)]
    return json_answer({"sources": found})


@operation(
    blueprint, "POST", "/v1/sources", scope=SCOPE, body={JSON: (NewSource, _NEW)},
    answers={201: Answer("Made.", {JSON: SourceShown})}, problems=_BAD_BODY,
)  # fmt: skip
def make() -> Response:
    """Make a form. Strangers may post to it at once, unless `published` is false."""
    said = _body(NewSource)
    key, says = said.pop("key"), said.pop("says", None)
    gateway = services()
    today = gateway.clock.now().date()
    stated = read_form(json.dumps(says), name="says", as_of=today) if says is not None else None
    with gateway.unit_of_work() as work:
        source = make_source(work, gateway.ledger, key, said, stated, by=_by())
        document = source_document(work.connection, source)
    return json_answer(document, 201)


@operation(
    blueprint, "GET", "/v1/sources/<key>", scope=SCOPE, answers={200: Answer("The form.", {JSON: SourceShown})}
)  # fmt: skip
def show(key: str) -> Response:
    """A form with its settings and every notice it ever showed."""
    with reading(services().engine) as connection:
        source = find_source(connection, key)
        if source is None:
            raise unknown_source(key)
        return json_answer(source_document(connection, source))


@operation(
    blueprint, "PATCH", "/v1/sources/<key>", scope=SCOPE, body={JSON: (SourceSettings, {"proof": "always"})},
    answers={200: Answer("The form as it is now.", {JSON: SourceShown})}, problems=_BAD_BODY,
)  # fmt: skip
def change(key: str) -> Response:
    """Change a form; what is not said stays. Another wording is a new version of its notice."""
    said = _body(SourceSettings)
    gateway = services()
    with gateway.unit_of_work() as work:
        source = alter_source(work, gateway.ledger, key, said, by=_by())
        document = source_document(work.connection, source)
    return json_answer(document)


@operation(
    blueprint, "POST", "/v1/sources/<key>/notices", scope=SCOPE,
    body={JSON: (NewNotice, {"language": "de", "text": "Ja, schicken Sie mir den Hafenbrief per E-Mail."})},
    answers={200: Answer("What the form shows in this language from now on.", {JSON: Notice})}, problems=_BAD_BODY,
)  # fmt: skip
def notice(key: str) -> Response:
    """Show these words from now on in one language; those of before are kept for ever."""
    said = _body(NewNotice)
    gateway = services()
    with gateway.unit_of_work() as work:
        kept = add_notice(work, gateway.ledger, key, said["language"], said["text"], by=_by())
    return json_answer(
        {"language": kept.language, "version": kept.version, "digest": kept.digest, "text": kept.text,
         "since": kept.since.isoformat()}
    )  # fmt: skip


def _body(schema: Any) -> dict[str, Any]:
    if request.mimetype != JSON:
        raise wrong_content_type(JSON)
    return checked(schema, read_json())


def _by() -> str:
    return f"key_{require(caller(), SCOPE).id}"
