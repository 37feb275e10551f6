"""Receivers of prospects on 127.0.0.2, which plays the open internet; each answers as the test decides."""

import json
import socket
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock
from typing import Any

from tls_server import served_by_tls

from gateway.emission.shape import Way

PUBLIC = "127.0.0.2"
HOST = "hooks.example.com"


@dataclass
class Request:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    was_taken: bool = False  # answered with 2xx

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    """What is answered. ``huge``: bytes that follow without end; ``cut``: hang up instead of answering."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0
    huge: int = 0
    cut: bool = False


@dataclass
class Stand:
    """A receiver: ``answer`` decides, ``requests`` remembers."""

    answer: Callable[[Request], Reply] = field(default=lambda _: Reply())
    requests: list[Request] = field(default_factory=list)
    count: int = 0  # events that were taken, those that came again among them
    lock: Lock = field(default_factory=Lock)
    port: int = 0
    authority: Path | None = None

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.port}/in?x=1"

    def events(self) -> list[dict[str, Any]]:
        """Every event of every request that was answered with 2xx, in their order."""
        found: list[dict[str, Any]] = []
        for one in self.taken:
            said = one.json
            found += said if isinstance(said, list) else [said]
        return found

    @property
    def taken(self) -> list[Request]:
        return [one for one in self.requests if one.was_taken]

    def by_person(self) -> dict[str, list[tuple[int, str]]]:
        """What was told of each person: sequence and type, each id once, in the order they were first taken."""
        found: dict[str, list[tuple[int, str]]] = defaultdict(list)
        seen = set()
        for event in self.events():
            if event["id"] not in seen:
                seen.add(event["id"])
                found[event["subject"]].append((event["data"]["sequence"], event["type"]))
        return dict(found)


@contextmanager
def stand(folder: Path, answer: Callable[[Request], Reply] | None = None) -> Iterator[Stand]:
    """Serve until the end of the block."""
    here = Stand()
    if answer is not None:
        here.answer = answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            request = Request(self.command, self.path, dict(self.headers), self.rfile.read(size))
            with here.lock:
                reply = here.answer(request)
                request.was_taken = 200 <= reply.status < 300 and not reply.cut
                here.requests.append(request)
                here.count += request.body.count(b'"specversion"') if request.was_taken else 0
            time.sleep(reply.seconds)
            if reply.cut:
                self.close_connection = True
                self.connection.close()
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(reply.huge or len(reply.body)))
            self.end_headers()
            if reply.huge:
                self.close_connection = True
                for _ in range(reply.huge >> 16):
                    self.wfile.write(b"x" * (1 << 16))
            elif reply.body:
                self.wfile.write(reply.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - the library's names

        def log_message(self, *args: object) -> None:
            pass

    folder.mkdir(exist_ok=True, parents=True)
    with served_by_tls(folder, HOST, Handler, PUBLIC) as (here.port, here.authority):
        yield here


def way_to(folder: Path, *stands: Stand) -> Way:
    """The way to these receivers and to nowhere else."""

    def context() -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # and none of the system's hundred and fifty authorities
        for one in stands:
            made.load_verify_locations(cafile=str(one.authority))
        return made

    made = context() if stands else None
    return Way(
        folder, (lambda: made) if made else ssl.create_default_context, lambda address: address == PUBLIC
    )  # fmt: skip


def resolve_to_public(monkeypatch: Any) -> None:
    """Every name is that of 127.0.0.2."""

    def resolve(_host: str, port: int, *_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, port))]

    from gateway import outgoing

    monkeypatch.setattr(outgoing.socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outgoing, "PORTS", frozenset(range(1024, 65536)))
