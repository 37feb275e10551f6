"""/v1/sources: forms made, shown and changed by those who may, with every notice they ever showed."""

import json

import pytest

from gateway.db.work import reading
from gateway.ledger.tables import entries

NEW = {"key": "news", "title": "News", "wording": "Yes.", "origins": ["https://www.example.com"],
       "fields": ["email", "country"], "needed": ["email"], "keep_ip": "truncated",
       "says": {"audience": "general"}}  # fmt: skip


@pytest.fixture
def ask(web):
    headers = web.key("sources")

    def call(method, path, **body):
        return web.client.open(path, method=method, headers=headers, json=body or None)

    return call


def recorded(web):
    with reading(web.services.engine) as connection:
        rows = connection.execute(entries.select().order_by(entries.c.seq))
        return [(row.kind, json.loads(row.body)) for row in rows if row.kind.startswith(("source.", "notice."))]


def test_a_form_is_made_and_takes_signups(web, ask):
    made = ask("POST", "/v1/sources", **NEW)
    assert made.status_code == 201
    told = made.json
    assert (told["source"], told["fields"], told["keep_ip"]) == ("news", ["email", "country"], "truncated")
    assert [(one["language"], one["version"], one["text"]) for one in told["notices"]] == [("en", 1, "Yes.")]
    assert ask("GET", "/v1/sources/news").json == told
    assert [one["source"] for one in ask("GET", "/v1/sources").json["sources"]] == ["demo", "news"]
    body = {"email": "ana@example.com", "source": "news", "consent": {"ticked": True}}
    assert web.client.post("/v1/signups", json=body).status_code == 202
    assert recorded(web) == [("source.created", {"source": "news", "by": "key_1"})]


def test_a_form_is_changed_in_what_is_said(web, ask):
    ask("POST", "/v1/sources", **NEW)
    told = ask("PATCH", "/v1/sources/news", proof="always", brand="Harbour", wording="Yes, please.").json
    assert (told["proof"], told["brand"], told["keep_ip"]) == ("always", "Harbour", "truncated")
    assert [(one["version"], one["text"]) for one in told["notices"]] == [(1, "Yes."), (2, "Yes, please.")]
    assert ask("PATCH", "/v1/sources/news", brand=None).json["brand"] is None
    assert [body.get("changed") for _, body in recorded(web)] == [None, ["brand", "proof", "wording"], ["brand"]]
    ask("PATCH", "/v1/sources/news", brand=None)
    assert len(recorded(web)) == 3, "what changes nothing is no event"


def test_notices_are_kept_for_ever_by_language(web, ask):
    for text in ("Ja.", "Ja, gern.", "Ja, gern.\n", "Ja."):
        answer = ask("POST", "/v1/sources/demo/notices", language="de", text=text)
        assert answer.status_code == 200
    told = ask("GET", "/v1/sources/demo").json["notices"]
    assert [(one["language"], one["version"], one["text"]) for one in told] == [
        ("de", 1, "Ja."), ("de", 2, "Ja, gern."), ("de", 3, "Ja."), ("en", 1, "Yes, write to me."),
    ]  # fmt: skip
    assert ask("POST", "/v1/sources/demo/notices", language="en", text="Yes!").json["version"] == 2
    assert ask("GET", "/v1/sources/demo").json["wording"] == "Yes!"


def test_everything_that_is_wrong_is_told_at_once(ask):
    answer = ask("POST", "/v1/sources", key="Bad Key", title=" ", origins=["*"], fields=["first_name"],
                 needed=["phone"], purposes=["two words"], brand="a:b", received_url="/here")  # fmt: skip
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json["problems"]} >= {
        "key", "title", "origins[0]", "received_url", "fields", "needed", "purposes[0]", "brand",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"),
    [("fields", ["shoe_size"]), ("keep_ip", "half"), ("proof", "often"), ("least_seconds", -1), ("least_seconds", "2"),
     ("most_an_hour", 0), ("published", "yes"), ("wording", "x" * 20_001), ("platforms", {}), ("published", None)],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(ask, field, value):
    answer = ask("PATCH", "/v1/sources/demo", **{field: value})
    assert answer.status_code == 422
    assert answer.json["problems"][0]["field"].startswith(field)


def test_a_form_that_is_not_there_cannot_be_shown_or_changed(ask):
    assert ask("GET", "/v1/sources/nowhere").status_code == 404
    assert ask("PATCH", "/v1/sources/nowhere", title="x").status_code == 404
    assert ask("POST", "/v1/sources/nowhere/notices", language="de", text="Ja.").status_code == 404


def test_what_a_form_states_is_read_like_a_manifest(ask):
    answer = ask("POST", "/v1/sources", key="kids", title="Kids", says={"audience": "kids"})
    assert answer.json["problems"][0]["code"] == "not_a_choice"
