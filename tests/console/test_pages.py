"""The pages for people: what stands on them, and the walls around them."""

import re
from dataclasses import replace

import pytest
from web import make_web

from gateway.app import create_app
from gateway.mailroutes.recorded import DEMO_DOMAINS

PAGES = ["/", "/docs", "/thanks", "/leave", "/u/nothing", "/confirm/unknown", "/nothing"]
ALL = [*PAGES, "/healthz", "/openapi.json", "/static/gateway.css", "/v1/nothing", "/v1/lists"]


@pytest.mark.parametrize("path", ALL)
def test_every_answer_stands_behind_the_same_walls(site, path):
    response = site.client.get(path)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]
    assert "Server" not in response.headers or "gateway" not in response.headers["Server"]
    response.close()


@pytest.mark.parametrize("path", [path for path in ALL if not path.startswith("/static")])
def test_nothing_is_remembered_by_browsers_and_proxies(site, path):
    assert site.client.get(path).headers["Cache-Control"] == "no-store"


def test_styles_are_asked_for_again_and_not_sent_again(site):
    first = site.client.get("/static/gateway.css")
    again = site.client.get("/static/gateway.css", headers={"If-None-Match": first.headers["ETag"]})
    assert (first.headers["Cache-Control"], again.status_code) == ("no-cache", 304)
    first.close()
    again.close()


def test_where_the_public_address_is_https_browsers_are_told_to_stay_there(site):
    assert "Strict-Transport-Security" not in site.client.get("/").headers
    services = replace(site.services, settings=replace(site.services.settings, public_url="https://leads.example.com"))
    assert "max-age" in create_app(services).test_client().get("/").headers["Strict-Transport-Security"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_no_script_no_inline_style_and_nothing_foreign(site, path):
    page = site.client.get(path).text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page)
    assert re.findall(r'(?:src|href|action)="(?!/|#)[^"]*"', page) == []


def test_the_style_loads_nothing(site):
    with site.client.get("/static/gateway.css") as response:
        assert not re.search(r"url\(|@import", response.text)


def test_no_template_trusts_what_it_is_given(site):
    for name in site.app.jinja_env.list_templates():
        source = site.app.jinja_env.loader.get_source(site.app.jinja_env, name)[0]
        assert not re.search(r"\|\s*safe|autoescape false|Markup", source), name


# --- the home page


def test_the_home_page_explains_and_has_the_form(site):
    page = site.client.get("/").text
    for words in ("Prospect", "Hold", "Rejection", "Screening", "Policy", "Ledger"):
        assert words in page
    assert '<form class="gw-form" action="/v1/signups" method="post"' in page
    assert "Yes, write to me." in page
    assert 'name="consent_ticked" value="yes">' in page, "the box is never ticked beforehand"


def test_without_a_demo_form_there_is_none(databases, clock, tmp_path):
    from sqlalchemy import update

    from gateway.db.engine import open_engine
    from gateway.intake.tables import sources

    url = databases.fresh("sqlite")
    engine = open_engine(url)
    web = make_web(engine, clock, tmp_path)
    with web.services.unit_of_work() as work:
        work.connection.execute(update(sources).values(published=False))
    assert "<form" not in web.client.get("/").text
    engine.dispose()
    databases.drop(url)


def test_the_demo_says_which_answers_are_recorded(site):
    assert "recorded" not in site.client.get("/").text
    demo = replace(site.services, settings=replace(site.services.settings, demo=True))
    client = create_app(demo).test_client()
    page = client.get("/").text
    assert "recorded" in page
    assert all(domain in page for domain, _ in DEMO_DOMAINS)
    assert "gateway explain" in client.get("/thanks").text
    assert "gateway explain" not in site.client.get("/thanks").text


# --- the API page


def test_the_api_page_shows_every_operation(site):
    page = site.client.get("/docs").text
    spec = site.client.get("/openapi.json").json
    for path, item in spec["paths"].items():
        assert path in page
        for method, operation in item.items():
            if method != "parameters":
                assert f'id="{operation["operationId"]}"' in page
    for field in spec["components"]["schemas"]["Signup"]["properties"]:
        assert f"<code>{field}</code>" in page
    assert "curl http://localhost/v1/signups" in page
    assert "--upload-file leads.csv" in page


def test_links_within_the_pages_lead_somewhere(site):
    for path in ("/", "/docs", "/thanks"):
        for link in re.findall(r'href="(/[^"]*|#[^"]*)"', site.client.get(path).text):
            page, _, place = link.partition("#")
            with site.client.get(page or path, follow_redirects=True) as response:
                assert response.status_code == 200, link
                assert not place or f'id="{place}"' in response.text, link


def test_a_strange_host_name_is_shown_and_never_run(site):
    page = site.client.get("/docs", headers={"Host": 'x"><script>alert(1)</script>'})
    assert "<script" not in page.text


# --- for machines


def test_the_process_says_that_it_is_up(site):
    assert site.client.get("/healthz").json == {"status": "up"}
