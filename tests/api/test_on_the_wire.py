"""Raw bytes sent to the server that the gateway runs on: nothing malformed is a failure of ours, or stops others."""

import gc
import socket
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest
from waitress import buffers, channel, wasyncore
from web import served

from gateway.cli.listening import Shares, bound, listen
from gateway.intake import http_signups, together
from gateway.intake.guard.bodies import MOST, BoundedParser
from gateway.intake.guard.onebyone import one_by_one
from gateway.intake.guard.pieces import InOnePiece

BODY = b'{"email":"ana@example.com","source":"demo","consent":{"ticked":true}}'
HEAD = b"POST /v1/signups HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.fixture
def port(small_web):
    with served(small_web.app, services=small_web.services) as port:
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


def test_a_signup_is_read_in_turn_and_carried_beside_others(small_web, monkeypatch):
    """Where it waits for the writer the next may be read: else they would never be carried together."""
    turns = []

    def note(before):
        def noting(*given, **more):
            turns.append(one_by_one.is_taken())
            return before(*given, **more)

        return noting

    monkeypatch.setattr(http_signups, "checked", note(http_signups.checked))
    monkeypatch.setattr(together, "process", note(together.process))
    with served(small_web.app, services=small_web.services) as port:
        assert statuses(talk(port, HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY)) == [202]
    assert turns == [True, False]
    assert not one_by_one.is_taken()


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


# --- a stranger's large body is not kept


@pytest.fixture
def kept(monkeypatch):
    """Blocks of bodies that the server kept."""
    kept, append = [], buffers.OverflowableBuffer.append
    monkeypatch.setattr(buffers.OverflowableBuffer, "append", lambda self, s: (kept.append(len(s)), append(self, s))[1])
    return kept


def sizes(total):
    whole = b"Content-Length: %d\r\n\r\n" % total + b"a" * total
    block = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    return [whole, b"Transfer-Encoding: chunked\r\n\r\n" + block * (total // 0x10000) + b"0\r\n\r\n"]


WHOLE, CHUNKS = 0, 1


@pytest.mark.parametrize("way", [WHOLE, CHUNKS])
@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /v1/signups HTTP/1.1\r\n", 413), (b"POST /leave HTTP/1.1\r\n", 413),
        (b"POST /nowhere HTTP/1.1\r\n", 404),
        (b"POST /v1/signups HTTP/1.1\r\nAuthorization: Bearer gk_1_" + b"a" * 43 + b"\r\n", 401),
        (b"PUT /v1/lists/list_1/file HTTP/1.1\r\n", 401),
    ],
)  # fmt: skip
def test_a_strangers_large_body_is_answered_and_not_kept(port, kept, way, head, status):
    sent = head + b"Host: x\r\nContent-Type: application/json\r\n" + sizes(8 * MOST)[way]
    assert statuses(talk(port, sent)) == [status]
    assert sum(kept) <= MOST + 0x10000


def test_a_large_body_is_no_further_request(port):
    inside = b"GET /thanks HTTP/1.1\r\nHost: x\r\n\r\n"
    body = inside * (MOST // len(inside) + 1)
    assert statuses(talk(port, HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body)) == [413]


@pytest.mark.parametrize("way", [WHOLE, CHUNKS])
def test_with_a_key_much_is_taken_in(small_web, port, kept, way):
    key = small_web.key("lists")["Authorization"].encode()
    head = b"PUT /v1/lists/list_1/file HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: " + key + b"\r\n"
    assert statuses(talk(port, head + sizes(2 * MOST)[way])) == [404]  # there is no such list
    assert sum(kept) >= 2 * MOST


def _server(web):
    return listen(web.services, web.app, bound(replace(web.services.settings, port=0)), Shares(1))


@pytest.fixture
def server(small_web):
    """As `gateway serve` makes it; the test turns its loop."""
    before = sys.getswitchinterval(), gc.get_threshold()
    server = _server(small_web)
    yield server
    sys.setswitchinterval(before[0])
    gc.set_threshold(*before[1])
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
    wasyncore.close_all(server._map)


def test_the_first_request_finds_a_collector_that_passes_by_what_stays(small_web, monkeypatch):
    """The desk takes seconds to be made ready; till then each request would pay for going through all that is there."""
    gc.unfreeze()
    before = sys.getswitchinterval(), gc.get_threshold()
    monkeypatch.setattr("gateway.cli.listening._make_ready", lambda _pages, _turn: None)
    try:
        server = _server(small_web)
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        wasyncore.close_all(server._map)
        assert gc.get_freeze_count() > 10_000
        assert gc.get_threshold() > before[1]
        assert sys.getswitchinterval() < before[0]
    finally:
        sys.setswitchinterval(before[0])
        gc.set_threshold(*before[1])


def test_gateway_serve_reads_bodies_so(server):
    assert issubclass(server.channel_class.parser_class, BoundedParser)
    assert server.channel_class.task_class is InOnePiece


def test_gateway_serve_has_signups_take_turns_where_the_database_is_in_its_process(server, small_web):
    assert server.channel_class.in_turn is (small_web.services.engine.dialect.name == "sqlite")


@pytest.mark.parametrize(
    ("head", "piece", "stays"),
    [
        (b"GET / HTTP/1.1\r\nX: ", b"a", False), (HEAD + b"Content-Length: 900000\r\n\r\n", b"a", False),
        (HEAD + b"Content-Length: 900000\r\n\r\n", b"a" * 20_000, True),
    ],
)  # fmt: skip
def test_who_sends_a_byte_now_and_then_does_not_keep_his_place(server, monkeypatch, head, piece, stays):
    now = [time.time()]
    clock = SimpleNamespace(time=lambda: now[0])
    monkeypatch.setattr(channel, "time", clock)
    with socket.create_connection(("127.0.0.1", server.effective_port), timeout=5) as line:
        for sent in [head, *[piece] * 5]:
            line.sendall(sent)
            for _ in range(5):
                wasyncore.loop(timeout=0.02, map=server._map, count=1)
            now[0] += 15
        server.maintenance(now[0])
        assert [one.will_close for one in server.active_channels.values()] == [not stays]
