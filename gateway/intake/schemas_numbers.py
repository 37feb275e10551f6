"""The shapes of what is asked of the numbers on the wire."""

from marshmallow import fields, validate

from gateway.intake.schemas import Strict


class NumbersQuery(Strict):
    """As of when."""

    as_of = fields.String(
        validate=validate.Length(max=40),
        metadata={"description": "An instant such as 2026-11-21T12:00:00Z, or a day (UTC); the newest if left out."},
    )


class SectionQuery(NumbersQuery):
    """As of when, and in which form."""

    format = fields.String(
        validate=validate.OneOf(["json", "csv", "parquet"]), load_default="json",
        metadata={"description": "json, csv or parquet."},
    )  # fmt: skip
