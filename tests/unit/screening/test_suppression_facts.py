"""Who told us to stop, and whether a later yes is the person's own."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.domain.lead import Batch, Origin, Statement
from gateway.domain.ports import Suppression
from gateway.screening.consent import establish as consents
from gateway.screening.suppression import establish

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = b"k" * 16


class Orders:
    def __init__(self, *orders):
        self.orders = orders
        self.asked = []

    def holds_phones(self):
        return True

    def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
        self.asked.append(set(keys))
        return {KEY: list(self.orders)} if self.orders and KEY in set(keys) else {}


class Down:
    def holds_phones(self):
        return True

    def find_suppressions(self, keys, people=()):  # noqa: ARG002 - the interface
        del keys
        raise ConnectionError("the database is away")


def facts(suppressions, kind="form", *, keys=(KEY,), as_of=NOON, said=None, **fields):
    said = {"direct": kind == "form", **(said or {})}
    batch = Batch(
        Origin(kind, "1", Statement(**said)), list(range(len(keys))),
        {name: [cell] * len(keys) for name, cell in fields.items()}, ["{}"] * len(keys), NOON,
    )  # fmt: skip
    found = establish(batch, keys, suppressions, as_of, consents(batch, as_of))
    return {name: cell[0] if isinstance(cell, list) else cell for name, cell in found.items()}


def order(cause, days):
    return Suppression(KEY, cause, NOON - days * DAY)


def test_nobody_told_us_to_stop():
    assert facts(Orders()) == {
        "suppression.is_checked": True, "suppression.is_matched": False, "suppression.is_undeliverable": False,
        "suppression.later_consent": "none", "address.was_dead": False, "lead.says_stop": False,
        "lead.says_no_sale": False,
    }  # fmt: skip


def test_the_list_could_not_be_asked():
    assert facts(Down()) == {
        "suppression.is_checked": False, "suppression.is_matched": None, "suppression.is_undeliverable": None,
        "suppression.later_consent": None, "address.was_dead": None, "lead.says_stop": False,
        "lead.says_no_sale": False,
    }  # fmt: skip


def test_all_keys_are_asked_at_once_and_each_once():
    orders = Orders()
    facts(orders, keys=(KEY, None, KEY, b"l" * 16))
    assert orders.asked == [{KEY, b"l" * 16}]


@pytest.mark.parametrize("cause", ["opt_out", "complaint", "objection", "told_by_list", "erasure", "legal", "manual"])
def test_an_order_by_will_or_duty(cause):
    found = facts(Orders(order(cause, 400)))
    assert (found["suppression.is_matched"], found["suppression.is_undeliverable"]) == (True, False)
    assert found["address.was_dead"] is False


@pytest.mark.parametrize(("days", "dead"), [(364, False), (365, True), (366, True)])
def test_a_bounce_is_no_opt_out_but_a_sign_of_death(days, dead):
    found = facts(Orders(order("bounce", days)))
    assert (found["suppression.is_matched"], found["suppression.is_undeliverable"]) == (False, True)
    assert found["address.was_dead"] is dead


def test_an_order_of_later_is_left_to_the_last_look():
    found = facts(Orders(order("opt_out", -1)))
    assert (found["suppression.is_checked"], found["suppression.is_matched"]) == (True, False)
    assert facts(Orders(order("opt_out", 0)))["suppression.is_matched"] is True


@pytest.mark.parametrize(
    ("kind", "said", "fields", "later"),
    [
        ("form", {}, {"consent_ticked": True}, "signed_up"),
        ("form", {}, {"consent_ticked": True, "confirmed_at": NOON}, "confirmed"),
        ("form", {}, {"consent_ticked": False, "confirmed_at": NOON}, "none"),
        ("form", {}, {"confirmed_at": NOON}, "none"),
        ("form", {}, {"consent_ticked": True, "consent_at": NOON - 9 * DAY, "confirmed_at": NOON - 8 * DAY}, "none"),
        ("form", {"direct": False}, {"consent_ticked": True, "confirmed_at": NOON}, "claimed"),
        ("list", {}, {"consent_at": NOON}, "claimed"),
        ("list", {}, {"consent_at": NOON, "confirmed_at": NOON}, "claimed"),
        ("list", {"direct": True}, {"consent_at": NOON, "confirmed_at": NOON}, "claimed"),
        ("list", {}, {"consent_at": NOON - 7 * DAY}, "none"),
        ("list", {"consent": "given"}, {}, "none"),
        ("list", {}, {}, "none"),
    ],
)
def test_only_a_confirmed_signup_on_our_form_is_a_later_yes(kind, said, fields, later):
    """The last order is a week old; the older one never matters."""
    found = facts(Orders(order("opt_out", 300), order("complaint", 7)), kind, said=said, **fields)
    assert found["suppression.is_matched"] is True
    assert found["suppression.later_consent"] == later


@pytest.mark.parametrize(
    ("said", "fields", "stops"),
    [({}, {}, False), ({}, {"stop": True}, True), ({}, {"stop": False}, False), ({}, {"stop": None}, False),
     ({"stop": True}, {"stop": False}, True), ({"stop": False}, {}, False)],
)  # fmt: skip
def test_the_lead_itself_says_stop(said, fields, stops):
    assert facts(Orders(), "list", said=said, **fields)["lead.says_stop"] is stops
    assert facts(Down(), "list", said=said, **fields)["lead.says_stop"] is stops


@pytest.mark.parametrize(("cell", "says"), [(True, True), (False, False), (None, False)])
def test_a_lead_that_says_its_data_may_not_be_sold(cell, says):
    assert facts(Orders(), "list", no_sale=cell)["lead.says_no_sale"] is says
    assert facts(Down(), "list", no_sale=cell)["lead.says_no_sale"] is says
