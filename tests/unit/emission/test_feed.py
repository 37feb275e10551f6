"""The feed: nobody is passed over or told of twice, whoever writes meanwhile; filters; changes; what waits."""

import random
from dataclasses import replace
from threading import Thread

from builders import key
from emitting import destine, go, items, row_of, serve, sign_up, states
from receivers import Reply

from gateway.domain.ports import Sender, Suppression
from gateway.emission import feed
from gateway.emission.book import Terms, find
from gateway.emission.deliver import deliver
from gateway.lifecycle.store import widen, withdraw
from gateway.outcomes.leave import leave


def test_writers_and_feeders_race_and_nobody_is_passed_over(services, receiver, way, monkeypatch):
    """Four writers and two feeders at once, small pages; of half the people an event follows."""
    monkeypatch.setattr(feed, "SIZE", 7)
    destine(services, url=receiver.url)
    people, failures = 25, []

    def write(number):
        try:
            for n in range(people):
                sign_up(services, f"w{number}-{n}@example.com")
                if random.random() < 0.5:
                    go(services, f"w{number}-{n}@example.com")
        except Exception as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)

    def feeds():
        try:
            for _ in range(40):
                with services.unit_of_work() as work:
                    feed.feed(work, find(work.connection, "crm"))
        except Exception as error:  # noqa: BLE001 - told by the test's own thread
            failures.append(error)

    threads = [*(Thread(target=write, args=(n,)) for n in range(4)), Thread(target=feeds), Thread(target=feeds)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failures == []
    serve(services, way)
    with services.engine.connect() as connection:
        from gateway.lifecycle.store import follow_prospects

        came = follow_prospects(connection, 0, 1000)
    living = {f"prospect_{one.id}" for one in came if not one.withdrawn}
    assert len(came) == 4 * people
    told = receiver.by_person()
    assert {person for person, events in told.items() if events[-1][1] != "prospect.revoked"} == living
    assert {len(events) for events in told.values()} <= {1, 2}


def test_filters_are_who_fits_one_value_of_each(services, receiver, way):
    terms = Terms({"country": ("us", "CA"), "purposes": ("News",), "source": ("demo",)}, ("address",))
    destine(services, url=receiver.url, terms=terms)
    destine(services, "north", url=receiver.url, terms=Terms({"country": ("CA",)}))
    sign_up(services, "a@example.com", country="US", purposes="news offers")
    sign_up(services, "b@example.com", country="US", purposes="offers")
    sign_up(services, "c@example.com", country="US")
    sign_up(services, "d@example.com", country="US", purposes="news")
    serve(services, way)
    assert set(receiver.by_person()) == {"prospect_1", "prospect_4"}
    data = receiver.events()[0]["data"]
    assert "first_name" not in data
    assert data["obligations"]


def test_another_purpose_is_an_update_and_a_purpose_left_too(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, "a@example.com", purposes="news offers")
    serve(services, way)
    with services.unit_of_work() as work:
        widen(work, key("a@example.com"), "events")
    serve(services, way)
    clock.move(minutes=1)
    go(services, "a@example.com", scope="purpose:offers")
    serve(services, way)
    told = [(event["type"], event["data"]["purposes"], event["data"]["not_for"]) for event in receiver.events()]
    assert told == [
        ("prospect.accepted", ["news", "offers"], []), ("prospect.updated", ["news", "offers", "events"], []),
        ("prospect.updated", ["news", "events"], ["offers"]),
    ]  # fmt: skip


def test_who_left_the_purpose_a_destination_is_for_is_revoked_there(services, receiver, way, clock):
    destine(services, url=receiver.url, terms=Terms({"purposes": ("offers",)}))
    sign_up(services, "a@example.com", purposes="news offers")
    serve(services, way)
    clock.move(minutes=1)
    go(services, "a@example.com", scope="purpose:offers")
    serve(services, way)
    assert receiver.by_person()["prospect_1"][-1] == (2, "prospect.revoked")


def test_changes_before_it_was_tried_are_one_item(services, receiver, way):
    destine(services, url=receiver.url)
    sign_up(services, "a@example.com", purposes="news")
    for word in ("offers", "events"):
        with services.unit_of_work() as work:
            feed.feed(work, find(work.connection, "crm"))
            widen(work, key("a@example.com"), word)
    serve(services, way)
    assert receiver.by_person() == {"prospect_1": [(1, "prospect.accepted")]}


def test_a_change_after_a_try_of_unknown_end_is_told_apart(services, receiver, way, clock):
    """Under the same id the receiver would take it for what it has."""
    destine(services, url=receiver.url)
    sign_up(services, "a@example.com", purposes="news")
    receiver.answer = lambda _: Reply(500)
    serve(services, way)
    with services.unit_of_work() as work:
        widen(work, key("a@example.com"), "offers")
    receiver.answer = lambda _: Reply()
    clock.move(minutes=5)
    serve(services, way)
    assert receiver.by_person() == {"prospect_1": [(1, "prospect.accepted"), (2, "prospect.updated")]}


def test_who_is_not_ready_sends_nobody_and_sends_them_once_ready(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, "a@example.com", "b@example.com", country="US")
    unready = replace(services, world=replace(services.world, sender=Sender()))
    serve(unready, way)
    assert receiver.requests == []
    assert states(services) == [("accepted", "withheld")] * 2
    assert [row.tries for row in items(services)] == [0, 0]
    assert serve(services, way) == 0
    clock.move(minutes=6)
    serve(services, way)
    assert len(receiver.by_person()) == 2
    assert row_of(services, "crm")["look_at"] is None


def test_who_leaves_while_withheld_is_heard_of_by_nobody(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, "a@example.com", country="US")
    serve(replace(services, world=replace(services.world, sender=Sender())), way)
    go(services, "a@example.com")
    clock.move(hours=1)
    serve(services, way)
    assert receiver.requests == []
    assert states(services) == [("accepted", "stopped")]


def test_a_destination_from_now_on_hears_of_nobody_before(services, receiver, way):
    from gateway.emission.book import add

    sign_up(services, "a@example.com")
    with services.unit_of_work() as work:
        add(work, services, ("late", "webhook"), {"url": receiver.url}, Terms(), by="test", from_now=True)
    sign_up(services, "b@example.com")
    serve(services, way)
    assert set(receiver.by_person()) == {"prospect_2"}


def test_one_who_was_erased_is_revoked_and_no_table_here_names_them(services, receiver, way, tmp_path):
    from gateway.intake.people.erasing import erase_person

    destine(services, url=receiver.url)
    sign_up(services, "ann.smith@example.com", first_name="Ann")
    serve(services, way)
    erase_person(services, "ann.smith@example.com", why="asked for", by="test")
    serve(services, way)
    assert receiver.by_person()["prospect_1"][-1] == (2, "prospect.revoked")
    assert receiver.events()[-1]["data"]["cause"] == "erasure"
    assert b"ann.smith" not in receiver.requests[-1].body
    assert "ann.smith" not in repr(items(services))


def test_an_undone_list_is_revoked_where_it_went_and_unknown_where_it_did_not(services, receiver, way):
    from builders import BOUGHT, list_batch

    from gateway.emission.person import find_emitted
    from gateway.pipeline import process, undo

    destine(services, url=receiver.url)
    process(list_batch([{"email": "a@example.com", "country": "US"}], services.clock.now(), statement=BOUGHT), services)
    serve(services, way)
    undo([1], services, run_id=1, within=lambda *_: None, find_reported=find_emitted)
    serve(services, way)
    assert receiver.by_person()["prospect_1"][-1] == (2, "prospect.revoked")


def test_a_worker_that_lost_its_turn_writes_nothing(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, "a@example.com")

    def answer(_):
        clock.move(minutes=10)  # its lease is over
        receiver.answer = lambda _: Reply()
        assert deliver(1, services, way) is False
        return Reply(500)

    receiver.lock = _NoLock()
    receiver.answer = answer
    deliver(1, services, way)
    assert states(services) == [("accepted", "acknowledged")]
    assert len({event["id"] for event in receiver.events()}) == 1


class _NoLock:
    def __enter__(self):
        pass

    def __exit__(self, *_):
        pass


def test_a_withdrawal_of_a_part_is_looked_at_like_any(services, receiver, way, clock):
    """Orders that a table was restored with stop people, too, and what they got is revoked."""
    destine(services, url=receiver.url)
    sign_up(services, "a@example.com", "b@example.com")
    serve(services, way)
    with services.unit_of_work() as work:
        withdraw(work, [key("b@example.com")], "manual")
        leave(work, services.ledger, [Suppression(key("a@example.com"), "complaint", work.at, "source:demo")], by="t")
    serve(services, way)
    assert {events[-1][1] for events in receiver.by_person().values()} == {"prospect.revoked"}


def test_a_receiver_that_rests_is_written_nothing_down_and_gets_everybody_after_it(services, receiver, way, clock):
    destine(services, url=receiver.url)
    receiver.answer = lambda _: Reply(500)
    sign_up(services, "ann@example.com")
    serve(services, way)
    before = states(services)
    sign_up(services, "bea@example.com", "cat@example.com")
    go(services, "cat@example.com")
    assert serve(services, way) == 0, "nothing is due before the rest is over"
    assert states(services) == before == [("accepted", "pending")]
    receiver.answer = lambda _: Reply()
    clock.move(hours=2)
    serve(services, way)
    assert {event["subject"] for event in receiver.events()} == {"prospect_1", "prospect_2"}
