"""Handing out: withheld while emission rules hold, phone numbers only where they may be used, days beside duties."""

from dataclasses import replace

import pytest
from builders import SECRET, list_batch
from dated_duties import services_with_duties

from gateway.domain.address import MatchKeys
from gateway.domain.lead import Statement
from gateway.domain.ports import Sender, Suppression
from gateway.handout import Handout
from gateway.outcomes.leave import leave
from gateway.outcomes.prospects import HEADINGS, cells
from gateway.pipeline import process
from gateway.screening.phone import phone_key

READY = Sender(("Riverside Garden Ltd",), "1 Mill Lane, Springfield", "https://www.example.com/stop")
BOUGHT = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")
SIGNED = replace(
    BOUGHT, phone_consent=frozenset({"signed", "seller_named", "number_named", "not_a_condition"}), direct=True
)


@pytest.fixture
def services(engine, clock, tmp_path):
    return services_with_duties(engine, clock, tmp_path)


def ready(services):
    return replace(services, world=replace(services.world, sender=READY))


def bring(services, *rows, statement=BOUGHT):
    process(list_batch(list(rows), services.clock.now(), statement=statement), services)


def given(services):
    return list(Handout(services, services.clock.now()).prospects())


def test_who_is_not_ready_hands_out_nobody_whose_law_asks_for_it(services):
    bring(services, {"email": "ann@example.com", "country": "US"}, {"email": "bea@example.com", "country": "DE"})
    handout = Handout(services, services.clock.now())
    assert [prospect["address"] for prospect in handout.prospects()] == ["bea@example.com"]
    assert (handout.given, handout.withheld) == (1, 1)
    [why] = handout.reasons()
    assert (why.rule, why.reason, why.prospects) == ("EM-01", "other", 1)
    assert str(why) == "1 withheld by EM-01: officer wording of other remedy wording of other"


def test_it_is_asked_at_that_moment(services):
    bring(services, {"email": "ann@example.com", "country": "US"})
    assert given(services) == []
    assert [prospect["address"] for prospect in given(ready(services))] == ["ann@example.com"]


def test_looking_ahead_counts_without_giving(services):
    bring(services, {"email": "ann@example.com", "country": "US"}, {"email": "bea@example.com", "country": "DE"})
    ahead = Handout(services, services.clock.now())
    assert (ahead.count(), ahead.withheld, ahead.given) == (2, 1, 0)


def test_nobody_there_is_nobody_withheld(services):
    ahead = Handout(services, services.clock.now())
    assert (ahead.count(), ahead.withheld, given(services)) == (0, 0, [])


PHONE = "+12065550100"


@pytest.mark.parametrize(
    ("statement", "phone", "shown"),
    [
        (SIGNED, PHONE, (PHONE, "accept")),
        (BOUGHT, PHONE, (None, "hold")),
        (SIGNED, None, (None, None)),
    ],
)
def test_a_number_goes_along_only_where_it_may_be_used(services, statement, phone, shown):
    bring(services, {"email": "ann@example.com", "country": "US", "phone": phone}, statement=statement)
    [prospect] = given(ready(services))
    assert (prospect["phone"], prospect["phone_use"]) == shown


def test_a_number_whose_owner_asked_for_no_calls_is_not_handed_out_any_more(services):
    bring(services, {"email": "ann@example.com", "country": "US", "phone": PHONE}, statement=SIGNED)
    order = Suppression(phone_key(PHONE, MatchKeys(SECRET.encode())), "opt_out", services.clock.now())
    with services.unit_of_work() as work:
        left = leave(work, services.ledger, [order], by="test", scope="phone")
    assert left.withdrawn == 0
    [prospect] = given(ready(services))
    assert (prospect["address"], prospect["phone"], prospect["phone_use"]) == ("ann@example.com", None, "reject")


def test_duties_carry_their_days(services):
    bring(services, {"email": "bea@example.com", "country": "DE"})
    [prospect] = given(services)
    assert prospect["first_due_on"] == "2026-12-21"
    assert prospect["obligations"] == [
        {"code": "label", "due_on": None},
        {"code": "notice", "due_on": "2026-12-21"},
        {"code": "expiry", "due_on": None},
        {"code": "scrub", "due_on": "2026-12-21"},
        {"code": "with_mail", "due_on": None},
        {"code": "slow_stop", "due_on": None},
    ]  # fmt: skip
    row = dict(zip(HEADINGS, cells(prospect), strict=True))
    assert row["obligations"] == "label; notice by 2026-12-21; expiry; scrub by 2026-12-21; with_mail; slow_stop"
    assert (row["phone"], row["phone_use"], row["first_due_on"]) == ("", "", "2026-12-21")
