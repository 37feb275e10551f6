"""The phone number beside the address: the yes, the registers, and what people told us."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from gateway.domain.address import MatchKeys
from gateway.domain.lead import PHONE_PARTS, Batch, Origin, Statement
from gateway.domain.ports import Suppression
from gateway.screening.consent import establish as consents
from gateway.screening.phone import phone_key
from gateway.screening.phone_use import establish

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = MatchKeys(b"0123456789abcdef")
NUMBER, OTHER = "+12025550155", "+12025550156"
ALL = frozenset(PHONE_PARTS)


class Orders:
    """The suppression list; remembers what it was asked."""

    def __init__(self, **orders):
        self.orders, self.asked = orders, []

    def holds_phones(self):
        return True

    def find_suppressions(self, keys):
        self.asked.append(sorted(keys))
        told = {phone_key(f"+{number[1:]}", KEYS): made for number, made in self.orders.items()}
        return {key: [Suppression(key, *one) for one in told[key]] for key in keys if key in told}


class Down:
    def holds_phones(self):
        return True

    def find_suppressions(self, keys):
        del keys
        raise ConnectionError("the database is away")


def facts(*numbers, kind="list", suppressions=None, said=None, **columns):
    said = {"direct": kind == "form", **(said or {})}
    rows = len(numbers)
    batch = Batch(Origin(kind, "1", Statement(**said)), list(range(rows)), columns, ["{}"] * rows, NOON)
    found = establish(
        batch, numbers, consents(batch, NOON), NOON, match_keys=KEYS, suppressions=suppressions or Orders()
    )
    return {
        name.removeprefix("phone."): answer if isinstance(answer, list) else [answer] * rows
        for name, answer in found.items()
    }


def test_of_a_number_of_which_nothing_is_said():
    assert facts(NUMBER) == {
        "is_given": [True], "consent": ["none"], "is_on_dnc": [None], "dnc_scrubbed_at": [None],
        "is_on_own_list": [False], "is_revoked": [False], "reassignment": ["not_asked"],
    }  # fmt: skip


def test_a_row_without_a_number_asks_nothing():
    orders = Orders()
    found = facts(None, None, suppressions=orders)
    assert (found["is_given"], found["is_on_own_list"], orders.asked) == ([False, False], [None, None], [])


@pytest.mark.parametrize(
    ("said", "consent"),
    [
        ({}, "none"), ({"phone_consent": frozenset()}, "none"),
        ({"phone_consent": ALL}, "written"), ({"phone_consent": ALL, "direct": True}, "written"),
        ({"phone_consent": ALL - {"signed"}}, "written_incomplete"),
        ({"phone_consent": ALL - {"seller_named"}}, "given_to_another"),
        ({"phone_consent": ALL - {"seller_named"}, "direct": True}, "written_incomplete"),
        ({"consent": "given", "consent_act": "oral"}, "oral"), ({"consent": "none", "consent_act": "oral"}, "none"),
        ({"consent": "given", "consent_act": "oral", "phone_consent": ALL}, "written"),
    ],
)  # fmt: skip
def test_how_the_person_agreed_to_calls(said, consent):
    assert facts(NUMBER, said=said)["consent"] == [consent]


def test_a_refusal_of_the_whole_lead_is_no_yes_to_calls():
    found = facts(NUMBER, OTHER, said={"phone_consent": ALL}, consent_ticked=[True, False])
    assert found["consent"] == ["written", "none"]


@pytest.mark.parametrize(
    ("scrubbed", "cells", "on_dnc"),
    [
        (None, None, [None] * 3), (date(2026, 11, 1), None, [False] * 3),
        (None, [True, False, None], [True, False, None]),
        (date(2026, 11, 1), [True, False, None], [True, False, False]),
    ],
)  # fmt: skip
def test_the_national_list_as_the_row_says_it(scrubbed, cells, on_dnc):
    columns = {} if cells is None else {"do_not_call": cells}
    found = facts(NUMBER, OTHER, None, said={"dnc_scrubbed_on": scrubbed}, **columns)
    assert found["is_on_dnc"] == on_dnc
    assert found["dnc_scrubbed_at"] == [scrubbed and datetime.combine(scrubbed, time.max, UTC)] * 3


def test_our_own_list_is_asked_once_for_all_numbers_that_are_sure():
    orders = Orders(n12025550155=[("opt_out", NOON - DAY)])
    found = facts(NUMBER, OTHER, NUMBER, "020 7946 0018", None, suppressions=orders)
    assert found["is_given"] == [True, True, True, True, False]
    assert found["is_on_own_list"] == [True, False, True, None, None]
    assert orders.asked == [sorted([phone_key(NUMBER, KEYS), phone_key(OTHER, KEYS)])]


@pytest.mark.parametrize(
    ("order", "refused"),
    [
        (("opt_out", NOON - 2000 * DAY), True), (("manual", NOON), True), (("opt_out", NOON + DAY), False),
        (("bounce", NOON - DAY), False),
    ],
)  # fmt: skip
def test_orders_count_once_received_and_bounces_are_of_mail(order, refused):
    assert facts(NUMBER, suppressions=Orders(n12025550155=[order]))["is_on_own_list"] == [refused]


def test_a_yes_that_was_taken_back():
    orders = Orders(n12025550155=[("opt_out", NOON - DAY)])
    found = facts(NUMBER, OTHER, None, suppressions=orders, said={"phone_consent": ALL})
    assert found["is_revoked"] == [True, False, None]
    assert facts(NUMBER, suppressions=orders)["is_revoked"] == [False]  # there was no yes


def test_the_list_could_not_be_asked():
    found = facts(NUMBER, suppressions=Down(), said={"phone_consent": ALL})
    assert (found["is_on_own_list"], found["is_revoked"], found["consent"]) == ([None], [None], ["written"])


def test_our_own_system_s_mark_is_our_own_list():
    cells = [True, False, None, True]
    assert facts(NUMBER, NUMBER, OTHER, None, said={"direct": True}, do_not_call=cells)["is_on_own_list"] == [
        True, False, False, None,
    ]  # fmt: skip
    found = facts(NUMBER, NUMBER, said={"direct": False}, do_not_call=[True, None])  # theirs may be the person's own no
    assert found["is_on_own_list"] == [True, False]


def test_a_new_owner_was_asked_for_since_the_yes_or_not():
    said = {"consent": "given", "reassigned_checked_on": date(2026, 11, 1)}
    given = [datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, 9, tzinfo=UTC), None]
    found = facts(NUMBER, OTHER, NUMBER, said=said, consent_at=given)
    assert found["reassignment"] == ["not_reassigned", "not_asked", None]
