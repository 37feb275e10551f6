"""Memory first, then recordings, then DNS; on both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from dnsserver import NULL_MX, NXDOMAIN, SILENT, TAKES_MAIL, DnsServer

from gateway.config import Settings
from gateway.db.work import reading, unit_of_work
from gateway.domain.screened import MailRoute
from gateway.mailroutes import asker as asking
from gateway.mailroutes.answers import FIRST_WAIT, LONGEST_WAIT, NEVER, silent
from gateway.mailroutes.memory import keep_routes, recall
from gateway.mailroutes.recorded import DEMO_DOMAINS, recorded
from gateway.mailroutes.routes import Routes

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def keep(engine, *routes, at=NOON):
    with unit_of_work(engine, at) as work:
        keep_routes(work, routes)


def remembered(engine, *domains, as_of=NOON):
    with reading(engine) as connection:
        return {name: route for name, route in recall(connection, domains).items() if route.expires_at > as_of}


def mx(domain, at=NOON, kind="mx"):
    return MailRoute(domain, kind, at, at + HOUR)


@pytest.fixture
def server():
    with DnsServer({"mx.example.com": TAKES_MAIL, "null.example.com": NULL_MX, "quiet.example.com": SILENT}) as running:
        yield running


def settings(server, **changes):
    return Settings(nameservers=(server.address,), dns_seconds=20.0, **changes)


def test_what_is_kept_is_found_until_it_expires(engine):
    keep(engine, mx("a.example.com"), mx("b.example.com", kind="null_mx"))
    found = remembered(engine, "a.example.com", "b.example.com", "c.example.com")
    assert found == {
        "a.example.com": MailRoute("a.example.com", "mx", NOON, NOON + HOUR, source="memory"),
        "b.example.com": MailRoute("b.example.com", "null_mx", NOON, NOON + HOUR, source="memory"),
    }
    assert remembered(engine, "a.example.com", as_of=NOON + HOUR - timedelta(microseconds=1)) != {}
    assert remembered(engine, "a.example.com", as_of=NOON + HOUR) == {}
    assert remembered(engine) == {}


def test_many_domains_are_one_question(engine):
    keep(engine, *(mx(f"d{i}.example.com") for i in range(3000)))
    assert len(remembered(engine, *(f"d{i}.example.com" for i in range(5000)))) == 3000


def test_a_newer_answer_replaces_an_older_one_and_not_the_other_way(engine):
    keep(engine, mx("a.example.com"))
    keep(engine, mx("a.example.com", NOON + HOUR, "null_mx"))
    keep(engine, mx("a.example.com", NOON))
    assert remembered(engine, "a.example.com", as_of=NOON + HOUR)["a.example.com"].kind == "null_mx"


def test_a_silence_never_replaces_an_answer_that_holds(engine):
    later = NOON + timedelta(minutes=30)
    keep(engine, mx("a.example.com"))
    keep(engine, silent("a.example.com", later))
    assert remembered(engine, "a.example.com", as_of=later)["a.example.com"].kind == "mx"
    keep(engine, silent("a.example.com", NOON + HOUR))
    assert remembered(engine, "a.example.com", as_of=NOON + HOUR)["a.example.com"].kind == "unknown"


def test_only_what_dns_said_is_kept(engine):
    keep(
        engine,
        recorded("harbor.example.com", NOON),
        MailRoute("x.example.com", "unknown", NEVER, NEVER, source="memory"),
    )
    with reading(engine) as connection:
        assert recall(connection, ["harbor.example.com", "x.example.com"]) == {}


def test_the_memory_is_asked_before_dns(engine, server):
    keep(engine, mx("null.example.com"))
    routes = Routes(engine, settings(server))
    found = routes.ask_routes(["null.example.com", "mx.example.com", "null.example.com"], NOON, seconds=None)
    assert [(name, route.kind, route.source) for name, route in found.items()] == [
        ("null.example.com", "mx", "memory"), ("mx.example.com", "mx", "dns"),
    ]  # fmt: skip
    assert server.asked == {"mx.example.com": 1}


def test_what_was_learned_is_not_asked_again_before_it_expires(engine, server):
    routes = Routes(engine, settings(server))
    keep(engine, *routes.ask_routes(["mx.example.com", "gone.example.com"], NOON, seconds=None).values())
    again = routes.ask_routes(["mx.example.com", "gone.example.com"], NOON + HOUR / 2, seconds=None)
    assert {name: route.kind for name, route in again.items()} == {
        "mx.example.com": "mx",
        "gone.example.com": "no_such_domain",
    }
    assert server.asked == {"mx.example.com": 1, "gone.example.com": 1}
    server.zone["mx.example.com"] = NXDOMAIN
    assert (
        routes.ask_routes(["mx.example.com"], NOON + 9 * HOUR, seconds=None)["mx.example.com"].kind == "no_such_domain"
    )


def test_without_time_only_the_memory_answers(engine, server):
    keep(engine, mx("null.example.com"))
    found = Routes(engine, settings(server)).ask_routes(["null.example.com", "mx.example.com"], NOON, seconds=0)
    assert [(route.kind, route.source) for route in found.values()] == [("mx", "memory"), ("unknown", "memory")]
    assert server.asked == {}


def test_each_silence_doubles_the_wait_up_to_five_minutes(engine, server, monkeypatch):
    monkeypatch.setattr(asking, "PATIENCE", (0.05,))
    routes, at, waits = Routes(engine, settings(server)), NOON, []
    for _ in range(9):
        route = routes.ask_routes(["quiet.example.com"], at, seconds=None)["quiet.example.com"]
        keep(engine, route)
        waits.append(route.expires_at - route.answered_at)
        assert routes.ask_routes(["quiet.example.com"], at, seconds=None)["quiet.example.com"].source == "memory"
        at = route.expires_at
    assert waits == [min(FIRST_WAIT * 2**i, LONGEST_WAIT) for i in range(9)]
    assert server.asked["quiet.example.com"] >= 9  # more where our own machine was late
    monkeypatch.undo()
    server.zone["quiet.example.com"] = TAKES_MAIL
    found = routes.ask_routes(["quiet.example.com"], at, seconds=None)["quiet.example.com"]
    assert (found.kind, found.failures) == ("mx", 0)


def test_the_demo_s_domains_are_recorded_and_said_to_be(engine, server):
    names = [domain for domain, _ in DEMO_DOMAINS]
    found = Routes(engine, settings(server, demo=True)).ask_routes([*names, "mx.example.com"], NOON, seconds=0)
    assert {found[name].source for name in names} == {"recorded"}
    assert [found[name].kind for name in names] == ["mx", "mx", "null_mx", "no_such_domain", "unknown"]
    assert found["mx.example.com"].source == "memory"
    assert server.asked == {}


def test_without_the_demo_nothing_is_recorded(engine, server):
    found = Routes(engine, settings(server)).ask_routes(["harbor.example.com"], NOON, seconds=None)
    assert (found["harbor.example.com"].kind, found["harbor.example.com"].source) == ("no_such_domain", "dns")
