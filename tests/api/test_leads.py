"""GET /v1/leads, /v1/leads/{id}/decision and /v1/prospects."""

import csv
import io
import json

import pytest
from sqlalchemy import insert, select
from web import make_web

from gateway.domain.ports import Sender
from gateway.lifecycle.store import admit
from gateway.outcomes.tables import decisions

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
    assert {"code": "stop_on_opt_out", "due_on": None} in prospect["obligations"]
    assert (prospect["phone"], prospect["phone_use"], prospect["first_due_on"]) == (None, None, None)
    assert "Gateway-Withheld" not in response.headers


def test_prospects_for_a_spreadsheet_hold_no_formula(filled):
    response = get(filled, "/v1/prospects?format=csv")
    [row] = csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig")))
    assert row["first_name"] == "'=1+1"
    assert "stop_on_opt_out; " in row["obligations"]
    assert response.headers["Content-Disposition"] == 'attachment; filename="prospects.csv"'


@pytest.mark.parametrize("query", ["format=xml", "form=csv", "format=csv&format=ndjson", "format=%00"])
def test_a_query_that_is_not_understood_is_a_problem(filled, query):
    assert get(filled, f"/v1/prospects?{query}").status_code == 422


class TestSenderNotReady:
    """What the law asks of the sender before any mail (15 U.S.C. 7704(a)(5)(A)(iii)) is not there yet."""

    @pytest.fixture
    def web(self, engine, clock, tmp_path):
        return make_web(engine, clock, tmp_path, sender=Sender())

    def test_all_withheld_is_a_problem_that_says_why(self, filled):
        response = get(filled, "/v1/prospects")
        assert (response.status_code, response.mimetype) == (409, "application/problem+json")
        [problem] = response.json["problems"]
        assert problem["code"] == "sender_profile_incomplete"
        assert problem["message"].startswith("1 withheld by CS-26")

    def test_some_withheld_are_counted_in_a_header(self, filled):
        with filled.services.unit_of_work() as work:  # somebody who gets no marketing mail, only what was ordered
            case = work.connection.execute(select(decisions)).first()
            body = json.loads(case.body)
            ordered = json.dumps(body | {"facts": body["facts"] | {"consent.covers_marketing": False}})
            row = {"id": 900, "name": "dec_ordered", "verdict": "accept", "policy_digest": "0", "body": ordered}
            work.connection.execute(insert(decisions).values(row))
            admit(work, [(b"0" * 16, "zoe@example.com", None, None, None, "US", None, 1, 900)])
        response = get(filled, "/v1/prospects")
        assert [json.loads(line)["address"] for line in response.text.splitlines()] == ["zoe@example.com"]
        assert response.headers["Gateway-Withheld"] == "1"
        assert response.headers["Gateway-Withheld-Reasons"] == "sender_profile_incomplete"

    def test_nobody_there_is_nobody_withheld(self, web):
        assert (get(web, "/v1/prospects").status_code, get(web, "/v1/prospects").text) == (200, "")
