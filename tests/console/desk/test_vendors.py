"""Vendors at the desk: their record so far, and how they stand, on both databases."""

import re

import pytest
from desk import sign_in
from running_lists import person
from sqlalchemy import select
from web import make_web
from wizard import draft_of, imported, upload

from gateway.feedback.tables import feedback_events
from gateway.intake.listed import count_by_vendor, record_of
from gateway.intake.runs import work_run
from gateway.ledger.tables import entries
from gateway.vendors import book


@pytest.fixture
def web(engine, clock, tmp_path):
    return make_web(engine, clock, tmp_path)


@pytest.fixture
def officer(web):
    return sign_in(web, "officer")


def deliver(web, someone, start, count, *, vendor="Meridian Leads", bad=0):
    rows = [f"{person(start + n)},Ann\n" for n in range(count)] + [f"x{n}@silent.example.net,Al\n" for n in range(bad)]
    draft = draft_of(upload(someone, f"email,first_name\n{''.join(rows)}".encode(), vendor=vendor))
    number = int(imported(someone, draft, name=f"From {start}").removeprefix("/desk/lists/list_"))
    work_run(number, web.services)
    return number


def test_a_record_adds_up_what_a_vendor_sent(web, officer):
    first = deliver(web, officer, 0, 20, bad=2)
    second = deliver(web, officer, 10, 20)  # ten of them again
    deliver(web, officer, 100, 10, vendor="Another Ltd")
    with web.services.unit_of_work() as work:
        for place, (source, kind) in enumerate([(first, "complaint"), (first, "complaint"), (second, "unsubscribe")]):
            work.connection.execute(feedback_events.insert().values(
                reporter="generic", event_key=str(place), kind=kind, match_key=bytes([place]) * 16, source=str(source),
                origin_kind="list", at=work.at, received_at=work.at, detail="",
            ))  # fmt: skip
    with web.services.engine.connect() as connection:
        record = record_of(connection, "MERIDIAN  leads")
        assert (record.all_lists, record.rows) == (2, 42)
        assert record.now == {"prospects": 30, "holds": 2, "rejections": 10}
        assert record.reported == {"complaint": 2, "unsubscribe": 1}
        assert record.reasons["already_known"] == 10
        assert count_by_vendor(connection, ["Meridian Leads"])["meridian leads"][0] == 2
    page = officer.get("/desk/vendors/1").text
    assert "Complaints (marked as spam)" in page
    assert "71 %" in page
    assert f"list_{second}: {50} usable".replace("50", "50.0") in page
    assert f'href="/desk/lists/list_{second}/report"' in page
    listed = officer.get("/desk/vendors").text
    assert listed.index("Another Ltd") < listed.index("Meridian Leads")
    assert "Another Ltd" not in officer.get("/desk/vendors?find=merid").text
    assert "Meridian Leads" in officer.get("/desk/vendors?find=LEADS").text
    assert "No vendor's name begins with" in officer.get("/desk/vendors?find=%25").text


def test_a_standing_is_changed_with_its_effect_and_its_reason(web, officer):
    deliver(web, officer, 0, 5, bad=3)
    page = officer.get("/desk/vendors/1/standing?standing=barred").text
    assert "3 leads of this vendor wait now." in page
    assert re.search(r'value="barred" required checked', page)
    assert ">H-21</a>" in page
    path = "/desk/vendors/1/standing"
    assert officer.post(path, {"standing": "barred"}).status_code == 422
    assert officer.post(path, {"standing": "best", "reason": "so"}).status_code == 422
    assert officer.post(path, {"standing": "barred", "reason": "said a@example.com"}).status_code == 422
    done = {"standing": "barred", "reason": "Addresses were invented", "seen": "new"}
    assert officer.post(path, done).headers["Location"] == "/desk/vendors/1"
    assert officer.post(path, done).status_code == 303  # twice is once
    stale = officer.post(path, {"standing": "approved", "reason": "All is well", "seen": "new"})
    assert (stale.status_code, "meanwhile" in stale.text) == (409, True)
    with web.services.engine.connect() as connection:
        history = book.history(connection, "Meridian Leads")
        told = [str(row) for row in connection.execute(select(entries)) if "vendor.standing_set" in str(row)]
    assert [(one.standing, one.by) for one in history] == [("new", "gateway"), ("barred", f"person_{officer.number}")]
    assert len(told) == 1
    for part in ("Addresses were invented", '"before":"new"', '"after":"barred"', f"person_{officer.number}"):
        assert part in told[0].replace('": "', '":"'), part
    assert "Addresses were invented" in officer.get("/desk/vendors/1").text


def test_the_report_says_nothing_of_what_a_person_asked_of_us(web, officer):
    deliver(web, officer, 0, 3)
    left = b"email,unsubscribed\n" + f"{person(0)},yes\n".encode()
    imported(officer, draft_of(upload(officer, left, vendor="Another Ltd")))
    work_run(2, web.services)  # whoever is in it left us
    again = f"email\n{person(0)}\nnot an address\n".encode()
    path = imported(officer, draft_of(upload(officer, again)))
    work_run(3, web.services)
    unsaid = [code for code, one in web.services.policies.reasons.items() if one.vendor is None]
    with web.services.engine.connect() as connection:
        told = set(record_of(connection, "Meridian Leads").reasons) & set(unsaid)
    assert told
    shown, report = officer.get(path).text, officer.get(f"{path}/report").text
    assert "between the person and us" in report
    assert "not an address" in report
    assert person(0) not in report
    for code in told:
        words = officer_words(web, code)
        assert words in shown
        assert words not in report


def officer_words(web, code):
    """The beginning of what an officer reads, as far as nothing is left open in it."""
    return web.services.policies.reasons[code].officer.partition("{")[0].partition("'")[0]


def test_who_may_judge_a_vendor(web):
    officer = sign_in(web, "officer")
    deliver(web, officer, 0, 2)
    uploader = sign_in(web, "uploader")
    assert "Change its standing" not in uploader.get("/desk/vendors/1").text
    assert uploader.post("/desk/vendors/1/standing", {"standing": "barred", "reason": "x"}).status_code == 403
    assert officer.get("/desk/vendors/99").status_code == 404


def test_many_vendors_are_paged_by_name(web, officer):
    with web.services.unit_of_work() as work:
        for n in range(53):
            book.note_vendor(work, f"Vendor {n:02}")
    page = officer.get("/desk/vendors").text
    assert (page.count('<th scope="row">'), "Vendor 49" in page, "Vendor 50<" in page) == (50, True, False)
    assert "after=Vendor+49" in page.replace("%20", "+")
    assert officer.get("/desk/vendors?after=Vendor+49").text.count('<th scope="row">') == 3
