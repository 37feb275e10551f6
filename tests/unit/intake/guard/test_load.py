"""Load is shed: what cannot be answered soon is told at once to come again, and the process still says it lives."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest
from web import make_web, served

from gateway.intake.guard import load
from gateway.intake.guard.load import RememberedOrigins, Shed

SITE = "https://www.example.com"


def ask(app, path="/v1/signups", **more):
    told = []
    environ = {"PATH_INFO": path, "REQUEST_METHOD": "POST", **more}
    body = b"".join(app(environ, lambda status, headers: told.append((status, dict(headers)))))
    return (*told[0], body)


def answer(environ, start_response):
    start_response("200 OK", [])
    return [b"fine"]


def test_requests_are_answered_until_too_many_wait():
    app = Shed(answer, most=3)
    assert ask(app)[0] == "200 OK"
    app.waiting = lambda: 3
    assert ask(app)[0] == "200 OK"
    app.waiting = lambda: 4
    status, headers, body = ask(app)
    assert (status[:3], headers["Retry-After"], headers["Content-Type"]) == ("503", "2", "application/problem+json")
    assert b'"status": 503' in body
    assert ask(app, "/healthz")[0] == "200 OK"


def test_where_too_many_wait_a_few_are_carried_all_the_while():
    """However fast those who were turned away come again, somebody is carried."""
    go, begun = Event(), []

    def slow(environ, start_response):
        begun.append(environ)
        go.wait(10)
        return answer(environ, start_response)

    app = Shed(slow, most=3, threads=8)
    app.waiting = lambda: 4
    with ThreadPoolExecutor(5) as pool:
        carried = [pool.submit(ask, app) for _ in range(4)]
        while len(begun) < 4:
            Event().wait(0.01)
        assert ask(app)[0][:3] == "503"
        lives = pool.submit(ask, app, "/healthz")
        go.set()
        assert {one.result()[0] for one in [*carried, lives]} == {"200 OK"}
    assert ask(app)[0] == "200 OK", "their places are free again"


def test_a_flood_is_turned_away_and_those_before_it_are_answered():
    go = Event()

    def slow(environ, start_response):
        go.wait(60)
        return answer(environ, start_response)

    app = Shed(slow, most=5)
    with served(app, threads=1) as port:

        def get(_):
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
                connection.request("GET", "/")
                return connection.getresponse().status

        with ThreadPoolExecutor(20) as pool:
            asked = [pool.submit(get, n) for n in range(20)]
            while app.waiting() < 19 and not any(one.done() for one in asked):
                Event().wait(0.01)
            go.set()
            answers = [one.result() for one in asked]
    assert set(answers) == {200, 503}
    assert answers.count(200) >= 5


@pytest.fixture
def full():
    """A gateway with more to do than it can, with forms on one site."""
    app = Shed(answer, most=3, origins=lambda: frozenset({SITE}))
    app.waiting = lambda: 4
    return app


def test_a_form_s_own_site_may_read_that_it_is_to_come_again(full):
    _, headers, _ = ask(full, HTTP_ORIGIN=SITE)
    assert headers["Access-Control-Allow-Origin"] == SITE
    assert headers["Access-Control-Expose-Headers"] == "Retry-After"
    assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("origin", ["https://evil.example.net", "null", "*", "", SITE + "/", SITE.upper()])
def test_other_sites_may_not(full, origin):
    for method in ("POST", "OPTIONS"):
        status, headers, _ = ask(full, REQUEST_METHOD=method, HTTP_ORIGIN=origin)
        assert status.startswith("503")
        assert not [name for name in headers if name.startswith("Access-Control")]
        assert "Origin" in headers["Vary"]


def test_a_browser_that_asks_beforehand_may_ask_what_it_wants_to_ask(full):
    status, headers, body = ask(full, REQUEST_METHOD="OPTIONS", HTTP_ORIGIN=SITE)
    assert (status, body) == ("204 No Content", b"")
    assert (headers["Access-Control-Allow-Origin"], headers["Access-Control-Allow-Methods"]) == (SITE, "POST")


def test_a_person_without_a_script_is_told_in_words(full):
    status, headers, body = ask(full, HTTP_ACCEPT="text/html,application/xhtml+xml,*/*;q=0.8")
    assert (status[:3], headers["Retry-After"], headers["Content-Type"]) == ("503", "2", "text/html; charset=utf-8")
    assert b"Nothing was taken" in body
    assert int(headers["Content-Length"]) == len(body)


def test_the_origins_are_asked_for_now_and_then_and_kept_while_the_database_is_away(engine, clock, tmp_path):
    web = make_web(engine, clock, tmp_path)
    origins = RememberedOrigins(web.services)
    assert origins() == {SITE}
    web.source("more", origins=("https://shop.example.com",))
    assert origins() == {SITE}, "half a minute is not over"
    origins._until = 0
    assert origins() == {SITE, "https://shop.example.com"}


def test_who_is_turned_away_is_answered_even_if_the_database_is_not_there(monkeypatch):
    def away(_):
        raise OSError("the database went away")

    monkeypatch.setattr(load, "reading", away)
    assert RememberedOrigins(type("Services", (), {"engine": None}))() == frozenset()
