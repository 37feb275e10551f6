"""Mistakes are answered as RFC 9457 under /v1 and as pages elsewhere; our own failures show nothing."""

import logging

import pytest

API = "application/problem+json"


def test_an_address_that_is_not_there_is_a_problem_document(small_web):
    response = small_web.client.get("/v1/nothing")
    assert (response.status_code, response.content_type) == (404, API)
    assert response.json["status"] == 404
    assert response.json["problems"][0]["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["/nothing", "/static/nothing.css", "/static/../app.py", "/static/%2e%2e/app.py", "/v1"]
)
def test_a_page_that_is_not_there_is_a_page(small_web, path):
    response = small_web.client.get(path)
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "There is no page" in response.text


@pytest.mark.parametrize(
    ("method", "path", "good"),
    [("GET", "/v1/signups", {"POST"}), ("DELETE", "/v1/signups", {"POST"}), ("PATCH", "/v1/lists", {"GET", "POST"}),
     ("POST", "/v1/lists/list_1/file", {"PUT"}), ("POST", "/", {"GET"}), ("TRACE", "/v1/lists", {"GET", "POST"})],
)  # fmt: skip
def test_a_wrong_method_names_the_right_ones(small_web, method, path, good):
    response = small_web.client.open(path, method=method)
    assert response.status_code == 405
    assert good <= set(response.headers["Allow"].split(", "))
    assert response.mimetype == (API if path.startswith("/v1") else "text/html")


@pytest.mark.parametrize(
    "path",
    ["/v1/lists/7", "/v1/lists/list_0", "/v1/lists/list_-1", "/v1/lists/list_1e9", "/v1/leads/list_1",
     "/v1/lists/list_" + "9" * 19, "/v1/lists/list_1%00", "/v1/lists/list_1'"],
)  # fmt: skip
def test_an_id_of_another_kind_is_not_found(small_web, path):
    response = small_web.client.get(path, headers=small_web.key("lists", "leads"))
    assert (response.status_code, response.content_type) == (404, API)


def test_our_own_failure_shows_nothing_of_itself(small_web, monkeypatch, caplog):
    from gateway.console import http

    def fail(*args, **kwargs):
        raise OSError("the password is hunter2")

    monkeypatch.setattr(http, "find_source", fail)
    with caplog.at_level(logging.ERROR):
        response = small_web.client.get("/")
    assert response.status_code == 500
    assert "hunter2" not in response.text
    assert "Traceback" not in response.text
    assert "hunter2" in caplog.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_our_own_failure_of_the_api_is_a_problem_document(small_web, monkeypatch):
    from gateway.intake import together

    def fail(*args, **kwargs):
        raise OSError("hunter2")

    monkeypatch.setattr(together, "process", fail)
    body = {"email": "ana@example.com", "source": "demo", "consent": {"ticked": True}}
    response = small_web.client.post("/v1/signups", json=body)
    assert (response.status_code, response.content_type) == (500, API)
    assert "hunter2" not in response.text


def test_reading_changes_nothing(small_web):
    """GET and HEAD of every address there is, with every key: not a byte of any table differs."""
    from sqlalchemy import text

    key = small_web.key("lists", "leads", "decisions", "suppressions", "sources", "vendors")
    small_web.client.post(
        "/v1/signups", json={"email": "ana@example.com", "source": "demo", "consent": {"ticked": True}}
    )

    def everything():
        from gateway.db.base import metadata

        with small_web.services.engine.connect() as connection:
            return {t: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{t}"')))) for t in metadata.tables}

    before = everything()
    for rule in small_web.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith("/desk"):  # tests/console/desk opens those
            values = {
                "list_id": 1, "lead_id": 1, "delivery": 1, "number": 1, "key": "demo", "name": "gateway.css",
                "source": "demo", "token": "x" * 43, "hash": "0a" * 16, "platform": "meta", "rest": "x",
                "section": "worth", "prospect": 1,
            }  # fmt: skip
            path = rule.build({name: values[name] for name in rule.arguments})[1]
            for method in ("GET", "HEAD"):
                response = small_web.client.open(path, method=method, headers=key)
                response.get_data()
                response.close()
                assert response.status_code < 500 or rule.rule == "/readyz"
    assert everything() == before
