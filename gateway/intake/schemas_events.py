"""The shapes of events, reorders and people to contact on the wire."""

from marshmallow import Schema, fields, validate

from gateway.becoming.contactable import EMAIL, PHONE
from gateway.becoming.said import FIELDS, LONGEST
from gateway.becoming.taking import STATES
from gateway.domain.happening import KINDS
from gateway.intake.schemas import Strict
from gateway.intake.schemas_clocks import read_day
from gateway.policy.phases.rules import PHASES

MOST = 5_000
"""Events of one request."""
MOST_PEOPLE = 1_000


def _text(about: str, name: str = "", **more: object) -> fields.String:
    return fields.String(metadata={"description": about, "maxLength": LONGEST.get(name, 40), **more})


class EventShape(Schema):
    """Something that happened to a person; named by one of address, match_key, prospect and lead."""

    id = _text("Your own id of the event: told again, it changes nothing.", "id")
    address = _text("The person, by e-mail address.")
    match_key = _text("The person, by the match key in hex, as evidence and the console show it.")
    prospect = fields.Integer(metadata={"description": "The person, by the prospect's number."})
    lead = _text("The person, by the id of a lead of theirs.", examples=["lead_7"])
    kind = fields.String(validate=validate.OneOf(KINDS))
    at = _text("An instant with its zone, or a day of the operator's zone.", examples=["2026-03-01T12:00:00Z"])
    product = _text("What was bought or used. No addresses.", "product")
    segment = _text("What kind of thing that is.", "segment")
    quantity = fields.Float(metadata={"description": "How much of it; more than 0."})
    amount = _text("Money, as text; less than 0 where it was given back.", examples=["19.90"])
    currency = _text("Its currency (ISO 4217).", examples=["EUR"])
    campaign = _text("The campaign it came of.", "campaign")
    channel = _text("By which channel.", "channel", examples=["email"])
    satisfaction = fields.Integer(metadata={"description": "1 to 5."})
    recommend = fields.Integer(metadata={"description": "0 to 10: how likely they are to recommend us."})


assert set(EventShape().fields) == set(FIELDS)


class Events(Strict):
    """Events, each answered by itself."""

    events = fields.List(
        fields.Dict(
            keys=fields.String(), error_messages={"invalid": "not_an_object", "null": "null"},
            metadata={"description": "As EventShape.", "properties": {name: {} for name in FIELDS}},
        ),
        required=True, error_messages={"required": "missing", "null": "null", "invalid": "not_a_list"},
        validate=validate.Length(min=1, max=MOST, error="too_many"),
    )  # fmt: skip


class ReplyView(Schema):
    """What became of one event."""

    id = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    prospect = fields.Integer(required=True, allow_none=True)
    stopped = fields.Boolean(metadata={"description": "An order not to write was kept, whoever the person is."})
    problems = fields.List(fields.Dict(), metadata={"description": "Why it was refused."})


class TakenView(Schema):
    """What became of each event, in their order."""

    counts = fields.Dict(required=True, keys=fields.String(), values=fields.Integer())
    events = fields.List(fields.Nested(ReplyView), required=True)


class ContactableQuery(Strict):
    """Whom to ask for, and from where on."""

    after = fields.Integer(
        strict=False, load_default=0, validate=validate.Range(min=0, max=10**18, error="not_a_number"),
        error_messages={"invalid": "not_a_number"}, metadata={"description": "`after` of the answer before."},
    )  # fmt: skip
    limit = fields.Integer(
        load_default=100, validate=validate.Range(min=1, max=MOST_PEOPLE, error="not_a_number"),
        error_messages={"invalid": "not_a_number"},
    )  # fmt: skip
    channel = fields.String(load_default=EMAIL, validate=validate.OneOf([EMAIL, PHONE], error="not_a_choice"))
    phase = fields.String(
        validate=validate.OneOf(PHASES, error="not_a_choice"),
        metadata={"description": "Only people of this phase."},
    )


class ContactableView(Schema):
    """Who may be contacted now, where to go on, and why others may not."""

    people = fields.List(fields.Dict(), required=True)
    after = fields.Integer(required=True, allow_none=True, metadata={"description": "Null: nobody is left."})
    not_now = fields.Dict(required=True, keys=fields.String(), values=fields.Integer())


class ReordersQuery(Strict):
    """Which days, and from where on."""

    within = fields.Integer(
        load_default=14, validate=validate.Range(min=0, max=366, error="not_a_number"),
        error_messages={"invalid": "not_a_number"}, metadata={"description": "Days from today on."},
    )  # fmt: skip
    since = fields.Integer(
        load_default=30, validate=validate.Range(min=0, max=366, error="not_a_number"),
        error_messages={"invalid": "not_a_number"}, metadata={"description": "Days before today, too."},
    )  # fmt: skip
    after = fields.String(validate=validate.Length(max=300, error="too_long"))
    limit = fields.Integer(
        load_default=100, validate=validate.Range(min=1, max=MOST_PEOPLE, error="not_a_number"),
        error_messages={"invalid": "not_a_number"},
    )  # fmt: skip


class ReordersView(Schema):
    """Who is about to run out of what, soonest first."""

    reorders = fields.List(fields.Dict(), required=True)
    after = fields.String(required=True, allow_none=True)


class PhasesQuery(Strict):
    """In whose words."""

    as_ = fields.String(
        data_key="as", validate=validate.Length(max=40, error="too_long"),
        metadata={"description": "A view of lifecycle.yaml, such as five-stages; our own phases if none is named."},
    )  # fmt: skip


class PhasesView(Schema):
    """How many people stand where."""

    lines = fields.List(fields.Dict(), required=True)


class PhaseQuery(Strict):
    """As it was known when."""

    known_by = fields.String(
        validate=read_day, metadata={"description": "Only what was known at the end of this day.", "format": "date"}
    )


class PhaseView(Schema):
    """Where one person stood from when on, by which rule and events."""

    prospect = fields.Integer(required=True)
    changes = fields.List(fields.Dict(), required=True)
