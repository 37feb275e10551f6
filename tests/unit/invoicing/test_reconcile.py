"""Invoices on a real database: every billed row has one fate, the credit is exact, nothing is paid twice."""

import csv
import io
from dataclasses import replace
from datetime import date
from itertools import count

import pytest
from builders import make_services
from openpyxl import load_workbook
from running_lists import person

from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.feedback.book import record
from gateway.feedback.event import Event
from gateway.intake.lists import bring
from gateway.intake.runs import work_run
from gateway.invoicing.account import FATES
from gateway.invoicing.book import Given, find_invoice, lines_of
from gateway.invoicing.lines import read_lines
from gateway.invoicing.pack import open_pack, write_pack, write_page
from gateway.invoicing.reconcile import add_invoice, reconcile_again
from gateway.ledger.browse import Wanted, find_entries
from gateway.vendors.contracts import Terms, note_contract

VENDOR, DAY = "Meridian Leads", date(2026, 11, 21)
MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\ncountry: US\n"
)
TERMS = Terms(
    "IO-7", date(2026, 1, 1), price_minor=42, currency="USD", return_days=14,
    accepted_reasons=frozenset({"address_not_valid", "duplicate_in_list", "already_known", "bounced_for_good"}),
)  # fmt: skip
ROWS = [person(0), person(1), "not an address", person(1), person(2), "=cmd|nonsense"]
"""Three usable; two broken; one that repeats another."""


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


@pytest.fixture
def deliver(services, tmp_path):
    numbers = count(1)

    def brought(rows=ROWS, start=1000):
        number = next(numbers)
        path = tmp_path / f"list-{number}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(["email", "ref no"])
            writer.writerows([one, f"R-{start + place}"] for place, one in enumerate(rows))
        begun = bring(services, path, MANIFEST + f"# {number}\n", manifest_name="m", encoding=None, again=True, by="t")
        work_run(begun["run"], services)
        return begun["list"]

    return brought


def agree(services, terms=TERMS):
    with services.unit_of_work() as work:
        note_contract(work, VENDOR, terms, by="test")


def invoice(number="A-1", lists=(1,), amount=252, **given):
    return Given(VENDOR, number, tuple(lists), amount, "USD", DAY, given.pop("received_on", DAY), **given)


def added(services, given, lines=None):
    number = add_invoice(services, given, None if lines is None else read_lines(lines), by="test")
    with reading(services.engine) as connection:
        return find_invoice(connection, number)


def fates(found):
    return {name: count for name in FATES if (count := found.account.fates[name])}


def test_a_whole_list_is_reconciled_and_every_row_has_one_fate(services, deliver):
    agree(services)
    deliver()
    found = added(services, invoice())
    assert fates(found) == {"usable": 3, "credited": 3}
    assert found.account.fits
    assert dict(found.account.reasons) == {"address_not_valid": 2, "duplicate_in_list": 1}
    assert (found.account.credit_minor, found.account.overcharged_minor) == (3 * 42, 0)
    with reading(services.engine) as connection:
        (entry,) = find_entries(connection, Wanted(kind="invoice.added"), limit=5)
    assert entry.body["credit_minor"] == 126


def test_what_the_contract_does_not_count_is_said_and_not_credited(services, deliver):
    agree(services, replace(TERMS, accepted_reasons=frozenset({"duplicate_in_list"})))
    deliver()
    found = added(services, invoice())
    assert fates(found) == {"usable": 3, "credited": 1, "not_accepted": 2}
    assert dict(found.account.refused) == {"address_not_valid": 2}


def test_without_a_contract_only_what_was_never_delivered_is_credited(services, deliver):
    deliver()
    found = added(services, invoice(billed_rows=10, amount=1000))
    assert fates(found) == {"usable": 3, "not_accepted": 3, "not_found": 4}
    assert found.account.credit_minor == 400
    assert any("No contract was in force" in note for note in found.account.notes)
    assert found.account.fits


def test_a_share_that_does_not_divide_stays_the_vendors(services, deliver):
    deliver()
    assert added(services, invoice(billed_rows=7, amount=100)).account.credit_minor == 14  # 100/7 is 14.28


def test_rows_that_were_not_billed_are_taken_from_those_to_be_credited(services, deliver):
    agree(services)
    deliver()
    found = added(services, invoice(billed_rows=4, amount=4 * 42))
    assert fates(found) == {"usable": 3, "credited": 1}
    assert (found.account.unbilled, found.account.credit_minor) == (2, 42)
    assert sum(found.account.reasons.values()) == 1
    assert found.account.fits


def test_what_is_charged_beyond_the_price_is_due_back_too(services, deliver):
    agree(services)
    deliver()
    assert added(services, invoice(amount=300)).account.credit_minor == 3 * 42 + 48
    assert added(services, invoice("A-2", amount=0)).account.credit_minor == 0  # nothing was asked, nothing is due


