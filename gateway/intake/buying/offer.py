"""What is offered for a lead at this moment, or why none is bought: the same for a ping and for a post."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.economics.worth import worth_of
from gateway.intake.buying.bids import Worthy, offer
from gateway.intake.buying.book import Dealing
from gateway.intake.buying.caps import Account, posts_reached, reached
from gateway.intake.buying.wanted import Said

SHUT_OUT = ("suspended", "barred")
"""Standings of vendors from whom nothing is taken. Probation is the policies' to judge, lead by lead."""
SAYS: Mapping[str, str] = {
    "standing": "We do not buy from you at present.",
    "paused": "Buying under this contract is paused.",
    "closed": "We do not buy at this hour.",
    "cap": "We have bought as much as we do for now.",
    "country_not_said": "Say in which country the person is (country); a zip alone does not say it.",
    "country_not_wanted": "We do not buy leads of this country.",
    "region_not_said": "Say in which state or province the person is (state).",
    "region_not_wanted": "We do not buy leads of this state or province.",
    "product_not_said": "Say which product the lead is for (product, boberdoo's TYPE).",
    "product_not_wanted": "We do not buy leads for this product.",
    "age_not_said": "Say when the person gave the address (collected_at, or age_days).",
    "too_old": "The person gave the address too long ago.",
    "domain": "We refuse whoever has an address at this domain.",
    "price": "We cannot pay a price for this lead at present.",
    "below_ask": "We do not pay as much as you ask.",
    "known": "We know this person already.",
    "suppressed": "We may not write to this person.",
    "unknown_ping": "There is no ping of yours by this name.",
    "ping_expired": "The ping's time is over; ping again, or post without it.",
    "ping_used": "A lead was posted with this ping already.",
    "ping_mismatch": "This is not the lead that was offered in the ping.",
}
"""Why nothing was bought, in words for the vendor."""
OF_US = frozenset({"standing", "paused", "closed", "cap"})
"""Reasons that lie with us and say nothing of any lead."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a lead is not bought: what may be said of it, and the exact code for the account."""

    reason: str  # key of SAYS
    code: str
    again: datetime | None = None  # when it is worth asking again

    @property
    def message(self) -> str:
        """In words for the vendor."""
        return SAYS[self.reason]


def refuse(dealing: Dealing, standing: str | None, account: Account, price: int, at: datetime) -> Refusal | None:
    """Whether anything at all is bought now, at this price."""
    if standing in SHUT_OUT:
        return Refusal("standing", f"vendor_{standing}")
    if dealing.paused is not None:
        return Refusal("paused", "paused")
    if not dealing.terms.schedule.is_open(at):
        return Refusal("closed", "closed", dealing.terms.schedule.opens(at))
    cap = reached(dealing.terms.caps, account, price)
    return None if cap is None else Refusal("cap", cap)


def refuse_post(dealing: Dealing, account: Account) -> Refusal | None:
    """Whether there were too many posts this hour."""
    cap = posts_reached(dealing.terms.caps, account)
    return None if cap is None else Refusal("cap", cap)


def refuse_lead(dealing: Dealing, said: Said, at: datetime) -> Refusal | None:
    """Whether leads like this one are wanted."""
    lack = dealing.terms.wanted.lacks(said, at)
    return None if lack is None else Refusal(lack, lack)


def price_of(connection: Connection, dealing: Dealing, at: datetime, *, least: int | None = None) -> int | Refusal:
    """The price that is offered now. ``least``: what the vendor asks for, if it said."""
    terms = dealing.terms
    asks = terms.bid is not None or terms.limited
    worth = worthy(connection, dealing, at) if asks else None
    found = offer(dealing.price, terms.bid, worth, limited=terms.limited)
    if found.minor is None:
        return Refusal("price", found.why)
    if least is not None and found.minor < least:
        return Refusal("below_ask", "below_ask")
    return found.minor


def worthy(connection: Connection, dealing: Dealing, at: datetime) -> Worthy | None:
    """What a lead of this vendor is worth, as it was reckoned last; never reckoned here, for that takes a while."""
    found = worth_of(connection, as_of=at, vendor=dealing.contract.vendor, currency=dealing.currency)
    return None if found is None else Worthy(found.low, found.minor, found.high, found.currency, found.people)
