"""The shapes of forms on the wire: made, changed, and their notices."""

from typing import Any

from marshmallow import Schema, fields, validate

from gateway.intake.formsettings import FIELDS, KEEPS_IP, MOST_AN_HOUR, MOST_PURPOSES, MOST_SECONDS, PROOFS
from gateway.intake.notices import LONGEST_NOTICE
from gateway.intake.schemas import Messages, Strict, box, text


def _codes(**special: str) -> Messages:
    return {"required": "missing", "null": "null", **special}


def _texts(
    about: str, longest: int, most: int, choices: tuple[str, ...] | None = None, key: str | None = None
) -> fields.List[Any]:
    checks: list[Any] = [validate.Length(min=1, max=longest, error="too_long")]
    if choices:
        checks = [validate.OneOf(choices, error="not_a_choice")]
    return fields.List(
        fields.String(error_messages=_codes(invalid="not_text"), validate=checks),
        error_messages=_codes(invalid="not_a_list"), validate=validate.Length(max=most, error="too_many"),
        metadata={"description": about}, data_key=key, attribute=key,
    )  # fmt: skip


def _choice(about: str, choices: tuple[str, ...]) -> fields.String:
    return fields.String(
        error_messages=_codes(invalid="not_text"), validate=validate.OneOf(choices, error="not_a_choice"),
        metadata={"description": about},
    )  # fmt: skip


def _number(about: str, least: int, most: int) -> fields.Integer:
    return fields.Integer(
        strict=True, error_messages=_codes(invalid="not_a_number", too_large="not_a_number"),
        validate=validate.Range(min=least, max=most, error="not_a_number"), metadata={"description": about},
    )  # fmt: skip


def _flag(about: str) -> fields.Boolean:
    made = box(about)
    made.allow_none = False
    return made


class SourceSettings(Strict):
    """What may be set of a form; what is not said stays."""

    title = fields.String(
        error_messages=_codes(invalid="not_text"), validate=validate.Length(min=1, max=200, error="too_long"),
        metadata={"description": "What the form is, in a few words; people see it."},
    )  # fmt: skip
    published = _flag("Strangers may post to it.")
    requires_tick = _flag("A signup without the box is refused.")
    origins = _texts("Web origins whose scripts may post to it.", 300, 50)
    received_url = text(2048, "Where a browser goes after a signup; our own page if null.")
    problems_url = text(2048, "Where a browser goes when something is to be mended; our own page if null.")
    url = text(2048, "The page the form stands on.")
    wording = text(LONGEST_NOTICE, "The notice beside the box, word for word, in the form's language.")
    language = text(35, "The form's language, such as en or pt-BR.")
    asks_confirmation = box("Everybody confirms by a mail; null: who has to by law.")
    fields_ = _texts("What it asks, in this order.", 20, len(FIELDS), FIELDS, key="fields")  # Schema has a `fields`
    needed = _texts("What there is no signup without.", 20, len(FIELDS), FIELDS)
    purposes = _texts("What people may choose from.", 100, MOST_PURPOSES)
    brand = text(60, "Under which we write to its people.")
    keep_ip = _choice("How a person's network address is kept.", KEEPS_IP)
    proof = _choice("When a proof of work is asked for.", PROOFS)
    least_seconds = _number("Who is quicker than this has to solve a proof of work.", 0, MOST_SECONDS)
    most_an_hour = _number("Signups in an hour, above which strangers are asked to come later.", 1, MOST_AN_HOUR)
    mails_an_hour = _number("Confirmations asked for in an hour, at most.", 0, MOST_AN_HOUR)


class NewSource(SourceSettings):
    """A form to be made."""

    key = text(64, "What the form posts as `source`.", required=True, example="news")
    title = text(200, "What the form is, in a few words; people see it.", required=True)
    says = fields.Dict(
        keys=fields.String(), allow_none=True, error_messages=_codes(invalid="not_an_object"),
        metadata={"description": "What the form states of its leads, like a manifest: audience, legal_basis ..."},
    )  # fmt: skip


class NewNotice(Strict):
    """Words a form shows from now on."""

    language = text(35, "Such as en or pt-BR.", required=True, example="de")
    text = text(LONGEST_NOTICE, "The notice, word for word.", required=True)


class Notice(Schema):
    """Words a form showed, or shows: of each language the highest version is shown."""

    language = fields.String(required=True)
    version = fields.Integer(required=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the words; `consent.notice` names it."})
    text = fields.String(required=True)
    since = fields.String(required=True)


class SourceShown(Schema):
    """A form with all its settings and every notice it ever showed."""

    source = fields.String(required=True)
    title = fields.String(required=True)
    published = fields.Boolean(required=True)
    requires_tick = fields.Boolean(required=True)
    origins = fields.List(fields.String(), required=True)
    received_url = fields.String(required=True, allow_none=True)
    problems_url = fields.String(required=True, allow_none=True)
    url = fields.String(required=True, allow_none=True)
    wording = fields.String(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)
    asks_confirmation = fields.Boolean(required=True, allow_none=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields")
    needed = fields.List(fields.String(), required=True)
    purposes = fields.List(fields.String(), required=True)
    brand = fields.String(required=True, allow_none=True)
    keep_ip = fields.String(required=True)
    proof = fields.String(required=True)
    least_seconds = fields.Integer(required=True)
    most_an_hour = fields.Integer(required=True)
    mails_an_hour = fields.Integer(required=True)
    notices = fields.List(fields.Nested(Notice), required=True)


class Sources(Schema):
    """Every form, by key."""

    sources = fields.List(fields.Nested(SourceShown), required=True)
