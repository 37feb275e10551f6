"""What the month's company bought one by one: a vendor that asks and posts by machine, under terms with caps."""

import random
from datetime import datetime, timedelta
from typing import Any

from gateway.cli.demo_month.people import FIRST, LAST, STATES, address_of
from gateway.domain.problem import CallerError
from gateway.intake.buying.book import find_for, give_key, set_terms
from gateway.intake.buying.buy import buy
from gateway.intake.buying.posted import read_posted
from gateway.pipeline import Services
from gateway.vendors.book import set_standing
from gateway.vendors.contracts import Terms, find_contract, note_contract

VENDOR, CONTRACT = "Larkspur Exchange", "LARKSPUR-2026"
SINCE = 16  # day of the month on which it began
POSTS = 7  # a day
_PRICE = 110
_PAGE = "https://offers.example.com/garden"
_WORDING = "Yes, Example Gardens Inc. may send me offers for house and garden by e-mail. I can unsubscribe at any time."


def agree(then: Services) -> None:
    """The vendor's contract, its buying terms and its key."""
    today = then.clock.now().date()
    with then.unit_of_work() as work:
        set_standing(work, VENDOR, "approved", "Known from the trade fair; its form was seen.")
        terms = Terms(CONTRACT, today, today + timedelta(days=365), _PRICE, "USD", return_days=14)
        note_contract(work, VENDOR, terms, by="demo")
        contract = find_contract(work.connection, VENDOR, name=CONTRACT, on=today)
        assert contract is not None
        set_terms(work, then.ledger, contract, _document(then.clock.now()), by="demo", why="agreed at the trade fair")
        give_key(work, then.ledger, VENDOR, by="demo")


def post_some(then: Services, rng: random.Random, count: int) -> None:
    """A day's posts, the same as over HTTP: good ones, ones from where nobody is wanted, mistyped ones, repeats."""
    last = ""
    for place in range(count):
        first, name = rng.choice(FIRST), rng.choice(LAST)
        address = address_of(rng, first, name)
        chance = rng.random()
        if chance < 0.08:  # noqa: PLR2004 - the share of mistyped domains
            address = f"{address.partition('@')[0]}@gone.example.net"
        elif chance < 0.16 and last:  # noqa: PLR2004 - and of repeats
            address = last
        last, at = address, then.clock.now() - timedelta(minutes=rng.randrange(3, 600))
        body = {
            "email": address, "first_name": first, "last_name": name, "state": rng.choice(STATES),
            "country": "CA" if place % 9 == 8 else "US", "consent_timestamp": at.strftime("%Y-%m-%dT%H:%M:%SZ"),  # noqa: PLR2004
            "ip_address": f"198.51.{rng.randrange(256)}.{rng.randrange(1, 255)}", "page_url": _PAGE,
        }  # fmt: skip
        buy(then, _dealing, read_posted(body))


def _dealing(connection: Any, at: datetime) -> Any:
    found = find_for(connection, VENDOR, at.date())
    if found is None:
        raise CallerError([])
    return found


def _document(at: datetime) -> dict[str, Any]:
    on = (at - timedelta(days=20)).date().isoformat()
    return {
        "caps": {"hour": 5, "day": 8, "month": 150, "money_month": "150.00"},
        "wanted": {"countries": ["US"], "oldest_days": 30},
        "limit_to_worth": False,
        "says": {
            "method": "co_registration", "collected": {"from": on}, "form_url": _PAGE,
            "notice": {"wording": _WORDING, "language": "en", "transfer": "named_us"},
            "consent": {"claimed": "given", "act": "unticked_box"}, "relationship": "marketing",
            "hops": [{"giver": VENDOR, "taker": "Example Gardens Inc.", "on": on}],
            "attestations": [{"says": "Every person filled in our own form.", "signed_by": "M. Haddad", "on": on}],
            "vendor_facts": {"data_broker": False, "privacy_terms": True},
        },
    }  # fmt: skip
