"""Leads that were bought one by one, afterwards: their invoice, their evidence, their recall."""

import io
import json

import buying
import pytest
from builders import key
from desk import sign_in
from emitting import destine, serve, states
from openpyxl import load_workbook

from gateway.db.work import reading
from gateway.economics.affording import paid_of
from gateway.economics.cuts import make_cut
from gateway.economics.people import load_people
from gateway.emission.recall import work_recall
from gateway.emission.shape import Way
from gateway.evidence.archive import unpack
from gateway.evidence.make import make_bundle
from gateway.evidence.verify import is_good, verify_bundle
from gateway.intake.buying import booked
from gateway.outcomes.scored import find_cost
from gateway.person.links import desk_links
from gateway.pipeline import release
from gateway.scoring.keep import find_card
from gateway.scoring.refresh import refresh


def post(web, headers, address):
    return web.client.post("/v1/leads", json=buying.lead(address), headers=headers).json


def invoice(web, amount, number="F-1", **more):
    body = {"vendor": buying.VENDOR, "number": number, "lists": ["list_1"], "amount": amount, "currency": "USD",
            "dated_on": "2026-11-20", **more}  # fmt: skip
    made = web.client.post("/v1/invoices", json=body, headers=web.key("vendors"))
    assert made.status_code == 201, made.json
    return made.json["account"]


def fates(account):
    return {name: count for name, count in account["fates"].items() if count}


def test_what_was_refused_when_it_was_posted_is_not_owed(web):
    headers = buying.sell(web.services)
    for address in ("ana@example.com", "Ana@example.com", "bo@example.com"):
        post(web, headers, address)
    account = invoice(web, "3.75")
    assert fates(account) == {"usable": 2, "not_bought": 1}
    assert (account["price_minor"], account["credit_minor"], account["due_minor"]) == (125, 125, 250)
    pack = web.client.get("/v1/invoices/1/pack", headers=web.key("vendors"))
    rows = list(load_workbook(io.BytesIO(pack.data))["Rows"].iter_rows(values_only=True))
    assert len(rows) == 2
    assert "sold one by one, and refused when it was posted" in rows[1]
    assert dict(zip(rows[0], rows[1], strict=True)).items() >= {"lead": "lead_2", "email": "Ana@example.com"}.items()


def test_who_bills_only_what_was_bought_is_owed_all_of_it(web):
    headers = buying.sell(web.services)
    for address in ("ana@example.com", "ana@example.com", "bo@example.com"):
        post(web, headers, address)
    account = invoice(web, "2.50", rows_billed=2)
    assert (fates(account), account["credit_minor"]) == ({"usable": 2}, 0)


@pytest.mark.parametrize(("billed", "credit"), [(None, 1000 - 325), (2, 1000 - 325), (1, 1000 - 200)])
def test_each_lead_is_owed_at_its_own_price(web, billed, credit):
    headers = buying.sell(web.services)
    post(web, headers, "ana@example.com")
    buying.change(web.services, price="2.00")
    post(web, headers, "bo@example.com")
    account = invoice(web, "10.00", **({} if billed is None else {"rows_billed": billed}))
    assert (account["price_minor"], account["credit_minor"]) == (None, credit)
    assert "Each lead is owed at the price for which it was sold." in account["notes"]
    named = invoice(web, "1.25", number="F-2", rows="email\nana@example.com\n")
    assert named["credit_minor"] == 125  # it was billed before


def test_one_that_waits_is_owed_till_it_is_decided_and_then_not(web):
    headers = buying.sell(web.services)
    web.routes.kinds["slow.example.net"] = "unknown"
    post(web, headers, "bo@slow.example.net")
    assert fates(invoice(web, "1.25")) == {"waiting": 1}
    web.routes.kinds["slow.example.net"] = "no_such_domain"
    release([1], web.services, by="test")
    web.services.clock.move(minutes=2)
    booked.look_after(web.services)
    again = web.client.post("/v1/invoices/1/reconcile", headers=web.key("vendors")).json["account"]
    assert (fates(again), again["credit_minor"]) == ({"not_bought": 1}, 125)


