"""An answer's head goes out with the first of its body, and nothing else about it changes."""

from types import SimpleNamespace

import pytest
from waitress.task import WSGITask

from gateway.intake.guard.pieces import InOnePiece


class Channel:
    """Keeps what a task sends."""

    def __init__(self, app) -> None:
        adj = SimpleNamespace(ident=None, log_socket_errors=True)
        self.adj, self.server = adj, SimpleNamespace(application=app, adj=adj)
        self.sent: list[bytes] = []

    def write_soon(self, data: bytes) -> int:
        self.sent.append(data)
        return len(data)


def sent(kind, body, command="GET", length=True) -> list[bytes]:
    def app(_environ, start_response):
        said = [("Content-Length", str(sum(map(len, body))))] if length else []
        start_response("200 OK", [("Date", "today"), *said])
        return iter(body)

    channel = Channel(app)
    task = kind(channel, SimpleNamespace(version="1.1", headers={}, command=command))
    task.environ = {}
    task.service()
    assert task.channel is channel
    return channel.sent


def test_head_and_body_are_one_piece():
    (only,) = sent(InOnePiece, [b"abc"])
    assert only.startswith(b"HTTP/1.1 200 OK\r\n")
    assert only.endswith(b"\r\n\r\nabc")


def test_what_comes_later_goes_later():
    first, *rest = sent(InOnePiece, [b"", b"abc", b"def", b"g"])
    assert first.endswith(b"\r\n\r\nabc")
    assert rest == [b"def", b"g"]


@pytest.mark.parametrize("body", [[], [b""], [b"abc"], [b"abc", b"", b"def"]])
@pytest.mark.parametrize("command", ["GET", "HEAD"])
@pytest.mark.parametrize("length", [True, False])
def test_the_bytes_are_those_of_waitress(body, command, length):
    ours, theirs = (b"".join(sent(kind, body, command, length)) for kind in (InOnePiece, WSGITask))
    assert ours == theirs
    assert ours.startswith(b"HTTP/1.1 200 OK\r\n")
