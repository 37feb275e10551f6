"""POST /v1/decide: a dry decision on facts or a lead; nothing is stored, and every mistake is told at once."""

import pytest
from sqlalchemy import func, select

from gateway.db.base import metadata

GOOD = {
    "email": "ana@example.com", "country": "US", "consent_ticked": True, "consent_preticked": False,
    "consent_wording": "Yes, write to me.", "consent_url": "https://www.example.com/join", "consent_ip": "203.0.113.9",
}  # fmt: skip


def decide(web, document, scope="decisions"):
    return web.client.post("/v1/decide", json=document, headers=web.key(scope))


def stored(web):
    with web.services.engine.connect() as connection:
        tables = [table for table in metadata.sorted_tables if table.name != "api_keys"]
        return {table.name: connection.execute(select(func.count()).select_from(table)).scalar() for table in tables}


def test_a_lead_of_a_form_is_decided_and_nothing_is_kept(web):
    before = stored(web)
    answer = decide(web, {"lead": GOOD, "source": "demo"})
    assert answer.status_code == 200
    assert answer.json["verdict"] == "accept"
    assert "CS-14" in {finding["rule"] for finding in answer.json["findings"]}
    assert answer.json["facts"]["person.country"] == "US"
    assert answer.json["phone"] is None
    assert {duty["code"] for duty in answer.json["obligations"]} >= {"postal_address"}
    assert stored(web) == before


def test_a_lead_of_a_list_is_decided_by_its_manifest(web):
    manifest = {"vendor": "Meridian", "method": "scraped", "site_refuses_transfer": True}
    answer = decide(web, {"lead": {"email": "ana@example.com", "country": "US"}, "manifest": manifest}).json
    assert answer["verdict"] == "reject"
    assert "harvested_against_notice" in {finding["reason"] for finding in answer["findings"]}
    assert answer["may_be_handed_out"] is None


def test_a_lead_from_nowhere_waits_for_where_it_came_from(web):
    answer = decide(web, {"lead": {"email": "ana@example.com", "country": "US"}}).json
    assert answer["verdict"] == "hold"
    assert "provenance_missing" in {finding["reason"] for finding in answer["findings"]}


def test_facts_are_decided_and_those_left_out_are_unknown(web):
    answer = decide(web, {"facts": {"person.country": "US", "suppression.is_matched": True, "consent.at": "2026-01-05"},
                          "as_of": "2026-11-21"}).json  # fmt: skip
    assert answer["verdict"] == "reject"
    assert "CS-01" in {finding["rule"] for finding in answer["findings"]}
    assert answer["facts"]["consent.at"].endswith("before")
    assert answer["as_of"] == "2026-11-21T00:00:00.000000Z"


def test_the_same_as_what_would_become_of_the_lead(web):
    dry = decide(web, {"lead": GOOD | {"collected_at": "2026-11-21T12:00:00Z"}, "source": "demo"}).json
    consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me.",
               "page_url": "https://www.example.com/join"}  # fmt: skip
    posted = {"email": "ana@example.com", "country": "US", "source": "demo", "consent": consent}
    real = web.client.post("/v1/signups", json=posted, headers=web.key("decisions")).json
    assert real["outcome"] == "prospect"
    assert {f["rule"] for f in real["findings"]} == {f["rule"] for f in dry["findings"]}


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        ({}, {"facts"}),
        ({"facts": {}, "lead": {"email": "a@example.com"}}, {"facts"}),
        ({"lead": {}}, {"lead"}),
        ({"lead": {"emial": "a@example.com", "born_on": "soon", "consent_ticked": "yes"}},
         {"lead.emial", "lead.born_on", "lead.consent_ticked"}),
        ({"lead": GOOD, "source": "nowhere"}, {"source"}),
        ({"lead": GOOD, "source": "demo", "manifest": {}}, {"source"}),
        ({"lead": GOOD, "manifest": {"vendr": "x", "method": "guessed"}}, {"manifest.vendr", "manifest.method"}),
        ({"lead": GOOD, "as_of": "yesterday"}, {"as_of"}),
        ({"lead": GOOD, "as_of": "0001-01-01"}, {"as_of"}),
        ({"lead": GOOD, "as_of": "9999-12-31T23:59:59Z"}, {"as_of"}),
        ({"lead": GOOD, "as_of": "2026-11-21T12:00:00"}, {"as_of"}),
        ({"leads": []}, {"leads"}),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(small_web, document, fields):
    answer = decide(small_web, document)
    assert answer.status_code == 422
    assert fields <= {problem["field"] for problem in answer.json["problems"]}


def test_unknown_facts_and_answers_are_told_with_what_was_meant(small_web):
    answer = decide(small_web, {"facts": {"consent.statuss": "given", "consent.status": "gven", "consent.at": "x"}})
    assert answer.status_code == 422
    problems = answer.json["problems"]
    assert len(problems) == 3
    assert {problem.get("suggestion") for problem in problems} >= {"consent.status", "given"}
    assert {problem["field"] for problem in problems} == {
        "facts.consent.statuss",
        "facts.consent.status",
        "facts.consent.at",
    }


def test_it_needs_its_key(small_web):
    assert small_web.client.post("/v1/decide", json={"facts": {}}).status_code == 401
    assert decide(small_web, {"facts": {}}, scope="leads").status_code == 403
