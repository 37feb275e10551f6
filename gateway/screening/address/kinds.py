"""What kind of address it is: function's mailbox, throw-away, relay, consumer provider, phone. Never a verdict.

Answers are kept per distinct domain and per distinct local part; nothing here asks the network.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache, lru_cache
from itertools import repeat
from typing import NamedTuple

from disposable_email_domains import blocklist

from gateway.domain.ports import Listed
from gateway.screening.address.lookalikes import imitates, suggest
from gateway.screening.reference import ADDRESS, names, rows, suffixes

REQUEST = "-request"
"""RFC 2142 section 6: LIST-request is the mailbox that manages a mailing list."""
PHONE_LENGTHS = (10, 11)  # a North American number without and with its 1
LISTED = timedelta(days=30)  # 47 CFR 64.3100(a)(4)
LIST_AGE = timedelta(days=30)  # the longest interval between refreshes that is safe


class DomainKinds(NamedTuple):
    """What is publicly known of a domain."""

    is_disposable: bool
    is_privacy_relay: bool
    is_free_mail: bool
    wireless_gateway: str  # none, low, medium, high
    is_confusable: bool
    suggestion: str | None  # the big provider's domain it is one slip away from


ORDINARY = DomainKinds(False, False, False, "none", False, None)
"""Nothing is known of it. Text that is no address is no kind of address either."""


@lru_cache(maxsize=200_000)
def kinds_of(domain: str) -> DomainKinds:
    """The kinds of one domain (A-label, lower case)."""
    chain = suffixes(domain)
    if _listed().isdisjoint(chain):  # nearly all; the rest is only looked at closely where there is something to see
        confusable, suggestion = imitates(domain), suggest(domain)
        return (
            ORDINARY._replace(is_confusable=confusable, suggestion=suggestion) if confusable or suggestion else ORDINARY
        )
    relay = not names(ADDRESS, "privacy-relays.tsv").isdisjoint(chain)
    free = domain in names(ADDRESS, "free-mail-domains.txt")
    gateways = _gateways()
    gateway = next((gateways[name] for name in chain if name in gateways), "none")
    disposable = not relay and not free and not blocklist.isdisjoint(chain)
    if relay or free or gateway != "none":  # a known domain is nobody's slip and imitates nobody
        return DomainKinds(disposable, relay, free, gateway, False, None)
    return DomainKinds(disposable, relay, free, gateway, imitates(domain), suggest(domain))


@cache
def _listed() -> frozenset[str]:
    """Every name that stands on any of the lists."""
    files = ("privacy-relays.tsv", "free-mail-domains.txt", "wireless-domains.tsv")
    return frozenset(blocklist).union(*(names(ADDRESS, name) for name in files))


@cache
def _gateways() -> dict[str, str]:
    return {domain: sure for domain, _, _, sure, *_ in rows(ADDRESS, "wireless-domains.tsv")}


@cache
def _roles() -> dict[str, str]:
    return {local: kind for local, kind, *_ in rows(ADDRESS, "role-accounts.tsv")}


def role_classes(bases: Sequence[str]) -> list[str]:
    """The class of the function's mailbox behind each local part (lower case, no +tag), or none."""
    found = list(map(_roles().get, bases, repeat("none")))
    if REQUEST in "\n".join(bases):  # once for all: most batches have none
        for i, base in enumerate(bases):
            if found[i] == "none" and base.endswith(REQUEST):
                found[i] = "automated"
    return found


def phone_shaped(bases: Sequence[str]) -> list[bool]:
    """Whether each local part is ten or eleven digits, as phones' addresses are."""
    digits = zip(bases, map(str.isdigit, bases), strict=True)
    return [is_number and len(base) in PHONE_LENGTHS and base.isascii() for base, is_number in digits]


def list_age(loaded_at: datetime | None, as_of: datetime) -> str:
    """How old the FCC's list that we hold is."""
    if loaded_at is None:
        return "never_loaded"
    return "current" if as_of - loaded_at <= LIST_AGE else "stale"


def listed_for(domains: Sequence[str | None], listed: Listed, as_of: datetime) -> dict[str | None, str]:
    """For how long each distinct domain has been on the FCC's list; a listed name covers every name below it."""
    found: dict[str | None, str] = {None: "no"}
    for domain in set(domains) - {None}:
        assert domain is not None
        since = [listed[name] for name in suffixes(domain) if name in listed]
        if not since:
            found[domain] = "no"
        else:
            found[domain] = "30_days_or_more" if as_of - min(since) >= LISTED else "under_30_days"
    return found
