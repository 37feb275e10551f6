"""``make soak``: workers killed with -9 again and again, on every transport of this machine, for as long as asked.

    make soak                                             a hundred kills on each transport
    make soak ARGS="--transports database --rows 1000000 --every 5"
                                                          a million rows, two workers, one killed every five seconds

Prints a line for each transport and exits with 1 if any receipt differs from the undisturbed one.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from _pytest.outcomes import Failed

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from brokers import Broker, RabbitMQ, Redis  # noqa: E402 - found by the line above
from databases import import_tables  # noqa: E402
from dnsserver import SILENT, DnsServer  # noqa: E402
from fault_ground import MANIFEST, Ground, environment, write_list  # noqa: E402
from postgres import Postgres, find_binaries  # noqa: E402
from system_house import MAIL  # noqa: E402

TRANSPORTS = ("folders", "database", "redis", "rabbitmq")
SERVERS: dict[str, type[Broker]] = {"redis": Redis, "rabbitmq": RabbitMQ}
SLOW = ("--batch-rows", "20", "--pause", "0.03")
BATCHES = 40  # a kill, for each of which a few batches must be left


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--transports", nargs="+", choices=TRANSPORTS, default=TRANSPORTS)
    options.add_argument("--kills", type=int, default=100, help="of workers, on each transport")
    options.add_argument("--rows", type=int, help="of the list; without it as many as the kills need")
    options.add_argument("--every", type=float, help="seconds between kills, until the run ends; no pauses then")
    options.add_argument("--batch-rows", type=int, default=50_000, help="with --every")
    given = options.parse_args()
    import_tables()
    bad = [name for name in given.transports if not try_transport(name, given)]
    sys.exit(f"not as undisturbed: {', '.join(bad)}" if bad else 0)


def try_transport(name: str, given: argparse.Namespace) -> bool:
    """One transport; whether its receipt is the undisturbed one, or it cannot be tried here."""
    missing = SERVERS[name].missing() if name in SERVERS else None
    if missing:
        print(f"{name}: not tried, {missing}", flush=True)
        return True
    broker = SERVERS[name]() if name in SERVERS else None
    binaries = find_binaries()
    if name != "folders" and binaries is None:
        print(f"{name}: not tried, there is no PostgreSQL", flush=True)
        return True
    server = Postgres(binaries) if name != "folders" and binaries else None
    try:
        return _try(name, given, server, broker)
    finally:
        for one in (server, broker):
            if one is not None:
                one.stop()


def _try(name: str, given: argparse.Namespace, server: Postgres | None, broker: Broker | None) -> bool:
    zone = dict.fromkeys(("example.com", "example.org", "example.net", "quotes.example.com"), MAIL)
    with tempfile.TemporaryDirectory() as held, DnsServer(zone | {"silent.example.net": SILENT}) as dns:
        folder = Path(held)
        url = f"sqlite:///{folder / 'leads.sqlite'}"
        if server is not None:
            server.sql("CREATE DATABASE leads")
            url = server.url("leads").render_as_string()
        rows = given.rows or given.kills * BATCHES * 20
        manifest = folder / "manifest.yaml"
        manifest.write_text(MANIFEST, encoding="utf-8")
        ground = Ground(
            environment(folder, url, broker.url if broker else {"folders": ""}.get(name, "database"), dns.port), folder,
            manifest, write_list(folder / "list.csv", rows), rows,
            options=("--batch-rows", str(given.batch_rows)) if given.every else SLOW,
        )  # fmt: skip
        begun = time.monotonic()
        try:
            ground.begin()
            kills = kill_every(ground, given.every) if given.every else ground.kill_at_random(given.kills)
            ground.finish(seconds=3600)
            ground.check()
        except (AssertionError, Failed) as error:
            print(f"{name}: {error}", flush=True)
            return False
        finally:
            ground.stop()
        print(f"{name}: {rows:,} rows, {kills} kills, 0 lost, 0 doubled, {time.monotonic() - begun:.0f} s", flush=True)
        return True


def kill_every(ground: Ground, seconds: float) -> int:
    """Two workers, one of them killed every so often until the run has ended; how many died."""
    kills = 0
    for _ in range(2):
        ground.add_worker()
    while True:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if ground.state() != "running":
                return kills
            time.sleep(0.2)
        ground.kill(ground.chance.choice(ground.alive()))
        ground.add_worker()
        kills += 1


if __name__ == "__main__":
    os.umask(0o022)  # PostgreSQL runs as somebody else where we are root
    main()
