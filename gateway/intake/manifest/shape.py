"""The keys of a manifest and what each may say. What is wrong across keys is told in problems.py."""

from typing import Any, get_args

from marshmallow import RAISE, Schema, fields

from gateway.domain.lead import (
    CHAIN_DUTIES,
    PHONE_PARTS,
    PRODUCTS,
    REQUEST_PARTS,
    WIRELESS_PARTS,
    ConsentAct,
    Method,
    TransferNotice,
)
from gateway.domain.phrase import phrase
from gateway.intake.manifest.fields import (
    Amount,
    Brand,
    Choice,
    Code,
    Day,
    EncodingName,
    Flag,
    Registrations,
    Says,
    Text,
    Url,
    Uses,
)
from gateway.intake.values import DATE_ORDERS

LONGEST_WORDING = 20_000
LEGAL_BASES = ("consent", "soft_opt_in", "legitimate_interest", "contract", "none")
AUDIENCES = ("general", "youth", "children")
DEALINGS = ("purchase", "inquiry", "membership", "published_address", "handed_over", "none")
SUBSCRIBED_AS = ("individual", "corporate")

UNKNOWN = Says("unknown_key", phrase("there is no such key here"))


class Strict(Schema):
    """A mapping in which an unknown key is a problem."""

    class Meta:
        """marshmallow's options."""

        unknown = RAISE

    error_messages: dict[str, Any] = {  # noqa: RUF012 - as marshmallow declares it
        "unknown": UNKNOWN,
        "type": Says("not_a_mapping", phrase("expected lines of `key: value`")),
    }


def _needed(why: str) -> dict[str, Any]:
    return {"required": True, "error_messages": {key: [Says("missing", why)] for key in ("required", "null")}}


def _items(item: fields.Field[Any], example: str) -> fields.List[Any]:
    wrong: Any = [Says("not_a_list", phrase("expected a list, each item after a hyphen: %(example)s", example=example))]
    return fields.List(item, allow_none=True, error_messages={"invalid": wrong})


class Price(Strict):
    """What one lead costs."""

    amount = Amount(**_needed('say how much one lead costs: amount: "0.45"'))
    currency = Code("[A-Z]{3}", "USD", upper=True, **_needed("say in which currency: currency: USD"))


class Collected(Strict):
    """The first and the last day of collecting."""

    from_ = Day(data_key="from")
    until = Day()


class Notice(Strict):
    """What the person read."""

    wording = Text(LONGEST_WORDING)
    language = Code("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", "en or en-US")
    transfer = Choice(get_args(TransferNotice))
    form_capture = Text()
    request_parts = _items(Choice(REQUEST_PARTS, **_needed("name a part")), "- purpose")


class Consent(Strict):
    """What the person did."""

    claimed = Choice(("given", "none"))
    act = Choice(get_args(ConsentAct))
    by_parent = Flag()


class Dealings(Strict):
    """What dealings there were with the people."""

    kind = Choice(DEALINGS, **_needed("say what dealings: kind: purchase"))
    with_us = Flag()
    on = Day()
    similar_offers = Flag()
    opt_out_offered = Flag()
    refusal_stated = Flag()
    role_relevant = Flag()


class VendorFacts(Strict):
    """What the vendor is."""

    data_broker = Flag()
    registrations = Registrations()
    drop_run_on = Day()
    privacy_terms = Flag()


class Phone(Strict):
    """What was agreed to and asked for the phone numbers."""

    consent = _items(Choice(PHONE_PARTS, **_needed("name a part")), "- signed")
    dnc_scrubbed_on = Day()
    reassigned_checked_on = Day()


class Campaign(Strict):
    """What the mail will advertise."""

    products = _items(Choice(PRODUCTS, **_needed("name a kind of product")), "- general")
    advertisers = _items(Text(**_needed("name a company")), "- Example Gardens Inc.")
    designated_sender = Text()
    utah_scrubbed_on = Day()
    michigan_scrubbed_on = Day()


class HopShape(Strict):
    """One handover."""

    giver = Text(**_needed("say who handed the leads over"))
    taker = Text(**_needed("say who received them; the last one is us"))
    on = Day()
    under = Text()
    names = _items(Text(**_needed("name a company")), "- Example Gardens Inc.")


