"""Fixtures for tests of the whole gateway."""

import os

import pytest
from dnsserver import DnsServer
from system_house import MAIL, ROOT, House, free_port


@pytest.fixture
def dns():
    zone = {"example.com": MAIL, "example.org": MAIL, "example.net": MAIL, "quotes.example.com": MAIL}
    with DnsServer(zone) as server:
        yield server


@pytest.fixture
def house(database_url, dns, tmp_path):
    plain = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    env = plain | {
        "GATEWAY_DATA": str(tmp_path / "var"),
        "GATEWAY_DATABASE_URL": database_url,
        "GATEWAY_NAMESERVERS": f"127.0.0.1:{dns.port}",
        "GATEWAY_PORT": str(free_port()),
        "GATEWAY_PROCESSES": "1",  # each more is made ready for seconds; test_crew.py and test_flood.py have several
        "GATEWAY_DNS_SECONDS": "2",
        "GATEWAY_SECRET_KEY": "a secret for tests, thirty-two characters and more",
        "GATEWAY_SENDER_NAMES": "Riverside Garden Ltd",
        "GATEWAY_SENDER_POSTAL_ADDRESS": "1 Mill Lane, Springfield, IL 62701",
        "GATEWAY_SENDER_OPT_OUT_URL": "https://www.example.com/stop",
        "PYTHONPATH": str(ROOT),
    }
    made = House(env, dns)
    yield made
    made.stop()


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "manifest.yaml"
    path.write_text(
        "name: A bought list\nvendor: Meridian Leads\nmethod: co_registration\n"
        "collected: {from: 2026-09-01, until: 2026-10-31}\nform_url: https://quotes.example.com/auto\n"
        "consent: {claimed: none}\nrelationship: marketing\ndate_order: mdy\n",
        encoding="utf-8",
    )
    return path
