"""Many at once: no cap is passed by one, a ping brings one lead, the account says what happened; killed or not."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import buying
import pytest
from builders import make_services
from sqlalchemy import func, select
from web import TimedRoutes, Web, app_of, make_web

from gateway.db.engine import open_engine
from gateway.db.work import reading
from gateway.intake.buying import account, book, booked, buy
from gateway.intake.buying.tables import bought, pings
from gateway.outcomes.tables import leads
from gateway.pipeline import release

THREADS = 32


def account_of(services):
    dealing = buying.dealing_of(services)
    with reading(services.engine) as connection:
        return account.load(connection, dealing.contract.number, services.clock.now(), "UTC")["total"]


def counted(services, *where):
    with reading(services.engine) as connection:
        return connection.execute(select(func.count()).select_from(bought).where(*where)).scalar_one()


def test_thirty_two_threads_do_not_pass_a_cap(web):
    headers = buying.sell(web.services, caps={"day": 10, "money_total": "11.25"})  # the ninth is the last one paid for

    def post(number):
        return web.client.post("/v1/leads", json=buying.lead(f"a{number}@example.com"), headers=headers).json["outcome"]

    with ThreadPoolExecutor(THREADS) as pool:
        ends = list(pool.map(post, range(48)))
    assert (ends.count("prospect"), ends.count("not_bought")) == (9, 39)
    told = account_of(web.services)
    assert (told.bought, told.refused, told.posts, told.spent_minor) == (9, 39, 48, 1125)
    assert (counted(web.services), len(web.leads())) == (9, 9)


def test_posts_that_begin_before_midnight_do_not_pass_the_next_days_cap(web, clock, monkeypatch):
    """They waited for DNS meanwhile: yesterday's room is not today's."""
    headers = buying.sell(web.services, caps={"day": 2})
    judge = buy.judge

    def slowly(*args, **more):
        judged = judge(*args, **more)
        clock.set(datetime(2026, 11, 23, 0, 0, 1, tzinfo=UTC))
        return judged

    for number in range(4):
        clock.set(datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC))
        monkeypatch.setattr(buy, "judge", slowly)
        web.client.post("/v1/leads", json=buying.lead(f"a{number}@example.com"), headers=headers)
    assert counted(web.services) == 2


def test_a_ping_brings_one_lead_however_many_post_at_once(web):
    headers = buying.sell(web.services)
    ping = web.client.post("/v1/pings", json={"country": "US"}, headers=headers).json["ping"]

    def post(number):
        body = buying.lead(f"a{number}@example.com", ping=ping)
        return web.client.post("/v1/leads", json=body, headers=headers).json["outcome"]

    with ThreadPoolExecutor(THREADS) as pool:
        ends = list(pool.map(post, range(THREADS)))
    assert ends.count("prospect") == 1
    with reading(web.services.engine) as connection:
        row = connection.execute(select(pings)).one()
    assert (row.lead_id, len(web.leads())) == (1, 1)


def test_the_same_person_at_once_is_bought_once(web):
    headers = buying.sell(web.services)

    def post(_):
        return web.client.post("/v1/leads", json=buying.lead(), headers=headers).json["outcome"]

    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(post, range(8)))
    assert sorted(ends) == ["prospect"] + ["rejection"] * 7
    assert account_of(web.services).spent_minor == 125


def _sell(number, url, folder, headers, lines):
    start, told = lines
    engine = open_engine(url)
    web = make_web_again(engine, _Noon(), folder)
    start.wait(60)
    with ThreadPoolExecutor(8) as pool:
        ends = list(pool.map(
            lambda n: web.client.post("/v1/leads", json=buying.lead(f"p{number}n{n}@example.com"), headers=headers)
            .json["outcome"], range(16),
        ))  # fmt: skip
    told.put(ends)
    engine.dispose()


class _Noon:
    """The clock of the tests, in a process that has no fixtures."""

    def now(self):
        return datetime(2026, 11, 21, 12, tzinfo=UTC)


def make_web_again(engine, clock, folder):
    """The same gateway in another process; its form is there already."""
    services = make_services(engine, clock, folder, routes=TimedRoutes())
    return Web(app_of(services), services, TimedRoutes())


def test_two_processes_do_not_pass_a_cap(database_url, clock, tmp_path):
    engine = open_engine(database_url)
    web = make_web(engine, clock, tmp_path)
    headers = buying.sell(web.services, caps={"total": 11})
    engine.dispose()
    spawn = multiprocessing.get_context("spawn")
    start, told = spawn.Event(), spawn.Queue()
    sellers = [
        spawn.Process(target=_sell, args=(number, database_url, tmp_path, headers, (start, told))) for number in (1, 2)
    ]
    for one in sellers:
        one.start()
    start.set()
    ends = [end for _ in sellers for end in told.get(timeout=120)]
    for one in sellers:
        one.join(60)
    assert (ends.count("prospect"), ends.count("not_bought")) == (11, 21)
    engine = open_engine(database_url)
    web = make_web_again(engine, clock, tmp_path)
    assert (account_of(web.services).bought, len(web.leads())) == (11, 11)
    engine.dispose()


@pytest.mark.parametrize("at", ["book", "sale_of"])
def test_what_fails_in_the_middle_leaves_nothing(web, monkeypatch, at):
    """Lead, account, ping and answer are written together or not at all."""
    headers = buying.sell(web.services)
    ping = web.client.post("/v1/pings", json={"country": "US"}, headers=headers).json["ping"]
    real = getattr(buy, at)

    def fail(*args, **kwargs):
        real(*args, **kwargs)
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(buy, at, fail)
        assert web.client.post("/v1/leads", json=buying.lead(ping=ping), headers=headers).status_code == 500
    with reading(web.services.engine) as connection:
        assert connection.execute(select(func.count()).select_from(leads)).scalar_one() == 0
        assert connection.execute(select(pings.c.used_at)).scalar_one() is None
    assert account_of(web.services).posts == 0
    told = web.client.post("/v1/leads", json=buying.lead(ping=ping), headers=headers).json
    assert (told["outcome"], account_of(web.services).bought) == ("prospect", 1)


def test_a_pause_stops_a_post_that_is_under_way(web, monkeypatch):
    headers = buying.sell(web.services)
    real = buy.judge

    def slowly(*args, **kwargs):
        judged = real(*args, **kwargs)
        with web.services.unit_of_work() as work:
            book.pause(work, web.services.ledger, buying.contract_of(web.services), by="test", why="complaints")
        return judged

    monkeypatch.setattr(buy, "judge", slowly)
    told = web.client.post("/v1/leads", json=buying.lead(), headers=headers).json
    assert (told["outcome"], told["reasons"][0]["reason"]) == ("not_bought", "paused")
    assert web.leads() == []


def test_leads_that_wait_are_looked_after_once(web):
    headers = buying.sell(web.services)
    web.routes.kinds["slow.example.net"] = "unknown"
    for number in range(5):
        web.client.post("/v1/leads", json=buying.lead(f"a{number}@slow.example.net"), headers=headers)
    web.routes.kinds["slow.example.net"] = "mx"
    release(range(1, 6), web.services, by="test")
    web.services.clock.move(minutes=2)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: booked.look_after(web.services), range(4)))
    assert sum(done) == 5
    told = account_of(web.services)
    assert (told.held, told.bought, told.pending_minor, told.spent_minor) == (0, 5, 0, 625)
