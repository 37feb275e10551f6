"""The shapes of POST /v1/decide on the wire."""

from marshmallow import Schema, fields, validate

from gateway.domain.decision import STRICTNESS
from gateway.intake.schemas import Strict

_VERDICTS = validate.OneOf(list(STRICTNESS))


class Decide(Strict):
    """Facts, or a lead and where it comes from."""

    facts = fields.Dict(keys=fields.String(), metadata={"description": "By name; see the reference of facts."})
    lead = fields.Dict(keys=fields.String(), metadata={"description": "Fields of a row, as a list's columns."})
    source = fields.String(metadata={"description": "The key of one of our forms."})
    manifest = fields.Dict(keys=fields.String(), metadata={"description": "What a list's manifest says."})
    as_of = fields.String(metadata={"description": "A day or an instant; now if left out."})


class DecideAnswer(Schema):
    """A decision that nothing was made of."""

    verdict = fields.String(required=True, validate=_VERDICTS)
    phone = fields.String(required=True, allow_none=True, validate=_VERDICTS)
    may_be_handed_out = fields.Boolean(required=True, allow_none=True)
    findings = fields.List(fields.Dict(), required=True)
    obligations = fields.List(fields.Dict(), required=True)
    sentences = fields.List(fields.String(), required=True)
    facts = fields.Dict(required=True, metadata={"description": "What was known; instants as their age."})
    decision = fields.String(required=True)
    policies = fields.String(required=True, metadata={"description": "Digest of the policy set that decided."})
    as_of = fields.String(required=True)
