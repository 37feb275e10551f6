"""A vendor's file at the desk: noted with evidence, expired and taken back in plain sight, its people withdrawn."""

import json
from datetime import date

import pytest
from desk import sign_in
from running_lists import person
from sqlalchemy import func, select
from web import make_web
from wizard import draft_of, imported, upload

from gateway.db.work import reading
from gateway.emission.recall import work_recall
from gateway.intake import vendor_recalls
from gateway.intake.runs import work_run
from gateway.ledger.tables import entries
from gateway.lifecycle.tables import events, prospects
from gateway.vendors.book import note_vendor
from gateway.vendors.contracts import find_contract
from gateway.vendors.file import file_on

FILE = "/desk/vendors/1/file"
SIGNED = {"kind": "attestation", "text": "Every person ticked the box.", "signed_by": "J. Doe", "on": "2026-03-31"}


@pytest.fixture
def web(engine, clock, tmp_path):
    made = make_web(engine, clock, tmp_path)
    with made.services.unit_of_work() as work:
        note_vendor(work, "Meridian Leads")
    return made


@pytest.fixture
def officer(web):
    return sign_in(web, "officer")


def put(someone, path, **fields):
    return someone.post(path, data=fields)


def told(web, kind):
    with reading(web.services.engine) as connection:
        query = select(entries.c.body).where(entries.c.kind == kind).order_by(entries.c.seq)
        return [json.loads(body) for body in connection.execute(query).scalars()]


def deliver(web, officer, start, count):
    rows = "".join(f"{person(start + n)},Ann\n" for n in range(count))
    draft = draft_of(upload(officer, f"email,first_name\n{rows}".encode()))
    work_run(int(imported(officer, draft, name=f"From {start}").removeprefix("/desk/lists/list_")), web.services)


def standing(web):
    with reading(web.services.engine) as connection:
        here = select(func.count()).select_from(prospects).where(prospects.c.withdrawn_at.is_(None))
        return connection.execute(here).scalar_one()


def test_what_is_noted_stands_with_its_days_and_evidence(web, officer):
    sent = put(officer, f"{FILE}/note", **SIGNED, until_on="2026-12-15", evidence="signed.pdf")
    assert (sent.status_code, sent.headers["Location"]) == (303, FILE)
    put(officer, f"{FILE}/note", kind="answer", name="privacy_terms", answer="yes", until_on="2026-06-30")
    put(officer, f"{FILE}/note", kind="registration", state="TX", year="2026", registered="no")
    page = officer.get(FILE).text
    assert "Every person ticked the box." in page
    assert "signed.pdf" in page
    assert "Expired: nobody knows it any more" in page
    assert "Looked for in the register and not found" in page
    assert page.count("Ends soon") == 2  # the list of what does, and its mark
    assert "Ends soon" in officer.get("/desk/vendors/1").text
    assert "a signed statement ends" in officer.get("/desk").text
    with reading(web.services.engine) as connection:
        assert file_on(connection, "Meridian Leads", date(2026, 11, 21)).privacy_terms is None
    assert [one["what"] for one in told(web, "vendor.noted")] == ["attestation", "answer", "registration"]
    assert told(web, "vendor.noted")[0]["evidence"] == "signed.pdf"


def test_a_contract_is_noted_and_changed_under_its_number(web, officer):
    deal = {"name": "ML-2026", "from_on": "2026-01-01", "currency": "usd", "return_days": "30"}
    put(officer, f"{FILE}/contract", **deal, price="0.45", accepted="duplicate_in_list", duties="One\n\nTwo")
    assert 'value="0.45"' in officer.get(f"{FILE}/contract?name=ML-2026").text
    put(officer, f"{FILE}/contract", **deal, price="0,40")
    with reading(web.services.engine) as connection:
        found = find_contract(connection, "meridian leads", on=date(2026, 5, 1))
    assert (found.number, found.price_minor, found.currency) == (1, 40, "USD")
    assert "USD 0.40" in officer.get(FILE).text


