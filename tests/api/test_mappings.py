"""Saved mappings over HTTP."""

import pytest

BODY = {"vendor": "Meridian Leads", "headings": ["Adr", "Seit"], "columns": {"Seit": "consent_at"}}


@pytest.fixture
def caller(web):
    return web.key("lists")


def test_a_mapping_is_saved_shown_and_forgotten(web, caller):
    saved = web.client.put("/v1/mappings", json=BODY, headers=caller)
    assert saved.status_code == 200
    assert saved.json["columns"] == {"Seit": "consent_at"}
    query = {"vendor": "meridian  leads"}
    shown = web.client.get("/v1/mappings", query_string=query, headers=caller).json
    assert shown == {"mappings": [saved.json]}
    query |= {"mapping": saved.json["mapping"]}
    assert web.client.delete("/v1/mappings", query_string=query, headers=caller).status_code == 200
    gone = web.client.delete("/v1/mappings", query_string=query, headers=caller)
    assert (gone.status_code, gone.json["problems"][0]["code"]) == (404, "unknown_mapping")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"columns": {"Seit": "nonsense"}}, "not_a_choice"), ({"columns": {"Nobody": "email"}}, "unknown_column"),
        ({"headings": []}, "missing"), ({"vendor": "ann@example.com"}, "contains_address"),
    ],
)  # fmt: skip
def test_nonsense_is_a_problem(web, caller, change, code):
    answer = web.client.put("/v1/mappings", json=BODY | change, headers=caller)
    assert (answer.status_code, answer.json["problems"][0]["code"]) == (422, code)
