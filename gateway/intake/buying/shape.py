"""The shape of a contract's buying terms, in YAML files and on the wire; what its texts mean is read in terms.py."""

from typing import Any

from marshmallow import fields, validate

from gateway.intake.buying.answers import SHAPES
from gateway.intake.schemas import Messages, Strict, box, text

MOST = 10**9
HELD = ("when_accepted", "at_once", "never")
REASONS = ("plain", "told")


def _codes(**special: str) -> Messages:
    return {"required": "missing", "null": "null", **special}


def _count(about: str, least: int = 0, most: int = MOST) -> fields.Integer:
    return fields.Integer(
        strict=True, allow_none=True, error_messages=_codes(invalid="not_a_number", too_large="not_a_number"),
        validate=validate.Range(min=least, max=most, error="not_a_number"), metadata={"description": about},
    )  # fmt: skip


def _words(about: str, most: int = 300, key: str | None = None) -> fields.List[Any]:
    return fields.List(
        fields.String(
            error_messages=_codes(invalid="not_text"), validate=validate.Length(min=1, max=100, error="too_long")
        ),
        error_messages=_codes(invalid="not_a_list"), validate=validate.Length(max=most, error="too_many"),
        metadata={"description": about}, data_key=key, attribute=key,
    )  # fmt: skip


def _choice(about: str, choices: tuple[str, ...]) -> fields.String:
    return fields.String(
        error_messages=_codes(invalid="not_text"), validate=validate.OneOf(choices, error="not_a_choice"),
        metadata={"description": about},
    )  # fmt: skip


def _money(about: str, key: str | None = None) -> fields.String:
    made = text(20, about + ' Text in whole units, such as "1.25".', example="1.25")
    made.data_key = made.attribute = key  # Schema has an `unknown` of its own
    return made


def _nested(shape: type[Strict], about: str) -> fields.Nested:
    return fields.Nested(
        shape, allow_none=True, error_messages=_codes(type="not_an_object"), metadata={"description": about}
    )


class BidShape(Strict):
    """A bid by what a lead is worth."""

    share = fields.Integer(
        required=True, strict=True, error_messages=_codes(invalid="not_a_number"),
        validate=validate.Range(min=1, max=100, error="not_a_number"),
        metadata={"description": "Percent of what a lead is worth at least (the lower bound of its 95 %)."},
    )  # fmt: skip
    floor = _money("Under this nothing is bid.")
    ceiling = _money("Never more than this.")
    unknown_ = _money("Bid while nobody knows what a lead is worth; left out: the fixed price.", key="unknown")


class CapsShape(Strict):
    """At most so many; what is left out has no bound, but for pings."""

    hour = _count("Leads taken or held in an hour.")
    day = _count("The same in a day, as the schedule's zone has it.")
    month = _count("The same in a month.")
    total = _count("The same in all.")
    money_day = _money("Owed for the leads of a day, held ones included.")
    money_month = _money("The same in a month.")
    money_total = _money("The same in all.")
    posts_hour = _count("Posts in an hour, whatever becomes of them.")
    pings_hour = _count("Pings answered in an hour; 1000 if left out.")
    pings_day = _count("Pings answered in a day; 10000 if left out.")
    unposted_day = _count("Hashes looked up in a day beyond the leads posted; 500 if left out.")


class ScheduleShape(Strict):
    """When is bought."""

    zone = text(60, "A zone such as America/New_York; UTC if left out.", example="America/New_York")
    open_ = _words('Such as "mon-fri 08:00-20:00", by the wall clock of the zone; nothing: always.', 50, key="open")
    closed = _words("Days on which nothing is bought: 2026-12-25.", 400)


class WantedShape(Strict):
    """Which leads; what is asked for must be said of each."""

    countries = _words("Two letters each.")
    regions = _words("States or provinces, such as TX or US-TX.")
    products = _words("As `product` (or boberdoo's TYPE) says.")
    oldest_days = _count("Days since the person gave the address, at most.", 0, 3660)


class TermsShape(Strict):
    """On what terms leads are bought one by one under a contract."""

    price = _money("A lead's price; left out: the contract's.")
    currency = text(3, "ISO 4217; left out: the contract's.", example="USD")
    bid = _nested(BidShape, "Instead of the price: a share of what a lead is worth.")
    limit_to_worth = box("Buy nothing whose price is above what a lead is worth at least; true if left out.")
    caps = _nested(CapsShape, "How many, and for how much.")
    schedule = _nested(ScheduleShape, "When.")
    wanted = _nested(WantedShape, "Which.")
    answer = _choice("In whose shape posts are answered, where the post does not say.", SHAPES)
    reasons = _choice("Whether a ping's answer may say `known` and `suppressed` (told), or not (plain).", REASONS)
    hashes = box("Whether hashes in pings are looked up at all; true if left out.")
    held = _choice("When a lead that waits is paid.", HELD)
    promise_minutes = _count("For how long a ping's price is promised; 10 if left out.", 1, 120)
    duplicate_days = _count("For how long a repeated lead of the vendor's own is named; 30 if left out.", 0, 3660)
    dns_milliseconds = _count("How long a post may wait for DNS; 0, from memory, if left out.", 0, 10_000)
    says = fields.Dict(
        keys=fields.String(), allow_none=True, error_messages=_codes(invalid="not_an_object"),
        metadata={"description": "What the vendor states of all its leads, as a list's manifest does."},
    )  # fmt: skip