class AttestationShape(Strict):
    """A signed statement."""

    says = Text(LONGEST_WORDING, **_needed("say what was stated, word for word"))
    signed_by = Text(**_needed("say who signed it"))
    on = Day(**_needed("say on which day it was signed"))


class ManifestShape(Strict):
    """A whole manifest."""

    name = Text()
    vendor = Text()
    direct = Flag()
    contract = Text()
    price = fields.Nested(Price, allow_none=True)
    method = Choice(get_args(Method))
    collected = fields.Nested(Collected, allow_none=True)
    form_url = Url()
    site_refuses_transfer = Flag()
    notice = fields.Nested(Notice, allow_none=True)
    consent = fields.Nested(Consent, allow_none=True)
    relationship = Choice(("marketing", "transactional"))
    wireless_authorization = _items(Choice(WIRELESS_PARTS, **_needed("name a part")), "- sender_named")
    hops = _items(fields.Nested(HopShape, **_needed("name giver and taker")), "- {giver: ..., taker: ...}")
    attestations = _items(
        fields.Nested(AttestationShape, **_needed("say what was signed")),
        "- {says: ..., signed_by: ..., on: 2026-03-31}",
    )
    country = Code("[A-Z]{2}", "US (two letters)", upper=True)
    region = Text()
    brand = Brand()
    audience = Choice(AUDIENCES)
    subscribers = Choice(SUBSCRIBED_AS)
    legal_basis = Choice(LEGAL_BASES)
    chain_duties = _items(Choice(CHAIN_DUTIES, **_needed("name a duty")), "- collector_named")
    dealings = fields.Nested(Dealings, allow_none=True)
    vendor_facts = fields.Nested(VendorFacts, allow_none=True)
    phone = fields.Nested(Phone, allow_none=True)
    campaign = fields.Nested(Campaign, allow_none=True)
    stop = Flag()
    columns = Uses()
    promised_columns = _items(Text(**_needed("name a column")), "- email")
    date_order = Choice(DATE_ORDERS)
    encoding = EncodingName()


class FormShape(ManifestShape):
    """What one of our own forms states."""

    asks_confirmation = Flag()


OF_A_FORM = (
    "asks_confirmation", "form_url", "notice.wording", "notice.language", "notice.form_capture", "notice.request_parts",
    "consent.act", "consent.by_parent", "relationship", "wireless_authorization", "country", "region", "audience",
    "subscribers", "brand", "legal_basis", "dealings.kind", "dealings.similar_offers", "dealings.opt_out_offered",
    "dealings.refusal_stated", "dealings.role_relevant", "phone", "campaign",
)  # fmt: skip
"""The keys that our own form may state: nobody stands between, and what happens there happens here and now."""


KEYS_BY_OTHER_NAMES = {
    "list": "name", "title": "name", "list_name": "name", "supplier": "vendor", "seller": "vendor", "broker": "vendor",
    "agreement": "contract", "cost": "price", "price_per_lead": "price", "collection_method": "method",
    "collection": "method", "collected_from": "collected", "collected_until": "collected", "source_url": "form_url",
    "url": "form_url", "page": "form_url", "wording": "notice", "transfer": "notice", "transfer_notice": "notice",
    "handovers": "hops", "chain": "hops", "attests": "attestations", "attestation": "attestations",
    "fields": "columns", "mapping": "columns", "headings": "columns", "promised": "promised_columns",
    "date_format": "date_order", "charset": "encoding", "since": "from", "start": "from", "to": "until", "end": "until",
    "text": "wording", "lang": "language", "date": "on", "signed": "signed_by", "by": "signed_by",
    "state": "region", "province": "region", "basis": "legal_basis", "lawful_basis": "legal_basis",
    "screenshot": "form_capture", "capture": "form_capture", "parent": "by_parent", "parental_consent": "by_parent",
    "dealing": "dealings", "products": "campaign", "advertisers": "campaign", "registered": "registrations",
    "registration": "registrations", "broker_facts": "vendor_facts", "data_broker": "vendor_facts", "tcpa": "phone",
    "sender": "designated_sender", "advertiser": "advertisers", "last": "on", "ours": "with_us",
    "dnc": "dnc_scrubbed_on", "drop": "drop_run_on", "terms": "privacy_terms", "ages": "audience",
}  # fmt: skip
"""What people write for our keys; offered as suggestions where such a key exists."""
