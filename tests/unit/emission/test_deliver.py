"""Delivering: whole, signed, in order, never to whoever left; what fails is tried again under the same ids."""

import json
from datetime import datetime, timedelta

import pytest
from emitting import destine, go, items, row_of, serve, sign_up, states
from receivers import Reply
from standardwebhooks.webhooks import Webhook


def test_a_prospect_arrives_with_all_that_must_be_known(services, receiver, way, clock):
    key = destine(services, url=receiver.url)["key"]
    sign_up(services, "ann@example.com", first_name="Ann", country="US")
    serve(services, way)
    [request] = receiver.requests
    assert request.path == "/in?x=1"
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["content-type"] == "application/cloudevents+json"
    stamp = datetime.fromtimestamp(int(headers["webhook-timestamp"]), clock.now().tzinfo)
    signature = Webhook(key).sign(headers["webhook-id"], stamp, request.body.decode())
    assert headers["webhook-signature"] == signature
    event = request.json
    assert {name: event[name] for name in ("specversion", "id", "type", "subject", "source")} == {
        "specversion": "1.0", "id": "dlv_1", "type": "prospect.accepted", "subject": "prospect_1",
        "source": "/lead-gateway",
    }  # fmt: skip
    assert headers["webhook-id"] == "dlv_1"
    told = event["data"]
    assert (told["address"], told["first_name"], told["country"]) == ("ann@example.com", "Ann", "US")
    assert told["decision"].startswith("dec_")
    assert told["basis"]["consent"] == "given"
    assert told["scope"] == {"source": "demo", "brand": None, "purposes": None, "not_for": []}
    assert told["obligations"]
    assert told["evidence"] == "/v1/leads/lead_1/decision"
    assert states(services) == [("accepted", "acknowledged")]


def test_many_go_in_one_request_and_nobody_twice(services, receiver, way):
    destine(services, url=receiver.url)
    sign_up(services, *(f"p{n}@example.com" for n in range(60)))
    serve(services, way)
    assert [len(one.json) for one in receiver.requests] == [50, 10]
    assert len({event["id"] for event in receiver.events()}) == 60
    assert serve(services, way) == 0


def test_who_left_before_is_never_sent_and_who_left_later_is_revoked(services, receiver, way):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com", "bea@example.com")
    go(services, "bea@example.com")
    serve(services, way)
    assert b"bea@" not in b"".join(one.body for one in receiver.requests)
    go(services, "ann@example.com", "complaint")
    serve(services, way)
    last = receiver.requests[-1].json
    assert (last["type"], last["subject"], last["data"]) == (
        "prospect.revoked", "prospect_1", {"prospect": "prospect_1", "sequence": 2, "cause": "complaint"},
    )  # fmt: skip
    sign_up(services, "cat@example.com")
    serve(services, way)
    assert [event["type"] for event in receiver.events()] == [
        "prospect.accepted", "prospect.revoked", "prospect.accepted",
    ]  # fmt: skip


