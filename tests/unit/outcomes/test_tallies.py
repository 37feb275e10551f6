"""The tallies follow every lead: from arrival, through being judged again, to leaving."""

from datetime import UTC, datetime

import pytest
from builders import ToldRoutes, key, list_batch, make_services, signup_batch, tallies_fit

from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.outcomes.leave import leave
from gateway.pipeline import process, release

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path, routes=ToldRoutes({"slow.example.net": "unknown"}))


def fits(services):
    with reading(services.engine) as connection:
        return tallies_fit(connection)


def test_they_fit_at_every_step(services):
    slow = [{"email": f"p{n}@slow.example.net"} for n in range(4)]
    process(list_batch([{"email": "ana@example.com"}, *slow, {"email": "ana@example.com"}], AT), services, as_of=AT)
    process(signup_batch("eve@slow.example.net", AT), services, as_of=AT)
    assert fits(services)
    with services.unit_of_work() as work:  # one who waits leaves
        leave(work, services.ledger, [Suppression(key("p0@slow.example.net"), "opt_out", AT)], by="test")
    assert fits(services)
    release([2, 3, 4, 5, 7], services, by="dns")  # still nobody knows
    assert fits(services)
    services.world.routes.kinds["slow.example.net"] = "mx"
    settled = release([2, 3, 4, 5, 7], services, by="dns")
    assert sum(one.outcomes.count("prospect") for one in settled) == 4
    assert fits(services)


def test_they_fit_after_a_deadline_passed(services, clock):
    process(list_batch([{"email": "p1@slow.example.net"}], AT), services, as_of=AT)
    clock.move(days=30)
    (settled,) = release([1], services, by="gateway")
    assert settled.outcomes == ["rejection"]
    assert fits(services)
