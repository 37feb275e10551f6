"""The shapes of destinations, recalls and acknowledgements on the wire."""

from marshmallow import Schema, fields, validate

from gateway.emission.book import CONFIRMS, FIELDS, FILTERS
from gateway.emission.recall import CAUSES
from gateway.intake.schemas import Strict, text
from gateway.intake.schemas_sources import _choice, _codes, _flag, _texts

MOST_IDS = 1000


def _texts_by_name(about: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(), values=fields.String(error_messages=_codes(invalid="not_text")),
        error_messages=_codes(invalid="not_an_object"), metadata={"description": about},
    )  # fmt: skip


class Filters(Strict):
    """Of whom a destination is told: whoever fits one value of each that is set."""

    purposes = _texts("Purposes people agreed to.", 80, 50)
    brand = _texts("Brands of their sources.", 80, 50)
    source = _texts("Forms, or lists as list_7.", 80, 50)
    country = _texts("Countries.", 80, 50)


class DestinationSettings(Strict):
    """What may be set of a destination; what is not said stays."""

    settings = _texts_by_name("What its kind asks for, secrets too. An empty text takes a setting back.")
    filters = fields.Nested(Filters, metadata={"description": f"By {', '.join(FILTERS)}."})
    fields_ = _texts("What is sent of a person.", 20, len(FIELDS), FIELDS, key="fields")
    confirm = _choice("When a delivery counts as acknowledged.", CONFIRMS)


class NewDestination(DestinationSettings):
    """A destination to be added."""

    name = text(64, "What it is called, for ever.", required=True, example="crm")
    kind = text(32, "webhook, files, listmonk, hubspot or one of your own.", required=True, example="webhook")
    from_now = _flag("It is told of nobody who is a prospect already.")


class Why(Strict):
    """Why something is done."""

    why = text(500, "In a few words, without an address.")


class DestinationShown(Schema):
    """A destination: of its secrets only that they are set."""

    name = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("on", "paused", "removed")))
    why = fields.String(required=True, allow_none=True)
    settings = fields.Dict(required=True)
    secrets = fields.List(fields.String(), required=True)
    filters = fields.Dict(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields")
    confirm = fields.String(required=True)
    created_at = fields.String(required=True)
    failures = fields.Integer(required=True)
    last_answer = fields.String(required=True, allow_none=True)
    failing_since = fields.String(required=True, allow_none=True)
    last_taken_at = fields.String(required=True, allow_none=True)
    counts = fields.Dict(required=True)
    key = fields.String(metadata={"description": "The signing key, if one was made; shown only now."})


class Destinations(Schema):
    """Every destination."""

    destinations = fields.List(fields.Nested(DestinationShown), required=True)


class Tried(Schema):
    """What a destination answered to an event about nobody."""

    taken = fields.Boolean(required=True)
    answer = fields.String(required=True)


class Replayed(Schema):
    """How many dead letters are sent again."""

    replayed = fields.Integer(required=True)


class Removed(Schema):
    """How many people a removed destination was told of."""

    holding = fields.Integer(required=True)


class Acknowledging(Strict):
    """Deliveries that were worked off."""

    ids = fields.List(
        fields.String(validate=validate.Regexp(r"dlv_[1-9][0-9]{0,17}\Z", error="bad_id"),
                      error_messages=_codes(invalid="not_text")),
        required=True, error_messages=_codes(invalid="not_a_list"),
        validate=validate.Length(min=1, max=MOST_IDS, error="too_many"),
        metadata={"description": f"At most {MOST_IDS:,}, such as dlv_17."},
    )  # fmt: skip


class Acknowledged(Schema):
    """Those that there are; the others are nobody's, or were never sent."""

    acknowledged = fields.List(fields.String(), required=True)


class NewRecall(Strict):
    """A recall: of lists, of a vendor's, or of whoever emission rules withhold by now."""

    lists = _texts("Such as list_12.", 24, 200)
    vendor = text(200, "Every list of this vendor.")
    withheld = _flag("Whoever was handed on and would not be today.")
    cause = _choice("Why.", tuple(CAUSES))
    why = text(500, "In a few words, without an address.", required=True, example="The vendor took its statement back")
    dry_run = _flag("Only say whom it would reach.")


class RecallShown(Schema):
    """A recall, and as far as it has come."""

    recall = fields.String(required=True, allow_none=True, metadata={"description": "null for a dry run."})
    cause = fields.String(required=True)
    about = fields.String(required=True)
    state = fields.String(required=True)
    people = fields.Integer(required=True)
    messages = fields.Integer(required=True)
    acknowledged = fields.Integer(required=True)
    destinations = fields.List(fields.Dict(), required=True)


class LeadWithdrawn(Schema):
    """What became of a lead that its source took back."""

    lead = fields.String(required=True)
    withdrawn = fields.Boolean(required=True)
    refused = fields.Boolean(required=True)
    at = fields.String(required=True)
