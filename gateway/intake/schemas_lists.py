"""The shapes of lists and leads on the wire: queries that are read, answers as the OpenAPI page shows them."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from gateway.intake.schemas import Messages, Spoken, Strict

OUTCOMES = ("prospect", "hold", "rejection")
LIST_ID = re.compile("list_[1-9][0-9]{0,17}")
_NUMBER: Messages = {"invalid": "not_a_number"}


class ListNumber(fields.String):
    """list_7, read as its number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not LIST_ID.fullmatch(text):
            raise ValidationError("not_a_list_id")
        return int(text.removeprefix("list_"))


class ListQuery(Strict):
    """Which lists."""

    limit = fields.Integer(
        load_default=50, strict=False, error_messages=_NUMBER,
        validate=validate.Range(min=1, max=200, error="not_a_number"), metadata={"description": "How many at most."},
    )  # fmt: skip
    before = ListNumber(metadata={"description": "Only lists older than this one.", "pattern": f"^{LIST_ID.pattern}$"})


class Outcomes(fields.String):
    """``hold,rejection``, read as a tuple."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        names = super()._deserialize(value, attr, data, **kwargs).split(",")
        if not set(names) <= set(OUTCOMES):
            raise ValidationError("not_a_choice")
        return tuple(names)


class RowsQuery(Strict):
    """Which rows, and how."""

    outcome = Outcomes(
        load_default=(),
        metadata={
            "description": "Only rows that ended so; several with commas between them, as `hold,rejection`.",
            "pattern": f"^({'|'.join(OUTCOMES)})(,({'|'.join(OUTCOMES)}))*$",
        },
    )
    reader = fields.String(
        load_default="officer", validate=validate.OneOf(["officer", "vendor"], error="not_a_choice"),
        metadata={"description": "Who will read them: we ourselves, or the vendor of the list."},
    )  # fmt: skip
    format = fields.String(
        load_default="json", validate=validate.OneOf(["json", "csv", "xlsx"], error="not_a_choice"),
        metadata={"description": "How the rows are written."},
    )  # fmt: skip
    bom = fields.Boolean(
        load_default=True, truthy={"true"}, falsy={"false"},
        metadata={"description": "Whether CSV begins with a byte order mark, which Excel needs."},
    )  # fmt: skip


class UploadQuery(Strict):
    """What the uploader calls the file."""

    name = fields.String(
        validate=validate.Length(max=1000, error="too_long"), metadata={"description": "What the file is called."}
    )


class GivenQuery(UploadQuery):
    """What the uploader calls the file, and whether it may be one that was brought before."""

    again = fields.Boolean(
        load_default=False, truthy={"true"}, falsy={"false"},
        metadata={"description": "Run a file once more that was brought before, as `gateway import --again` does."},
    )  # fmt: skip
    encoding = fields.String(
        validate=validate.Length(max=100, error="too_long"),
        metadata={"description": "How the file is written, such as cp1252, where the manifest does not say."},
    )


class ProspectsQuery(Strict):
    """How prospects are written."""

    format = fields.String(
        load_default="ndjson", validate=validate.OneOf(["ndjson", "csv"], error="not_a_choice"),
        metadata={"description": "One JSON object a line, or a table for spreadsheets."},
    )  # fmt: skip


class Registered(Schema):
    """A list that waits for its file."""

    list = fields.String(required=True, metadata={"examples": ["list_7"]})
    upload = fields.String(required=True, metadata={"description": "PUT the file here."})
    gaps = fields.List(
        fields.String(), required=True, metadata={"description": "What a buyer should know and nobody says."}
    )


class StartedPart(Schema):
    """One of several lists in a file."""

    part = fields.String(required=True, metadata={"description": "The file in its archive, or the sheet."})
    list = fields.String(required=True)
    run = fields.String(required=True)
    repeated = fields.Boolean(required=True)
    url = fields.String(required=True, metadata={"description": "GET the receipt here."})


class Started(Schema):
    """A run that has begun, or an earlier one of the same bytes."""

    list = fields.String(required=True)
    run = fields.String(required=True, metadata={"examples": ["run_3"]})
    repeated = fields.Boolean(
        required=True,
        metadata={
            "description": "The same bytes ran before under the same manifest; this is that run. The list that was "
            "asked for goes on waiting; `again=true` runs them once more."
        },
    )
    sha256 = fields.String(required=True)
    bytes = fields.Integer(required=True)
    url = fields.String(required=True, metadata={"description": "GET the receipt here."})
    parts = fields.List(
        fields.Nested(StartedPart), metadata={"description": "Every list of a file that holds several."}
    )


class Unread(Schema):
    """A row that could not be read."""

    row = fields.Integer(required=True)
    reason = fields.String(required=True)
    error = fields.String(metadata={"description": "Of a row that could not be processed, what it failed with."})


STATES = ("running", "done", "failed", "cancelled", "undoing", "undone")


class ProgressView(Schema):
    """How far a run has come; null where it is not known."""

    rows = fields.Integer(required=True)
    total = fields.Integer(
        required=True, allow_none=True,
        metadata={"description": "Rows in all: estimated from the file's bytes, exact once the run is done."},
    )  # fmt: skip
    total_is_exact = fields.Boolean(required=True)
    rows_per_second = fields.Float(required=True, allow_none=True)
    seconds_left = fields.Float(required=True, allow_none=True)
    at_work = fields.Boolean(required=True, metadata={"description": "Whether a worker is at the run."})
    waits_for = fields.String(
        required=True, allow_none=True,
        metadata={
            "description": "Why nobody works on a run that has not ended, and what happens next: its last try failed, "
            "or its worker is gone."
        },
    )  # fmt: skip


class ErrandView(Schema):
    """What is done about a run's leads after it ended: undo, or recheck of its holds."""

    errand = fields.String(required=True, validate=validate.OneOf(["undo", "recheck"]))
    state = fields.String(
        required=True, validate=validate.OneOf(["running", "done", "failed"]),
        metadata={"description": "A failed one may be asked for again; it goes on with what is left."},
    )  # fmt: skip
    leads = fields.Integer(required=True, metadata={"description": "How many are to be dealt with."})
    dealt = fields.Integer(required=True, metadata={"description": "How many are."})
    account = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    tries = fields.Integer(required=True, metadata={"description": "How often in a row it failed."})
    error = fields.String(required=True, allow_none=True, metadata={"description": "Why its last try failed."})


