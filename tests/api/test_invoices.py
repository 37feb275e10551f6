"""Invoices and scorecards over HTTP."""

import io

import pytest
from openpyxl import load_workbook

from gateway.intake.runs import work_run
from gateway.scoring.refresh import refresh

MANIFEST = "name: Spring\nvendor: Meridian Leads\ncountry: US\nconsent: {claimed: none}\n"
INVOICE = {"vendor": "Meridian Leads", "number": "7/26", "lists": ["list_1"], "amount": "1.26", "currency": "USD",
           "dated_on": "2026-11-20"}  # fmt: skip


@pytest.fixture
def caller(web):
    headers = web.key("lists", "vendors")
    web.client.post("/v1/lists", data=MANIFEST, content_type="application/yaml", headers=headers)
    web.client.put("/v1/lists/list_1/file", data="email\nann@example.com\nnonsense\nbob@example.com\n", headers=headers)
    work_run(1, web.services)
    return headers


def test_an_invoice_is_entered_shown_reconciled_again_and_packed(web, caller):
    made = web.client.post("/v1/invoices", json=INVOICE | {"rows": "row\n2\n3\n9\n"}, headers=caller)
    assert (made.status_code, made.headers["Location"]) == (201, "/v1/invoices/1")
    account = made.json["account"]
    assert sum(account["fates"].values()) == account["billed"] == 3
    assert account["fates"]["not_found"] == 1
    assert account["credit_minor"] + account["due_minor"] == 126
    assert web.client.get("/v1/invoices/1", headers=caller).json == made.json
    assert web.client.post("/v1/invoices/1/reconcile", headers=caller).json["account"] == account
    assert web.client.get("/v1/invoices", headers=caller).json == {"invoices": [made.json]}
    assert web.client.get("/v1/invoices?vendor=Other", headers=caller).json == {"invoices": []}
    pack = web.client.get("/v1/invoices/1/pack", headers=caller)
    assert pack.mimetype.endswith("spreadsheetml.sheet")
    rows = list(load_workbook(io.BytesIO(pack.data))["Rows"].iter_rows(values_only=True))
    assert len(rows) == 2
    assert "billed, but never delivered" in rows[1]
    page = web.client.get("/v1/invoices/1/pack?format=html", headers=caller)
    assert "attachment" in page.headers["Content-Disposition"]
    assert "Credit due: USD 0.42" in page.text


@pytest.mark.parametrize(("change", "status", "code"), [
    ({"vendor": "Nobody"}, 422, "unknown_vendor"), ({"lists": ["list_9"]}, 422, "unknown_list"),
    ({"amount": "1.234"}, 422, "not_an_amount"), ({"dated_on": "2026-02-30"}, 422, "not_a_date"),
    ({"rows": "what\n"}, 201, None), ({"number": "a@example.com"}, 422, "missing"), ({"more": 1}, 422, "unknown_field"),
])  # fmt: skip
def test_mistakes(web, caller, change, status, code):
    answer = web.client.post("/v1/invoices", json=INVOICE | change, headers=caller)
    assert answer.status_code == status, answer.json
    if code:
        assert code in {one["code"] for one in answer.json["problems"]}


def test_the_same_number_is_a_conflict_or_a_problem(web, caller):
    assert web.client.post("/v1/invoices", json=INVOICE, headers=caller).status_code == 201
    again = web.client.post("/v1/invoices", json=INVOICE | {"number": " 7/26"}, headers=caller)
    assert again.json["problems"][0]["code"] == "known_already"


def test_keys_need_the_scope(web):
    assert web.client.get("/v1/invoices", headers=web.key("lists")).status_code == 403
    assert web.client.get("/v1/invoices/1", headers=web.key("vendors")).status_code == 404


def test_a_scorecard_says_as_of_when(web, caller):
    asked = {"query_string": {"vendor": "meridian leads"}, "headers": caller}
    assert web.client.get("/v1/vendors/score", **asked).json["as_of"] is None
    refresh(web.services, whole=True)
    told = web.client.get("/v1/vendors/score", **asked).json
    assert told["as_of"].startswith("2026-11-21")
    assert told["figures"]["rows"] == 3
    assert told["lists"][0]["list"] == "list_1"
    unknown = web.client.get("/v1/vendors/score", query_string={"vendor": "Nobody"}, headers=caller)
    assert unknown.status_code == 404
