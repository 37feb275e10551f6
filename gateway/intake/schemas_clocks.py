"""The shapes of what is due, as it is asked and answered on the wire."""

from datetime import date

from marshmallow import Schema, ValidationError, fields, validate

from gateway.due.entry import ORDER
from gateway.intake.schemas import Strict


def read_day(typed: str) -> None:
    """A day as 2026-12-31; the other ways in which ISO 8601 writes one are not taken."""
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        raise ValidationError("not_a_day") from None
    if day.isoformat() != typed:
        raise ValidationError("not_a_day")


class ClocksQuery(Strict):
    """Which of what is due, and how closely."""

    until = fields.String(
        validate=read_day,
        metadata={"description": "Only what is due on this day or before.", "format": "date"},
    )
    past = fields.Boolean(
        truthy={"true"}, falsy={"false"}, load_default=False, error_messages={"invalid": "not_boolean"},
        metadata={"description": "Requests to stop that are past due, too."},
    )  # fmt: skip
    each = fields.Boolean(
        truthy={"true"}, falsy={"false"}, load_default=False, error_messages={"invalid": "not_boolean"},
        metadata={"description": "Name every lead."},
    )  # fmt: skip


class ClockView(Schema):
    """Something that is due, and for how many people."""

    kind = fields.String(required=True, validate=validate.OneOf(ORDER))
    due_on = fields.String(required=True, metadata={"description": "The last day, in the operator's zone."})
    due_at = fields.String(required=True, metadata={"description": "From this instant on it is overdue."})
    safe_on = fields.String(
        required=True, allow_none=True,
        metadata={"description": "The last day by the earliest count, over weekends but not over holidays."},
    )  # fmt: skip
    days_left = fields.Integer(required=True)
    overdue = fields.Boolean(required=True)
    code = fields.String(required=True)
    id = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    counts_from = fields.String(required=True, allow_none=True)
    law = fields.String(required=True, allow_none=True)
    ground = fields.String(required=True, allow_none=True, metadata={"description": "law, contract, provider, house"})
    url = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True, metadata={"description": "A form's key or list_3."})
    people = fields.Integer(required=True, allow_none=True)
    leads = fields.List(fields.String(), metadata={"description": "With `each`, where leads are known."})


class AgendaView(Schema):
    """What is due, soonest first."""

    as_of = fields.String(required=True)
    today = fields.String(required=True)
    zone = fields.String(required=True)
    clocks = fields.List(fields.Nested(ClockView), required=True)
