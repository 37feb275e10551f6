"""Leaving by link and by page: one click acts, looking never does, and nothing is learned of anybody."""

import json
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from builders import FORM, key, list_batch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from web import app_of

from gateway.config import Settings
from gateway.db.base import metadata
from gateway.intake.http_leave import MOST
from gateway.intake.leave_words import WORDS
from gateway.lifecycle.store import export
from gateway.pipeline import process
from gateway.suppression.book import find

ANN = "ann@example.com"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
SCANNERS = [
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0)", "Barracuda Sentinel (EE)", "python-requests/2",
    "Mozilla/5.0 (compatible; Google-Safety; +http://www.google.com/bot.html)", "Slackbot-LinkExpanding 1.0",
]  # fmt: skip
LANGUAGES = list(WORDS)


def at(web, url):
    web.services = replace(web.services, settings=replace(web.services.settings, public_url=url))
    web.app = app_of(web.services)
    return web


def sign_up(web, address=ANN, source="demo"):
    consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}
    web.client.post("/v1/signups", json={"email": address, "source": source, "consent": consent})


def handed_out(web):
    answer = web.client.get("/v1/prospects", headers=web.key("leads"))
    return [json.loads(line) for line in answer.text.splitlines()]


def links(web):
    """The path of each prospect's link, by address."""
    return {one["address"]: one["unsubscribe_url"].removeprefix("https://leads.example.com") for one in handed_out(web)}


def reachable(web):
    with web.services.engine.connect() as connection:
        return {one["address"] for one in export(connection)}


def orders(web, address=ANN):
    with web.services.engine.connect() as connection:
        return [(o.cause, o.scope) for o in find(connection, [key(address)]).get(key(address), [])]


def everything(web):
    """All rows of all tables."""
    with web.services.engine.connect() as connection:
        return {t.name: sorted(map(repr, connection.execute(select(t)))) for t in metadata.sorted_tables}


@pytest.fixture
def there(web):
    """A gateway that people reach by https, with one prospect."""
    at(web, "https://leads.example.com")
    sign_up(web)
    return web


def test_every_prospect_comes_with_its_link_and_the_values_of_the_mail_headers(there):
    (one,) = handed_out(there)
    assert re.fullmatch(r"https://leads\.example\.com/u/[\w-]{52}", one["unsubscribe_url"])
    assert one["list_unsubscribe"] == f"<{one['unsubscribe_url']}>"
    assert one["list_unsubscribe_post"] == "List-Unsubscribe=One-Click"
    table = there.client.get("/v1/prospects?format=csv", headers=there.key("leads")).text
    assert one["unsubscribe_url"] in table


@pytest.mark.parametrize(("url", "linked"), [("http://localhost:8000", True), ("", False)])
def test_without_https_there_are_no_headers_and_without_an_address_of_ours_no_link(web, url, linked):
    at(web, url)
    sign_up(web)
    (one,) = handed_out(web)
    assert (one["unsubscribe_url"] is not None) == linked
    assert (one["list_unsubscribe"], one["list_unsubscribe_post"]) == (None, None)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_acts_at_once_and_as_often_as_it_comes(there, kind):
    path = links(there)[ANN]
    for _ in range(3):
        answer = there.client.post(path, data=ONE_CLICK, content_type=kind)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Location" not in answer.headers
    assert reachable(there) == set()
    assert set(orders(there)) == {("opt_out", "all")}
    assert there.services.ledger.verify(there.services.engine).ok


def test_one_click_acts_when_its_type_is_not_said(there):
    path = links(there)[ANN]
    assert there.client.post(path, data=b"List-Unsubscribe=One-Click\r\n", content_type="text/plain").status_code == 200
    assert reachable(there) == set()


@pytest.mark.parametrize(
    "body",
    [b"list-unsubscribe=one-click", b"List-Unsubscribe=One-Click-Unsubscribe", b"List-Unsubscribe=One-Click&x=1"],
)
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", ""])
def test_one_click_acts_however_its_word_is_written(there, body, kind):
    assert there.client.post(links(there)[ANN], data=body, content_type=kind).status_code == 200
    assert reachable(there) == set()


