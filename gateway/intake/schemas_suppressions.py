"""The shapes of suppressions on the wire."""

from datetime import datetime

from marshmallow import Schema, ValidationError, fields, validate

from gateway.domain.ports import CAUSES, read_cause, read_scope
from gateway.intake.schemas import Strict

MOST = 10_000
_LONGEST = 400  # characters: an address has 254, the longest hash 128


def _cause(typed: str) -> None:
    try:
        read_cause(typed)
    except ValueError:
        raise ValidationError("not_a_choice") from None


def _scope(typed: str) -> None:
    try:
        read_scope(typed)
    except ValueError:
        raise ValidationError("not_a_scope") from None


def _instant(typed: str) -> None:
    try:
        at = datetime.fromisoformat(typed)
    except ValueError:
        raise ValidationError("not_an_instant") from None
    if at.tzinfo is None:
        raise ValidationError("not_an_instant")


class Who(Strict):
    """People by address, telephone number or hash."""

    who = fields.List(
        fields.String(
            error_messages={"invalid": "not_text", "null": "null"},
            validate=validate.Length(min=1, max=_LONGEST, error="too_long"),
        ),
        required=True,
        error_messages={"required": "missing", "null": "null", "invalid": "not_a_list"},
        validate=validate.Length(min=1, max=MOST, error="too_many"),
        metadata={
            "description": "Addresses, telephone numbers in E.164 or as in the United States, and hashes of addresses "
            "in hex (MD5, SHA-1, SHA-256, SHA-512), mixed."
        },
    )


class Orders(Who):
    """Who must not be written to or called any more, and why."""

    cause = fields.String(
        load_default="opt_out", validate=_cause, error_messages={"invalid": "not_text", "null": "null"},
        metadata={"description": f"One of {', '.join(CAUSES)}.", "examples": ["opt_out"]},
    )  # fmt: skip
    scope = fields.String(
        load_default="all", validate=_scope, error_messages={"invalid": "not_text", "null": "null"},
        metadata={"description": "Of addresses and hashes: all, email, brand:NAME or source:KEY. Numbers: calls."},
    )  # fmt: skip
    received_at = fields.String(
        validate=_instant, error_messages={"invalid": "not_text", "null": "null"},
        metadata={"description": "When they said so, if not now: ISO 8601 with its zone."},
    )  # fmt: skip
    note = fields.String(
        load_default="", error_messages={"invalid": "not_text", "null": "null"},
        validate=validate.Length(max=500, error="too_long"), metadata={"description": "Kept beside; no addresses."},
    )  # fmt: skip


class OrderView(Schema):
    """A standing order."""

    cause = fields.String(required=True, validate=validate.OneOf(CAUSES))
    scope = fields.String(required=True)
    received_at = fields.String(required=True)
    known_by = fields.String(
        required=True, allow_none=True, metadata={"description": "Which hash it is known by, if by one alone."}
    )


class SuppressionView(Schema):
    """What stands against one of those asked about."""

    asked = fields.String(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["suppressed", "not_suppressed", "unknown_hash", "not_understood"]),
        metadata={
            "description": "`unknown_hash` is no clearance: of most people who left we keep no address that could be "
            "hashed. Ask by the address to be sure."
        },
    )
    suppressed = fields.Boolean(required=True)
    orders = fields.List(fields.Nested(OrderView), required=True)


class SuppressionViews(Schema):
    """The same of many, in the order they were asked about."""

    answers = fields.List(fields.Nested(SuppressionView), required=True)


class Recorded(Schema):
    """What telling us changed."""

    distinct = fields.Integer(required=True, metadata={"description": "People, numbers and hashes, each once."})
    recorded = fields.Integer(required=True, metadata={"description": "Orders that are new."})
    withdrawn = fields.Integer(required=True, metadata={"description": "Prospects that were withdrawn."})
    refused = fields.Integer(required=True, metadata={"description": "Waiting leads that were refused."})
