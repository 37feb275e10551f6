"""The shapes of vendors' files on the wire."""

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from gateway.intake.schemas import Messages, Strict, box, text
from gateway.vendors.contracts import LONGEST, MOST_MINOR
from gateway.vendors.file import FIRST_YEAR, KINDS, LAST_YEAR, STATES

MOST_NUMBER = 2**53 - 1  # what JSON hands over whole
_CODES: Messages = {"required": "missing", "null": "null", "invalid": "not_text"}


def _needed(about: str, longest: int = 200) -> fields.String:
    lengths = [validate.Length(min=1, error="missing"), validate.Length(max=longest, error="too_long")]
    return fields.String(required=True, error_messages=_CODES, validate=lengths, metadata={"description": about})


def _one_day(typed: str) -> None:
    try:
        if date.fromisoformat(typed).isoformat() != typed:
            raise ValidationError("not_a_day")
    except ValueError:
        raise ValidationError("not_a_day") from None


def _day(about: str, *, required: bool = False) -> fields.String:
    return fields.String(
        required=required, allow_none=not required, error_messages=_CODES, validate=_one_day,
        metadata={"description": about, "format": "date"},
    )  # fmt: skip


def _number(about: str, least: int, most: int, *, required: bool = False) -> fields.Integer:
    codes: Messages = {"required": "missing", "null": "null", "invalid": "not_a_number", "too_large": "not_a_number"}
    return fields.Integer(
        required=required, allow_none=not required, strict=True, error_messages=codes,
        validate=validate.Range(min=least, max=most, error="not_a_number"), metadata={"description": about},
    )  # fmt: skip


def _texts(about: str, most: int, longest: int = LONGEST) -> fields.List[Any]:
    item = fields.String(error_messages=_CODES, validate=validate.Length(min=1, max=longest, error="too_long"))
    return fields.List(
        item, error_messages={**_CODES, "invalid": "not_a_list"}, validate=validate.Length(max=most, error="too_many"),
        metadata={"description": about},
    )  # fmt: skip


class VendorQuery(Strict):
    """Whose file."""

    vendor = _needed("The vendor's name; case and extra spaces do not matter.")


class _Dated(VendorQuery):
    from_ = _day("The first day on which it holds.")
    from_.data_key = "from"
    until = _day("The last day; from the next on nobody knows any more.")
    evidence = text(LONGEST, "The name or hash of the file that shows it.")


class NewNote(_Dated):
    """Something for a vendor's file."""

    kind = fields.String(
        required=True, error_messages=_CODES, validate=validate.OneOf(KINDS, error="not_a_choice"),
        metadata={"description": "What it is."},
    )  # fmt: skip
    name = text(
        60, "Of identity: legal_name, address, country, contact, register_number. Of an answer: which question."
    )
    text_ = text(2000, "Of identity what it is; of an attestation what was stated, word for word.")
    text_.data_key = "text"
    yes = box("Of an answer: yes or no.")
    parts = _texts("Of the answer chain_duties: those that are arranged.", 10, 60)
    signed_by = text(300, "Of an attestation: who signed it.")
    on = _day("The day an attestation was signed, or of the DROP run.")
    state = fields.String(
        allow_none=True, error_messages=_CODES, validate=validate.OneOf(STATES, error="not_a_choice"),
        metadata={"description": "Of a registration as data broker."},
    )  # fmt: skip
    year = _number("Of a registration.", FIRST_YEAR, LAST_YEAR)
    registered = box("Of a registration: false where somebody looked and it was not there.")


class NewContract(_Dated):
    """A contract with a vendor."""

    name = _needed("The number or name by which lists' manifests call it.", LONGEST)
    from_ = _day("The first day.", required=True)
    from_.data_key = "from"
    price_minor = _number("Per lead, in the currency's minor unit.", 0, MOST_MINOR)
    currency = text(3, "ISO 4217.")
    accepted_reasons = _texts("Reason codes for which a row is credited.", 200, 60)
    return_days = _number("The return window, in days after delivery.", 0, 3660)
    duties = _texts("Obligations passed on, a line each.", 50)


class Withdrawal(Strict):
    """A note that no longer holds."""

    note = _number("Its number.", 1, MOST_NUMBER, required=True)
    why = _needed("Why it no longer holds; kept for ever, no addresses.", 500)
    evidence = text(LONGEST, "The name or hash of the file that shows it.")


class NoteShown(Schema):
    """A note as it stands now."""

    note = fields.Integer(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.Dict(required=True)
    state = fields.String(required=True, metadata={"description": "stands, ending, to_come, expired or withdrawn."})
    from_ = fields.String(required=True, allow_none=True, data_key="from")
    until = fields.String(required=True, allow_none=True)
    noted_at = fields.String(required=True)
    by = fields.String(required=True)
    evidence = fields.String(required=True, allow_none=True)


class ContractShown(Schema):
    """A contract as it stands now."""

    contract = fields.Integer(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    price_minor = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True, allow_none=True)
    accepted_reasons = fields.List(fields.String(), required=True)
    return_days = fields.Integer(required=True, allow_none=True)
    duties = fields.List(fields.String(), required=True)
    from_ = fields.String(required=True, allow_none=True, data_key="from")
    until = fields.String(required=True, allow_none=True)
    noted_at = fields.String(required=True)
    by = fields.String(required=True)
    evidence = fields.String(required=True, allow_none=True)


class FileShown(Schema):
    """A vendor's file, and what of it holds today."""

    vendor = fields.String(required=True)
    as_of = fields.String(required=True)
    standing = fields.String(required=True)
    contracts = fields.List(fields.Nested(ContractShown), required=True)
    notes = fields.List(fields.Nested(NoteShown), required=True)


class Noted(Schema):
    """The number under which it is kept."""

    vendor = fields.String(required=True)
    note = fields.Integer(required=True)


class ContractNoted(Schema):
    """The number under which it is kept."""

    vendor = fields.String(required=True)
    contract = fields.Integer(required=True)


class Withdrawn(Schema):
    """A note taken back, and how many people came in by lists that rest on it."""

    vendor = fields.String(required=True)
    note = fields.Integer(required=True)
    people = fields.Integer(required=True)
