"""The shapes of previews, dry runs and samples on the wire."""

from marshmallow import Schema, fields, validate

from gateway.intake.beforehand.preview import MOST_ROWS as MOST_SHOWN
from gateway.intake.beforehand.preview import ROWS as SHOWN
from gateway.intake.beforehand.sample import MOST_ROWS, MOST_SEED, ROWS
from gateway.intake.schemas import Messages
from gateway.intake.schemas_lists import ListNumber, UploadQuery
from gateway.intake.values import DATE_ORDERS

_NUMBER: Messages = {"invalid": "not_a_number"}


class FileQuery(UploadQuery):
    """A file, and how it is to be read where the manifest does not say."""

    encoding = fields.String(
        validate=validate.Length(max=100, error="too_long"),
        metadata={"description": "How the file is written, such as cp1252."},
    )
    date_order = fields.String(
        validate=validate.OneOf(DATE_ORDERS, error="not_a_choice"),
        metadata={"description": "In which order day and month stand."},
    )


class PreviewQuery(FileQuery):
    """Which file, and how much of it."""

    list = ListNumber(metadata={"description": "The list the file is meant for: its manifest is used."})
    rows = fields.Integer(
        load_default=SHOWN, strict=False, error_messages=_NUMBER,
        validate=validate.Range(min=1, max=MOST_SHOWN, error="not_a_number"),
        metadata={"description": "How many rows are shown."},
    )  # fmt: skip


class SampleQuery(FileQuery):
    """Which file, under which manifest, and how many rows are drawn."""

    list = ListNumber(required=True, metadata={"description": "The registered list the file is meant for."})
    rows = fields.Integer(
        load_default=ROWS, strict=False, error_messages=_NUMBER,
        validate=validate.Range(min=1, max=MOST_ROWS, error="not_a_number"),
        metadata={"description": "How many rows are drawn."},
    )  # fmt: skip
    seed = fields.Integer(
        strict=False, error_messages=_NUMBER, validate=validate.Range(min=0, max=MOST_SEED, error="not_a_number"),
        metadata={"description": "Of an earlier answer: draws the same rows again."},
    )  # fmt: skip


class ReasonSaid(Schema):
    """Why a row would not be accepted."""

    reason = fields.String(required=True)
    says = fields.String(required=True)


class PreviewRow(Schema):
    """One of the first rows, and what it would end as."""

    row = fields.Integer(required=True)
    cells = fields.List(fields.String(), required=True)
    problem = fields.String(required=True, allow_none=True, metadata={"description": "Why it could not be read."})
    outcome = fields.String(required=True)
    reasons = fields.List(fields.Nested(ReasonSaid), required=True)


class PreviewPart(Schema):
    """One list of the file."""

    part = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "text, workbook, json, parquet ..."})
    encoding = fields.String(required=True)
    delimiter = fields.String(required=True)
    headings_row = fields.Integer(required=True, allow_none=True)
    read_as = fields.Dict(required=True, metadata={"description": "How the file is read and what its columns mean."})
    whole_list = fields.Dict(
        required=True, allow_none=True,
        metadata={"description": "Shares and signs of the whole list, with rows that show them."},
    )  # fmt: skip
    rows = fields.List(fields.Nested(PreviewRow), required=True)
    receipt = fields.Dict(required=True, metadata={"description": "The account of the rows that are shown."})


class PreviewView(Schema):
    """A file as it would be read. `parts` is empty while its encoding has to be chosen from `encodings`."""

    name = fields.String(required=True)
    encodings = fields.List(fields.Dict(), required=True, metadata={"description": "Rows under each that is likely."})
    question = fields.String(required=True, allow_none=True, metadata={"description": "Why it has to be chosen."})
    gaps = fields.List(fields.String(), required=True)
    parts = fields.List(fields.Nested(PreviewPart), required=True)


class Bounds(Schema):
    """A share of the list, and where it lies with 95 % confidence."""

    share = fields.Float(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)


class ThresholdView(Schema):
    """A threshold of policies/buying.yaml, and where the sample lies."""

    of = fields.String(required=True)
    answer = fields.String(required=True, validate=validate.OneOf(["accept", "negotiate", "refuse"]))
    undecided = fields.Boolean(required=True, metadata={"description": "A limit lies within the bounds."})
    rows_to_settle = fields.Integer(
        required=True, allow_none=True,
        metadata={"description": "How many drawn rows would settle it; null where no further rows would."},
    )  # fmt: skip
    waits_for_dns = fields.Boolean(
        required=True,
        metadata={"description": "Drawn domains were silent: ask again later with the same seed, not for more rows."},
    )
    accept = fields.Float(required=True)
    refuse = fields.Float(required=True)
    currency = fields.String(required=True, allow_none=True)
    says = fields.String(required=True)
    because = fields.String(required=True)


class PartSample(Schema):
    """What was drawn of one list of the file, and what it shows of the whole."""

    part = fields.String(required=True)
    rows = fields.Integer(required=True)
    drawn = fields.Integer(required=True)
    seed = fields.Integer(required=True)
    as_of = fields.String(required=True)
    confidence = fields.Float(required=True)
    method = fields.String(required=True)
    shares = fields.Dict(keys=fields.String(), values=fields.Nested(Bounds), required=True)
    reasons = fields.Dict(keys=fields.String(), values=fields.Nested(Bounds), required=True)
    unanswered = fields.Integer(
        required=True, metadata={"description": "Drawn rows of domains that gave no answer in time."}
    )
    repeats_in_sample = fields.Integer(required=True)
    expected_prospects = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    cost_per_prospect = fields.Dict(required=True, allow_none=True)
    recommendation = fields.String(required=True, validate=validate.OneOf(["accept", "negotiate", "refuse"]))
    thresholds = fields.List(fields.Nested(ThresholdView), required=True)
    whole_list = fields.Dict(required=True, allow_none=True)


class SampleView(Schema):
    """A sample of each list of the file."""

    name = fields.String(required=True)
    parts = fields.List(fields.Nested(PartSample), required=True)
