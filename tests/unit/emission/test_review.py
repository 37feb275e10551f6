"""A destination's filters are changed: who was sent there and no longer fits is revoked, and nobody else is told."""

import pytest
from builders import key
from emitting import destine, go, items, row_of, serve, sign_up, states
from receivers import Reply

from gateway.emission import feed
from gateway.emission.book import Terms, change, find, pause
from gateway.emission.recall import recall
from gateway.lifecycle.store import widen

DE, US = Terms({"country": ("DE",)}), Terms({"country": ("US",)})


def narrow(services, terms):
    with services.unit_of_work() as work:
        change(work, services, "crm", {}, terms, by="test")


def causes(receiver):
    return [event["data"].get("cause") for event in receiver.events() if event["type"] == "prospect.revoked"]


@pytest.fixture
def five(services, receiver, way, monkeypatch):
    """Five people whom crm has: of the United States and of Germany in turn; slices of two."""
    monkeypatch.setattr(feed, "SIZE", 2)
    destine(services, url=receiver.url)
    for n in range(1, 6):
        sign_up(services, f"p{n}@example.com", country="US" if n % 2 else "DE")
    serve(services, way)
    assert len(receiver.by_person()) == 5
    return receiver


def last(receiver):
    return {person: events[-1] for person, events in receiver.by_person().items()}


def test_who_no_longer_fits_is_revoked_with_the_cause_and_the_others_hear_nothing(services, five, way):
    with services.engine.connect() as connection:
        assert feed.count_unfit(connection, find(connection, "crm"), US) == 2
    narrow(services, US)
    serve(services, way)
    assert {who for who, (_, what) in last(five).items() if what == "prospect.revoked"} == {"prospect_2", "prospect_4"}
    assert causes(five) == ["filter_changed"] * 2
    assert {n for n, _ in last(five).values()} == {1, 2}
    assert len(five.events()) == 7
    assert row_of(services, "crm")["review_seen"] is None
    serve(services, way)
    assert len(five.events()) == 7


def test_made_wider_again_they_are_told_of_again_and_once(services, five, way):
    narrow(services, US)
    serve(services, way)
    narrow(services, Terms())
    serve(services, way)
    assert last(five)["prospect_2"] == (3, "prospect.accepted")
    assert last(five)["prospect_1"] == (1, "prospect.accepted")
    assert len(five.events()) == 9


def test_changed_back_before_anybody_worked_nothing_is_told(services, five, way):
    narrow(services, US)
    narrow(services, Terms())
    serve(services, way)
    assert len(five.events()) == 5


def test_other_fields_or_settings_look_at_nobody_again(services, five, way):
    narrow(services, Terms(fields=("address",)))
    assert row_of(services, "crm")["review_seen"] is None


def test_purposes_are_filters_too(services, receiver, way):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com", purposes="news offers")
    sign_up(services, "bea@example.com", purposes="offers")
    serve(services, way)
    narrow(services, Terms({"purposes": ("news",)}))
    serve(services, way)
    assert {who: what for who, (_, what) in last(receiver).items()} == {
        "prospect_1": "prospect.accepted", "prospect_2": "prospect.revoked",
    }  # fmt: skip
    with services.unit_of_work() as work:
        widen(work, key("bea@example.com"), "news")
    serve(services, way)
    assert last(receiver)["prospect_2"] == (3, "prospect.accepted")


def test_who_left_is_revoked_once_and_for_that(services, five, way):
    go(services, "p2@example.com")
    narrow(services, US)
    serve(services, way)
    assert sorted(causes(five)) == ["filter_changed", "opt_out"]


def test_who_was_recalled_is_not_told_of_again(services, five, way):
    with services.unit_of_work() as work:
        recall(work, services.ledger, [2], "mistake", by="test")
    go(services, "p2@example.com")
    serve(services, way)
    told = len(five.events())
    narrow(services, DE)
    serve(services, way)
    assert [event["type"] for event in five.events()[told:]] == ["prospect.revoked"] * 3


def test_revoked_also_while_it_is_paused(services, five, way):
    with services.unit_of_work() as work:
        pause(work, services, "crm", "moving", by="test")
    narrow(services, US)
    serve(services, way)
    assert causes(five) == ["filter_changed"] * 2


def test_who_may_have_got_there_is_revoked_and_who_cannot_have_is_not(services, receiver, way, clock):
    destine(services, url=receiver.url)
    receiver.answer = lambda _: Reply(500)
    sign_up(services, "ann@example.com", country="DE")
    serve(services, way)
    sign_up(services, "bea@example.com", country="DE")  # it rests: nobody tried to tell of her
    narrow(services, US)
    receiver.answer = lambda _: Reply(200)
    clock.move(hours=2)
    told = len(receiver.events())
    serve(services, way)
    assert [(event["type"], event["subject"]) for event in receiver.events()[told:]] == [
        ("prospect.revoked", "prospect_1")
    ]
    assert [row.prospect_id for row in items(services, kind="revoked")] == [1]
    assert ("accepted", "stopped") in states(services)
