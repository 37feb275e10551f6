from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError
from gateway.vendors.book import (
    STANDINGS,
    Standing,
    Vendors,
    find_standing,
    history,
    list_vendors,
    note_vendor,
    set_standing,
)
from gateway.vendors.tables import vendors

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=3)


def standing(engine, name):
    with reading(engine) as connection:
        return find_standing(connection, name)


def put(engine, name, value, why="audit", at=NOON, **who):
    with unit_of_work(engine, at) as work:
        set_standing(work, name, value, why, **who)


def test_a_vendor_never_heard_of_has_no_standing(engine):
    assert standing(engine, "Acme Data") is None
    assert standing(engine, "") is None
    assert Vendors(engine).find_standing("Acme Data") is None


def test_a_vendor_first_heard_of_is_new(engine):
    with unit_of_work(engine, NOON) as work:
        note_vendor(work, "Acme Data")
    assert standing(engine, "Acme Data") == "new"
    assert Vendors(engine).find_standing("Acme Data") == "new"


@pytest.mark.parametrize(
    "written", ["acme data", " ACME\u00a0 Data\n", "Acme\tDATA", "\uff21cme Data"],
)  # fmt: skip
def test_names_are_compared_without_case_and_extra_spaces(engine, written):
    put(engine, "Acme Data", "barred")
    assert standing(engine, written) == "barred"
    with unit_of_work(engine, LATER) as work:
        note_vendor(work, written)
    with reading(engine) as connection:
        assert connection.execute(select(vendors.c.name)).scalars().all() == ["Acme Data"]


def test_case_is_folded_and_not_just_lowered(engine):
    put(engine, "Straße GmbH", "approved")
    assert standing(engine, "STRASSE GMBH") == "approved"
    assert standing(engine, "Strase GmbH") is None


def test_hearing_of_a_vendor_again_keeps_its_standing(engine):
    put(engine, "Acme Data", "suspended")
    with unit_of_work(engine, LATER) as work:
        note_vendor(work, "Acme Data")
    assert standing(engine, "Acme Data") == "suspended"


def test_the_last_standing_counts_and_all_are_kept(engine):
    with unit_of_work(engine, NOON) as work:
        note_vendor(work, "Acme Data")
    put(engine, "ACME DATA", "approved", "contract signed", by="officer:1")
    put(engine, "Acme Data", "probation", " complaints ", at=LATER)
    assert standing(engine, "acme data") == "probation"
    with reading(engine) as connection:
        assert history(connection, "Acme Data") == [
            Standing("new", NOON, "gateway", "first heard of"),
            Standing("approved", NOON, "officer:1", "contract signed"),
            Standing("probation", LATER, "operator", "complaints"),
        ]


def test_vendors_are_listed_with_their_present_standing(engine):
    put(engine, "Zeta Lists", "approved")
    put(engine, "Acme Data", "barred", "lied", by="officer:2")
    put(engine, "Zeta Lists", "suspended", "late", at=LATER)
    with reading(engine) as connection:
        assert list_vendors(connection) == [
            {"vendor": "Zeta Lists", "standing": "suspended", "since": "2026-11-24T12:00:00.000000Z",
             "by": "operator", "why": "late"},
            {"vendor": "Acme Data", "standing": "barred", "since": "2026-11-21T12:00:00.000000Z",
             "by": "officer:2", "why": "lied"},
        ]  # fmt: skip


@pytest.mark.parametrize("value", STANDINGS)
def test_every_standing_can_be_set(engine, value):
    put(engine, "Acme Data", value)
    assert standing(engine, "Acme Data") == value


def test_nonsense_is_refused_all_at_once(engine):
    with pytest.raises(CallerError) as caught:
        put(engine, "Acme Data", "aproved", " ")
    assert [(p.code, p.field, p.suggestion) for p in caught.value.problems] == [
        ("unknown_standing", "standing", "approved"),
        ("missing", "why", None),
    ]
    assert standing(engine, "Acme Data") is None


def test_a_vendor_needs_a_name(engine):
    with pytest.raises(CallerError), unit_of_work(engine, NOON) as work:
        note_vendor(work, " \t")
