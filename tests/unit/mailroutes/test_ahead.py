"""A run's domains asked ahead in a thread; on both databases, of real servers."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from dnsserver import NULL_MX, SERVFAIL, SILENT, TAKES_MAIL, DnsServer, InTurn
from fastdns import fast_dns

from gateway.config import Settings
from gateway.db.work import reading, unit_of_work
from gateway.domain.screened import MailRoute
from gateway.mailroutes import ahead as module
from gateway.mailroutes import asker as asking
from gateway.mailroutes.ahead import Ahead
from gateway.mailroutes.answers import silent
from gateway.mailroutes.memory import keep_routes, recall
from gateway.mailroutes.routes import Routes

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def server():
    with DnsServer(default=TAKES_MAIL) as running:
        yield running


@pytest.fixture
def begin(engine, server):
    begun = []

    def make(**changes):
        settings = Settings(nameservers=(server.address,), **changes)
        begun.append(Ahead(Routes(engine, settings), settings, NOON))
        return begun[-1]

    yield make
    for ahead in begun:
        ahead.close()


def keep(engine, routes):
    with unit_of_work(engine, NOON) as work:
        keep_routes(work, routes)


def until(is_so):
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def names(count, letter="d"):
    return [f"{letter}{i}.example.com" for i in range(count)]


def test_a_batch_finds_the_answers_that_were_asked_ahead(begin, server):
    ahead = begin()
    ahead.feed([*names(50), "no domain", None])
    until(lambda: sum(server.asked.values()) == 50)
    found = ahead.ask_routes(names(50), NOON, seconds=None)
    assert [(name, route.kind, route.source) for name, route in found.items()] == [(n, "mx", "dns") for n in names(50)]
    assert set(server.asked.values()) == {1}


def test_what_was_not_fed_is_asked_when_its_batch_comes(begin, server):
    server.zone["null.example.com"] = NULL_MX
    found = begin().ask_routes(["null.example.com", "mx.example.com"], NOON, seconds=None)
    assert {name: route.kind for name, route in found.items()} == {
        "null.example.com": "null_mx",
        "mx.example.com": "mx",
    }


def test_the_most_frequent_are_asked_first(begin, server, monkeypatch):
    monkeypatch.setattr(asking, "IN_FLIGHT", 1)
    begin().feed([name for i, name in enumerate(names(20)) for _ in range(i + 1)])
    until(lambda: len(server.asked) == 20)
    assert list(server.asked) == names(20)[::-1]


def test_each_domain_is_asked_once_however_many_batches_name_it(begin, engine, server):
    ahead = begin()
    server.zone["servfail.example.com"] = SERVFAIL
    for k in range(4):
        batch = ["example.com", "servfail.example.com", f"d{k}.example.com"]
        ahead.feed(batch)
        found = ahead.ask_routes(batch, NOON, seconds=None)
        assert [route.kind for route in found.values()] == ["mx", "unknown", "mx"]
        if k % 2:  # the batches before are committed late
            keep(engine, found.values())
    assert server.asked["example.com"] == 1
    assert server.asked["servfail.example.com"] == len(asking.PATIENCE)


def test_a_domain_silent_in_this_run_is_not_asked_by_the_next_batch(begin, engine, server):
    """A silence is believed for seconds only; the hold's own recheck asks again."""
    keep(engine, [silent("quiet.example.com", NOON)])
    found = begin().ask_routes(["quiet.example.com"], NOON + HOUR, seconds=None)
    assert found["quiet.example.com"].kind == "unknown"
    assert server.asked == {}


def test_the_memory_is_asked_first(begin, engine, server):
    keep(engine, [MailRoute("known.example.com", "null_mx", NOON, NOON + HOUR)])
    ahead = begin()
    ahead.feed(["known.example.com", "new.example.com"])
    until(lambda: server.asked == {"new.example.com": 1})
    found = ahead.ask_routes(["known.example.com"], NOON, seconds=None)
    assert [(route.kind, route.source) for route in found.values()] == [("null_mx", "memory")]
    assert server.asked == {"new.example.com": 1}


def test_a_silence_after_others_waits_longer(begin, engine, server):
    before = silent("x.example.com", NOON - HOUR, failures=2)
    keep(engine, [before])
    server.zone["x.example.com"] = SERVFAIL
    ahead = begin()
    ahead.feed(["x.example.com"])
    assert ahead.ask_routes(["x.example.com"], NOON, seconds=None)["x.example.com"].failures == 4


