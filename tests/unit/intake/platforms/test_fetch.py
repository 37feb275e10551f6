"""The way out: only to the open internet, to the address that was checked, over TLS, small answers, no redirects."""

import socket
import ssl
import time
from dataclasses import replace

import pytest
from tls_server import tls_server

from gateway.intake.platforms import fetch as way_out
from gateway.intake.platforms.fetch import GRAPH, FetchError, Server, fetch, is_public

INSIDE = [
    "127.0.0.1", "127.0.0.2", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::1",
]  # fmt: skip


@pytest.fixture
def served(tmp_path):
    with tls_server(tmp_path) as answers:
        yield answers, Server("localhost", answers.port, answers.context, lambda address: address == "127.0.0.1")


@pytest.fixture
def only_v4(monkeypatch):
    """What localhost is on every machine."""

    def local(_, port, *__, **___):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(way_out.socket, "getaddrinfo", local)


def resolving(monkeypatch, *addresses):
    told = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(way_out.socket, "getaddrinfo", lambda *_, **__: told)


def never(*_, **__):
    raise AssertionError("somebody connected")


@pytest.mark.parametrize("address", INSIDE)
def test_nothing_inside_is_public(address, monkeypatch):
    assert not is_public(address)
    resolving(monkeypatch, address)
    monkeypatch.setattr(way_out.socket, "create_connection", never)
    with pytest.raises(FetchError, match="does not lie in the open internet"):
        fetch(GRAPH, "/1", {})


@pytest.mark.parametrize("address", ["157.240.1.1", "8.8.8.8", "2a03:2880:f12f:83::25de", "::ffff:8.8.8.8"])
def test_the_internet_is_public(address):
    assert is_public(address)


def test_one_bad_address_among_good_ones_is_enough(monkeypatch):
    resolving(monkeypatch, "157.240.1.1", "127.0.0.1")
    monkeypatch.setattr(way_out.socket, "create_connection", never)
    with pytest.raises(FetchError, match="open internet"):
        fetch(GRAPH, "/1", {})


def test_a_second_answer_of_dns_leads_nowhere(monkeypatch):
    """The connection goes to the address that was checked: the name is asked once."""
    asked, went = [], []

    def resolve(*_, **__):
        asked.append(1)
        address = "157.240.1.1" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443))]

    def connect(address, **_):
        went.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(way_out.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(way_out.socket, "create_connection", connect)
    with pytest.raises(FetchError, match="ConnectionRefusedError"):
        fetch(GRAPH, "/1", {})
    assert (went, asked) == ([("157.240.1.1", 443)], [1])


def test_the_object_that_is_answered(served, only_v4):
    answers, server = served
    answers.body = b'{"id": "7"}'
    assert fetch(server, "/7?fields=id", {"Authorization": "Bearer t"}) == {"id": "7"}
    [(path, headers)] = answers.asked
    assert path == "/7?fields=id"
    assert (headers["Authorization"], headers["Host"]) == ("Bearer t", f"localhost:{answers.port}")


def test_a_redirect_is_not_followed(served, only_v4):
    answers, server = served
    answers.status, answers.headers = 302, {"Location": f"https://localhost:{answers.port}/inside"}
    with pytest.raises(FetchError, match="answered 302"):
        fetch(server, "/7", {})
    assert len(answers.asked) == 1


@pytest.mark.parametrize(
    ("status", "body", "says"),
    [
        (400, b'{"error": {"code": 190, "message": "of ann@example.com"}}', r"answered 400 \(code 190\)$"),
        (500, b"<html>", "answered 500$"),
        (200, b"[]", "not a JSON object"),
        (200, b"{", "not JSON"),
        (200, b'{"a": "' + b"x" * way_out.LARGEST_ANSWER + b'"}', "more than"),
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


def test_who_cannot_show_the_hosts_certificate_is_not_asked(tmp_path, only_v4):
    with tls_server(tmp_path, name="elsewhere.example.com") as answers:
        server = Server("localhost", answers.port, answers.context, lambda _: True)
        with pytest.raises(FetchError, match="SSLCertVerificationError"):
            fetch(server, "/7", {})
        with pytest.raises(FetchError, match="SSLCertVerificationError"):
            fetch(replace(server, context=ssl.create_default_context), "/7", {})
        assert answers.asked == []


def test_a_server_that_never_ends_is_cut_off(only_v4, monkeypatch, tmp_path):
    with tls_server(tmp_path) as answers:
        answers.headers = {"Content-Length": "1000000"}  # the first of two lengths counts
        answers.holds_seconds = 3
        monkeypatch.setattr(way_out, "TOTAL_SECONDS", 0.3)
        began = time.monotonic()
        with pytest.raises(FetchError, match="took longer than"):
            fetch(Server("localhost", answers.port, answers.context, lambda _: True), "/7", {})
        assert time.monotonic() - began < 2


def test_no_environment_leads_the_way(served, only_v4, monkeypatch):
    answers, server = served
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert fetch(server, "/7", {}) == {}
    assert len(answers.asked) == 1
