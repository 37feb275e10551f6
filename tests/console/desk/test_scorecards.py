"""Scorecards and invoices at the desk, on both databases."""

from io import BytesIO

import pytest
from desk import sign_in
from running_lists import person
from web import make_web
from wizard import draft_of, imported, upload

from gateway.db.work import reading
from gateway.feedback.book import record
from gateway.feedback.event import Event
from gateway.intake.runs import work_run
from gateway.invoicing.book import page_invoices
from gateway.ledger.browse import Wanted, find_entries
from gateway.scoring.keep import find_anomalies, find_mark
from gateway.scoring.refresh import refresh
from gateway.vendors.contracts import Terms, note_contract


@pytest.fixture
def web(engine, clock, tmp_path):
    clock.move(days=2)  # the limits are in force from 2026-11-22
    return make_web(engine, clock, tmp_path)


@pytest.fixture
def officer(web):
    return sign_in(web, "officer")


@pytest.fixture
def delivered(web, officer):
    """A list of 250 people, of whom five complained, counted."""
    rows = [f"{person(n)},Ann\n" for n in range(250)] + ["nonsense,Al\n"] * 2
    draft = draft_of(upload(officer, f"email,first_name\n{''.join(rows)}".encode()))
    number = int(imported(officer, draft).removeprefix("/desk/lists/list_"))
    work_run(number, web.services)
    with web.services.unit_of_work() as work:
        from gateway.vendors.book import set_standing

        set_standing(work, "Meridian Leads", "approved", "Seen", by="person_1")
    at = web.services.clock.now()
    record(web.services, [Event("generic", "complaint", (person(n),), at, event_id=str(n)) for n in range(5)])
    refresh(web.services, whole=True)
    return number


def test_the_page_shows_grade_bounds_and_what_stood_out(web, officer, delivered):
    text = officer.get("/desk/vendors/1").text
    assert "Scorecard" in text
    assert "people taken in complained" in text
    assert "at least 0.86 % with 95 % confidence" in text
    assert "suspended above 0.30 %" in text
    index = officer.get("/desk/vendors").text
    assert "suspended" in index
    assert 'class="pill grade is-rejection">F<' in index
    assert "people taken in complained" in officer.get("/desk").text


def test_what_stood_out_is_said_on_the_first_page_till_somebody_has_seen_it(web, officer, delivered):
    with reading(web.services.engine) as connection:
        found = find_anomalies(connection, unseen=True)
    assert found
    assert sign_in(web, "viewer").post(f"/desk/vendors/1/odd/{found[0].number}/seen").status_code == 403
    officer = sign_in(web, "officer", name="Another officer")
    for one in found:
        assert officer.post(f"/desk/vendors/1/odd/{one.number}/seen").status_code == 303
        assert officer.post(f"/desk/vendors/1/odd/{one.number}/seen").status_code == 303  # twice is once
    assert "people taken in complained" not in officer.get("/desk").text
    with reading(web.services.engine) as connection:
        assert len(find_entries(connection, Wanted(kind="vendor_anomaly.seen"))) == len(found)
        assert all(one.seen_by for one in find_anomalies(connection))


def test_an_officer_has_it_counted_again(web, officer, delivered):
    assert officer.post("/desk/vendors/1/count").status_code == 303
    with reading(web.services.engine) as connection:
        assert find_mark(connection).is_asked
    refresh(web.services)
    with reading(web.services.engine) as connection:
        assert not find_mark(connection).is_asked
    assert officer.post("/desk/vendors/99/count").status_code == 404


def test_an_invoice_is_entered_by_its_form_and_packed(web, officer, delivered):
    with web.services.unit_of_work() as work:
        day = web.services.clock.now().date().replace(day=1, month=1)
        terms = Terms("IO-1", day, price_minor=10, currency="USD", accepted_reasons=frozenset({"address_not_valid"}))
        note_contract(work, "Meridian Leads", terms, by="test")
    form = officer.get("/desk/vendors/1/invoices/new").text
    assert f'value="list_{delivered}"' in form
    assert "IO-1" in form
    said = {
        "number": "A/7",
        "amount": "25.20",
        "currency": "usd",
        "dated_on": "2026-11-20",
        "lists": f"list_{delivered}",
    }
    answer = officer.post("/desk/vendors/1/invoices", said)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/vendors/1/invoices/1")
    text = officer.get("/desk/vendors/1/invoices/1").text
    assert "USD 0.20" in text
    assert "Invoice A/7" in text
    assert "A/7" in officer.get("/desk/vendors/1").text
    assert officer.post("/desk/vendors/1/invoices/1/reconcile").status_code == 303
    assert officer.get("/desk/vendors/1/invoices/1/pack").mimetype.endswith("spreadsheetml.sheet")
    assert "Credit due: USD 0.20" in officer.get("/desk/vendors/1/invoices/1/pack?format=html").text
    assert officer.get("/desk/vendors/2/invoices/1").status_code == 404
    again = officer.post("/desk/vendors/1/invoices", said)
    assert again.status_code == 422
    assert "was entered before" in again.text


def test_lines_come_as_a_file_and_a_viewer_enters_nothing(web, officer, delivered):
    said = {"number": "A/8", "amount": "0.40", "currency": "USD", "dated_on": "2026-11-20",
            "lists": f"list_{delivered}", "rows": (BytesIO(b"row\n2\n3\n3\n999\n"), "billed.csv")}  # fmt: skip
    made = officer.post("/desk/vendors/1/invoices", said, content_type="multipart/form-data")
    assert made.status_code == 303
    with reading(web.services.engine) as connection:
        (found,) = page_invoices(connection)
    assert {name: count for name, count in found.account.fates.items() if count} == {
        "usable": 2, "twice": 1, "not_found": 1,
    }  # fmt: skip
    assert "Line by line" in officer.get("/desk/vendors/1/invoices/1").text
    bad = said | {"number": "A/9", "rows": (BytesIO(b"\xff\xfe"), "billed.csv")}
    assert officer.post("/desk/vendors/1/invoices", bad, content_type="multipart/form-data").status_code == 422
    viewer = sign_in(web, "viewer")
    assert viewer.get("/desk/vendors/1/invoices/1").status_code == 200
    assert viewer.get("/desk/vendors/1/invoices/new").status_code == 403
    assert viewer.post("/desk/vendors/1/invoices", said | {"rows": (BytesIO(b""), "")}).status_code == 403
