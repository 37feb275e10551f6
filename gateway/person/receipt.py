"""The consent receipt: what was agreed to, in the fields of ISO/IEC TS 27560:2023, by the words of W3C DPV 2.3.

Pure: a consent as it is recorded becomes a document. Every field that the specification calls mandatory stands in
it; what nobody told us is ``unknown`` there, and fields that may be left out are.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from gateway.db.base import text_of
from gateway.domain.lead import Cell, Statement
from gateway.domain.ports import Sender

SCHEMA = "ISO/IEC TS 27560:2023"
PROFILE = "https://w3id.org/dpv/schema/dpv-27560#record"
UNKNOWN = "unknown"
_NAMESPACE = uuid.UUID("6c656164-6761-4465-b77a-792d72636574")  # ours; a record has the same id in all of its receipts
_ATTRIBUTES = ("email", "first_name", "last_name", "phone", "country", "region", "born_on", "age")
_KINDS: Mapping[str, str] = {
    "email": "e-mail address", "first_name": "given name", "last_name": "family name", "phone": "telephone number",
    "country": "country", "region": "region", "born_on": "date of birth", "age": "age",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Consent:
    """What is recorded of one lead's consent. ``fields`` are the lead's own, as they were read when it arrived."""

    lead: str
    gateway: str  # what tells this gateway's records from another's
    principal: str  # the address, as typed
    fields: Mapping[str, Cell]
    statement: Statement
    origin: str  # the form's key, or the list
    is_form: bool
    arrived_at: datetime
    status: str  # given, refused, none, unknown: as it was judged
    waits_for_confirmation: bool
    withdrawn_at: datetime | None
    confirmations: Sequence[Mapping[str, Any]] = ()
    sender: Sender = field(default_factory=Sender)
    withdrawal_url: str | None = None


def receipt_of(consent: Consent, issued_at: datetime) -> dict[str, Any]:
    """The receipt, ready for JSON. Each has an id of its own; the record's is always the same."""
    return {
        "metadata": {
            "schema_version": SCHEMA, "profile": PROFILE,
            "receipt_id": str(uuid.uuid4()),
            "record_id": str(uuid.uuid5(_NAMESPACE, f"{consent.gateway} {consent.lead}")),
            "pii_principal_id": consent.principal, "issued_at": text_of(issued_at), "lead": consent.lead,
        },
        "processing": _processing(consent),
        "personal_data": _personal_data(consent),
        "parties": _parties(consent),
        "events": _events(consent),
        "provenance": _provenance(consent),
    }  # fmt: skip


def _processing(consent: Consent) -> dict[str, Any]:
    told, statement = consent.fields, consent.statement
    wording = told.get("consent_wording") or statement.wording
    language = told.get("language") or statement.language
    purposes = str(told.get("purposes") or "").split() or [statement.relationship or UNKNOWN]
    return _said({
        "privacy_notice": {
            "wording": wording or UNKNOWN,
            "sha256": sha256(str(wording).encode()).hexdigest() if wording else UNKNOWN,
        },
        "language": language or UNKNOWN,
        "purposes": purposes,
        "lawful_basis": statement.legal_basis or ("consent" if consent.status == "given" else None),
        "pii_information": [name for name in _ATTRIBUTES if told.get(name) is not None] or ["email"],
        "pii_controllers": list(consent.sender.names) or [UNKNOWN],
        "collection_method": statement.method or ("form" if consent.is_form else None),
        "storage_locations": [UNKNOWN],
        "retention_period": UNKNOWN,
        "jurisdiction": told.get("country") or statement.country or UNKNOWN,
        "recipient_third_parties": _recipients(consent) or [UNKNOWN if not consent.is_form else "none told"],
        "withdrawal_method": [way for way in (consent.withdrawal_url, consent.sender.opt_out_url) if way] or [UNKNOWN],
        "service": consent.origin,
    })  # fmt: skip


def _recipients(consent: Consent) -> list[str]:
    """Who was given the data: the takers of every handover, and we ourselves are the last."""
    return list(dict.fromkeys(hop.taker for hop in consent.statement.hops))


def _personal_data(consent: Consent) -> list[dict[str, Any]]:
    present = [name for name in _ATTRIBUTES if consent.fields.get(name) is not None] or ["email"]
    return [{"pii_type": _KINDS[name], "attribute_id": name, "optional": name != "email"} for name in present]


