"""Typeform: a signature over the raw body; answers are typed and joined to their questions, whose titles are kept.

No network address is sent. Every delivery of one response has the same ``token``.
"""

from typing import Any

from gateway.domain.problem import CallerError, Problem
from gateway.intake.platforms.boxes import Box, read_answer
from gateway.intake.platforms.call import Call, Settings, rows, table, text, texts
from gateway.intake.platforms.leads import Came, Field, asked
from gateway.intake.platforms.proof import base64_hmac, forbidden, no_rest, same
from gateway.intake.platforms.shape import Platform, problem_reply, received
from gateway.intake.values import read_instant

_TYPES = {"email": "email", "phone_number": "phone"}


def verify(call: Call, settings: Settings) -> None:
    """``Typeform-Signature`` over the bytes as they came. Raises CallerError."""
    no_rest(call)
    if not same(call.headers.get("Typeform-Signature", ""), base64_hmac(call.raw, settings["secret"])):
        raise forbidden("wrong_signature", "Typeform-Signature does not fit this body", "Typeform-Signature")


def read(call: Call, _: Settings) -> Came:
    """One response. Raises CallerError for an event that is none."""
    document = call.document()
    response = table(document.get("form_response"))
    if document.get("event_type") != "form_response" or not response:
        raise CallerError([Problem("not_a_response", "only form_response events are taken", "event_type")])
    came = Came(document)
    titles = _titles(table(response.get("definition")))
    for answer in rows(response.get("answers")):
        about = table(answer.get("field"))
        ref, number, kind = text(about.get("ref")), text(about.get("id")), text(answer.get("type"))
        title = titles.get(number) or titles.get(ref) or ""
        if kind == "boolean":
            ticked = answer.get("boolean")
            came.boxes.append(Box(ref or number, ticked if isinstance(ticked, bool) else None, title))
        elif kind == "choice" and (ticked := read_answer(_said(answer, kind))) is not None:
            came.boxes.append(Box(ref or number, ticked, title))
        came.fields.append(_field(ref or number, title, kind, _said(answer, kind)))
    for name, value in table(response.get("hidden")).items():
        came.fields.append(Field(name, text(value), "kept"))
    came.id = text(response.get("token")) or text(document.get("event_id")) or None
    came.acted_at = read_instant(text(response.get("submitted_at")))[0]
    return came


def _titles(definition: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for about in rows(definition.get("fields")):
        for name in (text(about.get("id")), text(about.get("ref"))):
            found[name] = text(about.get("title"))
    return found


def _said(answer: dict[str, Any], kind: str) -> str:
    """The answer under the key that its type names."""
    value = answer.get(kind)
    if kind == "choice":
        return text(table(value).get("label")) or text(table(value).get("other"))
    if kind == "choices":
        return ", ".join([*texts(table(value).get("labels")), *texts(table(value).get("other"))])
    return text(value)


def _field(ref: str, title: str, kind: str, said: str) -> Field:
    """By its type, else by the name its author gave it, else by its wording."""
    return Field(ref, said, _TYPES[kind]) if kind in _TYPES else asked(said, ref, title)


TYPEFORM = Platform(
    "typeform", "Typeform", takes=("application/json",), needs=("secret",), verify=verify, read=read, answer=received,
    refuse=problem_reply,
)  # fmt: skip
