"""A manifest's text becomes what its source states of all its leads, and how its file is to be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from gateway.domain.lead import Attestation, Hop, Statement
from gateway.domain.problem import CallerError, Problem
from gateway.intake.manifest.gaps import find_gaps
from gateway.intake.manifest.problems import find_problems, minor_units
from gateway.intake.values import DateOrder
from gateway.policy.reading import read_strict


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a list before a row of it is read."""

    name: str  # the list's
    statement: Statement
    date_order: DateOrder | None
    encoding: str | None  # as Python calls it
    columns: dict[str, str]  # their heading -> our field, before everything we think to know
    promised_columns: tuple[str, ...]
    digest: str  # SHA-256 of what is said, however it is laid out
    raw: dict[str, Any]  # as given, JSON-able
    gaps: tuple[str, ...]  # what a buyer should know and nobody says, and what follows
    saved: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Of the vendor's earlier files: digest of the headings -> heading -> field (intake/mappings.py)."""


def read_manifest(text: str, *, name: str, as_of: date | None = None) -> Manifest:
    """Read a manifest, YAML or JSON. ``name``: what it is called in messages, and the list if it has no name.

    Raises CallerError with every problem at once, each with its line, its key, what to do and, where somebody may have
    meant another word, that word. ``as_of``: the day after which a day lies in the future; None leaves that unasked.
    """
    document = read_strict(text, name=name)
    if not isinstance(document.data, dict):
        problem = Problem(
            "not_a_manifest", "a manifest is lines of `key: value`; start one with `gateway manifest new`"
        )
        raise CallerError([problem], title=f"{name} is not a manifest")
    said, problems = find_problems(document, as_of)
    if problems:
        raise CallerError(problems, title=f"{name} has problems")
    statement = _statement(said)
    raw = orjson.loads(orjson.dumps(document.data))
    return Manifest(
        name=said.get("name") or name,
        statement=statement,
        date_order=said.get("date_order"),
        encoding=said.get("encoding"),
        columns=said.get("columns") or {},
        promised_columns=tuple(said.get("promised_columns") or ()),
        digest=sha256(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        raw=raw,
        gaps=find_gaps(statement),
    )


def read_form(text: str, *, name: str, as_of: date | None = None) -> Statement:
    """Read what one of our own forms states of its leads: a manifest without the keys that only a list has.

    Raises CallerError with every problem at once, as read_manifest does. Nobody stands between: ``direct`` is implied.
    """
    document = read_strict(text, name=name)
    if not isinstance(document.data, dict):
        problem = Problem("not_a_manifest", "what a form states is lines of `key: value`, such as audience: general")
        raise CallerError([problem], title=f"{name} does not say what a form states")
    said, problems = find_problems(document, as_of, of_form=True)
    if problems:
        raise CallerError(problems, title=f"{name} has problems")
    return _statement({**said, "direct": True, "method": "form"})


def new_manifest() -> str:
    """A manifest to start from: every key explained, valid once the vendor's name is filled in."""
    return Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")


def _statement(said: Mapping[str, Any]) -> Statement:
    price, collected, notice, consent = (said.get(key) or {} for key in ("price", "collected", "notice", "consent"))
    dealings, vendor, phone, campaign = (
        said.get(key) or {} for key in ("dealings", "vendor_facts", "phone", "campaign")
    )
    return Statement(
        direct=bool(said.get("direct")),
        vendor=said.get("vendor"),
        contract=said.get("contract"),
        price_minor=minor_units(price["amount"], price["currency"]) if price else None,
        currency=price.get("currency"),
        method=said.get("method"),
        site_refuses_transfer=said.get("site_refuses_transfer"),
        collected_from=collected.get("from_"),
        collected_until=collected.get("until"),
        form_url=said.get("form_url"),
        wording=notice.get("wording"),
        language=notice.get("language"),
        consent=consent.get("claimed"),
        consent_act=consent.get("act"),
        transfer_notice=notice.get("transfer"),
        relationship=said.get("relationship"),
        wireless_authorization=_set(said.get("wireless_authorization")),
        hops=tuple(
            Hop(hop["giver"], hop["taker"], hop.get("on"), hop.get("under"), tuple(hop.get("names") or ()) or None)
            for hop in said.get("hops") or ()
        ),
        attestations=tuple(
            Attestation(claim["says"], claim["signed_by"], claim["on"]) for claim in said.get("attestations") or ()
        ),
        country=said.get("country"),
        stop=said.get("stop"),
        region=said.get("region"),
        audience=said.get("audience"),
        subscribers=said.get("subscribers"),
        legal_basis=said.get("legal_basis"),
        form_capture=notice.get("form_capture"),
        request_parts=_set(notice.get("request_parts")),
        chain_duties=_set(said.get("chain_duties")),
        parental_consent=consent.get("by_parent"),
        dealings=dealings.get("kind"),
        dealings_with_us=dealings.get("with_us"),
        dealings_on=dealings.get("on"),
        similar_offers=dealings.get("similar_offers"),
        opt_out_offered=dealings.get("opt_out_offered"),
        refusal_stated=dealings.get("refusal_stated"),
        role_relevant=dealings.get("role_relevant"),
        data_broker=vendor.get("data_broker"),
        registrations=tuple(
            (state, year) for state, years in (vendor.get("registrations") or {}).items() for year in years
        ),
        drop_run_on=vendor.get("drop_run_on"),
        privacy_terms=vendor.get("privacy_terms"),
        phone_consent=_set(phone.get("consent")),
        dnc_scrubbed_on=phone.get("dnc_scrubbed_on"),
        reassigned_checked_on=phone.get("reassigned_checked_on"),
        utah_scrubbed_on=campaign.get("utah_scrubbed_on"),
        michigan_scrubbed_on=campaign.get("michigan_scrubbed_on"),
        products=_set(campaign.get("products")),
        advertisers=tuple(campaign.get("advertisers") or ()),
        designated_sender=campaign.get("designated_sender"),
        brand=said.get("brand"),
        asks_confirmation=said.get("asks_confirmation"),
    )


def _set(parts: list[str] | None) -> frozenset[str] | None:
    """Parts that were named, in no order; None where nobody says, which is not the same as none of them."""
    return None if parts is None else frozenset(parts)
