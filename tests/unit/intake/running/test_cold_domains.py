"""A run whose domains nobody knows yet: each is asked once, in this process or in the child's, never twice."""

from dataclasses import replace

import pytest
from builders import make_services
from dnsserver import NXDOMAIN, SILENT, TAKES_MAIL, DnsServer
from sqlalchemy import select

from gateway.intake.lists import bring
from gateway.intake.running import judging
from gateway.intake.runs import work_run
from gateway.mailroutes.routes import Routes
from gateway.mailroutes.tables import mail_routes
from gateway.outcomes.tables import leads

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\n"
)
DOMAINS = [f"d{n}.example.com" for n in range(30)]


@pytest.mark.parametrize("ahead_bytes", [0, 1 << 30])
def test_every_domain_is_asked_once_and_kept(engine, clock, tmp_path, monkeypatch, ahead_bytes):
    monkeypatch.setattr(judging, "AHEAD_BYTES", ahead_bytes)
    monkeypatch.setattr(judging, "BLOCK_ROWS", 20)
    monkeypatch.setattr(judging, "MANY_UNKNOWN", 5)
    zone = {"gone.example.net": NXDOMAIN, "quiet.example.net": SILENT}
    with DnsServer(zone, default=TAKES_MAIL) as server:
        services = make_services(engine, clock, tmp_path / "var")
        settings = replace(services.settings, nameservers=(server.address,))
        world = replace(services.world, routes=Routes(engine, settings))
        services = replace(services, settings=settings, world=world)
        file = tmp_path / "autumn.csv"
        domains = [*DOMAINS, "gone.example.net", "quiet.example.net"] * 3
        file.write_text("email\n" + "".join(f"p{n}@{name}\n" for n, name in enumerate(domains)), encoding="utf-8")
        run = bring(services, file, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")["run"]
        work_run(run, services)
        asked = server.asked
    assert set(asked) == set(domains)
    assert {asked[name] for name in DOMAINS} == {1}
    with engine.connect() as connection:
        kinds = dict(connection.execute(select(mail_routes.c.domain, mail_routes.c.kind)).all())
        outcomes = connection.execute(select(leads.c.address, leads.c.outcome)).all()
    assert {kinds[name] for name in DOMAINS} == {"mx"}
    assert (kinds["gone.example.net"], kinds["quiet.example.net"]) == ("no_such_domain", "unknown")
    assert len(outcomes) == len(domains)
    assert {end for address, end in outcomes if "gone" in address} == {"rejection"}
    assert {end for address, end in outcomes if "quiet" in address} == {"hold"}
