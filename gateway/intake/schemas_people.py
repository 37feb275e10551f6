"""Shapes of what is asked and answered about one person."""

from marshmallow import Schema, fields, validate

_LONGEST_ADDRESS = 1_000


class PersonAsked(Schema):
    """Whose data is asked for."""

    address = fields.String(
        required=True, validate=validate.Length(1, _LONGEST_ADDRESS),
        metadata={"description": "One address, in any spelling that means the mailbox."},
    )  # fmt: skip


class ErasureAsked(PersonAsked):
    """Who is to be erased, and why."""

    why = fields.String(
        required=True, validate=validate.Length(1, 500),
        metadata={"description": "In a few words and without the address: it is kept."},
    )  # fmt: skip


class PersonView(Schema):
    """Everything there is of one person."""

    asked_for = fields.String(required=True)
    as_of = fields.String(required=True)
    sentences = fields.List(fields.String(), required=True, metadata={"description": "The same for people to read."})
    leads = fields.List(
        fields.Dict(),
        required=True,
        metadata={
            "description": "Each lead as it arrived, from where, what became of it and why, and its receipt of consent."
        },
    )
    named_in = fields.List(
        fields.Dict(), required=True, metadata={"description": "Leads of other addresses that name this one."}
    )
    prospect = fields.Dict(required=True, allow_none=True)
    handed_on = fields.List(
        fields.Dict(), required=True, metadata={"description": "Which destinations were told of them, when and what."}
    )
    duties = fields.List(fields.Dict(), required=True)
    confirmations = fields.List(fields.Dict(), required=True)
    mails = fields.List(fields.Dict(), required=True)
    reports = fields.List(fields.Dict(), required=True)
    certificates = fields.List(
        fields.Dict(), required=True, metadata={"description": "Certificates and tokens that came with their leads."}
    )
    invoices = fields.List(
        fields.Dict(), required=True, metadata={"description": "Lines of vendors' invoices that name their rows."}
    )
    orders_not_to_write = fields.List(fields.Dict(), required=True)


class ErasureView(Schema):
    """What was erased, in counts."""

    erasure = fields.Integer(required=True)
    rows = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    files = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    done = fields.Boolean(
        required=True,
        metadata={"description": "False while readers keep the database's journal open; the workers finish it."},
    )


class ReceiptView(Schema):
    """A receipt of consent, to read and signed."""

    receipt = fields.Dict(required=True, metadata={"description": "In the fields of ISO/IEC TS 27560:2023."})
    jws = fields.String(required=True, metadata={"description": "The same as a compact JWS (Ed25519)."})
    link = fields.String(required=True, metadata={"description": "The person's own page of it, under our address."})