def _parties(consent: Consent) -> list[dict[str, Any]]:
    sender, statement = consent.sender, consent.statement
    found = [
        _said({
            "id": f"controller-{place}", "name": name, "address": sender.postal_address or UNKNOWN,
            "contact": sender.opt_out_url or UNKNOWN, "type": "controller",
        })
        for place, name in enumerate(sender.names or (UNKNOWN,), 1)
    ]  # fmt: skip
    others = [statement.vendor, *(name for hop in statement.hops for name in (hop.giver, hop.taker))]
    for name in dict.fromkeys(name for name in others if name and name not in sender.names):
        found.append({
            "id": f"vendor-{len(found)}", "name": name, "address": UNKNOWN, "contact": UNKNOWN, "type": "third party",
            "role": "vendor" if name == statement.vendor else "handed the data on",
        })  # fmt: skip
    return [*found, {
        "id": "principal", "name": " ".join(str(consent.fields[name]) for name in ("first_name", "last_name")
                                            if consent.fields.get(name)) or UNKNOWN,
        "address": UNKNOWN, "contact": consent.principal, "type": "pii principal",
    }]  # fmt: skip


def _events(consent: Consent) -> list[dict[str, Any]]:
    """What the person did, in order: signing up, confirming or refusing, leaving."""
    told = consent.fields
    given_at = told.get("consent_at") or told.get("collected_at")
    events = [_said({
        "event": "signup",
        "time": text_of(given_at) if isinstance(given_at, datetime) else UNKNOWN,
        "arrived_at": text_of(consent.arrived_at),
        "validity_duration": UNKNOWN,
        "entity_id": "principal",
        "type": _type(consent),
        "state": _first_state(consent),
        "expression_method": _method(consent),
        "ticked": told.get("consent_ticked"),
        "preticked": told.get("consent_preticked"),
        "page": told.get("consent_url") or consent.statement.form_url,
        "ip": told.get("consent_ip"),
        "agent": told.get("consent_agent"),
        "certificate": told.get("certificate_url") or told.get("lead_token"),
    })]  # fmt: skip
    if isinstance(claimed := told.get("confirmed_at"), datetime):
        events.append(_event("confirmation", claimed, "ConsentGiven", {"ip": told.get("confirmed_ip")}))
    for one in consent.confirmations:
        if one["state"] in {"confirmed", "refused"}:
            state = "ConsentGiven" if one["state"] == "confirmed" else "ConsentRefused"
            seen = {name: one.get(name) for name in ("ip", "agent", "asked_at", "language", "notice_sha256")}
            events.append(_event("confirmation", datetime.fromisoformat(one["answered_at"]), state, seen))
    if consent.withdrawn_at is not None:
        events.append(_event("withdrawal", consent.withdrawn_at, "ConsentWithdrawn", {}))
    return events


def _event(name: str, at: datetime, state: str, seen: Mapping[str, Any]) -> dict[str, Any]:
    return _said({
        "event": name, "time": text_of(at), "validity_duration": UNKNOWN, "entity_id": "principal",
        "type": "ExplicitlyExpressedConsent" if name == "confirmation" else "ExpressedConsent", "state": state, **seen,
    })  # fmt: skip


def _type(consent: Consent) -> str:
    """By the act alone; a box that came ticked expresses nothing."""
    if consent.fields.get("consent_preticked") is True or consent.statement.consent_act == "preticked_box":
        return "ImpliedConsent"
    return "ExpressedConsent" if consent.status in {"given", "refused"} else UNKNOWN


def _first_state(consent: Consent) -> str:
    if consent.status == "refused":
        return "ConsentRefused"
    if consent.waits_for_confirmation:
        return "ConsentRequested"
    return "ConsentGiven" if consent.status == "given" else "ConsentUnknown"


def _method(consent: Consent) -> str | None:
    return "ticked a box" if consent.fields.get("consent_ticked") is True else consent.statement.consent_act


def _provenance(consent: Consent) -> dict[str, Any]:
    """How the data came to us; the person may ask for it (GDPR 14(2)(f))."""
    statement = consent.statement
    return _said({
        "source": consent.origin,
        "given_by": "the person" if statement.direct else statement.vendor or UNKNOWN,
        "transfer_notice": None if consent.is_form else statement.transfer_notice,
        "hops": [
            _said({
                "giver": hop.giver, "taker": hop.taker, "on": hop.on.isoformat() if hop.on else None,
                "under": hop.under,
            })
            for hop in statement.hops
        ],
    })  # fmt: skip


def _said(told: Mapping[str, Any]) -> dict[str, Any]:
    """Without what nobody said."""
    return {name: value for name, value in told.items() if value is not None}
