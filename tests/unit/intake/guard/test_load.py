"""Load is shed: what cannot be answered soon is told at once to come again, and the process still says it lives."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

from web import served

from gateway.intake.guard.load import Shed


def ask(app, path="/v1/signups"):
    told = []
    body = b"".join(app({"PATH_INFO": path}, lambda status, headers: told.append((status, dict(headers)))))
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


def test_a_flood_is_turned_away_and_those_before_it_are_answered():
    go = Event()

    def slow(environ, start_response):
        go.wait(10)
        return answer(environ, start_response)

    app = Shed(slow, most=5)
    with served(app, threads=1) as port:

        def get(_):
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                connection.request("GET", "/")
                return connection.getresponse().status

        with ThreadPoolExecutor(20) as pool:
            asked = [pool.submit(get, n) for n in range(20)]
            while app.waiting() < 19:
                Event().wait(0.01)
            go.set()
            answers = [one.result() for one in asked]
    assert set(answers) == {200, 503}
    assert answers.count(200) >= 5
