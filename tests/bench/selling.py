"""How quickly a bought lead is answered where a million people are known: `POST /v1/leads` and pings, over the wire.

    make bench-buying                          # builds a store on each database (minutes), measures, removes it
    make bench-buying ARGS="--only sqlite"

A real server and a worker beside it, four connections, one post after another on each: people nobody knows yet, one in
ten a repetition, one in four after a ping by hash. Every answer is looked at: a quick one that is wrong is no figure.
"""

import argparse
import hashlib
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from ground import PLAIN, ROOT, Server, opened, settings
from signups import await_server, free_port
from store import filled, know

sys.path.insert(0, str(ROOT / "tests"))

CONNECTIONS = 4
PEOPLE = 1_000_000
LIMIT = 50.0  # ms, at the 99th percentile
KINDS = {"sqlite": "sqlite", "postgres": "postgresql"}


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description="Time leads bought one by one.")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--only", choices=KINDS)
    parser.add_argument("--house", type=Path, help="build here and keep it; SQLite only")
    asked = parser.parse_args()
    server = Server()
    try:
        with tempfile.TemporaryDirectory(prefix="gateway-buying-") as made:
            folder = asked.house or Path(made)
            folder.mkdir(exist_ok=True, parents=True)
            for kind in [asked.only] if asked.only else list(KINDS):
                database = server.fresh() if kind == "postgres" else None
                if kind == "postgres" and database is None:
                    print("no PostgreSQL here")
                    continue
                show(kind, measure(folder, folder / f"data-{kind}", database, asked))
    finally:
        server.stop()


def show(kind: str, figures: dict[str, float]) -> None:
    """A line for each figure."""
    for name, figure in figures.items():
        slow = "  slower than it may be" if name == "post_p99_ms" and figure > LIMIT else ""
        print(f"{kind:<10}{name:<24}{figure:>14,.2f}{slow}", flush=True)


def measure(folder: Path, data: Path, database: str | None, asked: argparse.Namespace) -> dict[str, float]:
    """Fill a house, serve it, sell to it."""
    if not data.exists():
        data.mkdir()
        filled(folder, data, asked.people, PLAIN, database)
    headers = vendor_of(data, database)
    engine = opened(data, database)
    people = know(engine)["prospects"]
    engine.dispose()
    environment = settings(data, database) | {"GATEWAY_PORT": str(free_port())}
    server = subprocess.Popen(
        [*PLAIN, "serve"], env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        port = int(environment["GATEWAY_PORT"])
        await_server(port)
        sellers = Sellers(port, headers)
        sellers.run(asked.connections, 3.0)  # policies read, statements compiled, pages cached
        sellers.forget()
        sellers.run(asked.connections, asked.seconds)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)
    return {"people_known": people, **sellers.figures(asked.seconds)}


def vendor_of(data: Path, database: str | None) -> dict[str, str]:
    """A vendor that may sell here, and everybody known by a hash; the headers of its key."""
    from buying import SAYS, VENDOR

    from gateway.config import load, with_secret
    from gateway.domain.screened import MailRoute
    from gateway.intake.buying import known
    from gateway.intake.buying.book import give_key, set_terms
    from gateway.mailroutes.memory import keep_routes
    from gateway.vendors.contracts import Terms, find_contract, note_contract
    from gateway.wiring import build_services

    told = {"GATEWAY_DATA": str(data)} | ({"GATEWAY_DATABASE_URL": database} if database else {})
    services = build_services(with_secret(load(told)))
    with services.unit_of_work() as work:
        keep_routes(work, [MailRoute("example.com", "mx", work.at, work.at + timedelta(days=7))])
        note_contract(work, VENDOR, Terms("BENCH", date(2020, 1, 1), None, 125, "USD"), by="bench")
        contract = find_contract(work.connection, VENDOR, name="BENCH", on=datetime.now(UTC).date())
        assert contract is not None
        bounds = {"pings_hour": None, "pings_day": None, "unposted_day": None}
        says = SAYS | {"hops": [], "attestations": [], "collected": {"from": "2020-01-01"}}
        set_terms(work, services.ledger, contract, {"says": says, "caps": bounds}, by="bench", why="measured")
        made = give_key(work, services.ledger, VENDOR, by="bench")
    started = time.perf_counter()
    while known.derive(services, size=50_000):
        pass
    print(f"hashes of everybody: {time.perf_counter() - started:.1f} s", flush=True)
    services.engine.dispose()
    return {"Authorization": f"Bearer {made.secret}", "Content-Type": "application/json"}


class Sellers:
    """Connections that sell one lead after another, and how long each answer took."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self._port, self._headers = port, headers
        self._numbers = itertools.count(int(time.time()) * 1000)
        self.forget()

    def forget(self) -> None:
        """Begin to measure."""
        self.posts: list[float] = []
        self.pings: list[float] = []
        self.ends: Counter[str] = Counter()
        self.wrong: list[str] = []

    def run(self, connections: int, seconds: float) -> None:
        """Sell for so long."""
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=self._sell, args=(until,)) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.wrong:
            sys.exit(f"an answer is not right: {self.wrong[0]}")

    def _sell(self, until: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        before = None
        while time.perf_counter() < until and not self.wrong:
            number = next(self._numbers)
            address = f"lead{number}@example.com"
            body = {
                "email": address, "first_name": "Ana", "country": "US", "ip_address": "47.12.5.9",
                "consent_timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
                "page_url": "https://www.example.com/garden",
            }  # fmt: skip
            expected = "prospect"
            if number % 10 == 0 and before is not None:
                body["email"], expected = before, "rejection"
            elif number % 4 == 0:
                hashed = {"email_sha256": hashlib.sha256(address.encode()).hexdigest(), "country": "US"}
                body["ping"] = self._ask(connection, "/v1/pings", hashed, self.pings).get("ping")
            told = self._ask(connection, "/v1/leads", body, self.posts)
            self.ends[str(told.get("outcome"))] += 1
            if told.get("outcome") != expected:
                self.wrong.append(json.dumps(told))
            before = address if expected == "prospect" else before

    def _ask(self, connection: http.client.HTTPConnection, path: str, body: dict, spans: list[float]) -> dict:
        started = time.perf_counter()
        connection.request("POST", path, json.dumps(body), self._headers)
        answer = connection.getresponse()
        text = answer.read()
        spans.append(time.perf_counter() - started)
        return json.loads(text)

    def figures(self, seconds: float) -> dict[str, float]:
        """Percentiles in milliseconds, and how many."""
        told: dict[str, float] = {"posts_per_second": len(self.posts) / seconds}
        for name, spans in (("post", self.posts), ("ping", self.pings)):
            places = quantiles(spans, n=1000, method="inclusive")
            told |= {f"{name}s": len(spans)} | {
                f"{name}_{words}_ms": places[place] * 1000 for words, place in (("p50", 499), ("p99", 989))
            }
            told[f"{name}_slowest_ms"] = max(spans) * 1000
        return told | {f"ended_{name}": count for name, count in self.ends.items()}


if __name__ == "__main__":
    main()