@pytest.mark.parametrize("body", [b"", b"One-Click", b"x=List-Unsubscribe=One-Click", b"choice=list-unsubscribe"])
def test_what_does_not_say_it_changes_nothing(there, body):
    answer = there.client.post(links(there)[ANN], data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422
    assert reachable(there) != set()


def test_one_click_ends_clicks_of_other_sites_too(there):
    """There is no cookie to protect: the link alone is the right to act (RFC 8058)."""
    headers = {"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"}
    assert there.client.post(links(there)[ANN], data=ONE_CLICK, headers=headers).status_code == 200
    assert reachable(there) == set()


def test_after_one_click_a_vendor_s_list_is_rejected_with_the_date_of_the_opt_out(there, clock):
    there.client.post(links(there)[ANN], data=ONE_CLICK)
    clock.move(days=30)
    settled = process(list_batch([{"email": "Ann+offers@Example.com"}], clock.now()), there.services)
    assert settled.outcomes == ["rejection"]
    told = there.client.get(f"/v1/leads/lead_{settled.lead_ids[0]}/decision", headers=there.key("leads")).json
    assert any("received on 21 November 2026 (opt out)" in sentence for sentence in told["sentences"])
    assert any("received on 21 November 2026" in finding["message"] for finding in told["findings"])


def test_who_has_an_apostrophe_in_the_address_leaves_and_nobody_else_does(there):
    for one in ("o'dea@example.com", "dea@example.com"):
        sign_up(there, one)
    assert there.client.post("/leave", data={"email": "o'dea@example.com"}).status_code == 200
    assert reachable(there) == {ANN, "dea@example.com"}


@pytest.mark.parametrize("agent", SCANNERS)
def test_whoever_only_looks_changes_nothing(there, agent):
    path, before = links(there)[ANN], everything(there)
    for _ in range(20):
        for headers in ({}, {"Purpose": "prefetch", "Sec-Purpose": "prefetch"}):
            assert there.client.get(path, headers={"User-Agent": agent, **headers}).status_code == 200
            assert there.client.head(path, headers={"User-Agent": agent, **headers}).status_code == 200
            assert there.client.get("/leave", headers={"User-Agent": agent}).status_code == 200
            assert there.client.options(path).status_code == 200
    assert everything(there) == before


@pytest.mark.parametrize("posted", [{}, {"choice": "everybody"}, {"choice": "brand"}, {"List-Unsubscribe": "no"}])
def test_a_post_that_says_nothing_changes_nothing_and_asks_again(there, posted):
    path, before = links(there)[ANN], everything(there)
    answer = there.client.post(path, data=posted)
    assert (answer.status_code, 'value="all"' in answer.text) == (422, True)
    assert everything(there) == before


def test_the_page_shows_the_masked_address_and_what_can_be_left(there):
    there.source("harbor", statement=replace(FORM, brand="Harbor & <Sons>"), title="The <b>harbor</b> form")
    sign_up(there, "bob@example.org", "harbor")
    page = there.client.get(links(there)["bob@example.org"]).text
    assert "b•••@example.org" in page
    assert "bob@" not in page
    assert "Harbor &amp; &lt;Sons&gt;" in page
    assert "The &lt;b&gt;harbor&lt;/b&gt; form" in page
    assert re.findall(r'name="choice" value="(\w+)"', page) == ["all", "brand", "source"]
    assert re.findall(r'name="choice" value="(\w+)"', there.client.get(links(there)[ANN]).text) == ["all", "source"]


def bought(web, address, brand=None):
    """The path of the link of somebody from a vendor's list."""
    batch = list_batch([{"email": address}], web.services.clock.now())
    batch.origin = replace(batch.origin, statement=replace(batch.origin.statement, brand=brand))
    process(batch, web.services)
    return links(web)[address]


@pytest.mark.parametrize(
    ("path_of", "offered"),
    [
        (lambda web: links(web)[ANN], ["all", "source"]),
        (lambda web: links(web)["bob@example.org"], ["all", "brand", "source"]),
        (lambda web: bought(web, "cy@example.net"), ["all"]),
        (lambda web: bought(web, "cy@example.net", "Harbor"), ["all", "brand"]),
    ],
    ids=["form", "form of a brand", "list", "list of a brand"],
)
def test_what_the_page_offers_is_taken_and_nothing_else(there, path_of, offered):
    there.source("harbor", statement=replace(FORM, brand="Harbor"))
    sign_up(there, "bob@example.org", "harbor")
    path = path_of(there)
    assert re.findall(r'name="choice" value="(\w+)"', there.client.get(path).text) == offered
    before = everything(there)
    for choice in {"all", "brand", "source", "email", "phone", "list"} - set(offered):
        assert there.client.post(path, data={"choice": choice}).status_code == 422
    assert everything(there) == before
    assert {there.client.post(path, data={"choice": choice}).status_code for choice in offered} == {200}


@pytest.mark.parametrize(("choice", "scope"), [("all", "all"), ("source", "source:demo")])
def test_a_button_acts(there, choice, scope):
    assert there.client.post(links(there)[ANN], data={"choice": choice}).status_code == 200
    assert (reachable(there), orders(there)) == (set(), [("opt_out", scope)])


def test_less_of_this_leaves_the_rest_and_never_takes_back_what_was_left(there, clock):
    there.source("harbor", statement=replace(FORM, brand="Harbor"))
    path = links(there)[ANN]
    there.client.post(path, data={"choice": "source"})
    clock.move(days=1)
    sign_up(there)
    assert reachable(there) == set(), "the same form"
    sign_up(there, source="harbor")
    assert reachable(there) == {ANN}, "another one"
    there.client.post(path, data=ONE_CLICK)
    clock.move(days=1)
    there.client.post(path, data={"choice": "source"})
    sign_up(there, source="harbor")
    assert reachable(there) == set()
    assert {("opt_out", "all"), ("opt_out", "source:demo")} <= set(orders(there))


def test_a_link_works_after_the_person_left_and_when_nothing_of_the_person_is_there(there):
    path = links(there)[ANN]
    there.client.post(path, data=ONE_CLICK)
    assert there.client.get(path).status_code == 200
    with there.services.engine.begin() as connection:
        for name in ("prospects", "holds", "leads"):
            connection.execute(metadata.tables[name].delete())
    page = there.client.get(path)
    assert (page.status_code, "•••" in page.text) == (200, False)
    assert there.client.post(path, data=ONE_CLICK).status_code == 200


def test_an_address_typed_on_the_page_leaves_at_once(there):
    assert there.client.post("/leave", data={"email": " ANN@example.com "}).status_code == 200
    assert (reachable(there), orders(there)) == (set(), [("opt_out", "all")])


def wire(answer):
    return answer.status, sorted(answer.headers), answer.data


def test_the_page_says_the_same_of_everybody(there):
    asked = len(there.routes.asked)
    there.client.post("/leave", data={"email": "left@example.com"})
    who = [
        ANN,
        "nobody@example.com",
        "left@example.com",
        "x@dead.example.net",
        "x@silent.example.net",
        "a_b@c.example.net",
    ]
    answers = [wire(there.client.post("/leave", data={"email": one})) for one in who for _ in range(2)]
    assert all(answer == answers[0] for answer in answers)
    assert len(there.routes.asked) == asked, "DNS was asked"


@pytest.mark.parametrize(
    "typed",
    ["ann@example.com ann@example.com", "<Ann@Example.com>; ann+news@example.com", "ann@exam\u200bple.com",
     "a\u00adnn@example.com", "My address is ann@example.com. Thanks!", "Ann (work) <ann@example.com>"],
)  # fmt: skip
def test_an_address_leaves_however_it_is_wrapped(there, typed):
    assert there.client.post("/leave", data={"email": typed}).status_code == 200
    assert reachable(there) == set()


@pytest.mark.parametrize(
    ("mine", "typed", "other"),
    [("a|b@example.com", "A|b@example.com", "b@example.com"), ("b'@example.com", "b'@example.com", "b@example.com"),
     ("o'brien@example.com", "O\u2019Brien@example.com", "brien@example.com")],
)  # fmt: skip
def test_signs_within_an_address_are_of_it_and_nobody_else_leaves(there, mine, typed, other):
    for one in (mine, other):
        sign_up(there, one)
    assert there.client.post("/leave", data={"email": typed}).status_code == 200
    assert reachable(there) == {ANN, other}


@pytest.mark.parametrize(
    "typed",
    ["ann@example,com", "ann@example. com", "ann@example..com", "ann@@example.com", "ann@example.com!", "a..b@c.d",
     "ann@localhost"],
)  # fmt: skip
def test_nobody_is_told_that_they_left_who_mistyped_their_address(there, typed):
    answer = there.client.post("/leave", data={"email": typed})
    assert (answer.status_code, WORDS["en"]["no_address"] in answer.text) == (422, True)
    assert WORDS["en"]["done_all"] not in answer.text
    assert reachable(there) == {ANN}


@pytest.mark.parametrize("typed", ["", "nobody", "a@example.com, b@example.com", "@", "\x00", "x" * 5000])
def test_what_is_no_one_address_is_asked_for_again(there, typed):
    before = everything(there)
    assert there.client.post("/leave", data={"email": typed}).status_code == 422
    assert everything(there) == before


def test_one_network_cannot_type_addresses_without_end(there, clock):
    def post(n, ip):
        return there.client.post("/leave", data={"email": f"p{n}@example.com"}, environ_base={"REMOTE_ADDR": ip})

    assert {post(n, f"203.0.113.{n}").status_code for n in range(MOST)} == {200}
    stopped = post(0, "203.0.113.200")
    assert stopped.status_code == 429
    assert post(0, "198.51.100.7").status_code == 200
    clock.move(seconds=int(stopped.headers["Retry-After"]))
    assert post(0, "203.0.113.1").status_code == 200


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pages_speak_the_person_s_language(there, lang):
    path = links(there)[ANN]
    for answer in (there.client.get(path, headers={"Accept-Language": f"{lang}-XX, {lang};q=0.9"}),
                   there.client.get("/leave", headers={"Accept-Language": lang})):  # fmt: skip
        assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in answer.text
        assert answer.headers["Content-Language"] == lang
    assert WORDS[lang]["all"] in there.client.get(path, headers={"Accept-Language": lang}).text
    assert WORDS[lang].keys() == WORDS["en"].keys()
    for name, words in WORDS[lang].items():
        assert re.findall(r"\{\w+\}", words) == re.findall(r"\{\w+\}", WORDS["en"][name])


def test_pages_work_without_scripts(there):
    page = there.client.get(links(there)[ANN]).text + there.client.get("/leave").text
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:", page)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(token=st.text(max_size=80), typed=st.text(max_size=300), kind=st.sampled_from(["get", "post"]))
def test_no_token_and_no_address_makes_a_fault(fired_at, token, typed, kind):
    web, _ = fired_at
    path = "/u/" + quote(token, safe="")
    answer = getattr(web.client, kind)(path, data={"email": typed})
    assert answer.status_code < 500
    if kind == "post":
        assert web.client.post("/leave", data={"email": typed}).status_code < 500


@pytest.mark.parametrize(
    ("public", "own", "page"),
    [("https://leads.example.com/", "", "https://leads.example.com/leave"), ("http://leads.example.com", "", ""),
     ("", "", ""), ("https://leads.example.com", "https://example.com/stop", "https://example.com/stop")],
)  # fmt: skip
def test_our_own_page_is_the_opt_out_page_where_people_reach_it_safely(public, own, page):
    assert Settings(public_url=public, sender_opt_out_url=own).opt_out_url == page
