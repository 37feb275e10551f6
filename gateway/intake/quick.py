"""Documents that are plainly of their shape, read in a tenth of the time that marshmallow takes for it.

Made from the schema itself, so that its fields are written down once. Whatever is not plain (a field of another kind
than text, box or object, an unknown name, anything that may be a mistake) is left to the schema, which has the words.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, fields, missing, validate

from gateway.intake.schemas import Box

Read = Callable[[Any], dict[str, Any] | None]


class _Plain(NamedTuple):
    """How one field is read."""

    name: str
    kind: type | None  # None: such a field is not plain
    required: bool
    may_be_null: bool
    longest: float
    checks: Sequence[Callable[[Any], Any]]  # raise ValidationError
    read: Read | None  # of an object


def quick(schema: Schema) -> Read:
    """A reader for this schema, which has no hooks and refuses unknown names: what load gives, or None to ask load."""
    plan = [_plain(name, field) for name, field in schema.load_fields.items()]

    def read(document: Any) -> dict[str, Any] | None:
        if type(document) is not dict:
            return None
        found: dict[str, Any] = {}
        for plain in plan:
            value = document.get(plain.name, missing)
            if value is not missing:
                found[plain.name] = value = _taken(plain, value)
            if value is missing and (plain.required or plain.name in document):
                return None
        return found if len(found) == len(document) else None

    return read


def _taken(plain: _Plain, value: Any) -> Any:
    """The value, if it is one beyond doubt; else ``missing``."""
    if value is None:
        return None if plain.may_be_null else missing
    if type(value) is not plain.kind or (isinstance(value, str) and len(value) > plain.longest):
        return missing
    if plain.read is not None:
        inner = plain.read(value)
        return missing if inner is None else inner
    try:
        for check in plain.checks:
            check(value)
    except ValidationError:
        return missing
    return value


def _plain(name: str, field: fields.Field[Any]) -> _Plain:
    longest, checks, inner = float("inf"), list[Callable[[Any], Any]](), None
    kind: type | None = {fields.String: str, Box: bool, fields.Nested: dict}.get(type(field))
    for check in field.validators:
        if isinstance(check, validate.Length) and check.min is None and check.equal is None and check.max is not None:
            longest = min(longest, check.max)
        else:
            checks.append(check)
    if isinstance(field, fields.Nested):
        inner = quick(field.schema)
        kind = None if field.many or checks else kind
    if field.load_default is not missing or field.data_key is not None or field.attribute is not None:
        raise ValueError(f"{name} is not read as it is called")
    return _Plain(name, kind, field.required, bool(field.allow_none), longest, checks, inner)
