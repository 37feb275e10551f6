"""What sites embed: the script, its configuration, the hosted page; and what the lead keeps of what was shown."""

import gzip
import json
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.intake import http_forms
from gateway.intake.forms import Form
from gateway.intake.languages import LANGUAGES
from gateway.intake.notices import keep_notice

SITE = "https://www.example.com"
GERMAN = "Ja, schreiben Sie mir."
SCRIPT = Path(http_forms.__file__).parent / "static" / "form.js"


def notice(web, language, text, source="demo"):
    with web.services.unit_of_work() as work:
        return keep_notice(work, source, language, text)


def configured(web, key="demo", lang="en", origin=SITE):
    return web.client.get(f"/forms/{key}.json?lang={lang}", headers={"Origin": origin})


def kept(web):
    return json.loads(web.leads()[-1].as_arrived)


def test_the_script_is_small_and_trusts_no_text():
    code = SCRIPT.read_bytes()
    assert len(gzip.compress(code)) < 10_000
    for word in (b"innerHTML", b"outerHTML", b"insertAdjacentHTML", b"document.write", b"eval(", b"Function(",
                 b".style.", b"cssText", b"localStorage", b"cookie"):  # fmt: skip
        assert word not in code


def test_the_script_and_the_style_may_be_loaded_by_any_site(small_web):
    for path, kind in (("/forms/demo.js", "text/javascript"), ("/forms/form.css", "text/css")):
        with small_web.client.get(path) as answer:
            assert answer.mimetype == kind
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/forms/{}.js", "/forms/{}.json", "/f/{}"])
def test_forms_that_are_not_there_or_not_published_have_nothing_to_embed(small_web, path):
    small_web.source("private", published=False)
    for key in ("nowhere", "private", "BAD KEY", "..", "a" * 300):
        assert small_web.client.get(path.format(key)).status_code == 404


@pytest.mark.parametrize(("domain", "meant"), [
    ("gmial.com", "gmail.com"), ("GMIAL.com", "gmail.com"), ("gmail.com", None), ("example.com", None), ("", None),
    ("a b", None), ("x@gmial.com", None), ("gmial.com\r\nX: y", None), ("\u0000", None), ("a" * 5000, None),
])  # fmt: skip
def test_a_slip_in_a_domain_is_told_to_the_forms_own_site(small_web, domain, meant):
    answer = small_web.client.get("/forms/demo/slip", query_string={"domain": domain}, headers={"Origin": SITE})
    assert (answer.status_code, answer.json) == (200, {"suggestion": meant})
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert small_web.client.get("/forms/nobody/slip?domain=gmial.com").status_code == 404


def test_the_configuration_is_for_scripts_of_the_forms_own_site(small_web):
    small_web.source("shop", origins=("https://shop.example.com",))
    assert configured(small_web).headers["Access-Control-Allow-Origin"] == SITE
    assert "Access-Control-Allow-Origin" not in configured(small_web, "shop").headers
    assert "Access-Control-Allow-Origin" not in configured(small_web, origin="https://evil.example.net").headers


def test_the_configuration_says_what_to_show(small_web):
    form = Form(fields=("email", "first_name"), needed=("email", "first_name"), purposes=("product_news", "events"),
                platforms={"x": {"secret": "hidden"}})  # fmt: skip
    small_web.source("shop", form=form, received_url="https://shop.example.com/thanks")
    told = configured(small_web, "shop", "de-AT").json
    assert (told["language"], told["dir"], told["next"]) == ("de", "ltr", "https://shop.example.com/thanks")
    assert [(one["name"], one["label"], one["needed"]) for one in told["fields"]] == [
        ("email", "E-Mail-Adresse", True), ("first_name", "Vorname", True),
    ]  # fmt: skip
    assert [one["label"] for one in told["purposes"]] == ["Product news", "Events"]
    assert told["notice"]["text"] == "Yes, write to me."
    assert told["notice"]["digest"] == sha256(b"Yes, write to me.").hexdigest()
    assert "hidden" not in json.dumps(told)
    assert configured(small_web, "shop", "ar").json["dir"] == "rtl"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hosted_page_reads_in_every_language(small_web, language):
    page = small_web.client.get(f"/f/demo?lang={language}")
    assert f'lang="{language}"' in page.text
    assert 'name="_start"' in page.text
    assert " checked" not in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self'; connect-src 'self'" in policy
    assert "unsafe" not in policy


def test_the_hosted_page_reads_in_the_browsers_language(small_web):
    page = small_web.client.get("/f/demo", headers={"Accept-Language": "pt, fr;q=0.8, de;q=0.5"})
    assert "Adresse e-mail" in page.text