@pytest.mark.parametrize(("path", "fields", "said"), [
    ("note", {"kind": "diary"}, "A note is one of"),
    ("note", {**SIGNED, "on": "soon"}, "Write a day"),
    ("note", {**SIGNED, "text": ""}, "Say it in up to"),
    ("note", {"kind": "answer", "name": "privacy_terms"}, "Answer yes or no"),
    ("note", {**SIGNED, "evidence": "ann@example.com"}, "no address"),
    ("contract", {"name": "x"}, "on which day"),
    ("contract", {"name": "x", "from_on": "2026-01-01", "price": "cheap", "currency": "USD"}, "0.45"),
    ("contract", {"name": "x", "from_on": "2026-01-01", "price": "1E3000000", "currency": "USD"}, "0.45"),
    ("contract", {"name": "x", "from_on": "2026-01-01", "price": "12.5", "currency": "JPY"}, "0.45"),
    ("contract", {"name": "x", "from_on": "2026-01-01", "accepted": "no_such"}, "no reason called"),
])  # fmt: skip
def test_nonsense_is_told_and_nothing_kept(web, officer, path, fields, said):
    answer = put(officer, f"{FILE}/{path}", **fields)
    assert answer.status_code == 422
    assert said in answer.text
    assert told(web, "vendor.noted") == told(web, "vendor.contract_noted") == []


def test_taking_a_statement_back_shows_whom_it_touches_and_withdraws_them_when_asked(web, officer, monkeypatch):
    put(officer, f"{FILE}/note", **SIGNED)
    deliver(web, officer, 0, 20)
    deliver(web, officer, 100, 5)
    assert standing(web) == 25
    before = officer.get(f"{FILE}/note/1/withdraw").text
    assert "25 people are prospects by it today." in before
    assert standing(web) == 25
    sent = put(officer, f"{FILE}/note/1/withdraw", reason="The collector closed")
    assert sent.headers["Location"] == "/desk/vendors/1/recall?note=1"
    assert "Taken back" in officer.get(FILE).text
    assert standing(web) == 25
    asked = officer.get(sent.headers["Location"]).text
    assert "Withdraw 25 people" in asked
    with monkeypatch.context() as patch:  # a vendor too large to look at each of its people
        patch.setattr(vendor_recalls, "EXACT", 0)
        assert "About 25 people are prospects by it today" in officer.get(sent.headers["Location"]).text
    went = put(officer, "/desk/vendors/1/recall", note="1", reason="The collector closed")
    assert went.headers["Location"] == "/desk/recalls/1"
    work_recall(1, web.services)
    assert standing(web) == 0
    with reading(web.services.engine) as connection:
        causes = connection.execute(select(events.c.cause).where(events.c.to_state == "lapsed")).scalars().all()
    assert causes == ["attestation_withdrawn"] * 25
    assert [(one["lists"], one["about"]) for one in told(web, "recall.asked")] == [([1, 2], "Meridian Leads, note_1")]
    assert told(web, "recall.told")[0]["people"] == 25
    assert "nobody to withdraw" in officer.get("/desk/vendors/1/recall?note=1").text
    with monkeypatch.context() as patch:
        patch.setattr(vendor_recalls, "EXACT", 0)
        assert "nobody to withdraw" in officer.get("/desk/vendors/1/recall?note=1").text
    put(officer, "/desk/vendors/1/recall", reason="Again")
    work_recall(2, web.services)
    assert [one["people"] for one in told(web, "recall.told")] == [25, 0]


def test_a_barred_vendors_people_are_offered_to_be_withdrawn(web, officer):
    deliver(web, officer, 0, 3)
    assert "withdraw them" not in officer.get("/desk/vendors/1").text
    put(officer, "/desk/vendors/1/standing", standing="barred", reason="Forged consents")
    assert "withdraw them" in officer.get("/desk/vendors/1").text
    put(officer, "/desk/vendors/1/recall", reason="Forged consents")
    work_recall(1, web.services)
    assert standing(web) == 0
    assert told(web, "recall.asked")[0]["cause"] == "vendor_barred"


def test_a_viewer_sees_the_file_and_no_way_to_change_it(web, officer):
    put(officer, f"{FILE}/note", **SIGNED)
    viewer = sign_in(web, "viewer")
    page = viewer.get(FILE).text
    assert "Every person ticked the box." in page
    assert "Take back" not in page
    assert "Note a contract" not in page
    assert put(viewer, f"{FILE}/note", **SIGNED).status_code == 403


def test_a_note_of_another_vendors_file_is_not_found_here(web, officer):
    put(officer, f"{FILE}/note", **SIGNED)
    with web.services.unit_of_work() as work:
        note_vendor(work, "Birch Lists")
    assert officer.get("/desk/vendors/2/file/note/1/withdraw").status_code == 404
    assert officer.get("/desk/vendors/2/recall?note=1").status_code == 404
    assert officer.get("/desk/vendors/9/file").status_code == 404
