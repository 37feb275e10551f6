"""The ``address.*`` and ``wireless.*`` facts of a batch, from what its parts found. Columns in, columns out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import repeat

from gateway.domain.facts import FactValue
from gateway.domain.lead import Batch
from gateway.domain.ports import Listed
from gateway.domain.screened import MailRoute
from gateway.screening.address import deliverability, kinds
from gateway.screening.address.lookalikes import suggest
from gateway.screening.address.syntax import BLANKS, Addresses, normalise
from gateway.screening.answers import Answers, Column

BROKEN_DOMAIN = frozenset({"bad_domain", "domain_without_dot"})
"""Problems behind which a slip may hide: ``gmail,com``, ``gmail``."""


def establish(
    batch: Batch,
    addresses: Addresses,
    routes: Mapping[str, MailRoute],
    suggestions: Mapping[int, str],
) -> Answers:
    """What is known of each address. Of a row that could not be read it is unknown.

    Text that is no address has no domain to ask about, so whether that takes mail is unknown too.
    """
    domains = addresses.domain
    known = [(domain, kinds.kinds_of(domain)) for domain in set(domains) if domain is not None]
    special = [(domain, one) for domain, one in known if one is not kinds.ORDINARY]

    def kind(name: str) -> Column:
        """One answer per row; a whole column of the usual answer costs nothing."""
        usual = getattr(kinds.ORDINARY, name)
        others: dict[str | None, FactValue] = {
            domain: answer for domain, one in special if (answer := getattr(one, name)) != usual
        }
        return list(map(others.get, domains, repeat(usual))) if others else [usual] * len(domains)

    route = deliverability.mail_routes(routes)
    accepting = deliverability.accepting(route)
    columns: dict[str, Column] = {
        "address.is_valid": [problem == "none" for problem in addresses.problem],
        "address.problem": list(addresses.problem),
        "address.mail_route": list(map(route.get, domains)),
        "address.accepts_mail": list(map(accepting.get, domains)),
        "address.role_class": [*kinds.role_classes(addresses.base)],
        "address.is_phone_shaped": [*kinds.phone_shaped(addresses.base)],
        "address.is_disposable": kind("is_disposable"),
        "address.is_privacy_relay": kind("is_privacy_relay"),
        "address.is_free_mail": kind("is_free_mail"),
        "address.wireless_gateway": kind("wireless_gateway"),
        "address.is_confusable": kind("is_confusable"),
        "address.looks_mistyped": [False] * len(batch),
    }
    for i in suggestions:
        columns["address.looks_mistyped"][i] = True
    _unread(batch, columns)
    return {**columns}


def wireless(
    batch: Batch, addresses: Addresses, listed: Listed, loaded_at: datetime | None, as_of: datetime
) -> Answers:
    """What the FCC's list says, and how old it is. A list never loaded says nothing of any domain: unknown."""
    age = kinds.list_age(loaded_at, as_of)
    if loaded_at is None:
        return {"wireless.fcc_list": age, "wireless.fcc_listed": None}
    since = kinds.listed_for(addresses.domain, listed, as_of)
    columns: dict[str, Column] = {"wireless.fcc_listed": [since[domain] for domain in addresses.domain]}
    _unread(batch, columns)
    return {"wireless.fcc_list": age, **columns}


def _unread(batch: Batch, columns: Mapping[str, Column]) -> None:
    """Make unknown what stands in rows that could not be read."""
    for column in columns.values():
        for i in batch.broken:
            column[i] = None


def suggestions(texts: Sequence[str | None], addresses: Addresses) -> dict[int, str]:
    """What the person may have meant, by row. Only offered, never used in the place of what was typed."""
    found: dict[int, str] = {}
    offers = {domain: kinds.kinds_of(domain).suggestion for domain in set(addresses.domain) if domain is not None}
    slips = {domain: offer for domain, offer in offers.items() if offer is not None}
    if slips:
        for i, domain in enumerate(addresses.domain):
            if domain in slips:
                found[i] = f"{(addresses.normalised[i] or '').rpartition('@')[0]}@{slips[domain]}"
    for i in [i for i, problem in enumerate(addresses.problem) if problem in BROKEN_DOMAIN]:
        local, _, typed = (texts[i] or "").strip(BLANKS).rpartition("@")
        offer = suggest(typed.lower())
        if offer is not None and normalise(f"{local}@{offer}").problem == "none":
            found[i] = f"{local}@{offer}"
    return found
