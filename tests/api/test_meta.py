"""Meta's webhook: the challenge, the signature, numbers only; what is owed is written down before the answer."""

import json
from dataclasses import replace

import pytest
from platform_posts import FORM, WEBHOOK, Sender
from sqlalchemy import select

from gateway.intake.tables import fetches

PATH = "/v1/sources/lead/meta"
GOOD = {"hub.mode": "subscribe", "hub.verify_token": "meta-verify", "hub.challenge": "1158201444"}


@pytest.fixture
def sender(web):
    made = Sender(web)
    made.open()
    return made


@pytest.fixture
def small(small_web):
    made = Sender(small_web)
    made.open()
    return made


def owed(web):
    with web.services.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(fetches.c.source, fetches.c.lead, fetches.c.state))]


def test_the_challenge_is_answered_as_plain_text(small):
    answer = small.web.client.get(PATH, query_string=GOOD)
    assert (answer.status_code, answer.text, answer.mimetype) == (200, "1158201444", "text/plain")


@pytest.mark.parametrize(
    "change",
    [{"hub.verify_token": "wrong"}, {"hub.verify_token": ""}, {"hub.verify_token": "é"}, {"hub.mode": "unsubscribe"},
     {"hub.challenge": "<script>"}, {"hub.challenge": ""}, {"hub.challenge": "1" * 300}],
)  # fmt: skip
def test_a_wrong_challenge_is_refused(small, change):
    assert small.web.client.get(PATH, query_string=GOOD | change).status_code == 403


def test_a_challenge_to_who_has_no_meta_is_not_there(small_web):
    small_web.source("lead")
    assert small_web.client.get(PATH, query_string=GOOD).status_code == 404


def test_the_challenge_changes_nothing(small):
    for method in ("get", "head"):
        getattr(small.web.client, method)(PATH, query_string=GOOD)
    assert (owed(small.web), small.web.leads(), small.web.woken) == ([], [], [])


def test_a_webhook_is_written_down_and_the_workers_are_woken(sender):
    answer = sender.post(WEBHOOK)
    assert (answer.status_code, answer.json) == (200, {"status": "received"})
    assert owed(sender.web) == [("lead", "4280180252200001", "new")]
    assert sender.web.woken == [1]
    sender.post(WEBHOOK)
    assert len(owed(sender.web)) == 1
    assert sender.web.leads() == []


def value(number, **more):
    return {"field": "leadgen", "value": {"leadgen_id": number, "page_id": "1", **more}}


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ([value("1"), value("2"), value("1")], ["1", "2"]),
        ([value(4280180252200001)], ["4280180252200001"]),
        ([{**value("1"), "field": "feed"}], []),
        ([value("1/../2"), value("x"), value(None), value([]), value("1?fields=id"), value("1" * 33), value(-1)], []),
        ([{"field": "leadgen", "value": []}, {"field": "leadgen"}, 7, None, "x"], []),
        ({}, []),
        (None, []),
    ],
)
def test_what_counts_of_a_webhook(small, changes, numbers):
    body = json.dumps({"object": "page", "entry": [{"id": "1", "changes": changes}]}).encode()
    assert small.post(WEBHOOK, body).status_code == 200
    assert [number for _, number, _ in owed(small.web)] == numbers


def test_leads_of_other_pages_are_not_for_this_source(small_web):
    settings = {"meta": {**FORM.platforms["meta"], "page_id": "561823650000042"}}
    small_web.source("lead", form=replace(FORM, platforms=settings))
    sender = Sender(small_web)
    sender.post(WEBHOOK, WEBHOOK.body.replace(b"561823650000042", b"561823650000043"))
    assert owed(small_web) == []
    sender.post(WEBHOOK)
    assert len(owed(small_web)) == 1
