"""Signups beside a bare Flask "hello" on the same server: requests a second and how long each took.

Both are served by waitress with as many processes and threads, one after the other; a client process of its own writes
prepared bytes and reads answers, over so many connections that stay open. Each answered signup is on disk.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import generate
from ground import BULK, PLAIN, ROOT, has_bulk, opened, prepare, settings
from signups import await_server, free_port

SECONDS = 10.0
WARM_SECONDS = 8.0  # by then the desk is made ready, in one process after the other
MANY = 32
FEW = 4
REST = (
    '"country": "US", "source": "bench", "consent": {"ticked": true, "preticked": false, '
    '"wording": "Yes, write to me.", "language": "en", "page_url": "https://www.example.com/join"}}'
)
PROCESSES = 2
HELLO = """
import os, socket, sys
from flask import Flask
from waitress import serve
app = Flask("hello")
app.add_url_rule("/readyz", view_func=lambda: "ready", endpoint="ready")
app.add_url_rule("/v1/signups", view_func=lambda: "hello", methods=["POST"])
port = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
for _ in range(int(sys.argv[2]) - 1):
    if not os.fork():
        break
serve(app, sockets=[port], threads=8, ident=None, _quiet=True)
"""


def signups_beside_hello(house: "object", kinds: list[str]) -> dict[str, float]:
    """The share of hello's requests a second, and p50 and p99 in milliseconds, for each database."""
    figures: dict[str, float] = {}
    for processes, name in ((1, "hello_of_one_process_per_second"), (PROCESSES, "hello_per_second")):
        port = free_port()
        with served([sys.executable, "-c", HELLO, str(port), str(processes)], dict(os.environ), port):
            hello, _ = load(port, FEW, "hello")
        figures[name] = round(hello)
    for kind in kinds:
        data, database = house.address(kind)  # type: ignore[attr-defined]
        if database is None:
            continue
        prepare(data, database)
        program = BULK if has_bulk() else PLAIN
        port = free_port()
        environment = settings(data, database) | {"GATEWAY_PORT": str(port), "GATEWAY_PROCESSES": str(PROCESSES)}
        subprocess.run(
            [*program, "sources", "add", "bench", "--title", "A form", "--wording", "Yes, write to me.", "--url",
             "https://www.example.com/join", "--proof", "never", "--most-an-hour", "10000000"],
            env=environment, cwd=ROOT, check=True, capture_output=True,
        )  # fmt: skip
        with served([*program, "serve"], environment, port):
            for connections in (FEW, MANY):
                rate, spans = load(port, connections, f"{kind}{connections}")
                places = quantiles(spans, n=100, method="inclusive")
                name = f"signups_{kind}_{connections}"
                figures |= {
                    f"{name}_per_second": round(rate), f"{name}_share_of_hello": round(rate / hello, 3),
                    f"{name}_p50_ms": round(places[49] * 1000, 2), f"{name}_p99_ms": round(places[98] * 1000, 2),
                }  # fmt: skip
        check_stored(data, database)
    return figures


class served:  # noqa: N801 - used as a function
    """A server that is there when the block begins and gone when it ends."""

    def __init__(self, command: list[str], environment: dict[str, str], port: int) -> None:
        self.process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        self.port = port

    def __enter__(self) -> None:
        await_server(self.port)

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(60)


def load(port: int, connections: int, name: str) -> tuple[float, list[float]]:
    """Answered requests a second, and the seconds each took, from a client process."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__)), str(port), str(connections), name], check=True, capture_output=True,
        text=True, cwd=Path(__file__).parent,
    )  # fmt: skip
    spans = list(map(float, done.stdout.split()))
    return len(spans) / SECONDS, spans


def check_stored(data: Path, database: str | None) -> None:
    """An answer that is not on disk is no figure."""
    from sqlalchemy import func, select

    from gateway.outcomes.tables import leads

    engine = opened(data, database)
    with engine.connect() as connection:
        stored = connection.execute(select(func.count()).select_from(leads)).scalar_one()
    engine.dispose()
    if not stored:
        sys.exit("no signup was stored")


def _requests(name: str, number: int, domain: str) -> Iterator[bytes]:
    count = 0
    while True:
        count += 1
        body = f'{{"email": "{name}x{number}x{count}@{domain}", {REST}'.encode()
        head = (
            f"POST /v1/signups HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        )
        yield head.encode() + b"\r\n\r\n" + body


def _client(port: int, connections: int, name: str) -> None:
    """In the client's process: post on so many connections, and print how long each answer took."""
    domain = next(iter(generate.domains()))
    starts = time.perf_counter() + WARM_SECONDS
    ends = starts + SECONDS
    spans: list[float] = []

    def post(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for request in _requests(name, number, domain):
                began = time.perf_counter()
                if began > ends:
                    return
                wire.sendall(request)
                answer = wire.recv(65536)
                if not answer.startswith((b"HTTP/1.1 202", b"HTTP/1.1 200")):
                    sys.exit(f"a signup was answered with {answer[:60]!r}")
                while b"\n" not in answer.partition(b"\r\n\r\n")[2] and b"hello" not in answer:
                    answer += wire.recv(65536)
                if began > starts:
                    spans.append(time.perf_counter() - began)

    threads = [threading.Thread(target=post, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(" ".join(f"{span:.6f}" for span in spans))


if __name__ == "__main__":
    _client(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
