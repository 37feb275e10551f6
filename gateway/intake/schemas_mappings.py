"""The shapes of saved mappings on the wire."""

from marshmallow import Schema, fields, validate

from gateway.intake.manifest.fields import USES
from gateway.intake.mappings import LONGEST, MOST_COLUMNS
from gateway.intake.schemas import Messages, Strict

LONGEST_VENDOR = 200
_VENDOR = {"description": "The vendor's name; case and extra spaces do not matter."}


_CODES: Messages = {"required": "missing", "null": "null", "invalid": "not_text"}


def _bounds(most: int, error: str) -> list[validate.Length]:
    return [validate.Length(min=1, error="missing"), validate.Length(max=most, error=error)]


def _vendor() -> fields.String:
    return fields.String(
        required=True, metadata=_VENDOR, error_messages=_CODES, validate=_bounds(LONGEST_VENDOR, "too_long")
    )


def _heading() -> fields.String:
    return fields.String(validate=_bounds(LONGEST, "too_long"), error_messages=_CODES)


class MappingsQuery(Strict):
    """Whose mappings."""

    vendor = _vendor()


class MappingQuery(MappingsQuery):
    """Which mapping."""

    mapping = fields.String(
        required=True, error_messages=_CODES, validate=validate.Regexp("^[0-9a-f]{64}$", error="not_a_choice"),
        metadata={"description": "As `GET /v1/mappings` names it.", "pattern": "^[0-9a-f]{64}$"},
    )  # fmt: skip


class MappingBody(Strict):
    """What a vendor's columns mean."""

    vendor = _vendor()
    headings = fields.List(
        _heading(), required=True, validate=_bounds(MOST_COLUMNS, "too_many"),
        error_messages={**_CODES, "invalid": "not_a_list"},
        metadata={"description": "The file's headings in their order."},
    )  # fmt: skip
    columns = fields.Dict(
        keys=_heading(),
        values=fields.String(validate=validate.OneOf(USES, error="not_a_choice"), error_messages=_CODES),
        required=True,
        error_messages={**_CODES, "invalid": "not_an_object"},
        metadata={"description": "Heading: field of ours, as under `columns` in a manifest."},
    )


class MappingView(Schema):
    """A saved mapping."""

    mapping = fields.String(required=True, metadata={"description": "SHA-256 of the folded headings."})
    headings = fields.List(fields.String(), required=True)
    columns = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    saved_at = fields.String(required=True)
    by = fields.String(required=True)


class MappingsView(Schema):
    """All of a vendor's."""

    mappings = fields.List(fields.Nested(MappingView), required=True)


class Forgotten(Schema):
    """What was forgotten."""

    mapping = fields.String(required=True)
