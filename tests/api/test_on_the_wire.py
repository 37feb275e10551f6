"""Raw bytes sent to the server that the gateway runs on: nothing malformed is a failure of ours, or stops others."""

import socket
from contextlib import ExitStack, suppress

import pytest
from web import served

BODY = b'{"email":"ana@example.com","source":"demo","consent":{"ticked":true}}'
HEAD = b"POST /v1/signups HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
def port(small_web):
    with served(small_web.app) as port:
        yield port


def talk(port, sent):
    """Everything the server answers; it may hang up on what it has seen enough of."""
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line, suppress(ConnectionError):
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        while block := line.recv(65536):
            got += block
    return got


def statuses(answer):
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.")]


def test_a_plain_request_is_taken(port):
    assert statuses(talk(port, HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)) == [202]


def test_a_body_in_chunks_is_taken(port):
    chunked = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    assert statuses(talk(port, HEAD + chunked)) == [202]


@pytest.mark.parametrize(
    "sent",
    [
        b"\0\1\2\3\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET http://[ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 300_000 + b"\r\n\r\n",
        HEAD + b"Content-Length: -1\r\n\r\n", HEAD + b"Content-Length: 1e3\r\n\r\n" + BODY,
        HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + BODY,
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY,
        HEAD + b"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\n" + BODY,
        HEAD + b"Content-Length : 5\r\n\r\n" + BODY,
        b"GET /%00%ff%c0%af HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /v1/lists HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\nConnection: close\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_malformed_is_the_callers_mistake_and_others_are_served(port, sent):
    found = statuses(talk(port, sent))
    assert all(status < 500 or status == 501 for status in found), found
    assert statuses(talk(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == [200]


def test_those_who_send_slowly_hold_up_nobody(port):
    with ExitStack() as open_lines:
        for _ in range(40):
            line = open_lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            line.sendall(HEAD + b"Content-Length: 500\r\n\r\n{")
        for _ in range(20):
            assert statuses(talk(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == [200]


def test_a_stranger_cannot_choose_the_network_address_on_record(small_web, port):
    forged = b"X-Forwarded-For: 198.51.100.7\r\nForwarded: for=198.51.100.7\r\nX-Real-IP: 198.51.100.7\r\n"
    talk(port, HEAD + forged + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)
    [lead] = small_web.leads()
    assert '"ip":"127.0.0.1"' in lead.as_arrived
