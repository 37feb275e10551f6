"""The edge of the API: who may call, how bodies are read, how mistakes are answered. No route of its own.

Headers that every request is asked for are read where WSGI puts them: request.headers takes ten calls for each.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, wraps
from io import BytesIO
from typing import Any, TypeVar, cast

from flask import Request, Response, current_app, g, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import BaseConverter

from gateway.access.keys import KeyHolder, find_key
from gateway.db.work import glancing
from gateway.domain.problem import CallerError, Problem
from gateway.intake import idempotency
from gateway.intake.idempotency import Kept, Turn
from gateway.intake.languages import LANGUAGES, choose_language
from gateway.intake.schemas import LONGEST_PATH, ProblemDocument, problems_of
from gateway.pipeline import Services

EVERYONE = "everyone"
PROBLEM_JSON = "application/problem+json"
LONGEST_AGENT = 512  # characters of what a browser calls itself
MOST_FIELDS = 1_000  # of a form; as many parts as Werkzeug takes of a multipart body
LARGEST_OF_STRANGERS = 1 << 18  # bytes that are kept word for word of whoever has no key, every hour of ten thousand
_BEARER = re.compile(r"Bearer +([\x21-\x7e]+) *", re.IGNORECASE)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database keeps NUL as text; half a character is none
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
View = TypeVar("View", bound=Callable[..., Response])


class _FewFields(FormDataParser):
    """Counts the fields of a form before they are read: a megabyte holds half a million, which took seconds."""

    def _parse_urlencoded(self, stream: Any, mimetype: str, content_length: int | None, options: dict[str, str]) -> Any:
        data = stream.read()
        if data.count(b"&") >= MOST_FIELDS:
            raise RequestEntityTooLarge(f"a form has at most {MOST_FIELDS:,} fields")
        return super()._parse_urlencoded(BytesIO(data), mimetype, content_length, options)


class BoundedRequest(Request):
    """A request whose forms have a bounded number of fields."""

    form_data_parser_class = _FewFields
    keeps_fields = False
    """Whether what no database keeps is refused wherever it stands in a form, by whoever reads it first."""

    def _load_form_data(self) -> None:
        is_first = "form" not in self.__dict__
        super()._load_form_data()
        if is_first and self.keeps_fields:
            refuse_unstorable(self.form.to_dict(flat=False))
            refuse_unstorable([one.filename for one in self.files.values()])


def refuse_large(size: int) -> None:
    """Refuse a body, of so many bytes, of a stranger whose every word would be kept."""
    if size > LARGEST_OF_STRANGERS:
        raise RequestEntityTooLarge(f"more than {LARGEST_OF_STRANGERS:,} bytes are taken with a key only")


class _Numbered(BaseConverter):
    """An id that carries its kind, such as list_7; the view gets the number."""

    kind = ""

    def __init__(self, url_map: Any) -> None:
        super().__init__(url_map)
        self.regex = self.kind + r"_[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value.removeprefix(self.kind + "_"))

    def to_url(self, value: int) -> str:
        return f"{self.kind}_{value}"


class Number(BaseConverter):
    """A number that 64 bits hold, in digits as everybody writes them; any other is nobody's."""

    regex = "[0-9]{1,18}"
    weight = 50  # as Werkzeug's own: before texts

    def to_python(self, value: str) -> int:
        """What the view gets."""
        return int(value)


class ListId(_Numbered):
    """list_7."""

    kind = "list"


class LeadId(_Numbered):
    """lead_17."""

    kind = "lead"


class DeliveryId(_Numbered):
    """dlv_17."""

    kind = "dlv"


