"""Receivers that fail now and then, and bad ones beside good ones: nobody is lost, nobody is held up by another."""

import random
import time
from threading import Event

import pytest
from builders import BOUGHT, list_batch
from emitting import destine, serve, states
from receivers import Reply, resolve_to_public, stand, way_to

from gateway.emission.crew import Crew
from gateway.emission.due import find_due
from gateway.pipeline import process

BAD = [Reply(500), Reply(302, headers={"Location": "https://example.org/"}), Reply(500, huge=10 << 30), Reply(cut=True)]


def bring(services, count):
    for start in range(0, count, 5000):
        rows = [{"email": f"p{n}@example.com", "country": "US"} for n in range(start, min(start + 5000, count))]
        process(list_batch(rows, services.clock.now(), statement=BOUGHT, first=start + 2), services)


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.slow)])
def test_an_hour_down_and_one_request_in_twenty_failing_lose_nobody(services, tmp_path, monkeypatch, clock, count):
    resolve_to_public(monkeypatch)
    chosen, until = random.Random(5), clock.now().timestamp() + 3600

    def answer(_):
        if clock.now().timestamp() < until:
            return chosen.choice(BAD)
        return Reply(500) if chosen.random() < 0.05 else Reply()

    with stand(tmp_path / "crm", answer) as receiver:
        destine(services, url=receiver.url, batch=str(max(count // 60, 5)))
        bring(services, count)
        way = way_to(tmp_path / "drops", receiver)
        for _ in range(200):
            serve(services, way)
            clock.move(minutes=13)
            if {state for _, state in states(services)} == {"acknowledged"}:
                break
        told = receiver.by_person()
        assert len(told) == count
        assert set(map(tuple, told.values())) == {((1, "prospect.accepted"),)}


def test_a_receiver_that_does_not_answer_holds_up_no_other(services, tmp_path, monkeypatch, clock):
    """While it keeps one thread waiting, the others are told everything."""
    resolve_to_public(monkeypatch)
    asked, answered = Event(), Event()

    def waits(_):
        asked.set()
        answered.wait(60)
        return Reply()

    with stand(tmp_path / "slow", waits) as slow, stand(tmp_path / "a") as a, stand(tmp_path / "b") as b:
        for name, one in (("a", a), ("b", b), ("slow", slow)):
            destine(services, name, url=one.url, seconds="30")
        bring(services, 120)
        way = way_to(tmp_path / "drops", slow, a, b)
        crew = Crew(lambda: services, lambda: way, is_stopping=lambda: False)
        until = time.monotonic() + 60
        while not (asked.is_set() and a.count == b.count == 120):
            with services.engine.connect() as connection:
                crew.start(find_due(connection, clock.now()))
            assert time.monotonic() < until
            time.sleep(0.05)
        assert slow.count == 0
        assert not crew.is_idle()
        answered.set()
        while not crew.is_idle() or slow.count < 120:
            with services.engine.connect() as connection:
                crew.start(find_due(connection, clock.now()))
            assert time.monotonic() < until
            time.sleep(0.05)
    assert {state for _, state in states(services)} == {"acknowledged"}


def test_slow_ones_do_not_take_all_the_room(monkeypatch):
    from gateway.emission import crew as room

    held = Event()
    monkeypatch.setattr(room, "deliver", lambda *_, **__: held.wait(30) and False)
    crew = Crew(lambda: None, lambda: None, is_stopping=lambda: False)
    crew._slow.update(range(20))
    assert len(crew.start(range(20))) == room.MOST_SLOW
    assert len(crew.start(range(100, 120))) == room.MOST - room.MOST_SLOW
    held.set()
