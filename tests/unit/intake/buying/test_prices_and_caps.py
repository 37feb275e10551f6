"""What a lead may cost, and how much is bought: pure."""

import pytest

from gateway.intake.buying.bids import Bid, Price, Worthy, offer
from gateway.intake.buying.caps import SPANS, Caps, Tally, may_ask_by_hash, pings_reached, reached

WORTH = Worthy(low=200, minor=300, high=420, currency="USD", people=900)


@pytest.mark.parametrize(
    ("fixed", "bid", "worth", "found"),
    [(125, None, None, Price(125, "contract")), (None, None, None, Price(None, "no_price")),
     (200, None, WORTH, Price(200, "contract")), (201, None, WORTH, Price(None, "above_worth")),
     (125, Bid(50), WORTH, Price(100, "bid")), (125, Bid(50, ceiling=80), WORTH, Price(80, "bid")),
     (125, Bid(50, floor=101), WORTH, Price(None, "below_floor")), (125, Bid(50), None, Price(125, "unknown_worth")),
     (125, Bid(50, unknown=60), None, Price(60, "unknown_worth")), (None, Bid(50), None, Price(None, "no_price")),
     (125, Bid(50, ceiling=90), None, Price(90, "unknown_worth")),
     (125, Bid(50), Worthy(-5, 0, 9, "USD", 0), Price(None, "below_floor"))],
)  # fmt: skip
def test_offers(fixed, bid, worth, found):
    assert offer(fixed, bid, worth, limited=True) == found


def test_a_contract_may_pay_more_than_a_lead_is_worth():
    assert offer(900, None, WORTH, limited=False) == Price(900, "contract")


def test_caps_count_what_waits():
    account = dict.fromkeys(SPANS, Tally(bought=3, held=2, spent_minor=300, pending_minor=200))
    assert reached(Caps(day=6), account, 100) is None
    assert reached(Caps(day=5), account, 100) == "cap_day"
    assert reached(Caps(money_month=600), account, 100) is None
    assert reached(Caps(money_month=599), account, 100) == "cap_money_month"


def test_pings():
    account = dict.fromkeys(SPANS, Tally(pings=10, hashed=9, posts=7, bought=1, held=1, rejected=2, refused=3))
    assert pings_reached(Caps(pings_hour=11, pings_day=11), account) is None
    assert pings_reached(Caps(pings_hour=None, pings_day=10), account) == "cap_pings_day"
    assert may_ask_by_hash(Caps(unposted_day=6), account)
    assert not may_ask_by_hash(Caps(unposted_day=5), account)
