"""Events over HTTP, and what follows of them: answered one by one, never half without a word."""

import pytest

EVENT = {"id": "1", "address": "ana@example.com", "kind": "purchase", "at": "2026-11-20", "product": "coffee"}


@pytest.fixture
def shop(web):
    for name in ("ana", "ben"):
        consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}
        web.client.post("/v1/signups", json={"email": f"{name}@example.com", "source": "demo", "consent": consent})
    return web


def post(web, *events, key=None):
    return web.client.post("/v1/events", json={"events": list(events)}, headers=key or web.key("events"))


def test_each_event_has_its_answer_in_its_place(shop):
    key = shop.key("events")
    bad = {**EVENT, "id": "2", "at": "9999-12-31", "quantity": "many"}
    stranger = {**EVENT, "id": "3", "address": "zoe@example.com", "kind": "opt_out"}
    answer = post(shop, EVENT, bad, stranger, EVENT, key=key)
    assert answer.status_code == 200
    assert answer.json["counts"] == {"recorded": 1, "told_before": 1, "unknown_person": 1, "refused": 1}
    assert [one["state"] for one in answer.json["events"]] == ["recorded", "refused", "unknown_person", "told_before"]
    assert {p["code"] for p in answer.json["events"][1]["problems"]} == {"not_an_instant", "not_a_number"}
    assert answer.json["events"][2]["stopped"] is True
    assert post(shop, EVENT, key=key).json["counts"]["told_before"] == 1


def test_what_was_told_is_seen_everywhere(shop):
    post(shop, EVENT, {**EVENT, "id": "9", "address": "ben@example.com", "kind": "contact"})
    key = shop.key("leads")
    number = post(shop, {**EVENT, "id": "8", "kind": "use"}).json["events"][0]["prospect"]
    changes = shop.client.get(f"/v1/phases/{number}", headers=key).json["changes"]
    assert [(one["phase"], one["rule"]) for one in changes] == [("new", "LC-50")]
    assert shop.client.get(f"/v1/phases/{number}?known_by=2026-11-20", headers=key).json["changes"] == []
    lines = shop.client.get("/v1/phases?as=five-stages", headers=key).json["lines"]
    assert {"stage": "conversion", "people": 1} in lines
    found = shop.client.get("/v1/contactable", headers=key).json
    assert [one["address"] for one in found["people"]] == ["ana@example.com"]
    assert found["not_now"] == {"too_soon": 1}
    (line,) = shop.client.get("/v1/reorders?within=60", headers=key).json["reorders"]
    assert (line["product"], line["address"], line["why_not"]) == ("coffee", "ana@example.com", None)


@pytest.mark.parametrize(
    ("body", "code"),
    [({}, "missing"), ({"events": []}, "too_many"), ({"events": [3]}, "not_an_object"), ({"events": "x"}, "not_a_list"),
     ({"events": [{}] * 5001}, "too_many"), ({"events": [{}], "teller": "me"}, "unknown_field")],
)  # fmt: skip
def test_a_body_that_is_no_batch_keeps_nothing(shop, body, code):
    answer = shop.client.post("/v1/events", json=body, headers=shop.key("events"))
    assert answer.status_code == 422
    assert answer.json["problems"][0]["code"] == code


def test_it_needs_the_scope_and_json(shop):
    assert post(shop, EVENT, key=shop.key("leads")).status_code == 403
    assert shop.client.post("/v1/events", json={"events": [EVENT]}).status_code == 401
    assert shop.client.post("/v1/events", data="x", headers=shop.key("events")).status_code == 415
    assert shop.client.get("/v1/contactable", headers=shop.key("events")).status_code == 403


@pytest.mark.parametrize("path", ["/v1/contactable?limit=0", "/v1/contactable?phase=gone", "/v1/reorders?within=x",
                                  "/v1/reorders?after=x", "/v1/phases?as=nothing", "/v1/phases/1?known_by=soon",
                                  "/v1/contactable?after=-1"])  # fmt: skip
def test_questions_that_make_no_sense_are_refused(shop, path):
    assert shop.client.get(path, headers=shop.key("leads")).status_code == 422


def test_five_thousand_at_once_are_kept(shop):
    events = [{**EVENT, "id": str(number), "kind": "contact"} for number in range(5000)]
    assert post(shop, *events).json["counts"]["recorded"] == 5000