class RunView(Schema):
    """The receipt of a run: rows = prospects + holds + rejections."""

    list = fields.String(required=True)
    run = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    rows = fields.Integer(required=True)
    prospects = fields.Integer(required=True)
    holds = fields.Integer(required=True)
    rejections = fields.Integer(required=True)
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    duplicates = fields.Integer(required=True)
    unread = fields.List(fields.Nested(Unread), required=True)
    erased = fields.Integer(
        required=True,
        metadata={"description": "Rejected rows of which nothing but a keyed hash was kept; the file still has them."},
    )
    problems = fields.Integer(
        required=True, metadata={"description": "Rows that could not be processed; they are named among the unread."}
    )
    seconds = fields.Float(required=True)
    as_of = fields.String(required=True)
    error = fields.String()


class FileView(Schema):
    """A file as its uploader calls it, and its bytes."""

    name = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class CountsView(Schema):
    """Where the leads of the latest run stand now; the receipt says where they stood when the run was done."""

    prospects = fields.Integer(required=True)
    holds = fields.Integer(required=True)
    rejections = fields.Integer(required=True)


class ListView(Schema):
    """One list."""

    list = fields.String(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["waiting_for_file", *STATES]))
    file = fields.Nested(FileView, required=True, allow_none=True)
    read_as = fields.Dict(required=True, allow_none=True, metadata={"description": "How the file was read."})
    created_at = fields.String(required=True)
    created_by = fields.String(required=True)
    run = fields.Nested(RunView, required=True, allow_none=True)
    progress = fields.Nested(ProgressView, required=True, allow_none=True)
    errand = fields.Nested(ErrandView, required=True, allow_none=True)
    now = fields.Nested(CountsView, required=True, allow_none=True)


class ListPage(Schema):
    """Some lists, newest first."""

    lists = fields.List(fields.Nested(ListView), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "Give this as `before`."})


class RowsView(Schema):
    """Rows of a list."""

    headings = fields.List(fields.String(), required=True)
    rows = fields.List(fields.List(fields.String()), required=True)


class HoldView(Schema):
    """What a lead waits for, and until when."""

    question = fields.String(required=True)
    state = fields.String(required=True)
    deadline_at = fields.String(required=True)
    recheck_at = fields.String(required=True, allow_none=True)
    tries = fields.Integer(required=True)
    answered_by = fields.String(required=True, allow_none=True)
    settled_at = fields.String(required=True, allow_none=True)


class ProspectView(Schema):
    """Where the person stands with us."""

    state = fields.String(required=True)
    withdrawn = fields.Boolean(required=True)


class LeadView(Schema):
    """One lead."""

    lead = fields.String(required=True)
    address = fields.String(required=True, allow_none=True, metadata={"description": "As typed."})
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    source = fields.String(required=True)
    run = fields.String(required=True, allow_none=True)
    row = fields.Integer(required=True)
    arrived_at = fields.String(required=True)
    decision = fields.String(required=True)
    reasons = fields.List(fields.String(), required=True)
    duplicate_of = fields.String(required=True, allow_none=True)
    hold = fields.Nested(HoldView, required=True, allow_none=True)
    prospect = fields.Nested(ProspectView, required=True, allow_none=True)
    as_arrived = fields.Raw(required=True, metadata={"description": "Word for word."})


class Told(Spoken):
    """A finding with everything an officer may see of it."""

    title = fields.String(required=True)
    question = fields.String(required=True, allow_none=True)
    override_allowed = fields.Boolean(required=True)
    four_eyes = fields.Boolean(required=True, metadata={"description": "Whether setting it aside takes two people."})
    silent = fields.List(fields.String(), required=True, data_key="unknown")  # Schema has an `unknown` of its own
    facts = fields.List(fields.Dict(), required=True)
    use = fields.String(required=True, metadata={"description": "What it judges: lead, phone or emission."})


class DecisionView(Schema):
    """The decision on a lead, explained."""

    lead = fields.String(required=True)
    withdrawn = fields.Dict(
        required=True, allow_none=True, metadata={"description": "When and why the prospect was withdrawn since."}
    )
    outcome = fields.String(required=True, validate=validate.OneOf(OUTCOMES))
    audience = fields.String(required=True, validate=validate.Equal("officer"))
    sentences = fields.List(fields.String(), required=True)
    verdict = fields.String(required=True, validate=validate.OneOf(["accept", "hold", "reject"]))
    phone = fields.String(
        required=True, allow_none=True, metadata={"description": "Whether its phone number may be used."}
    )
    findings = fields.List(fields.Nested(Told), required=True)
    obligations = fields.List(fields.Dict(), required=True)
    set_aside = fields.List(
        fields.Dict(),
        required=True,
        metadata={"description": "Findings that overrides lifted, each with its override."},
    )
    decision = fields.String(required=True)
    policies = fields.String(required=True, metadata={"description": "Digest of the policy set that decided."})
    policy_digest = fields.String(required=True, metadata={"description": "The same."})
    as_of = fields.String(required=True)
    settled_at = fields.String(required=True)
    duplicate_of = fields.String(required=True, allow_none=True)
