from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError
from gateway.vendors.book import find_standing
from gateway.vendors.contracts import (
    Terms,
    contracts_of,
    ending,
    find_by_number,
    find_contract,
    note_contract,
    versions_of,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
JANUARY, APRIL, JULY, DECEMBER = date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 12, 31)


def put(engine, terms, vendor="Acme Data", at=NOON, **more):
    with unit_of_work(engine, at) as work:
        return note_contract(work, vendor, terms, by="officer:1", **more)


def find(engine, on, name=None, vendor="Acme Data"):
    with reading(engine) as connection:
        return find_contract(connection, vendor, name=name, on=on)


def test_a_contract_says_all_that_was_noted(engine):
    number = put(
        engine,
        Terms("AD-2026", JANUARY, DECEMBER, 45, "usd", frozenset({"duplicate", "domain_takes_no_mail"}), 30,
              ("Name the collector in every mail",)),
        evidence="contract.pdf",
    )  # fmt: skip
    found = find(engine, APRIL)
    assert (found.number, found.vendor, found.name) == (number, "Acme Data", "AD-2026")
    assert (found.from_on, found.until_on) == (JANUARY, DECEMBER)
    assert (found.price_minor, found.currency, found.return_days) == (45, "USD", 30)
    assert found.accepted_reasons == {"duplicate", "domain_takes_no_mail"}
    assert found.duties == ("Name the collector in every mail",)
    assert (found.noted_at, found.by, found.evidence) == (NOON, "officer:1", "contract.pdf")


def test_a_vendor_never_heard_of_has_none_and_is_heard_of_by_its_contract(engine):
    assert find(engine, APRIL) is None
    put(engine, Terms("AD-1", JANUARY))
    with reading(engine) as connection:
        assert find_standing(connection, "acme data") == "new"


@pytest.mark.parametrize(("day", "holds"), [
    (JANUARY - timedelta(days=1), False), (JANUARY, True), (DECEMBER, True), (DECEMBER + timedelta(days=1), False),
])  # fmt: skip
def test_the_first_and_the_last_day_are_of_the_contract(engine, day, holds):
    put(engine, Terms("AD-1", JANUARY, DECEMBER))
    assert (find(engine, day) is not None) is holds


def test_without_a_name_the_contract_that_began_last_counts(engine):
    put(engine, Terms("new", APRIL))
    put(engine, Terms("old", JANUARY))
    assert find(engine, JULY).name == "new"
    assert find(engine, JANUARY).name == "old"
    assert find(engine, JULY, name=" OLD ").name == "old"
    assert find(engine, JULY, name="another") is None
    assert find(engine, JULY, vendor="Somebody else") is None


def test_a_change_is_a_new_version_under_the_same_number(engine):
    first = put(engine, Terms("AD-1", JANUARY, price_minor=45, currency="USD"))
    other = put(engine, Terms("AD-2", JANUARY))
    assert put(engine, Terms("ad-1", JANUARY, APRIL, price_minor=40, currency="USD"), at=NOON + timedelta(1)) == first
    assert first != other
    with reading(engine) as connection:
        assert [one.price_minor for one in versions_of(connection, first)] == [45, 40]
        assert find_by_number(connection, first).until_on == APRIL
        assert [one.number for one in contracts_of(connection, "ACME data")] == [first, other]
        assert find_by_number(connection, 99) is None
    assert find(engine, JULY, name="AD-1") is None


def test_contracts_that_end_soon_are_found_the_soonest_first(engine):
    put(engine, Terms("late", JANUARY, DECEMBER))
    put(engine, Terms("soon", JANUARY, JULY), vendor="Birch Lists")
    put(engine, Terms("open", JANUARY))
    with reading(engine) as connection:
        assert [one.name for one in ending(connection, since=APRIL, until=DECEMBER)] == ["soon", "late"]
        assert ending(connection, since=APRIL, until=APRIL) == []


@pytest.mark.parametrize(("terms", "field"), [
    (Terms(" ", JANUARY), "name"),
    (Terms("who@example.com", JANUARY), "name"),
    (Terms("x", APRIL, JANUARY), "until_on"),
    (Terms("x", APRIL, price_minor=3), "currency"),
    (Terms("x", APRIL, price_minor=3, currency="dollars"), "currency"),
    (Terms("x", APRIL, price_minor=-3, currency="USD"), "price_minor"),
    (Terms("x", APRIL, return_days=-1), "return_days"),
    (Terms("x", APRIL, duties=("x" * 301,)), "duties"),
    (Terms("x", APRIL, accepted_reasons=frozenset({"no_such_reason"})), "accepted_reasons"),
])  # fmt: skip
def test_nonsense_is_refused_and_nothing_kept(engine, terms, field):
    with pytest.raises(CallerError) as refused:
        put(engine, terms, reasons={"duplicate"})
    assert [problem.field for problem in refused.value.problems] == [field]
    with reading(engine) as connection:
        assert contracts_of(connection, "Acme Data") == []