class RecallId(_Numbered):
    """recall_3."""

    kind = "recall"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as the OpenAPI page shows it: its meaning and its shape by content type."""

    about: str
    content: Mapping[str, Any]
    headers: Mapping[str, str] | None = None

    def as_spec(self) -> dict[str, Any]:
        """For apispec; a Schema class becomes a reference."""
        spec: dict[str, Any] = {"description": self.about}
        if self.content:
            spec["content"] = {kind: {"schema": shape} for kind, shape in self.content.items()}
        if self.headers:
            spec["headers"] = {
                name: {"description": about, "schema": {"type": "string"}} for name, about in self.headers.items()
            }
        return spec


def operation(
    blueprint: Blueprint,
    method: str,
    rule: str,
    *,
    scope: str,
    answers: Mapping[int, Answer],
    problems: Iterable[int] = (),
    body: Mapping[str, tuple[Any, Any]] | None = None,
    parameters: Iterable[Mapping[str, Any]] = (),
) -> Callable[[View], View]:
    """Register a view: its route, its guard and its documentation in one, so that none is forgotten.

    ``scope`` is the key's scope that is needed, or EVERYONE; a view for everyone may still look at ``caller()``.
    ``body`` gives shape and example by content type.
    """
    guards = set() if scope == EVERYONE else {401, 403}
    wanted = sorted({404, 405, *problems} | guards)
    document: dict[str, Any] = {
        "responses": {str(status): Answer(MEANS[status], PROBLEMS).as_spec() for status in wanted}
        | {str(status): answer.as_spec() for status, answer in answers.items()},
        "parameters": list(parameters),
        "security": [{}, {"key": []}] if scope == EVERYONE else [{"key": [scope]}],
        "x-scope": scope,
    }
    if body is not None:
        document["requestBody"] = {
            "required": True,
            "content": {kind: {"schema": shape, "example": example} for kind, (shape, example) in body.items()},
        }

    def register(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            if scope != EVERYONE:
                require(caller(), scope)
            return view(*args, **kwargs)

        open_to(scope)(guarded)
        documented = blueprint.doc(operationId=f"{blueprint.name}_{view.__name__}", **document)(guarded)
        blueprint.route(rule, methods=[method])(documented)
        return cast("View", guarded)

    return register


PROBLEMS = {PROBLEM_JSON: ProblemDocument}
MEANS = {
    400: "The body cannot be read.",
    401: "The key is missing, not known or no longer good.",
    403: "The key has not the scope this needs.",
    404: "There is nothing at this address.",
    405: "The method is not for this address; `Allow` names those that are.",
    409: "Not now: something else is under way, there already, or has to be done first.",
    413: "More than is taken.",
    415: "The body is of a type that is not taken here.",
    422: "The contents have problems; all of them are named.",
    429: "Too many signups of late; `Retry-After` says in how many seconds to come again.",
    503: "More is under way than this server can bear; `Retry-After` says when to ask again.",
}


def open_to(who: str) -> Callable[[View], View]:
    """Say on the view itself who may call it; create_app refuses to start with a route that does not."""

    def mark(view: View) -> View:
        view.open_to = who  # type: ignore[attr-defined]
        return view

    return mark


def services() -> Services:
    """What this application was built with."""
    return cast("Services", current_app.extensions["gateway"])


def caller() -> KeyHolder | None:
    """Whose key came with the request; None for a stranger. A key that is not good is a 401, never a stranger."""
    if "caller" not in g:
        g.caller = _find_caller(request.environ.get("HTTP_AUTHORIZATION"))
    return cast("KeyHolder | None", g.caller)


def _find_caller(header: str | None) -> KeyHolder | None:
    if header is None:
        return None
    match = _BEARER.fullmatch(header)
    if match:
        with glancing(services().engine) as connection:
            holder = find_key(connection, match[1], services().clock.now())
        if holder is not None:
            return holder
    raise _unauthorized("the key is not known, or no longer good")


def require(holder: KeyHolder | None, scope: str) -> KeyHolder:
    """The caller, who must hold a key of this scope."""
    if holder is None:
        raise _unauthorized("this needs a key: send the header  Authorization: Bearer gk_...")
    if scope not in holder.scopes:
        message = f"this key has not the scope {scope!r}; make one with: gateway keys new --scope {scope}"
        raise CallerError([Problem("missing_scope", message)], 403, "Forbidden")
    return holder


def _unauthorized(message: str) -> CallerError:
    problem = Problem("unauthorized", message)
    return CallerError([problem], 401, "Unauthorized", {"WWW-Authenticate": 'Bearer realm="gateway"'})


def begin_turn(who: str) -> Kept | Turn | None:
    """The request's turn under its Idempotency-Key, or the answer kept under it; None if it has no key."""
    key = request.environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    tried = idempotency.attempt(who, key, method=request.method, path=request.path, body=request.get_data())
    return idempotency.begin(services(), tried)


