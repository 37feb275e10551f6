"""What is bought from a vendor one by one, at the desk."""

import buying
import pytest
from desk import sign_in
from web import make_web

from gateway.ledger.tables import entries
from gateway.vendors.book import note_vendor


@pytest.fixture
def web(engine, clock, tmp_path):
    return make_web(engine, clock, tmp_path)


def test_an_officer_sees_the_account_and_pauses(web):
    officer = sign_in(web, "officer")
    headers = buying.sell(web.services, caps={"day": 2, "money_month": "100.00"})
    web.client.post("/v1/pings", json={"country": "US"}, headers=headers)
    web.client.post("/v1/leads", json=buying.lead(), headers=headers)
    told = officer.get("/desk/vendors/1").text
    assert "Today: 1 pings, 1 posts, 1 taken, USD 1.25 owed." in told
    page = officer.get("/desk/vendors/1/buying").text
    assert "of USD 100.00" in page
    assert "We pay USD 1.25 for a lead now." in page
    answer = officer.post("/desk/vendors/1/buying/pause", {"contract": "1", "act": "pause", "reason": "complaints"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/vendors/1/buying")
    assert "complaints" in officer.get("/desk/vendors/1/buying").text
    bo = buying.lead("bo@example.com")
    assert web.client.post("/v1/leads", json=bo, headers=headers).json["reasons"][0]["reason"] == "paused"
    officer.post("/desk/vendors/1/buying/pause", {"contract": "1", "act": "resume", "reason": "mended"})
    assert web.client.post("/v1/leads", json=bo, headers=headers).json["outcome"] == "prospect"
    with web.services.engine.connect() as connection:
        kinds = connection.execute(
            entries.select().where(entries.c.kind.like("buying.%")).order_by(entries.c.seq)
        ).all()
    assert [row.kind for row in kinds] == ["buying.terms_set", "buying.paused", "buying.resumed"]


def test_mistakes_are_told(web):
    officer = sign_in(web, "officer")
    buying.sell(web.services)
    path = "/desk/vendors/1/buying/pause"
    assert officer.post(path, {"contract": "9", "act": "pause", "reason": "x"}).status_code == 404
    assert officer.post(path, {"contract": "1", "act": "stop", "reason": "x"}).status_code == 422
    assert officer.post(path, {"contract": "1", "act": "pause", "reason": ""}).status_code == 422
    assert officer.get("/desk/vendors/9/buying").status_code == 404


def test_a_vendor_that_sells_lists_only(web):
    viewer = sign_in(web, "viewer")
    with web.services.unit_of_work() as work:
        note_vendor(work, "Meridian Leads")
    assert "Nothing is bought from it one by one" in viewer.get("/desk/vendors/1/buying").text
    assert "Bought one by one" not in viewer.get("/desk/vendors/1").text