@pytest.mark.parametrize(("lines", "expected"), [
    ("row\n2\n4\n5\n99\n2\n", {"usable": 1, "credited": 2, "twice": 1, "not_found": 1}),
    (f"Email;Price\n{person(0)};1\n{person(1).upper()};1\n{person(1)};1\nnobody@example.net;1\n",
     {"usable": 2, "credited": 1, "not_found": 1}),
    ("Ref No\nR-1000\nR-1002\nR-1002\nR-9\n", {"usable": 1, "credited": 1, "twice": 1, "not_found": 1}),
])  # fmt: skip
def test_lines_are_found_by_row_by_address_and_by_the_vendors_own_id(services, deliver, lines, expected):
    agree(services)
    deliver()
    found = added(services, invoice(amount=42 * sum(expected.values())), lines)
    assert fates(found) == expected
    assert found.account.fits
    owed = sum(count for fate, count in expected.items() if fate in {"credited", "twice", "not_found"})
    assert found.account.credit_minor == 42 * owed


def test_the_same_row_on_two_invoices_is_paid_once(services, deliver):
    agree(services)
    deliver()
    assert fates(added(services, invoice(), "row\n2\n3\n")) == {"usable": 2}
    assert fates(added(services, invoice("A-2"), "row\n2\n6\n")) == {"usable": 1, "twice": 1}
    assert fates(added(services, invoice("A-3"))) == {"credited": 3, "twice": 3}
    found = added(services, invoice("A-4"))
    assert fates(found) == {"twice": 6}
    assert any("billed as a whole on the invoice A-3" in note for note in found.account.notes)


def test_a_row_of_a_person_whom_an_earlier_list_brought_is_credited(services, deliver):
    agree(services)
    deliver()
    deliver([person(0), person(8)])
    found = added(services, invoice("A-2", lists=(1, 2), amount=8 * 42))
    assert dict(found.account.reasons) == {"already_known": 1, "address_not_valid": 2, "duplicate_in_list": 1}
    assert fates(found) == {"usable": 4, "credited": 4}


def test_the_return_window_is_counted_in_days_from_delivery(services, deliver, clock):
    agree(services)
    deliver()
    number = add_invoice(services, invoice(), None, by="test")

    def bounce(address, days):
        clock.move(days=days)
        record(services, [Event("generic", "hard_bounce", (address,), clock.now(), event_id=address)])
        return reconcile_again(services, number, by="test")

    assert bounce(person(0), 14).fates["credited"] == 4  # on the last day
    late = bounce(person(1), 1)
    assert {name: late.fates[name] for name in ("credited", "too_late", "usable")} == {
        "credited": 4, "too_late": 1, "usable": 1,
    }  # fmt: skip
    assert late.reasons["bounced_for_good"] == 1
    assert late.fits


def test_by_row_it_can_be_reconciled_again(services, deliver, clock):
    agree(services)
    deliver()
    found = added(services, invoice(), "row\n2\n3\n6\n")
    clock.move(days=2)
    record(services, [Event("generic", "hard_bounce", (person(0),), clock.now(), event_id="1")])
    assert reconcile_again(services, found.id, by="test").fates["credited"] == 1
    with reading(services.engine) as connection:
        assert [(one.place, one.fate) for one in lines_of(connection, found.id)] == [
            (2, "credited"), (3, "usable"), (4, "usable"),
        ]  # fmt: skip


def test_mistakes_are_told_all_at_once(services, deliver):
    deliver()
    add_invoice(services, invoice(), None, by="test")
    with pytest.raises(CallerError) as found:
        add_invoice(services, invoice(" a-1 ", lists=(9,)), None, by="test")
    assert {one.code for one in found.value.problems} == {"known_already", "unknown_list"}
    with pytest.raises(CallerError):
        add_invoice(services, replace(invoice(), vendor="Nobody"), None, by="test")
    with pytest.raises(CallerError):
        read_lines("\n")


def test_the_pack_has_the_rows_that_are_not_owed_and_runs_no_formula(services, deliver, tmp_path):
    agree(services)
    deliver()
    made = open_pack(services, add_invoice(services, invoice(), None, by="test"))
    out = io.BytesIO()
    write_pack(made, out)
    book = load_workbook(io.BytesIO(out.getvalue()))
    rows = list(book["Rows"].iter_rows(values_only=True))
    assert rows[0][-2:] == ("email", "ref no")
    assert [(row[1], row[2], row[-1]) for row in rows[1:]] == [
        ("list_1", "4", "R-1002"), ("list_1", "5", "R-1003"), ("list_1", "7", "R-1005"),
    ]  # fmt: skip
    assert all(cell.data_type == "s" for row in book["Rows"].iter_rows() for cell in row if cell.value)
    assert person(0) not in str(rows)  # of nobody who is paid for
    told = {row[0]: row[1] for row in book["Summary"].iter_rows(values_only=True) if len(row) > 1}
    assert (told["Rows billed"], told["Credit due"], told["Left to pay"]) == (6, 126, 126)
    page = write_page(made)
    assert "Credit due: USD 1.26" in page
    assert "The address is not written as one can be." in page
    assert "<script" not in page
