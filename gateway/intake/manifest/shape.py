"""The keys of a manifest and what each may say. What is wrong across keys is told in checks.py."""

from typing import Any, get_args

from marshmallow import RAISE, Schema, fields

from gateway.domain.lead import WIRELESS_PARTS, ConsentAct, Method, TransferNotice
from gateway.intake.manifest.fields import Amount, Choice, Code, Day, EncodingName, Flag, Says, Text, Url, Uses
from gateway.intake.values import DATE_ORDERS

LONGEST_WORDING = 20_000


UNKNOWN = Says("unknown_key", "there is no such key here")


class Strict(Schema):
    """A mapping in which an unknown key is a problem."""

    class Meta:
        """marshmallow's options."""

        unknown = RAISE

    error_messages: dict[str, Any] = {  # noqa: RUF012 - as marshmallow declares it
        "unknown": UNKNOWN,
        "type": Says("not_a_mapping", "expected lines of `key: value`"),
    }


def _needed(why: str) -> dict[str, Any]:
    return {"required": True, "error_messages": {key: [Says("missing", why)] for key in ("required", "null")}}


def _items(item: fields.Field[Any], example: str) -> fields.List[Any]:
    wrong: Any = [Says("not_a_list", f"expected a list, each item after a hyphen: {example}")]
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


class Consent(Strict):
    """What the person did."""

    claimed = Choice(("given", "none"))
    act = Choice(get_args(ConsentAct))


class HopShape(Strict):
    """One handover."""

    giver = Text(**_needed("say who handed the leads over"))
    taker = Text(**_needed("say who received them; the last one is us"))
    on = Day()
    under = Text()


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
    stop = Flag()
    columns = Uses()
    promised_columns = _items(Text(**_needed("name a column")), "- email")
    date_order = Choice(DATE_ORDERS)
    encoding = EncodingName()


KEYS_BY_OTHER_NAMES = {
    "list": "name", "title": "name", "list_name": "name", "supplier": "vendor", "seller": "vendor", "broker": "vendor",
    "agreement": "contract", "cost": "price", "price_per_lead": "price", "collection_method": "method",
    "collection": "method", "collected_from": "collected", "collected_until": "collected", "source_url": "form_url",
    "url": "form_url", "page": "form_url", "wording": "notice", "transfer": "notice", "transfer_notice": "notice",
    "handovers": "hops", "chain": "hops", "attests": "attestations", "attestation": "attestations",
    "fields": "columns", "mapping": "columns", "headings": "columns", "promised": "promised_columns",
    "date_format": "date_order", "charset": "encoding", "since": "from", "start": "from", "to": "until", "end": "until",
    "text": "wording", "lang": "language", "date": "on", "signed": "signed_by", "by": "signed_by",
}  # fmt: skip
"""What people write for our keys; offered as suggestions where such a key exists."""
