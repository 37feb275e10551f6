"""Suppressions over HTTP: told and asked by address, number and hash; what cannot be known is said to be unknown."""

from hashlib import md5, sha1, sha256, sha512

import pytest
from builders import key, list_batch

from gateway.lifecycle.store import export
from gateway.pipeline import process
from gateway.suppression.book import find

ANN = "ann@example.com"
MAKE = [md5, sha1, sha256, sha512]


def sign_up(web, address=ANN):
    consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}
    web.client.post("/v1/signups", json={"email": address, "source": "demo", "consent": consent})


def reachable(web):
    with web.services.engine.connect() as connection:
        return {one["address"] for one in export(connection)}


def post(web, path="/v1/suppressions", **body):
    return web.client.post(path, json=body, headers=web.key("suppressions"))


def ask(web, *who):
    return post(web, "/v1/suppressions/check", who=list(who)).json["answers"]


def test_people_are_told_in_every_form_at_once(web, clock):
    sign_up(web)
    sign_up(web, "Bob@Example.org")
    done = post(web, who=["ANN@example.com", sha1(b"bob@example.org").hexdigest(), md5(b"cy@example.net").hexdigest(),
                          "+1 206 555 0100", ANN], cause="do-not-contact")  # fmt: skip
    assert (done.status_code, done.json) == (200, {"distinct": 4, "recorded": 4, "withdrawn": 2, "refused": 0})
    assert reachable(web) == set()
    clock.move(days=1)
    rows = [{"email": "Cy@Example.net"}, {"email": "dee@example.net"}]
    settled = process(list_batch(rows, clock.now()), web.services)
    assert settled.outcomes == ["rejection", "prospect"]
    asked = (ANN, "bob@example.org", "cy@example.net", "dee@example.net", "2065550100")
    assert [one["suppressed"] for one in ask(web, *asked)] == [True, True, True, False, True]
    told = web.client.get(f"/v1/leads/lead_{settled.lead_ids[0]}/decision", headers=web.key("leads")).json
    assert any("known by the md5 of the lower-cased address" in sentence for sentence in told["sentences"])


@pytest.mark.parametrize("make", MAKE)
def test_a_partner_asks_by_hash(web, make):
    sign_up(web)
    post(web, who=[ANN])
    post(web, who=[make(b"stranger@example.com").hexdigest()], cause="complaint")
    headers = web.key("suppressions")

    def get(text):
        return web.client.get(f"/v1/suppressions/{text}", headers=headers)

    assert get(make(ANN.encode()).hexdigest().upper()).json["state"] == "suppressed", "whose address is stored"
    stranger = get(make(b"stranger@example.com").hexdigest()).json
    assert [one["cause"] for one in stranger["orders"]] == ["complaint"]
    unknown = get(make(b"nobody@example.com").hexdigest()).json
    assert (unknown["state"], unknown["suppressed"], unknown["orders"]) == ("unknown_hash", False, [])
    assert get("nobody").json["problems"][0]["code"] == "not_a_hash"


def test_a_misnamed_field_is_told_without_a_word_about_forms(web):
    answer = web.client.post(
        "/v1/suppressions/check", json={"whom": ["a@example.com"]}, headers=web.key("suppressions")
    )
    told = {one["field"]: one for one in answer.json["problems"]}["whom"]
    assert (told["message"], told["suggestion"]) == ("there is no such field", "who")
    signup = web.client.post("/v1/signups", json={"email": "a@example.com", "source": "demo", "colour": "red"})
    assert "goes under attributes" in str(signup.json["problems"]), "a form may ask what it likes"


def test_an_order_of_an_address_never_stored_is_unknown_by_hash_and_known_by_address(web):
    post(web, who=["gone@example.com"])
    assert [one["state"] for one in ask(web, sha256(b"gone@example.com").hexdigest(), "gone@example.com")] == [
        "unknown_hash", "suppressed"
    ]  # fmt: skip


def test_ten_thousand_are_asked_at_once_and_no_more(small_web):
    hashes = [sha512(b"%d" % n).hexdigest() for n in range(10_000)]
    assert {one["state"] for one in ask(small_web, *hashes)} == {"unknown_hash"}
    assert post(small_web, "/v1/suppressions/check", who=[*hashes, ANN]).status_code == 422


@pytest.mark.parametrize(
    ("body", "code"),
    [({"who": ["nobody"]}, "not_understood"), ({"who": ["a@example.com b@example.com"]}, "not_understood"),
     ({"who": []}, "too_many"), ({"who": [ANN], "cause": "boredom"}, "not_a_choice"),
     ({"who": [ANN], "scope": "half"}, "not_a_scope"), ({"who": [ANN], "received_at": "2026-01-01"}, "not_an_instant"),
     ({"who": [ANN], "received_at": "2027-01-01T00:00:00Z"}, "future_date"),
     ({"who": [ANN], "note": "said bob@example.com"}, "contains_address"), ({}, "missing")],
)  # fmt: skip
def test_mistakes_are_named_and_nothing_is_written(small_web, body, code):
    answer = post(small_web, **body)
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (422, code)
    with small_web.services.engine.connect() as connection:
        assert find(connection, [key(ANN)]) == {}


def test_a_scope_and_a_day_are_kept(web):
    post(web, who=[ANN], scope="brand:Harbor", received_at="2026-03-01T12:00:00Z", cause="objection")
    [answer] = ask(web, ANN)
    assert answer["orders"] == [
        {"cause": "objection", "scope": "brand:Harbor", "received_at": "2026-03-01T12:00:00.000000Z", "known_by": None}
    ]
