"""Receipts, what there is of somebody, erasure: who may ask, what a link shows, and that GET changes nothing."""

import html
import json
import re

import pytest
from sqlalchemy import select

from gateway.db.base import metadata
from gateway.intake.receipt_words import WORDS
from gateway.person.sealing import verify
from gateway.suppression.tables import suppressions

SIGNUP = {
    "email": "ana@example.com", "source": "demo", "first_name": "Ana<script>",
    "consent": {"ticked": True, "wording": "Yes & <b>write</b> to me.", "page_url": "https://www.example.com/join",
                "purposes": ["news", "product_news"]},
}  # fmt: skip


@pytest.fixture
def signed_up(web):
    assert web.client.post("/v1/signups", json=SIGNUP).status_code == 202
    return web


def link_of(web):
    return web.client.get("/v1/leads/lead_1/receipt", headers=web.key("leads")).json["link"]


def test_an_officer_gets_the_signed_receipt(signed_up):
    answer = signed_up.client.get("/v1/leads/lead_1/receipt", headers=signed_up.key("leads"))
    keys = signed_up.client.get("/.well-known/jwks.json").json
    assert verify(answer.json["jws"], keys) == answer.json["receipt"]
    assert answer.json["receipt"]["processing"]["privacy_notice"]["wording"] == SIGNUP["consent"]["wording"]
    assert all(set(key) == {"kty", "crv", "x", "kid", "use", "alg"} for key in keys["keys"])


def test_the_person_s_link_shows_it_and_hands_it_out(signed_up):
    link = link_of(signed_up)
    page = signed_up.client.get(link)
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    text = page.get_data(as_text=True)
    assert "Yes &amp; &lt;b&gt;write&lt;/b&gt; to me." in text
    assert "<script" not in text
    file = signed_up.client.get(f"{link}/receipt.jws")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert verify(file.get_data(as_text=True), signed_up.client.get("/.well-known/jwks.json").json)["events"]


@pytest.mark.parametrize("lang", list(WORDS))
def test_the_page_speaks_the_person_s_language(signed_up, lang):
    page = signed_up.client.get(link_of(signed_up), headers={"Accept-Language": f"{lang}-XX, {lang};q=0.9"})
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in page.text
    assert page.headers["Content-Language"] == lang
    shown = html.unescape(page.text)
    assert all(
        WORDS[lang][name] in shown for name in ("title", "wording", "signup", "from_you", "leave", "download", "check")
    )
    assert not re.search(r"\{\w*\}|&lt;built-in|object at 0x", page.text)
    assert all(purpose in shown for purpose in ("News", "Product news"))  # what was agreed to, not its words alone
    assert WORDS[lang].keys() == WORDS["en"].keys()
    for name, words in WORDS[lang].items():
        assert re.findall(r"\{\w+\}", words) == re.findall(r"\{\w+\}", WORDS["en"][name])


def test_looking_changes_nothing(signed_up):
    link = link_of(signed_up)

    def state():
        with signed_up.services.engine.connect() as connection:
            return [connection.execute(select(table)).all() for table in metadata.sorted_tables]

    before = state()
    for path in (link, f"{link}/receipt.jws", "/.well-known/jwks.json"):
        for method in ("GET", "HEAD"):
            for agent in ("", "Mimecast", "Outlook-SafeLinks"):
                answer = signed_up.client.open(
                    path, method=method, headers={"User-Agent": agent, "Purpose": "prefetch"}
                )
                assert answer.status_code == 200
    assert state() == before


@pytest.mark.parametrize("token", ["A" * 32, "x", "..%2f..", "%00" * 32, "é"])
def test_other_links_show_nothing(signed_up, token):
    assert signed_up.client.get(f"/receipt/{token}").status_code == 404
    assert signed_up.client.get(f"/receipt/{token}/receipt.jws").status_code == 404


def test_exported_then_erased_then_nothing_is_there(signed_up):
    headers, link = signed_up.key("people"), link_of(signed_up)
    told = signed_up.client.post("/v1/people/export", json={"address": "ANA@example.com"}, headers=headers)
    assert [lead["lead"] for lead in told.json["leads"]] == ["lead_1"]
    asked = {"address": "ANA@example.com", "why": "asked for by letter"}
    erased = signed_up.client.post("/v1/people/erase", json=asked, headers=headers)
    assert (erased.status_code, erased.json["rows"]["leads"], erased.json["done"]) == (200, 1, True)
    told = signed_up.client.post("/v1/people/export", json={"address": "ANA@example.com"}, headers=headers)
    assert told.json["leads"] == []
    assert signed_up.client.get(link).status_code == 404
    assert signed_up.client.get("/v1/leads/lead_1/receipt", headers=signed_up.key("leads")).status_code == 404
    shown = signed_up.client.get("/v1/leads/lead_1", headers=signed_up.key("leads"))
    assert (shown.json["address"], shown.json["as_arrived"]) == (None, {"erased": "erasure"})
    assert signed_up.client.get("/v1/leads/lead_1/decision", headers=signed_up.key("leads")).status_code == 200


@pytest.mark.parametrize("path", ["export", "erase"])
@pytest.mark.parametrize("scope", [None, "leads", "suppressions", "lists", "decisions"])
def test_only_a_key_of_this_scope_may_ask(signed_up, path, scope):
    headers = signed_up.key(scope) if scope else {}
    body = {"address": "ana@example.com", "why": "asked"}
    answer = signed_up.client.post(f"/v1/people/{path}", json=body, headers=headers)
    assert answer.status_code == (403 if scope else 401)
    with signed_up.services.engine.connect() as connection:
        assert connection.execute(select(suppressions)).all() == []


@pytest.mark.parametrize(
    "body", [{}, {"address": "nobody", "why": "x"}, {"address": "a@example.com", "why": "of a@example.com"},
             {"address": "a@example.com", "why": ""}, {"address": "a@example.com b@example.com", "why": "x"}],
)  # fmt: skip
def test_every_problem_of_an_erasure_is_the_caller_s(small_web, body):
    answer = small_web.client.post("/v1/people/erase", data=json.dumps(body), headers=small_web.key("people"))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_whoever_was_erased_may_sign_up_again_and_is_asked_to_confirm(signed_up, clock):
    """Only the person undoes it, by a later yes of their own; until it is confirmed nobody is a prospect."""
    asked = {"address": "ana@example.com", "why": "asked"}
    signed_up.client.post("/v1/people/erase", json=asked, headers=signed_up.key("people"))
    clock.move(hours=1)
    assert signed_up.client.post("/v1/signups", json=SIGNUP).status_code == 202
    last = signed_up.leads()[-1]
    assert last.outcome != "prospect"
    assert (last.address is None) == (last.outcome == "rejection")
