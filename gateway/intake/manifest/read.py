"""A manifest's text becomes what its source states of all its leads, and how its file is to be read."""

from collections.abc import Mapping
from dataclasses import dataclass
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


def new_manifest() -> str:
    """A manifest to start from: every key explained, valid once the vendor's name is filled in."""
    return Path(__file__).with_name("template.yaml").read_text(encoding="utf-8")


def _statement(said: Mapping[str, Any]) -> Statement:
    price, collected, notice, consent = (said.get(key) or {} for key in ("price", "collected", "notice", "consent"))
    parts = said.get("wireless_authorization")
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
        wireless_authorization=None if parts is None else frozenset(parts),
        hops=tuple(Hop(hop["giver"], hop["taker"], hop.get("on"), hop.get("under")) for hop in said.get("hops") or ()),
        attestations=tuple(
            Attestation(claim["says"], claim["signed_by"], claim["on"]) for claim in said.get("attestations") or ()
        ),
        country=said.get("country"),
        stop=said.get("stop"),
    )