def test_what_nobody_fetched_is_kept_with_the_present_batch(begin, engine, server):
    ahead = begin()
    ahead.feed(names(10))
    ahead.ask_routes(names(5), NOON, seconds=None)
    until(lambda: sum(server.asked.values()) == 10)
    fresh, deadline = [], time.monotonic() + 10
    while len(fresh) < 5 and time.monotonic() < deadline:
        fresh += ahead.fresh()
    assert sorted(route.domain for route in fresh) == names(10)[5:]
    assert ahead.fresh() == []
    keep(engine, fresh)
    with reading(engine) as connection:
        assert len(recall(connection, names(10))) == 5
    again = ahead.ask_routes(names(10), NOON, seconds=None)
    assert {route.kind for route in again.values()} == {"mx"}
    assert sum(server.asked.values()) == 10


def test_a_run_waits_no_longer_than_it_may_in_all(begin, server):
    server.default = SILENT
    ahead = begin(run_dns_seconds=0.5)
    started = time.monotonic()
    for k in range(5):
        found = ahead.ask_routes(names(5, "abcde"[k]), NOON, seconds=None)
        assert {(route.kind, route.source) for route in found.values()} == {("unknown", "memory")}
    assert time.monotonic() - started < 3
    assert ahead.waited == pytest.approx(0.5, abs=0.3)


def test_what_came_too_late_for_one_batch_serves_the_next(begin, server):
    server.zone["slow.example.com"] = InTurn([SILENT, TAKES_MAIL])
    ahead = begin()
    first = ahead.ask_routes(["slow.example.com"], NOON, seconds=0.2)
    assert first["slow.example.com"].kind == "unknown"
    assert ahead.ask_routes(["slow.example.com"], NOON, seconds=None)["slow.example.com"].kind == "mx"


def test_without_dns_nobody_waits_long(begin, server, monkeypatch):
    monkeypatch.setattr(asking, "DOWN", 3)
    server.default = SILENT
    started = time.monotonic()
    found = begin().ask_routes(names(50), NOON, seconds=None)
    assert {route.kind for route in found.values()} == {"unknown"}
    assert time.monotonic() - started < 10


def test_without_a_name_server_nothing_is_known(begin, engine, monkeypatch):
    monkeypatch.setattr(Routes, "nameservers", lambda _self: [])
    found = begin().ask_routes(names(3), NOON, seconds=None)
    assert {route.kind for route in found.values()} == {"unknown"}


def test_a_crash_of_the_thread_leaves_the_run_going(begin, monkeypatch, caplog):
    monkeypatch.setattr(Ahead, "_collect", lambda *_: 1 / 0)
    found = begin().ask_routes(names(3), NOON, seconds=None)
    assert {route.kind for route in found.values()} == {"unknown"}
    assert "DNS is not asked ahead any more" in caplog.text


def test_no_more_answers_pile_up_than_allowed_and_a_batch_gets_its_own_all_the_same(begin, server, monkeypatch):
    monkeypatch.setattr(module, "WAITING", 10)
    monkeypatch.setattr(module, "AT_ONCE", 10)
    monkeypatch.setattr(module, "KEPT", 5)
    monkeypatch.setattr(asking, "IN_FLIGHT", 5)
    ahead = begin()
    ahead.feed(names(200))
    until(lambda: len(ahead._new) >= 10)
    time.sleep(0.3)
    assert sum(server.asked.values()) <= 30
    found = ahead.ask_routes(names(40, "e"), NOON, seconds=None)
    assert {route.kind for route in found.values()} == {"mx"}
    got = {route.domain for route in found.values()}
    deadline = time.monotonic() + 20
    while len(got) < 240 and time.monotonic() < deadline:
        got |= {route.domain for route in ahead.fresh()}
    assert (len(got), len(ahead._old)) == (240, 5)


def test_closed_it_asks_no_more_and_can_be_closed_again(begin, server):
    with begin() as ahead:
        ahead.ask_routes(["a.example.com"], NOON, seconds=None)
    ahead.close()
    ahead.feed(["b.example.com"])
    assert ahead.ask_routes(["b.example.com"], NOON, seconds=None)["b.example.com"].kind == "unknown"
    assert server.asked == {"a.example.com": 1}


def test_many_domains_ahead_of_a_quick_server(engine):
    wanted = names(3000)
    with fast_dns() as address:
        settings = Settings(nameservers=(address,))
        with Ahead(Routes(engine, settings), settings, NOON) as ahead:
            ahead.feed(wanted)
            for k in range(0, 3000, 500):
                found = ahead.ask_routes(wanted[k : k + 500], NOON, seconds=None)
                assert {route.kind for route in found.values()} == {"mx"}
                keep(engine, [*found.values(), *ahead.fresh()])
    with reading(engine) as connection:
        assert len(recall(connection, wanted)) == 3000
