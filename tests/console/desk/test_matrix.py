"""The authorisation matrix: every route of the desk, and who may open it. A route without a line here fails."""

import re

import pytest
from desk import OURS, everybody, golden

from gateway.access.people import ROLES
from gateway.intake.http import EVERYONE

RANK = {role: place for place, role in enumerate(ROLES)}

SHOWN_TO_STRANGERS = {("GET", "/desk/sign-in"), ("POST", "/desk/sign-in/passkey/options")}


def served(web):
    return {
        (method, rule.rule, web.app.view_functions[rule.endpoint].open_to)
        for rule in web.app.url_map.iter_rules() if rule.rule.startswith("/desk")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }  # fmt: skip


def path_of(rule):
    """The rule with a value in each of its gaps; nothing needs to be there for the door to be asked."""
    return re.sub(r"<(?:[a-z_]+:)?[a-z_]+>", "1", re.sub(r"<(list|lead)_id:[a-z_]+>", r"\1_1", rule))


def test_every_route_of_the_desk_stands_in_the_matrix(site):
    assert sorted(served(site)) == sorted(golden())


@pytest.mark.parametrize(("method", "rule", "who"), golden())
def test_only_those_come_in_whom_the_matrix_names(site, method, rule, who):
    path, key = path_of(rule), site.key("lists", "leads", "people", "sources", "suppressions", "decisions", "feedback")
    if who == EVERYONE:
        for headers in ({}, key):  # the door opens itself to everybody, and nothing behind it
            status = site.client.open(path, method=method, headers={**OURS, **headers}).status_code
            assert (200 <= status < 300) == ((method, rule) in SHOWN_TO_STRANGERS), (path, status)
            assert status < 500
        return
    least = who.removeprefix("role:")
    for headers in ({}, key):  # nobody, and a key, which opens no page
        answer = site.client.open(path, method=method, headers={**OURS, **headers})
        assert answer.status_code in {303, 401}, (path, answer.status_code)
        assert answer.status_code == 401 or answer.headers["Location"].startswith("/desk/sign-in")
    for role, someone in everybody(site).items():
        answer = someone.client.open(path, method=method, headers=OURS)
        assert (answer.status_code == 403) == (RANK[role] < RANK[least]), (path, role, answer.status_code)
        assert answer.status_code < 500
        answer.close()


@pytest.mark.parametrize(("method", "rule", "who"), [one for one in golden() if one[0] != "GET"])
def test_a_post_of_another_site_is_refused(site, method, rule, who):
    someone = everybody(site)["administrator"]
    for foreign in (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example.net"},
        {"Origin": "null"}, {},
    ):  # fmt: skip
        assert someone.client.open(path_of(rule), method=method, headers=foreign).status_code == 403, (rule, foreign)


def test_a_session_of_the_desk_opens_no_route_of_the_api(site):
    """Keys open the API and sessions the desk: a page that tricks a browser gets nothing out of /v1."""
    boss = everybody(site)["administrator"]
    values = {"list_id": 1, "lead_id": 1, "number": 1, "prospect": 1, "hash": "0" * 64}
    to, tried = site.app.url_map.bind("localhost"), 0
    for rule in site.app.url_map.iter_rules():
        if rule.rule.startswith("/desk") or site.app.view_functions[rule.endpoint].open_to == EVERYONE:
            continue
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            given = {name: values.get(name, "demo") for name in rule.arguments}
            answer = boss.client.open(to.build(rule.endpoint, given, method), method=method, headers=OURS)
            assert answer.status_code == 401, (method, rule.rule, answer.status_code)
            answer.close()
            tried += 1
    assert tried > 20


def test_a_key_of_any_scope_opens_no_page(site):
    for scope in ("lists", "leads", "people", "sources", "suppressions", "decisions", "feedback"):
        for path in ("/desk", "/desk/account", "/desk/people", "/desk/keys"):
            assert site.client.get(path, headers=site.key(scope)).status_code == 303
