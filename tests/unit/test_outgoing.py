"""The way out: only to the open internet, to the address that was checked, over TLS, small answers, no redirects."""

import socket
import ssl
import time
from dataclasses import replace

import pytest
from tls_server import tls_server

from gateway import outgoing as way_out
from gateway.outgoing import Answer, Server, UnreachableError, get, is_public

ELSEWHERE = Server("elsewhere.example.com")

INSIDE = [
    "127.0.0.1", "127.0.0.2", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "::7f00:1",
    "::ffff:0:7f00:1", "fec0::1", "5f00::1", "2002:7f00:1::", "2002:a00:1::1",
]  # fmt: skip
SMALL = {"most_bytes": 100, "seconds": 5.0}


def trusting(answers):
    return Server("localhost", answers.port, answers.context, lambda _: True)


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
    with pytest.raises(UnreachableError, match="does not lie in the open internet"):
        get(ELSEWHERE, "/1", **SMALL)


@pytest.mark.parametrize("address", ["157.240.1.1", "8.8.8.8", "2a03:2880:f12f:83::25de", "::ffff:8.8.8.8"])
def test_the_internet_is_public(address):
    assert is_public(address)


def test_one_bad_address_among_good_ones_is_enough(monkeypatch):
    resolving(monkeypatch, "157.240.1.1", "127.0.0.1")
    monkeypatch.setattr(way_out.socket, "create_connection", never)
    with pytest.raises(UnreachableError, match="open internet"):
        get(ELSEWHERE, "/1", **SMALL)


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
    with pytest.raises(UnreachableError, match="ConnectionRefusedError"):
        get(ELSEWHERE, "/1", **SMALL)
    assert (went, asked) == ([("157.240.1.1", 443)], [1])


def test_path_and_headers_go_out_as_they_are(served, only_v4):
    answers, server = served
    assert get(server, "/7?fields=id", {"Authorization": "Bearer t"}, **SMALL) == Answer(200, b"{}")
    [(path, headers)] = answers.asked
    assert path == "/7?fields=id"
    assert (headers["Authorization"], headers["Host"]) == ("Bearer t", f"localhost:{answers.port}")


def test_a_redirect_is_not_followed(served, only_v4):
    answers, server = served
    answers.status, answers.headers = 302, {"Location": f"https://localhost:{answers.port}/inside"}
    assert get(server, "/7", **SMALL).status == 302
    assert len(answers.asked) == 1


@pytest.mark.parametrize("status", [200, 201, 204, 400, 403, 500, 503])
def test_any_answer_that_comes_whole_is_given_back(served, only_v4, status):
    answers, server = served
    answers.status, answers.body = status, b"" if status == 204 else b"x" * 100
    assert get(server, "/7", **SMALL) == Answer(status, answers.body)


def test_nothing_larger_than_was_asked_for_is_taken(served, only_v4):
    answers, server = served
    answers.body = b"x" * 101
    with pytest.raises(UnreachableError, match="more than 100 bytes"):
        get(server, "/7", **SMALL)


def test_who_cannot_show_the_hosts_certificate_is_not_asked(tmp_path, only_v4):
    with tls_server(tmp_path, name="elsewhere.example.com") as answers:
        server = trusting(answers)
        with pytest.raises(UnreachableError, match="SSLCertVerificationError"):
            get(server, "/7", **SMALL)
        with pytest.raises(UnreachableError, match="SSLCertVerificationError"):
            get(replace(server, context=ssl.create_default_context), "/7", **SMALL)
        assert answers.asked == []


@pytest.mark.parametrize("length", [{"Content-Length": "50"}, {}])
def test_a_server_that_never_ends_is_cut_off(only_v4, tmp_path, length):
    """Also where it named no length, so that its end is all that says that the answer is whole."""
    with tls_server(tmp_path) as answers:
        answers.names_length, answers.headers = False, length
        answers.holds_seconds = 3
        began = time.monotonic()
        with pytest.raises(UnreachableError, match=r"took longer than 0\.3 seconds"):
            get(trusting(answers), "/7", most_bytes=100, seconds=0.3)
        assert time.monotonic() - began < 2


def test_a_server_that_never_begins_is_cut_off(only_v4):
    """It takes the connection and says nothing, not even in TLS."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        server = Server("localhost", silent.getsockname()[1], is_good=lambda _: True)
        with pytest.raises(UnreachableError, match=r"took longer|TimeoutError"):
            get(server, "/7", most_bytes=100, seconds=0.3)


def test_half_an_answer_is_none(only_v4, tmp_path):
    with tls_server(tmp_path) as answers:
        answers.names_length, answers.headers = False, {"Content-Length": "50"}
        with pytest.raises(UnreachableError, match="ended before its answer did"):
            get(trusting(answers), "/7", **SMALL)


def test_no_environment_leads_the_way(served, only_v4, monkeypatch):
    answers, server = served
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert get(server, "/7", **SMALL).status == 200
    assert len(answers.asked) == 1


def test_a_name_that_nobody_can_look_up_is_said_in_words(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UnreachableError, match=r"^elsewhere\.example\.com: its name could not be looked up$"):
        get(ELSEWHERE, "/", **SMALL)
