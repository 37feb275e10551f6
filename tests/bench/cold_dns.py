"""A cold list's DNS: domains a second of a server on this machine, who is falsely called silent, and memory.

    .venv/bin/python tests/bench/cold_dns.py                      # some two minutes
    .venv/bin/python tests/bench/cold_dns.py --distinct 200000

``ask``: as fast as the server answers. ``usual``: at the rate that is usual for a server on this machine. ``late``:
30 ms median latency and 2 % that never answer. ``ahead``: through the thread of a run, fed the whole list first, the
answers kept in SQLite as batches would keep them; the growth of resident memory is that of this process.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from gateway.config import Settings
from gateway.db.engine import open_engine
from gateway.db.migrate import ensure_schema
from gateway.db.work import unit_of_work
from gateway.mailroutes.ahead import Ahead
from gateway.mailroutes.dns import ask_dns
from gateway.mailroutes.memory import keep_routes
from gateway.mailroutes.pace import OWN, Pace
from gateway.mailroutes.routes import Routes

sys.path.insert(0, str(Path(__file__).parents[1]))

from fastdns import fast_dns, never_answers

NOW = datetime.now(UTC)
UNLIMITED = 100_000
BATCH = 20_000  # distinct domains of a batch


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measure the DNS of a cold list.")
    parser.add_argument("--domains", type=int, default=20_000)
    parser.add_argument("--distinct", type=int, default=1_000_000, help="0 leaves the memory out")
    asked = parser.parse_args()
    figures = asking(asked.domains)
    if asked.distinct:
        figures |= ahead(asked.distinct)
    print(json.dumps(figures, indent=2))


def asking(domains: int) -> dict[str, float]:
    """Domains a second, and how many live ones were called silent."""
    names = [f"d{i}.example.com" for i in range(domains)]
    figures: dict[str, float] = {}
    for what, rate, median, silent in (
        ("ask", UNLIMITED, 0.0, 0.0), ("usual", OWN, 0.0, 0.0), ("late", UNLIMITED, 0.03, 0.02),
    ):  # fmt: skip
        with fast_dns(median=median, silent=silent) as server:
            begun, cpu = time.perf_counter(), time.thread_time()
            found = ask_dns(names, nameservers=[server], as_of=NOW, seconds=600, pace=Pace(rate))
            seconds, cpu = time.perf_counter() - begun, time.thread_time() - cpu
        unknown = {name for name, route in found.items() if route.kind == "unknown"}
        figures |= {
            f"{what}_domains_per_second": round(domains / seconds),
            f"{what}_cpu_microseconds": round(cpu / domains * 1e6, 1),
            f"{what}_falsely_silent": len([name for name in unknown if not never_answers(name, silent)]),
        }
    return figures


def ahead(distinct: int) -> dict[str, float]:
    """A run over a list in which every domain is another, the worst there is."""
    with tempfile.TemporaryDirectory(prefix="gateway-cold-dns-") as folder, fast_dns() as server:
        engine = open_engine(f"sqlite:///{folder}/cold.sqlite")
        ensure_schema(engine)
        before, begun, answers = _resident(), time.perf_counter(), 0
        settings = Settings(nameservers=(server,), dns_rate=UNLIMITED, run_dns_seconds=480)
        with Ahead(Routes(engine, settings), settings, NOW) as run:
            for first in range(0, distinct, BATCH):
                run.feed(_names(first))
            for first in range(0, distinct, BATCH):
                found = run.ask_routes(_names(first), NOW, seconds=None)
                answers += sum(route.kind == "mx" for route in found.values())
                with unit_of_work(engine, NOW) as work:
                    keep_routes(work, [*found.values(), *run.fresh()])
            waited = run.waited
        seconds = time.perf_counter() - begun
        engine.dispose()
    return {
        "ahead_distinct": distinct, "ahead_answered": answers, "ahead_domains_per_second": round(distinct / seconds),
        "ahead_waited_seconds": round(waited, 1), "ahead_memory_mib": round((_resident(peak=True) - before) / 2**20, 1),
    }  # fmt: skip


def _names(first: int) -> list[str]:
    return [f"some-company-{i}.example.com" for i in range(first, first + BATCH)]


def _resident(*, peak: bool = False) -> int:
    """Octets of memory this process holds now, or held at most."""
    if peak:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


if __name__ == "__main__":
    main()
