"""The shapes of pings and posts on the wire, for reading bodies and for the OpenAPI page."""

from marshmallow import Schema, fields, validate

from gateway.intake.buying.answers import SHAPES
from gateway.intake.schemas import Messages, Strict, text

_CODES: Messages = {"required": "missing", "null": "null"}


class PingBody(Strict):
    """A lead offered without the person: by a hash of the address, or by what the lead is, or both."""

    email_sha256 = text(
        64, "SHA-256 in hex of the address without blanks around it, lower-cased, in UTF-8.",
        example="5af2387fafddaf5463d7d8c16d0a5ca2c5be5cb0bf7d25d2c0edd9ab85da5a59",
    )  # fmt: skip
    email_md5 = text(32, "The same as MD5.")
    domain = text(
        253, "The part of the address after the @: not wanted where our rules refuse whoever has one there.",
        example="example.com",
    )  # fmt: skip
    country = text(100, "Where the person is: US, USA, United States.", example="US")
    region = text(100, "The state or province: TX, US-TX, Texas.", example="TX")
    state = text(100, "The same by another name.")
    zip = text(20, "Taken, and not looked at: a zip is of no country. Say country and state.")
    product = text(100, "What the lead is for.")
    collected_at = text(40, "When the person gave the address.", example="2026-11-20T10:00:00Z")
    age_days = fields.Integer(
        strict=True, allow_none=True, error_messages={**_CODES, "invalid": "not_a_number"},
        validate=validate.Range(min=0, max=36_600, error="not_a_number"),
        metadata={"description": "Instead: how many days ago that was."},
    )  # fmt: skip
    ask = text(20, "What you ask for at least, in the contract's currency.", example="1.25")
    contract = text(300, "Under which contract; the one in force if left out.")
    answer = fields.String(
        allow_none=True, error_messages={**_CODES, "invalid": "not_text"},
        validate=validate.OneOf(SHAPES, error="not_a_choice"),
        metadata={"description": "In whose shape the answer is; the contract says, if left out."},
    )  # fmt: skip


class Money(Schema):
    """An amount."""

    minor = fields.Integer(required=True, metadata={"description": "In the currency's minor unit."})
    currency = fields.String(required=True)
    amount = fields.String(required=True, metadata={"description": "The same as a decimal."})


def _instant(about: str) -> fields.String:
    return fields.String(required=True, allow_none=True, metadata={"description": about})


class PingAnswer(Schema):
    """Whether the lead is wanted, and at what price."""

    wanted = fields.Boolean(required=True)
    state = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["known", "suppressed", "unknown", None]),
        metadata={"description": "How we stand with the person: only where the contract allows it."},
    )  # fmt: skip
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Stable code."})
    message = fields.String(required=True, allow_none=True)
    price = fields.Nested(Money, required=True, allow_none=True)
    ping = fields.String(
        required=True, allow_none=True, metadata={"description": "Post the lead with this; good once."}
    )
    until = _instant("So long the price is promised.")
    again_at = _instant("When we buy again, where we do not now.")


class SaleReason(Schema):
    """Why a lead was held, refused or not bought."""

    reason = fields.String(required=True, metadata={"description": "Stable code."})
    message = fields.String(required=True)
    remedy = fields.String(required=True, allow_none=True)


class RepeatShown(Schema):
    """Your own earlier lead of the same person."""

    lead = fields.String(required=True)
    at = fields.String(required=True)


class SaleAnswer(Schema):
    """What became of a post."""

    outcome = fields.String(
        required=True, validate=validate.OneOf(["prospect", "hold", "rejection", "not_bought"]),
        metadata={"description": "`not_bought`: nothing was kept but the count."},
    )  # fmt: skip
    lead = fields.String(required=True, allow_none=True, metadata={"examples": ["lead_17"]})
    decision = fields.String(required=True, allow_none=True)
    reasons = fields.List(fields.Nested(SaleReason), required=True)
    price = fields.Nested(Money, required=True, allow_none=True)
    price_is = fields.String(
        required=True, validate=validate.OneOf(["owed", "conditional", "none"]),
        metadata={"description": "`conditional`: owed once the lead that waits is taken."},
    )  # fmt: skip
    decided_by = _instant("By when a lead that waits is decided.")
    again_at = _instant("When we buy again, where we do not now.")
    repeats = fields.Nested(RepeatShown, required=True, allow_none=True)
    ping = fields.String(required=True, allow_none=True)
