"""The shapes of the API on the wire, for reading bodies and for the OpenAPI page. Never used on bulk rows.

What marshmallow finds wrong comes out as our own codes; ``problems_of`` words them.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from itertools import islice
from typing import Any, TypeAlias

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from gateway.domain.phrase import phrase
from gateway.domain.problem import Problem

MOST_PROBLEMS = 50  # nobody mends more at once, and a body of 100,000 unknown fields costs no more than one of 50
LONGEST_PATH = 200
MOST_ATTRIBUTES = 100
_SAYS = {
    "missing": phrase("this field is needed"),
    "null": phrase("give a value or leave the field out; null is neither"),
    "not_text": phrase("expected text"),
    "not_boolean": phrase("expected true or false"),
    "not_an_object": phrase("expected an object, {...}"),
    "not_a_list": phrase("expected a list, [...]"),
    "not_a_scalar": phrase("expected text, a number, true, false, null or a list of texts"),
    "not_a_day": phrase("expected a day of the calendar, year first: 1990-05-31"),
    "not_a_number": phrase("expected a whole number within bounds"),
    "too_long": phrase("this is longer than is taken"),
    "too_many": phrase("these are more than are taken"),
    "bad_purpose": phrase("a purpose is one word without spaces"),
    "not_a_choice": phrase("this is not one of the choices"),
    "not_a_scope": phrase("a scope is all, email, phone, brand:NAME, source:KEY or purpose:WORD"),
    "not_an_instant": phrase("write an instant with its zone, such as 2026-03-01T12:00:00Z"),
    "not_a_list_id": phrase("expected an id such as list_7"),
    "unknown_field": phrase("there is no such field"),
}


Messages: TypeAlias = dict[str, str | list[Any] | dict[Any, Any]]  # as marshmallow declares them


def _codes(**special: str) -> Messages:
    return {"required": "missing", "null": "null", **special}


class Box(fields.Boolean):
    """A boolean and nothing that looks like one: 1, "yes" and "true" are not taken in JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not_boolean")
        return super()._deserialize(value, attr, data, **kwargs)


class Attribute(fields.Raw):
    """Anything a form may ask beyond our fields: a scalar or a list of texts, kept and not interpreted."""

    LONGEST = 5000

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        for item in value if isinstance(value, list) else [value]:
            if not isinstance(item, str | int | float | bool | None) or (
                isinstance(value, list) and type(item) is not str
            ):
                raise ValidationError("not_a_scalar")
            if isinstance(item, float) and not math.isfinite(item):
                raise ValidationError("not_a_number")
            if isinstance(item, str) and len(item) > self.LONGEST:
                raise ValidationError("too_long")
        return super()._deserialize(value, attr, data, **kwargs)


def _few(attributes: Mapping[str, Any]) -> None:
    if len(attributes) > MOST_ATTRIBUTES:
        raise ValidationError("too_many")


def text(
    longest: int,
    about: str,
    *,
    required: bool = False,
    example: str | None = None,
    check: Callable[[str], None] | None = None,
) -> fields.String:
    """A text field; null means that nobody said, unless the field is required. ``check`` raises ValidationError."""
    metadata = {"description": about} | ({} if example is None else {"examples": [example]})
    return fields.String(
        required=required, allow_none=not required, error_messages=_codes(invalid="not_text"),
        validate=[validate.Length(max=longest, error="too_long"), *([check] if check else [])], metadata=metadata,
    )  # fmt: skip


def _day(typed: str) -> None:
    """A day of the calendar, as browsers send it; nothing typed is no mistake."""
    try:
        if typed and date.fromisoformat(typed).isoformat() != typed:
            raise ValidationError("not_a_day")
    except ValueError:
        raise ValidationError("not_a_day") from None


def box(about: str) -> Box:
    """A box: true, false, or nothing said."""
    return Box(allow_none=True, error_messages=_codes(), metadata={"description": about})


class Strict(Schema):
    """A shape in which an unknown field is a problem."""

    error_messages = {"unknown": "unknown_field", "type": "not_an_object"}  # noqa: RUF012 - as marshmallow has it

    class Meta:
        """Order as written here; nothing unknown."""

        unknown = RAISE


class Consent(Strict):
    """What the person agreed to."""

    ticked = box("The box was ticked.")
    preticked = box("The box came ticked.")
    wording = text(20_000, "The notice the person saw, word for word.")
    language = text(35, "Language of the notice, for example en-US.", example="en-US")
    notice = text(64, "Instead of the words: the SHA-256 of one of the form's own notices.")
    page_url = text(2048, "The page where it happened.")
    purposes = fields.List(
        fields.String(
            error_messages=_codes(invalid="not_text"),
            validate=[
                validate.Length(min=1, max=100, error="too_long"),
                validate.Regexp(r"^\S+$", error="bad_purpose"),
            ],
        ),
        allow_none=True, error_messages=_codes(invalid="not_a_list"),
        validate=validate.Length(max=50, error="too_many"),
        metadata={"description": "What for, one word each."},
    )  # fmt: skip


