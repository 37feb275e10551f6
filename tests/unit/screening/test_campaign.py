"""What the mail is for, as the source states it."""

from datetime import UTC, date, datetime, time

import pytest

from gateway.domain.lead import PRODUCTS, Batch, Origin, Statement
from gateway.screening.campaign import BOTH_STATES, MICHIGAN_ONLY, establish

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def facts(**said):
    batch = Batch(Origin("list", "1", Statement(direct=False, **said)), [2], {}, ["{}"], NOON)
    return {name.removeprefix("campaign."): answer for name, answer in establish(batch).items()}


def test_where_nobody_says_all_is_unknown():
    assert set(facts().values()) == {None}


@pytest.mark.parametrize(
    ("products", "adult", "restricted"),
    [
        ({"general"}, False, "none"), (set(), False, "none"), ({"adult"}, True, "utah_and_michigan"),
        ({"general", "alcohol"}, False, "utah_and_michigan"), ({"lotteries"}, False, "michigan_only"),
        ({"firearms", "general"}, False, "michigan_only"), ({"firearms", "tobacco"}, False, "utah_and_michigan"),
    ],
)  # fmt: skip
def test_what_minors_may_not_buy(products, adult, restricted):
    found = facts(products=frozenset(products))
    assert (found["is_adult"], found["restricted"]) == (adult, restricted)


def test_every_kind_of_product_is_on_one_list_or_none():
    assert BOTH_STATES | MICHIGAN_ONLY | {"general"} == set(PRODUCTS)
    assert not BOTH_STATES & MICHIGAN_ONLY


@pytest.mark.parametrize(
    ("advertisers", "designated", "sender"),
    [
        ((), None, None), (("A",), None, "one_advertiser"), (("A", "A"), None, "one_advertiser"),
        (("A", "B"), None, "not_designated"), (("A", "B"), "B", "designated"), (("A", "B"), "C", "not_designated"),
    ],
)  # fmt: skip
def test_who_is_the_sender(advertisers, designated, sender):
    assert facts(advertisers=advertisers, designated_sender=designated)["sender"] == sender


def test_when_children_s_registries_were_asked():
    found = facts(utah_scrubbed_on=date(2026, 11, 1), michigan_scrubbed_on=date(2026, 11, 2))
    assert found["utah_scrubbed_at"] == datetime.combine(date(2026, 11, 1), time.max, UTC)  # the day counts whole
    assert found["michigan_scrubbed_at"] == datetime.combine(date(2026, 11, 2), time.max, UTC)
