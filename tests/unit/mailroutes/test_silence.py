"""No live domain is taken for silent because our own machine was busy: at 30 ms latency, 2 % that never answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from fastdns import fast_dns, never_answers

from gateway.mailroutes.dns import ask_dns
from gateway.mailroutes.pace import Pace

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SILENT = 0.02


@contextmanager
def hogs(count: int) -> Iterator[None]:
    """Threads that compute all the time and leave the asking thread one turn in many."""
    over = threading.Event()

    def burn():
        while not over.is_set():
            sum(range(50_000))

    threads = [threading.Thread(target=burn) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(("domains", "busy"), [(3000, 0), (1500, 2)])
def test_only_who_is_silent_is_said_to_be(domains, busy):
    names = [f"d{i}.example.com" for i in range(domains)]
    never = {name for name in names if never_answers(name, SILENT)}
    with fast_dns(median=0.03, silent=SILENT) as address, hogs(busy):
        found = ask_dns(names, nameservers=[address], as_of=NOON, seconds=120, pace=Pace(4000))
    assert len(never) > 10
    assert {name for name, route in found.items() if route.kind == "unknown"} == never
    assert {route.kind for name, route in found.items() if name not in never} == {"mx"}
