"""Recorded answers for the demo's made-up domains, so that the demo shows something without a network.

Used only with GATEWAY_DEMO; every answer says that it is recorded, and none is ever kept.
"""

from datetime import datetime, timedelta

from gateway.domain.screened import MailRoute, RouteKind

DEMO_DOMAINS: tuple[tuple[str, str], ...] = (
    ("harbor.example.com", "A domain that takes mail: the signup becomes a prospect."),
    ("brightlane.example.org", "Another one that takes mail."),
    ("northwind.example.net", "Says in DNS that it takes no mail (null MX): a rejection."),
    ("gone.example.net", "Does not exist: a rejection."),
    ("quiet.example.net", "DNS stays silent: a hold, and DNS is asked again."),
)
"""The domains and what each shows, in the order people should try them."""

_KINDS: dict[str, RouteKind] = {
    "harbor.example.com": "mx",
    "brightlane.example.org": "mx",
    "northwind.example.net": "null_mx",
    "gone.example.net": "no_such_domain",
    "quiet.example.net": "unknown",
}

TOWNS = (
    "alder", "aspen", "beacon", "birch", "brook", "cedar", "chestnut", "cliff", "clover", "cove", "creek", "dale",
    "delta", "elm", "fern", "field", "ford", "glen", "grove", "hazel", "heath", "hill", "holly", "juniper", "lake",
    "larch", "laurel", "linden", "maple", "meadow", "mill", "moor", "oak", "orchard", "pine", "pond", "prairie", "reed",
    "ridge", "river", "rowan", "sage", "spring", "summit", "thorn", "vale", "walnut", "willow", "wood", "yew",
)  # fmt: skip
"""Mail providers of the demo's month: mail.alder.example.com and so on, which all take mail."""
MONTHS_DOMAINS = tuple(f"mail.{town}.example.{end}" for town in TOWNS for end in ("com", "net", "org"))
_KINDS |= dict.fromkeys(MONTHS_DOMAINS, "mx")


def recorded(domain: str, as_of: datetime) -> MailRoute | None:
    """The recorded answer for one of the demo's domains, else None."""
    kind = _KINDS.get(domain)
    return None if kind is None else MailRoute(domain, kind, as_of, as_of + timedelta(hours=1), source="recorded")