def test_the_notice_of_the_language_is_shown_and_kept_by_its_digest(web):
    made = notice(web, "de", GERMAN)
    told = configured(web, lang="de").json["notice"]
    assert (told["text"], told["digest"], told["language"]) == (GERMAN, made.digest, "de")
    body = {"email": "ana@example.com", "source": "demo", "consent": {"ticked": True, "notice": made.digest}}
    assert web.client.post("/v1/signups", json=body).status_code == 202
    assert kept(web)["shown"] == {"notice": made.digest, "language": "de", "version": 1}


def test_words_that_are_the_forms_own_are_known_and_others_are_kept_as_they_came(small_web):
    own, foreign = "Yes, write to me.\r\n", "Whatever you like."
    for words in (own, foreign):
        body = {"email": "ana@example.com", "source": "demo", "consent": {"ticked": True, "wording": words}}
        small_web.client.post("/v1/signups", json=body)
    shown = [json.loads(lead.as_arrived)["shown"] for lead in small_web.leads()]
    assert shown == [{"notice": sha256(own.strip().encode()).hexdigest(), "language": "en", "version": 1}, None]
    assert kept(small_web)["posted"]["consent"]["wording"] == foreign


def test_a_notice_of_before_is_still_known_and_none_of_another_form(small_web):
    before = configured(small_web).json["notice"]["digest"]
    notice(small_web, "en", "Yes, do.")
    small_web.source("shop")
    with small_web.services.unit_of_work() as work:
        foreign = keep_notice(work, "shop", "en", "The shop's own.").digest
    answers = [
        small_web.client.post("/v1/signups", json={"email": "ana@example.com", "source": "demo",
                                                   "consent": {"ticked": True, "notice": digest}})
        for digest in (before, foreign, "0" * 64, "nonsense")
    ]  # fmt: skip
    assert [one.status_code for one in answers] == [202, 422, 422, 422]
    assert {one.json["problems"][0]["code"] for one in answers[1:]} == {"unknown_notice"}


def test_a_digest_beside_other_words_is_a_problem(small_web):
    digest = configured(small_web).json["notice"]["digest"]
    body = {"email": "ana@example.com", "source": "demo", "consent": {"notice": digest, "wording": "Other."}}
    answer = small_web.client.post("/v1/signups", json=body)
    assert answer.json["problems"][0]["code"] == "other_words"


@pytest.mark.parametrize(
    ("keep", "ip"), [("full", "203.0.113.9"), ("truncated", "203.0.113.0"), ("none", None)]
)  # fmt: skip
def test_the_network_address_is_kept_as_the_form_says_and_nowhere_else(web, keep, ip):
    web.source("shop", form=Form(keep_ip=keep))
    body = {"email": "ana@example.com", "source": "shop", "consent": {"ticked": True}}
    web.client.post("/v1/signups", json=body, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert kept(web)["seen"]["ip"] == ip
    [lead] = web.leads()
    assert keep == "full" or "203.0.113.9" not in repr(lead)


def test_what_the_form_needs_is_asked_for_at_its_field(small_web):
    small_web.source("shop", form=Form(fields=("email", "first_name"), needed=("email", "first_name"),
                                       purposes=("news", "events")))  # fmt: skip
    body = {"email": "ana@example.com", "source": "shop", "first_name": " ", "consent": {"ticked": True}}
    problems = small_web.client.post("/v1/signups", json=body).json["problems"]
    assert [(one["code"], one["field"]) for one in problems] == [
        ("missing", "first_name"), ("purpose_missing", "consent.purposes"),
    ]  # fmt: skip
    body = {**body, "first_name": "Ana", "consent": {"ticked": True, "purposes": ["news", "spam"]}}
    problems = small_web.client.post("/v1/signups", json=body).json["problems"]
    assert [(one["code"], one["field"]) for one in problems] == [("unknown_purpose", "consent.purposes[1]")]


def test_nothing_that_is_embedded_changes_anything(small_web):
    from gateway.db.work import reading
    from gateway.ledger.tables import entries

    def count():
        with reading(small_web.services.engine) as connection:
            return len(connection.execute(entries.select()).all())

    before = count()
    for path in ("/f/demo", "/forms/demo.json", "/forms/demo.js", "/forms/form.css"):
        for method in ("GET", "HEAD"):
            small_web.client.open(path, method=method).close()
    assert (count(), small_web.leads(), small_web.woken) == (before, [], [])