@pytest.mark.parametrize("address", ["ana@example.com", "bo@dead.example.net"])
def test_the_bundle_of_a_bought_lead_is_good_and_names_its_vendor_and_what_was_posted(web, address):
    headers = buying.sell(web.services)
    outcome = post(web, headers, address)["outcome"]
    data = make_bundle(web.services, 1, {"by": "person_3", "reason": "Asked for"})
    found = verify_bundle(data, known=web.services.ledger.public_keys())
    assert is_good(found), "\n".join(map(str, found))
    members = {name: json.loads(body) for name, body in unpack(data).items() if name in {"lead.json", "source.json"}}
    assert members["lead.json"]["outcome"] == outcome
    assert members["lead.json"]["as_arrived"]["posted"]["email"] == address
    assert buying.VENDOR.casefold() in str(members["source.json"]).casefold(), members["source.json"]


def test_recalled_they_are_told_to_whoever_got_them_and_the_next_one_is_still_bought(web, tmp_path):
    services, way = web.services, Way(tmp_path / "drops")
    headers = buying.sell(services)
    destine(services, "store", "files")
    for address in ("ana@example.com", "bo@example.com"):
        post(web, headers, address)
    serve(services, way)
    asked = {"lists": ["list_1"], "cause": "attestation_withdrawn", "why": "Taken back"}
    answer = web.client.post("/v1/recalls", json=asked, headers=web.key("destinations"))
    assert answer.status_code == 202, answer.json
    while work_recall(1, services):
        pass
    serve(services, way)
    assert sorted(states(services)) == [("accepted", "acknowledged")] * 2 + [("revoked", "acknowledged")] * 2
    shown = web.client.get("/v1/recalls/recall_1", headers=web.key("destinations")).json
    assert shown["people"] == 2, shown
    assert post(web, headers, "cy@example.com")["outcome"] == "prospect"


def test_a_line_of_an_invoice_that_names_a_person_s_row_is_told_to_the_person(web):
    headers = buying.sell(web.services)
    for address in ("ana@example.com", "bo@example.com"):
        post(web, headers, address)
    invoice(web, "1.25", rows="email\nana@example.com\n")
    told = {
        address: web.client.post("/v1/people/export", json={"address": address}, headers=web.key("people")).json
        for address in ("ana@example.com", "bo@example.com")
    }
    (line,) = told["ana@example.com"]["invoices"]
    assert (line["invoice"], line["vendor"], line["lead"]) == ("invoice_1", buying.VENDOR, "lead_1")
    assert any("billed lead_1 on its invoice F-1" in one for one in told["ana@example.com"]["sentences"])
    assert told["bo@example.com"]["invoices"] == []
    page = sign_in(web, "viewer").get(f"/desk/person/{desk_links(web.services).token(key('ana@example.com'))}").text
    assert "billed row 1 of list_1 on its invoice F-1: usable" in page


def test_what_they_cost_is_what_is_owed_for_them_and_not_the_first_price_times_all_posts(web):
    headers = buying.sell(web.services)
    for address in ("ana@example.com", "Ana@example.com", "gone@nowhere.invalid"):
        post(web, headers, address)
    buying.change(web.services, price="2.00")
    post(web, headers, "bo@example.com")
    refresh(web.services, whole=True)
    with reading(web.services.engine) as connection:
        (card,) = find_card(connection, buying.VENDOR).card.per_prospect
        figures = find_card(connection, buying.VENDOR).card.figures
        people = load_people(connection, web.services.clock.now())
    assert (figures.rows, figures.prospects, figures.cost) == (4, 2, {"USD": 325})
    assert (card.minor, card.people) == (162, 2)
    assert paid_of(people, make_cut(people, "vendors")) == {(buying.VENDOR, "USD"): 325 / 4}


@pytest.mark.parametrize(("held", "cost"), [("when_accepted", {}), ("at_once", {"USD": 125}), ("never", {})])
def test_a_lead_that_waits_costs_what_the_terms_say(web, held, cost):
    headers = buying.sell(web.services, held=held)
    web.routes.kinds["slow.example.net"] = "unknown"
    assert post(web, headers, "bo@slow.example.net")["outcome"] == "hold"
    with reading(web.services.engine) as connection:
        assert find_cost(connection, 1) == cost
