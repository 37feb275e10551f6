"""A contract's account as it is shown: hour by hour as the zone's clock has them, and when it buys again."""

from datetime import UTC, datetime

import buying
import pytest
from builders import make_services
from commands import call

from gateway.cli import buying as commands
from gateway.db.work import reading
from gateway.intake.buying import account
from gateway.intake.buying.caps import Tally
from gateway.intake.buying.shown import hours_of


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


@pytest.mark.parametrize(("zone", "posts", "at", "shown"), [
    # The clock shows one o'clock twice on 1 November 2026, and no two o'clock on 8 March.
    ("America/New_York", ("01T04", "01T05", "01T06", "01T07"), "2026-11-01T08:30",
     [("00", 1), ("01", 2), ("02", 1), ("03", 0)]),
    ("America/New_York", ("08T06", "08T07"), "2026-03-08T08:30", [("00", 0), ("01", 1), ("03", 1), ("04", 0)]),
    ("Asia/Kolkata", ("20T18", "20T19"), "2026-11-20T20:00", [("00", 1), ("01", 1), ("02", 0)]),
    ("UTC", ("21T00",), "2026-11-21T01:59", [("00", 1), ("01", 0)]),
])  # fmt: skip
def test_todays_hours_are_those_of_the_zones_clock_and_none_is_lost(services, zone, posts, at, shown):
    buying.sell(services, schedule={"zone": zone})
    dealing, now = buying.dealing_of(services), datetime.fromisoformat(at).replace(tzinfo=UTC)
    with services.unit_of_work() as work:
        for hour in posts:
            one = datetime.fromisoformat(f"{at[:8]}{hour}:45:00+00:00")
            account.add(work, dealing.contract.number, one, zone, {"posts": 1})
    with reading(services.engine) as connection:
        found = hours_of(connection, dealing, now)
    assert found == [(name, Tally(posts=count)) for name, count in shown]


def test_the_command_says_when_it_buys_again(services, monkeypatch):
    monkeypatch.setattr(commands, "open_services", lambda: services)
    buying.sell(services, schedule={"zone": "America/New_York", "open": ["mon 08:00-20:00"]})  # it is Saturday
    told = call("buying", "show", buying.VENDOR)
    assert "We do not buy at this hour. We do again from 2026-11-23 13:00 UTC." in told