class Guard(Strict):
    """What tells people from machines; never kept."""

    start = text(100, "The token that came with the form's configuration: when the form was shown.")
    proof = text(4000, "The solution of the challenge that an answer asked for, Base64 as ALTCHA writes it.")
    trap = text(2000, "A field that people do not see, and so leave empty.")


class Signup(Strict):
    """A lead the person gave us directly. Time, network address and User-Agent are the server's own."""

    email = text(1000, "The address, as typed.", required=True, example="ana@example.com")
    source = text(64, "The key of the form it was typed into.", required=True, example="demo")
    first_name = text(200, "As typed.")
    last_name = text(200, "As typed.")
    phone = text(60, "As typed.")
    country = text(100, "As typed: US, USA, United States.")
    region = text(100, "The state or province, as typed: CA, Calif., California.")
    born_on = text(10, "The day of birth. Ask only where you need it.", example="1990-05-31", check=_day)
    age = text(20, "In years, as typed: 34, or 25-34. Ask only where you need it.", example="34")
    consent = fields.Nested(
        Consent, allow_none=True, error_messages=_codes(type="not_an_object"),
        metadata={"description": "What the person agreed to; `consent_ticked` and so on in a form post."},
    )  # fmt: skip
    attributes = fields.Dict(
        keys=fields.String(validate=validate.Length(max=100, error="too_long")), values=Attribute(allow_none=True),
        allow_none=True, error_messages=_codes(invalid="not_an_object"), validate=_few,
        metadata={"description": "What else the form asked. Kept, not interpreted.", "maxProperties": MOST_ATTRIBUTES},
    )  # fmt: skip
    accept_as_typed = box("The person saw our correction of the address and means it as typed.")
    guard = fields.Nested(
        Guard, allow_none=True, error_messages=_codes(type="not_an_object"),
        metadata={"description": "What tells people from machines; `_start`, `_proof` and `_gotcha` in a form post."},
    )  # fmt: skip


class Received(Schema):
    """What a stranger is told, whatever is known of the address."""

    status = fields.String(required=True, validate=validate.Equal("received"))


class Cites(Schema):
    """Exactly one ground."""

    kind = fields.String(required=True, validate=validate.OneOf(["law", "contract", "provider", "house"]))
    text = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)


class Spoken(Schema):
    """A rule that spoke about the lead."""

    rule = fields.String(required=True, metadata={"examples": ["CS-14"]})
    reason = fields.String(required=True, metadata={"description": "Stable code."})
    verdict = fields.String(required=True, validate=validate.OneOf(["accept", "hold", "reject"]))
    cites = fields.Nested(Cites, required=True)
    message = fields.String(required=True, allow_none=True, metadata={"description": "The reason in words."})
    remedy = fields.String(required=True, allow_none=True, metadata={"description": "What would change it."})


class Decided(Schema):
    """What became of a signup, for a caller whose key has the scope ``decisions``."""

    lead = fields.String(required=True, metadata={"examples": ["lead_17"]})
    outcome = fields.String(required=True, validate=validate.OneOf(["prospect", "hold", "rejection"]))
    decision = fields.String(required=True, metadata={"description": "Equal cases have equal ids."})
    findings = fields.List(fields.Nested(Spoken), required=True)
    obligations = fields.List(fields.String(), required=True, metadata={"description": "What must be done in use."})


class ProblemItem(Schema):
    """One mistake of the caller."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    field = fields.String()
    suggestion = fields.String()
    row = fields.Integer()
    line = fields.Integer()


class ProblemDocument(Schema):
    """RFC 9457, with every problem that was found."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    problems = fields.List(fields.Nested(ProblemItem), required=True)
    challenge = fields.Dict(metadata={"description": "The proof of work that is asked for, as ALTCHA writes it."})


def problems_of(error: ValidationError, schema: type[Schema]) -> list[Problem]:
    """A validation error as problems, at most ``MOST_PROBLEMS``, with suggestions for misspelt fields."""
    flat = islice(_flat(error.messages, ""), MOST_PROBLEMS)
    return [_problem(path[:LONGEST_PATH], code, schema) for path, code in flat]


def _flat(messages: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            if key == "_schema" or (key in {"key", "value"} and path.startswith("attributes.")):
                yield from _flat(inner, path)  # marshmallow's own levels, no field of ours
            elif isinstance(key, int):
                yield from _flat(inner, f"{path}[{key}]")
            else:
                yield from _flat(inner, f"{path}.{key}" if path else str(key))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield path, str(message)


def _problem(path: str, code: str, schema: type[Schema]) -> Problem:
    suggestion, says = None, _SAYS.get(code, code)
    if code == "unknown_field":
        parent, _, name = path.rpartition(".")
        near = get_close_matches(name, _names_at(schema, parent), n=1)
        suggestion = near[0] if near else None
        if not parent and "attributes" in schema().fields:
            says += "; what the form asks beyond our fields goes under attributes"
    return Problem(code if code in _SAYS else "not_valid", says, path or None, suggestion=suggestion)


def _names_at(schema: type[Schema], path: str) -> tuple[str, ...]:
    declared = schema().fields
    if path:
        inner = declared.get(path)
        declared = inner.schema.fields if isinstance(inner, fields.Nested) else {}
    return tuple(field.data_key or name for name, field in declared.items())