def user_agent() -> str | None:
    """What browser the caller says it is, as far as a database keeps it."""
    said = "".join(c for c in request.environ.get("HTTP_USER_AGENT", "") if c.isprintable())
    return said[:LONGEST_AGENT] or None


def page_language(named: str | None) -> str:
    """The language of a page for people: the named one, else the first of the browser's that we have."""
    return choose_language(named or request.accept_languages.best_match(LANGUAGES) or "en")


def json_answer(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; equal documents give equal bytes."""
    return _json(document, status, "application/json", headers)


def problem_answer(error: CallerError) -> Response:
    """The caller's mistakes as RFC 9457 has it."""
    document = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "problems": [problem.as_dict() for problem in error.problems],
        **error.more,
    }
    return _json(document, error.status, PROBLEM_JSON, error.headers)


def _json(document: Any, status: int, kind: str, headers: Mapping[str, str] | None) -> Response:
    return Response(dump(document), status, dict(headers or {}), mimetype=kind)


def dump(document: Any) -> str:
    """JSON on one line; equal documents give equal text."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    """Text as UTF-8 in blocks of some size: a write per row would cost more than the row."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size > 1 << 16:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting, size = [], 0
    yield "".join(waiting).encode("utf-8", "replace")


def read_json() -> Any:
    """The body, which must be JSON in UTF-8 that a database can keep."""
    try:
        text = request.get_data().decode("utf-8-sig")
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        problem = Problem("bad_json", f"the body is not JSON in UTF-8: {reason}")
        raise CallerError([problem], 400, "The body cannot be read") from None
    if _ESCAPED.search(text):  # JSON holds either only as an escape, and hardly any body has one
        refuse_unstorable(document)
    return document


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON number")


def refuse_unstorable(document: Any) -> None:
    """Refuse NUL and halves of surrogate pairs anywhere in a document, however deep."""
    waiting = [("", document)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(path, key) for key in value]
            waiting += [(f"{path}.{key}" if path else key, inner) for key, inner in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}[{place}]", inner) for place, inner in enumerate(value)]
        elif isinstance(value, str) and _UNSTORABLE.search(value):
            place = _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", path)[:LONGEST_PATH] or None
            raise CallerError([Problem("bad_characters", "the text has a NUL or half of a surrogate pair", place)])


def checked(schema: type[Schema], document: Any) -> dict[str, Any]:
    """The document, if it has the schema's shape. Raises CallerError with every problem."""
    try:
        return cast("dict[str, Any]", _made(schema).load(document))
    except ValidationError as error:
        raise CallerError(problems_of(error, schema)) from None


@cache
def _made(schema: type[Schema]) -> Schema:
    """Made once: copying its fields takes longer than reading a signup with them."""
    return schema()


def read_query(schema: type[Schema]) -> dict[str, Any]:
    """The query parameters; a name given twice is a problem, as an unknown one is."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise CallerError([Problem("given_twice", "give this parameter once", name) for name in twice])
    given = request.args.to_dict()
    refuse_unstorable(given)
    return checked(schema, given)


def wrong_content_type(*good: str) -> CallerError:
    """The 415 for a body that is none of these."""
    problem = Problem("wrong_content_type", "send " + " or ".join(good), "Content-Type")
    return CallerError([problem], 415, "Unsupported Media Type", {"Accept-Post": ", ".join(good)})
