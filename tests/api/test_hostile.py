"""300 hostile texts through every field of JSON and form posts: never a 5xx, never another header, never markup."""

import re

import pytest
from hostile import payloads

HARMLESS = ("first_name", "last_name", "phone", "region", "consent_wording", "consent_page_url", "consent_language",
            "_next", "_proof", "_gotcha", "_language", "attribute")  # fmt: skip
"""What a signup is taken with, whatever stands there."""
CHECKED = ("email", "source", "country", "born_on", "age", "consent_notice", "consent_purposes", "consent_ticked",
           "_start", "accept_as_typed")  # fmt: skip
PLAIN = frozenset({"email", "source", "first_name", "last_name", "phone", "country", "region", "born_on", "age",
                   "accept_as_typed"})  # fmt: skip
GUARD = {"_start": "start", "_proof": "proof", "_gotcha": "trap"}
GOOD = {"email": "ana@example.com", "source": "demo", "consent_ticked": "on"}
ALL = payloads()
OURS = {"Content-Type", "Content-Length", "Location", "Vary", "Content-Security-Policy", "X-Content-Type-Options",
        "Referrer-Policy", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
        "Cache-Control", "Retry-After"}  # fmt: skip


def test_there_are_enough_of_them():
    assert len(ALL) >= 300


def holds(answer):
    assert answer.status_code < 500, answer.text
    assert set(answer.headers.keys()) <= OURS
    assert not any("\n" in value or "\r" in value for value in answer.headers.values())
    assert "evil.example.net" not in answer.headers.get("Location", "")
    if answer.mimetype == "text/html":
        ours = re.sub(r'<script src="/forms/demo\.js" async></script>', "", answer.text)
        assert not re.search(r"<(script|img|svg|iframe|object|details|base|math|template)\b", ours, re.IGNORECASE)


def post(web, fields, *, as_json):
    """One signup with these fields, named as a form names them, as a form post or as JSON."""
    if not as_json:
        return web.client.post("/v1/signups", data=fields)
    consent = {name.removeprefix("consent_"): value for name, value in fields.items() if name.startswith("consent_")}
    if "purposes" in consent:
        consent["purposes"] = [consent["purposes"]]
    consent["ticked"] = True if consent.get("ticked") == "on" else consent.get("ticked")
    guard = {ours: fields[theirs] for theirs, ours in GUARD.items() if theirs in fields}
    plain = {name: value for name, value in fields.items() if name in PLAIN}
    others = {name: value for name, value in fields.items() if name not in PLAIN and name[:8] != "consent_"}
    body = {**plain, "consent": consent, "guard": guard, "attributes": others}
    return web.client.post("/v1/signups", json=body)


@pytest.mark.parametrize("as_json", [False, True])
def test_hostile_texts_in_every_field_that_takes_any(small_web, as_json):
    """Each text in each of these fields: one request holds as many texts as there are fields."""
    for place, text in enumerate(ALL):
        fields = {name: ALL[(place + step) % len(ALL)] for step, name in enumerate(HARMLESS)}
        holds(post(small_web, GOOD | fields | {text: text}, as_json=as_json))


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("field", CHECKED)
@pytest.mark.parametrize("part", ["every fifth", pytest.param("all", marks=pytest.mark.slow)])
def test_hostile_texts_in_fields_that_are_checked(small_web, field, as_json, part):
    """Together the fields see every text, each of them in make soak."""
    texts = ALL if part == "all" else ALL[CHECKED.index(field) % 5 :: 5]
    for text in texts:
        holds(post(small_web, GOOD | {field: text}, as_json=as_json))


def test_headers_and_addresses_of_requests(small_web):
    for text in ALL:
        plain = re.sub(r"[^\x20-\x7e]", "", text)
        headers = {"User-Agent": plain, "Referer": plain, "Origin": plain, "Accept-Language": plain, "Accept": plain}
        holds(small_web.client.post("/v1/signups", data={**GOOD, "email": "x"}, headers=headers))
        for path in ("/f/demo", "/forms/demo.json", "/thanks"):
            holds(small_web.client.get(path, query_string={"lang": text}, headers=headers))
        assert small_web.client.get("/f/" + plain, headers=headers).status_code < 500
