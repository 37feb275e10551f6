"""Dealings with the person: whose they were and when, as sources state them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from gateway.domain.lead import Batch, Origin, Statement
from gateway.screening.relationship import establish

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MARCH = datetime.combine(date(2026, 3, 31), time.max, UTC)  # the whole day


def facts(kind="list", said=None, **columns):
    said = {"direct": kind == "form", **(said or {})}
    batch = Batch(Origin(kind, "1", Statement(**said)), [2, 3], columns, ["{}"] * 2, NOON)
    return {name.removeprefix("relationship."): answer for name, answer in establish(batch).items()}


def test_where_nobody_says_all_is_unknown_but_whose_they_would_be():
    assert facts() == {
        "kind": None, "is_ours": False, "last_at": None, "is_similar": None, "opt_out_was_offered": None,
        "refusal_was_stated": None, "is_role_relevant": None,
    }  # fmt: skip


def test_what_a_source_states_of_all_its_people():
    said = {
        "dealings": "purchase", "dealings_with_us": True, "dealings_on": date(2026, 3, 31), "similar_offers": True,
        "opt_out_offered": True, "refusal_stated": False, "role_relevant": True,
    }  # fmt: skip
    assert facts(said=said) == {
        "kind": "purchase", "is_ours": True, "last_at": MARCH, "is_similar": True, "opt_out_was_offered": True,
        "refusal_was_stated": False, "is_role_relevant": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "said", "ours"),
    [
        ("form", {}, True),
        ("form", {"dealings_with_us": False}, True),  # what happens at our own form happens with us
        ("list", {"direct": True}, True), ("list", {"direct": True, "dealings_with_us": False}, False),
        ("list", {"direct": False, "dealings": "inquiry"}, False),
        ("list", {"direct": False, "dealings_with_us": True}, True),
    ],
)  # fmt: skip
def test_whose_dealings_they_were(kind, said, ours):
    assert facts(kind, said)["is_ours"] is ours


def test_a_row_s_own_date_goes_before_the_source_s():
    said = {"direct": True, "dealings": "purchase", "dealings_on": date(2026, 3, 31)}
    assert facts(said=said, last_dealing_at=[NOON, None])["last_at"] == [NOON, MARCH]
    assert facts(said={"direct": True}, last_dealing_at=[NOON, None])["last_at"] == [NOON, None]


@pytest.mark.parametrize(
    ("at", "known"),
    [
        (datetime(2026, 3, 31, tzinfo=UTC), MARCH), (datetime(2026, 3, 31, 9, tzinfo=UTC),) * 2,
        (datetime(2026, 11, 21, tzinfo=UTC), datetime.combine(date(2026, 11, 21), time.max, UTC)), (NOON, NOON),
        (NOON + timedelta(seconds=1), None), (datetime(2026, 11, 22, tzinfo=UTC), None),
        (datetime(2056, 3, 31, tzinfo=UTC), None),
    ],
)  # fmt: skip
def test_bare_days_count_whole_and_dealings_to_come_are_none(at, known):
    assert facts(last_dealing_at=[at])["last_at"] == [known]
    assert facts(said={"dealings_on": date(2026, 3, 31)}, last_dealing_at=[at])["last_at"] == [known or MARCH]


@pytest.mark.parametrize(("day", "known"), [(date(2026, 11, 21), True), (date(2026, 11, 22), False)])
def test_a_source_s_day_to_come_is_no_fact(day, known):
    assert facts(said={"dealings_on": day})["last_at"] == (datetime.combine(day, time.max, UTC) if known else None)


@pytest.mark.parametrize(("dealings", "at"), [("inquiry", NOON), ("purchase", NOON), ("none", None), (None, None)])
def test_dealings_at_a_form_are_its_signup(dealings, at):
    assert facts("form", {"dealings": dealings})["last_at"] == at
