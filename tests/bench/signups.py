"""Signups by four connections while a long list is imported into the same SQLite file, and a small list beside it."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import quantiles
from typing import Any

import generate
from ground import ROOT, Timed, imported, prepare, settings

CONNECTIONS = 4
SMALL_ROWS = 1_000


def beside_an_import(folder: Path, list_path: Path, rows: int, program: list[str]) -> dict[str, float]:
    """p50 and p99 of signups in milliseconds while the list runs, how many they were, and the small list's seconds."""
    data = folder / "data-signups"
    prepare(data)
    small = folder / "small.csv"
    generate.write_list(SMALL_ROWS, small, seed=7)
    environment = settings(data) | {"GATEWAY_PORT": str(free_port())}
    subprocess.run(
        [*program, "sources", "add", "bench", "--title", "A form", "--wording", "Yes, write to me.", "--url",
         "https://www.example.com/join", "--proof", "never", "--most-an-hour", "10000000"],
        env=environment, cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    server = subprocess.Popen(
        [*program, "serve"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        await_server(int(environment["GATEWAY_PORT"]))
        return _measure(environment, list_path, rows, small, program)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)


def _measure(
    environment: dict[str, str], list_path: Path, rows: int, small: Path, program: list[str]
) -> dict[str, float]:
    over = threading.Event()
    spans: list[float] = []
    clients = [
        threading.Thread(target=_sign_up, args=(int(environment["GATEWAY_PORT"]), number, over, spans))
        for number in range(CONNECTIONS)
    ]
    beside: list[Timed] = []
    other = threading.Thread(
        target=lambda: beside.append(imported(small, SMALL_ROWS, environment, program)[0]), daemon=True
    )
    for client in clients:
        client.start()
    other.start()
    try:
        long, _ = imported(list_path, rows, environment, program)
    finally:
        over.set()
        for client in clients:
            client.join()
    other.join(600)
    if not beside or not spans:
        sys.exit("no signup was answered, or the small list never ended")
    places = quantiles(spans, n=100, method="inclusive")
    return {
        "signups_during_import": len(spans), "signup_p50_ms": round(places[49] * 1000, 2),
        "signup_p99_ms": round(places[98] * 1000, 2), "signup_slowest_ms": round(max(spans) * 1000, 2),
        "import_with_signups_seconds": round(long.seconds, 3), "small_list_beside_seconds": round(beside[0].seconds, 3),
    }  # fmt: skip


def _sign_up(port: int, number: int, over: threading.Event, spans: list[float]) -> None:
    """Post signups one after another on one connection, until it is over."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    count = 0
    while not over.is_set():
        count += 1
        body: dict[str, Any] = {
            "email": f"signup{number}x{count}@example.com", "country": "US", "source": "bench",
            "consent": {"ticked": True, "preticked": False, "wording": "Yes, write to me.", "language": "en",
                        "page_url": "https://www.example.com/join"},
        }  # fmt: skip
        started = time.perf_counter()
        connection.request("POST", "/v1/signups", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            over.set()
            raise SystemExit(f"a signup was answered with {answer.status}")
        spans.append(time.perf_counter() - started)


def await_server(port: int) -> None:
    """Wait until the server on this port is ready."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            pass
        time.sleep(0.1)
    sys.exit("the server does not answer")


def free_port() -> int:
    """A port of loopback that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
