"""Establishes every fact of a batch: looks things up, judges nothing, writes nothing.

Column by column, and each distinct question once: a domain, a country's name, a combination of boxes. A batch gives
the same facts in one piece, in pieces or row by row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import cast

from gateway.domain.address import MatchKeys
from gateway.domain.lead import Batch
from gateway.domain.ports import (
    Certificates,
    MailRoutes,
    NoCertificates,
    Sender,
    Suppressions,
    Vendors,
    WirelessList,
    Wordings,
)
from gateway.domain.screened import Screened
from gateway.screening import (
    campaign,
    certificates,
    consent,
    dummy,
    jurisdiction,
    listwide,
    person,
    phone,
    phone_use,
    provenance,
    relationship,
    suppression,
    vendor_file,
    wordings,
)
from gateway.screening.address import deliverability
from gateway.screening.address import facts as address
from gateway.screening.address.found import find_addresses, unwrap
from gateway.screening.address.syntax import Addresses, normalise, normalise_all
from gateway.screening.answers import Answers, gather


@dataclass(frozen=True)
class World:
    """Whom screening may ask, and what it has been told of the world."""

    match_keys: MatchKeys
    routes: MailRoutes
    suppressions: Suppressions
    vendors: Vendors
    sender: Sender
    default_country: str  # ISO 3166-1 alpha-2
    wireless: WirelessList
    wordings: Wordings
    certificates: Certificates = field(default_factory=NoCertificates)


def screen(batch: Batch, world: World, as_of: datetime, *, dns_seconds: float | None = None) -> Screened:
    """Every fact of every row, as of an instant, with the details that writing needs.

    ``dns_seconds``: the total deadline for DNS; None for the default, 0 to ask the memory only.
    """
    texts = cast("list[str | None]", batch.column("email"))  # as the catalogue of fields has it
    legible = texts.copy()
    for i in batch.broken:
        legible[i] = None
    addresses = normalise_all(legible)
    others: Mapping[int, Sequence[str]] = {}
    if batch.origin.kind == "list":  # at a form the person mends it
        others = unwrap(texts, addresses, batch.columns.get("other_emails"), batch.broken)
    routes = deliverability.ask(addresses.domain, world.routes, as_of, dns_seconds)
    keys, more_keys = _match_keys(batch, texts, addresses, others, world.match_keys)
    countries = jurisdiction.judge(batch, addresses.domain, world.default_country)
    consents = consent.establish(batch, as_of)
    worded = wordings.find(batch, world.wordings)
    places = jurisdiction.establish(batch, countries)
    phones = phone.normalise_all(batch.column("phone"), countries.code)
    suggestions = address.suggestions(texts, addresses)
    pieces = certificates.find(batch)
    filled = vendor_file.fill(batch, world.vendors, as_of)  # with what the vendor's file answers for all its lists
    facts = gather(
        len(batch),
        _rows(batch),
        address.establish(batch, addresses, routes, suggestions),
        address.wireless(batch, addresses, *world.wireless.find_list(), as_of),
        provenance.establish(filled.batch, world.vendors, world.sender),
        {"source.legal_basis": provenance.legal_basis(batch, consents["consent.status"])},
        listwide.establish(batch),
        provenance.of_vendor(filled.batch, places["person.region"], as_of),
        vendor_file.establish(filled),
        consents,
        certificates.establish(batch, pieces, keys, world.certificates),
        wordings.establish(worded),
        relationship.establish(batch),
        phone_use.establish(
            batch, phones, consents, as_of, match_keys=world.match_keys, suppressions=world.suppressions
        ),
        places,
        person.establish(batch, countries.code, as_of),
        suppression.establish(batch, keys, world.suppressions, as_of, consents, normalised=addresses.normalised),
        campaign.establish(batch),
        dummy.establish(batch, addresses),
        {"sender.is_ready": world.sender.is_ready},
    )
    return Screened(
        facts=facts,
        addresses=addresses.normalised,
        keys=keys,
        domains=addresses.domain,
        countries=countries.code,
        phones=phones,
        suggestions=suggestions,
        more_keys=more_keys,
        phone_stops=phone_use.stops(batch, phones, world.match_keys),
        wordings=worded.wordings,
        standings=worded.standings,
        worded=worded.of,
        learned=deliverability.fresh(routes),
        pieces=pieces,
    )


def _rows(batch: Batch) -> Answers:
    """Which rows could not be read."""
    if not batch.broken:
        return {"row.is_broken": False, "row.problem": "none"}
    return {
        "row.is_broken": [i in batch.broken for i in range(len(batch))],
        "row.problem": [batch.broken.get(i, "none") for i in range(len(batch))],
    }


def _match_keys(
    batch: Batch,
    texts: Sequence[str | None],
    addresses: Addresses,
    others: Mapping[int, Sequence[str]],
    match_keys: MatchKeys,
) -> tuple[list[bytes | None], dict[int, list[bytes]]]:
    """One key per row that has any text, also of rows that could not be read: a person must be findable in them.

    With the keys of further addresses in a row, ``others`` and those in cells that are no address.
    """
    forms = list(addresses.comparable)
    for i in batch.broken:
        forms[i] = normalise(texts[i]).comparable
    more = {
        i: match_keys.keys([form for one in rest if (form := normalise(one).comparable)])
        for i, rest in others.items()
        if rest
    }
    # "Ann <ann@example.com>" is no address, but whoever is in it must be known when the row says that Ann left.
    odd = [i for i, problem in enumerate(addresses.problem) if problem != "none"]
    found = {i: some for i in odd if (some := find_addresses(texts[i] or ""))}
    found = {i: some for i, some in found.items() if some != [texts[i]]}  # else it is what was judged already
    read = iter(normalise_all([one for some in found.values() for one in some]).comparable)
    for i, some in found.items():
        first, *rest = islice(read, len(some))
        forms[i] = first or forms[i]
        if rest:
            more[i] = more.get(i, []) + match_keys.keys([form for form in rest if form])
    keys: list[bytes | None] = [*match_keys.keys([form or "" for form in forms])]
    if not all(forms):
        for i in [i for i, form in enumerate(forms) if form is None]:
            keys[i] = None
    return keys, more
