"""GET /v1/leads, /v1/leads/{id}/decision and /v1/prospects."""

import csv
import io
import json

import pytest

TICKED = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}


@pytest.fixture
def filled(web):
    for email in ("ana@example.com", "bob@silent.example.net", "ana@example.com"):
        web.client.post("/v1/signups", json={"email": email, "source": "demo", "consent": TICKED, "first_name": "=1+1"})
    return web


def get(web, path, scope="leads"):
    return web.client.get(path, headers=web.key(scope))


def test_a_lead_is_shown_as_it_arrived_with_its_outcome(filled):
    lead = get(filled, "/v1/leads/lead_1").json
    assert (lead["lead"], lead["outcome"], lead["address"], lead["source"]) == (
        "lead_1",
        "prospect",
        "ana@example.com",
        "demo",
    )
    assert lead["as_arrived"]["posted"]["first_name"] == "=1+1"
    assert lead["prospect"] == {"state": "prospect", "withdrawn": False}


def test_a_lead_that_waits_says_what_for(filled):
    lead = get(filled, "/v1/leads/lead_2").json
    assert lead["outcome"] == "hold"
    assert (lead["hold"]["question"], lead["hold"]["state"]) == ("recheck", "waiting")


def test_a_duplicate_names_the_lead_that_came_first(filled):
    lead = get(filled, "/v1/leads/lead_3").json
    assert (lead["outcome"], lead["duplicate_of"], lead["reasons"][0]) == ("rejection", "lead_1", "already_known")


def test_a_decision_is_told_in_sentences_with_its_law_and_facts(filled):
    told = get(filled, "/v1/leads/lead_1/decision").json
    assert told["sentences"][0].startswith("This lead was accepted")
    assert told["policies"] == filled.services.policies.digest
    assert told["as_of"].startswith("2026-11-21T12:00:00")
    assert any(finding["cites"]["kind"] == "law" for finding in told["findings"])
    assert any(finding["facts"] for finding in told["findings"])
    assert told["obligations"]


@pytest.mark.parametrize("path", ["/v1/leads/lead_99", "/v1/leads/lead_99/decision"])
def test_a_lead_that_is_not_there_is_not_found(filled, path):
    response = get(filled, path)
    assert (response.status_code, response.json["problems"][0]["code"]) == (404, "unknown_lead")


def test_prospects_come_one_a_line_with_their_obligations(filled):
    response = get(filled, "/v1/prospects")
    assert response.mimetype == "application/x-ndjson"
    [prospect] = map(json.loads, response.text.splitlines())
    assert (prospect["address"], prospect["lead"], prospect["first_name"]) == ("ana@example.com", "lead_1", "=1+1")
    assert prospect["obligations"]


def test_prospects_for_a_spreadsheet_hold_no_formula(filled):
    response = get(filled, "/v1/prospects?format=csv")
    [row] = csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig")))
    assert row["first_name"] == "'=1+1"
    assert response.headers["Content-Disposition"] == 'attachment; filename="prospects.csv"'


@pytest.mark.parametrize("query", ["format=xml", "form=csv", "format=csv&format=ndjson", "format=%00"])
def test_a_query_that_is_not_understood_is_a_problem(filled, query):
    assert get(filled, f"/v1/prospects?{query}").status_code == 422
