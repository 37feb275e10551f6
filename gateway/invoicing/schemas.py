"""The shapes of invoices and scorecards over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from gateway.intake.schemas import Messages, Strict

_CODES: Messages = {"required": "missing", "null": "missing", "invalid": "not_a_text", "invalid_utf8": "not_a_text"}
_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def _text(most: int, about: str = "", *, pattern: str = "", required: bool = True) -> Any:
    rules: list[Any] = [validate.Length(1, most, error="too_long")]
    rules += [validate.Regexp(pattern, error="not_valid")] if pattern else []
    shown = {"description": about} | ({"pattern": pattern} if pattern else {})
    return fields.String(required=required, error_messages=_CODES, validate=rules, metadata=shown)


class InvoiceBody(Strict):
    """An invoice as the vendor sent it."""

    vendor = _text(300)
    number = _text(100, "As the vendor numbers it.")
    contract = _text(300, "Its name; without it, the one in force when the list came.", required=False)
    lists = fields.List(
        _text(24, pattern="^list_[1-9][0-9]{0,17}$"), required=True, validate=validate.Length(1, 500, error="too_many"),
        error_messages={**_CODES, "invalid": "not_a_list"},
    )  # fmt: skip
    rows_billed = fields.Integer(
        strict=True, error_messages={**_CODES, "invalid": "not_a_number"}, validate=validate.Range(0, 10**9),
        metadata={"description": "How many rows it bills; without it all that its lists have, or all its lines."},
    )  # fmt: skip
    amount = _text(16, "Such as 3780.00", pattern=r"^[0-9]{1,12}(\.[0-9]{1,3})?$")
    currency = _text(3, pattern="^[A-Z]{3}$")
    dated_on = _text(10, "The day on the invoice.", pattern=_DAY)
    received_on = _text(10, "The day it came; today if not given.", pattern=_DAY, required=False)
    rows = _text(
        60_000_000, required=False,
        about="CSV that names the billed rows: by `row` (with `list` where there are several), by `email`, or by the "
              "vendor's own ids under the heading they had in the list.",
    )  # fmt: skip


class InvoicesQuery(Strict):
    """Whose, and how many."""

    vendor = fields.String(validate=validate.Length(1, 300))
    before = fields.Integer(validate=validate.Range(1, 2**62))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class PackQuery(Strict):
    """As what."""

    format = fields.String(load_default="xlsx", validate=validate.OneOf(("xlsx", "html")))


class ScoreQuery(Strict):
    """Whose."""

    vendor = _text(300)


class _AccountView(Schema):
    billed = fields.Integer(required=True)
    fates = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True,
        metadata={"description": "Every billed row by what became of it; they add up to `billed`."},
    )  # fmt: skip
    credited_by_reason = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    not_credited = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    unbilled = fields.Integer(required=True)
    price_minor = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    overcharged_minor = fields.Integer(required=True)
    owed_minor = fields.Integer(
        required=True, allow_none=True,
        metadata={"description": "What the owed rows cost, where each has its own price."},
    )  # fmt: skip
    credit_minor = fields.Integer(required=True)
    due_minor = fields.Integer(required=True)
    notes = fields.List(fields.String(), required=True)


class InvoiceView(Schema):
    """An invoice with its account."""

    invoice = fields.String(required=True)
    vendor = fields.String(required=True)
    number = fields.String(required=True)
    contract = fields.Integer(required=True, allow_none=True)
    lists = fields.List(fields.String(), required=True)
    amount_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    dated_on = fields.String(required=True)
    received_on = fields.String(required=True)
    added_at = fields.String(required=True)
    by = fields.String(required=True)
    by_row = fields.Boolean(required=True)
    account = fields.Nested(_AccountView, required=True)


class InvoicesView(Schema):
    """Some of them."""

    invoices = fields.List(fields.Nested(InvoiceView), required=True)
