"""What a platform hands out: a small JSON object, or a line that names nobody."""

import pytest
from tls_server import tls_server

from gateway import outgoing
from gateway.intake.platforms.fetch import GRAPH, LARGEST_ANSWER, FetchError, fetch
from gateway.outgoing import Server


@pytest.fixture
def served(tmp_path):
    with tls_server(tmp_path) as answers:
        yield answers, Server("localhost", answers.port, answers.context, lambda address: address == "127.0.0.1")


@pytest.fixture
def only_v4(monkeypatch):
    """What localhost is on every machine."""
    monkeypatch.setattr(
        outgoing.socket, "getaddrinfo", lambda _, port, *__, **___: [(2, 1, 6, "", ("127.0.0.1", port))]
    )


def test_who_cannot_be_reached_is_said(monkeypatch):
    monkeypatch.setattr(outgoing.socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.1", 443))])
    with pytest.raises(FetchError, match=r"graph.facebook.com does not lie in the open internet"):
        fetch(GRAPH, "/1", {})


def test_a_redirect_is_no_answer(served, only_v4):
    answers, server = served
    answers.status, answers.headers = 302, {"Location": f"https://localhost:{answers.port}/inside"}
    with pytest.raises(FetchError, match="answered 302"):
        fetch(server, "/7", {})
    assert len(answers.asked) == 1


def test_the_object_that_is_answered(served, only_v4):
    answers, server = served
    answers.body = b'{"id": "7"}'
    assert fetch(server, "/7?fields=id", {"Authorization": "Bearer t"}) == {"id": "7"}
    [(path, headers)] = answers.asked
    assert path == "/7?fields=id"
    assert (headers["Authorization"], headers["Host"]) == ("Bearer t", f"localhost:{answers.port}")


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"error": {"code": 190, "message": "of ann@example.com"}}', r"answered 400 \(code 190\)$"),
        (500, b"<html>", "answered 500$"),
        (200, b"[]", "not a JSON object"),
        (200, b"{", "not JSON"),
        (200, b'{"a": "' + b"x" * LARGEST_ANSWER + b'"}', "more than"),
        (200, b"\xff", "not JSON"),
    ],
)
def test_what_is_no_small_object_is_said_in_a_line_without_people(served, only_v4, status, body, says):
    answers, server = served
    answers.status, answers.body = status, body
    with pytest.raises(FetchError, match=says) as error:
        fetch(server, "/7", {"Authorization": "Bearer secret"})
    assert "ann@" not in str(error.value)
    assert "secret" not in str(error.value)