def test_who_comes_back_is_accepted_again(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")
    serve(services, way)
    go(services, "ann@example.com")
    serve(services, way)
    clock.move(days=1)
    sign_up(services, "ann@example.com")
    serve(services, way)
    assert receiver.by_person() == {
        "prospect_1": [(1, "prospect.accepted"), (2, "prospect.revoked"), (3, "prospect.accepted")]
    }


def test_who_leaves_and_comes_back_between_two_turns_is_accepted_once(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")
    go(services, "ann@example.com")
    clock.move(days=1)
    sign_up(services, "ann@example.com")
    serve(services, way)
    assert receiver.by_person() == {"prospect_1": [(1, "prospect.accepted")]}


@pytest.mark.parametrize(
    "reply",
    [Reply(500), Reply(503, headers={"Retry-After": "7"}), Reply(302, headers={"Location": "https://example.org/"}),
     Reply(cut=True), Reply(429), Reply(101)],
)  # fmt: skip
def test_a_receiver_that_fails_is_left_alone_and_told_again_with_the_same_ids(services, receiver, way, clock, reply):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com", "bea@example.com")
    receiver.answer = lambda _: reply
    serve(services, way)
    failed = [one.headers["webhook-id"] for one in receiver.requests]
    assert set(failed) == {failed[0]}
    assert states(services) == [("accepted", "pending")] * 2
    assert row_of(services, "crm")["failures"] == 1
    assert serve(services, way) == 0
    receiver.answer = lambda _: Reply(204, b"")
    clock.move(minutes=2)
    serve(services, way)
    assert receiver.requests[-1].headers["webhook-id"] == failed[0]
    assert states(services) == [("accepted", "acknowledged")] * 2
    assert row_of(services, "crm")["failures"] == 0


def test_an_answer_of_ten_gigabytes_is_not_read(services, receiver, way):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")
    receiver.answer = lambda _: Reply(200, huge=10 << 30)
    serve(services, way)
    assert states(services) == [("accepted", "acknowledged")]


def test_who_wants_nothing_any_more_is_paused_and_still_told_who_is_revoked(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")
    serve(services, way)
    receiver.answer = lambda _: Reply(410)
    sign_up(services, "bea@example.com")
    serve(services, way)
    assert row_of(services, "crm")["state"] == "paused"
    clock.move(hours=1)
    assert serve(services, way) == 0
    go(services, "ann@example.com")
    receiver.answer = lambda _: Reply()
    serve(services, way)
    assert receiver.by_person()["prospect_1"][-1] == (2, "prospect.revoked")
    assert "prospect_2" not in receiver.by_person()


def test_one_that_is_refused_does_not_hold_up_the_others(services, receiver, way, clock):
    destine(services, url=receiver.url)
    sign_up(services, *(f"p{n}@example.com" for n in range(5)))
    receiver.answer = lambda one: Reply(422 if b"p3@example.com" in one.body else 200)
    serve(services, way)
    clock.move(minutes=1)
    serve(services, way)
    assert [row.state for row in items(services)] == ["acknowledged"] * 3 + ["pending", "acknowledged"]


def test_what_is_not_taken_in_three_days_is_dead_and_can_be_replayed(services, receiver, way, clock):
    from gateway.emission.dead import replay

    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")
    receiver.answer = lambda _: Reply(500)
    for _ in range(40):
        serve(services, way)
        clock.move(hours=2)
    assert states(services) == [("accepted", "dead")]
    receiver.answer = lambda _: Reply()
    with services.unit_of_work() as work:
        assert replay(work, services, "crm", by="test") == 1
    serve(services, way)
    assert receiver.by_person() == {"prospect_1": [(1, "prospect.accepted")]}
    assert states(services) == [("accepted", "acknowledged")]


def test_a_revocation_never_dies_and_reaches_who_may_have_got_the_person(services, receiver, way, clock):
    """Nobody knows whether the request that failed was taken: so the word goes out, also long after."""
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")
    receiver.answer = lambda _: Reply(500)
    for _ in range(40):
        serve(services, way)
        clock.move(hours=2)
    go(services, "ann@example.com")
    for _ in range(60):
        serve(services, way)
        clock.move(hours=2)
    assert states(services) == [("accepted", "dead"), ("revoked", "pending")]
    receiver.answer = lambda _: Reply()
    serve(services, way)
    assert receiver.by_person() == {"prospect_1": [(2, "prospect.revoked")]}


def test_whoever_leaves_right_before_the_request_is_not_in_it(services, receiver, way, monkeypatch):
    from gateway.emission import deliver as room

    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com", "bea@example.com")
    real = room._send

    def late(turn, rows):
        go(services, "ann@example.com")
        real(turn, rows)

    with monkeypatch.context() as patch:
        patch.setattr(room, "_send", late)
        serve(services, way)
    assert b"ann@" not in b"".join(one.body for one in receiver.requests)
    assert receiver.by_person() == {"prospect_2": [(1, "prospect.accepted")]}
    assert states(services, prospect_id=1) == [("accepted", "stopped")]


def test_whoever_leaves_while_the_request_is_under_way_is_revoked(services, receiver, way):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")

    def answer(request):
        if b"accepted" in request.body:
            go(services, "ann@example.com")
        return Reply()

    receiver.answer = answer
    serve(services, way)
    assert receiver.by_person() == {"prospect_1": [(1, "prospect.accepted"), (2, "prospect.revoked")]}


def test_the_network_is_asked_outside_every_transaction(services, receiver, way):
    destine(services, url=receiver.url)
    sign_up(services, "ann@example.com")

    def answer(_):
        with services.unit_of_work():  # one writer: within another this would wait for ever
            return Reply()

    receiver.answer = answer
    serve(services, way)
    assert states(services) == [("accepted", "acknowledged")]


def test_a_receiver_down_for_an_hour_loses_nobody(services, receiver, way, clock):
    destine(services, url=receiver.url)
    receiver.answer = lambda _: Reply(cut=True)
    until = clock.now() + timedelta(hours=1)
    number = 0
    while clock.now() < until:
        sign_up(services, *(f"q{number}-{n}@example.com" for n in range(3)))
        number += 1
        serve(services, way)
        clock.move(minutes=5)
    receiver.answer = lambda _: Reply()
    clock.move(hours=2)
    serve(services, way)
    assert len(receiver.by_person()) == 3 * number
    assert {state for _, state in states(services)} == {"acknowledged"}


def test_both_keys_sign_while_one_is_changed(services, receiver, way):
    from gateway.emission.book import change
    from gateway.emission.destinations.webhook import new_key

    old, new = destine(services, url=receiver.url)["key"], new_key()
    with services.unit_of_work() as work:
        change(work, services, "crm", {"key": new, "former_key": old}, None, by="test")
    sign_up(services, "ann@example.com")
    serve(services, way)
    [request] = receiver.requests
    headers = {name.lower(): value for name, value in request.headers.items()}
    stamp = services.clock.now()
    both = [Webhook(one).sign("dlv_1", stamp, request.body.decode()) for one in (new, old)]
    assert headers["webhook-signature"].split(" ") == both
    assert json.loads(row_of(services, "crm")["settings"])["secret_names"] == ["former_key", "key"]
    assert new not in json.dumps(row_of(services, "crm"), default=str)
