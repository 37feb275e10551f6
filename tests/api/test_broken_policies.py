"""Without its packs the gateway takes nothing, says so, and tells strangers nothing of why."""

import logging
from dataclasses import replace

import pytest
from policy_packs import pack, write
from sqlalchemy import select

from gateway.app import create_app
from gateway.intake.tables import answers
from gateway.policy.loader import load_policies
from gateway.wiring import POLICIES

TICKED = {"ticked": True, "wording": "Yes, write to me.", "page_url": "https://www.example.com/join"}
SIGNUP = {"email": "ana@example.com", "source": "demo", "consent": TICKED}


def broken(folder):
    write(folder, pack("acme"), reasons={}, obligations={})
    (folder / "acme.yaml").write_text("pack: [\n", encoding="utf-8")
    return [POLICIES, folder]


def missing(folder):
    return [folder / "policies"]


def damaged(folder):
    """Ours, of which a part was lost."""
    (folder / "house.yaml").write_text((POLICIES / "house.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return [folder]


@pytest.fixture(params=[broken, missing, damaged])
def client(request, small_web, tmp_path):
    folder = tmp_path / "theirs"
    folder.mkdir()
    folders = request.param(folder)
    services = replace(small_web.services, read_policies=lambda: load_policies(folders))
    return create_app(services).test_client()


@pytest.mark.parametrize("keyed", [False, True])
def test_no_signup_is_taken_and_nothing_is_kept(client, small_web, keyed, caplog):
    headers = small_web.key("decisions") if keyed else {}
    with caplog.at_level(logging.CRITICAL):
        answer = client.post("/v1/signups", json=SIGNUP, headers=headers | {"Idempotency-Key": "once"})
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert "yaml" not in answer.text
    assert "policies" not in answer.text
    assert small_web.leads() == []
    with small_web.services.engine.connect() as connection:
        assert connection.execute(select(answers)).all() == []
    assert any("no lead is taken" in record.getMessage() for record in caplog.records)


def test_a_browser_s_form_is_not_taken_either(client, small_web):
    answer = client.post("/v1/signups", data={"email": "ana@example.com", "source": "demo", "consent_ticked": "on"})
    assert answer.status_code == 503
    assert small_web.leads() == []


def test_the_same_signup_is_taken_once_the_packs_are_whole_again(client, small_web):
    headers = {"Idempotency-Key": "once"}
    assert client.post("/v1/signups", json=SIGNUP, headers=headers).status_code == 503
    assert small_web.client.post("/v1/signups", json=SIGNUP, headers=headers).status_code == 202
    assert [lead.outcome for lead in small_web.leads()] == ["prospect"]


def test_a_dry_decision_is_refused_too(client, small_web):
    headers = small_web.key("decisions")
    answer = client.post("/v1/decide", json={"facts": {"person.country": "US"}}, headers=headers)
    assert answer.status_code == 503


def test_readiness_says_that_nothing_can_be_taken(client):
    assert client.get("/readyz").json["policies"] == "broken"
