"""The lists of the month: who sold them, what the vendor said of them, how good they are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from gateway.cli.demo_month.people import Mix

HEADINGS = ("email", "first_name", "last_name", "state", "optin_date", "ip_address", "source_url", "id")
NAMED = ("Yes, Example Gardens Inc. may send me offers for house and garden by e-mail. I can unsubscribe at any time.",
         "named_us", "claimed: given, act: unticked_box")  # fmt: skip
NAMED_SHORT = ("Yes, Example Gardens Inc. may send me offers for house & garden by email. I can unsubscribe any time.",
               "named_us", "claimed: given, act: unticked_box")  # fmt: skip
PARTNERS = ("I agree that trusted partners may contact me about things I may like.",
            "named_partners", "claimed: given, act: unticked_box")  # fmt: skip
TERMS = ("Get my quote. I have read the terms.", "none", "claimed: none")


@dataclass(frozen=True, slots=True)
class Sold:
    """One list as it was sold."""

    vendor: str
    name: str
    day: int  # of the month on which it came, from 0
    rows: int
    price: str
    mix: Mix
    notice: tuple[str, str, str] = NAMED
    hops: tuple[str, ...] = ("Example Offers",)  # who had it before the vendor
    is_broker: bool = True
    is_attested: bool = True
    standing: tuple[str, str] | None = None  # said of the vendor before the list came, and why


_LONG = ("Quote Barn", "Lead Mill")
GOOD, FAIR = Mix(), Mix(dead=0.03, role=0.02, again=0.03, bare=0.15)
WORSE = Mix(broken=0.03, dead=0.3, role=0.05, throwaway=0.05, again=0.15, bare=0.5)
POOR = Mix(broken=0.02, dead=0.12, role=0.06, throwaway=0.03, again=0.12, bare=0.6)
ANGRIER = Mix(broken=0.02, dead=0.04, role=0.03, throwaway=0.03, again=0.08, bare=0.6)

MONTH = (
    Sold("Fernhill Data", "Fernhill garden buyers", 0, 9_000, "0.42", GOOD,
         standing=("approved", "Contract and forms seen; two test lists were clean.")),
    Sold("Blue Harbour Media", "Blue Harbour house and home", 3, 6_000, "0.28", FAIR, PARTNERS),
    Sold("Fernhill Data", "Fernhill autumn", 8, 8_000, "0.42", GOOD, NAMED_SHORT),
    Sold("Cheap Reach", "Cheap Reach consumers A", 8, 4_000, "0.06", ANGRIER, TERMS, hops=(),
         standing=("new", "A first list is tried: price and answers were unlike other vendors'.")),
    Sold("Prairie Partners", "Prairie co-registration", 15, 5_000, "0.35", GOOD, NAMED, hops=_LONG,
         standing=("approved", "Known from the trade fair; contract of October.")),
    Sold("Blue Harbour Media", "Blue Harbour October leftovers", 19, 2_000, "0.20", FAIR, PARTNERS, is_attested=False),
    Sold("Prairie Partners", "Prairie co-registration 2", 23, 4_000, "0.35",
         WORSE, hops=_LONG),
    Sold("Quickfill Data", "Quickfill everybody", 26, 1_000, "0.02", POOR, TERMS, hops=(), is_attested=False,
         standing=("barred", "Supplied scraped addresses before.")),
    Sold("Fernhill Data", "Fernhill November", 28, 4_000, "0.44", GOOD),
    Sold("Cheap Reach", "Cheap Reach consumers B", 29, 1_000, "0.06", ANGRIER, TERMS, hops=()),
)  # fmt: skip

ANGRY = "Cheap Reach"
ANGRY_DAYS = (14, 17)
"""The vendor whose people complain, and when, till the house's limits see it (policies/vendors.yaml)."""
BILLED = ("Prairie Partners", "PP-2026-031", 35)
"""Whose invoice is entered at the month's end: vendor, number, price of a row in cents."""


def manifest_of(sold: Sold, at: datetime) -> str:
    """What the vendor said of its list, as the uploader wrote it down."""
    wording, transfer, consent = sold.notice
    until = (at - timedelta(days=2)).date()
    since = until - timedelta(days=40)
    chain = [*sold.hops, sold.vendor, "Example Gardens Inc."]
    hops = [
        f"  - {{giver: {giver}, taker: {taker}, on: {until}, under: agreement {1900 + len(sold.name)}-{place}}}"
        for place, (giver, taker) in enumerate(pairwise(chain), 1)
    ]
    lines = [
        f"name: {sold.name}", f"vendor: {sold.vendor}", f"contract: {sold.vendor.split()[0].upper()}-{at:%Y-%m}",
        f'price: {{amount: "{sold.price}", currency: USD}}', "method: co_registration",
        f"collected: {{from: {since}, until: {until}}}", "form_url: https://offers.example.com/garden",
        "notice:", f'  wording: "{wording}"', "  language: en", f"  transfer: {transfer}",
        f"consent: {{{consent}}}", "relationship: marketing", "hops:", *hops,
    ]  # fmt: skip
    if sold.is_attested:
        said = "Every person filled in our own form."
        lines += ["attestations:", f"  - {{says: {said}, signed_by: R. Osei, on: {until}}}"]
    if sold.is_broker:
        year = at.year
        lines += [
            "vendor_facts:", "  data_broker: true",
            f"  registrations: {{CA: {year}, OR: {year}, TX: {year}, VT: {year}}}", f"  drop_run_on: {until}",
            "  privacy_terms: true",
        ]  # fmt: skip
    return "\n".join(lines) + "\n"
