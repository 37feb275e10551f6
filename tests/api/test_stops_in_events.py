"""An order to stop that comes as an event is never lost: not by a used id, another mistake, a bare day, odd numbers."""

from datetime import UTC, datetime

import pytest
from builders import key
from emitting import sign_up

from gateway.suppression.book import find

STOP = {"id": "7", "address": "ana@example.com", "kind": "opt_out", "at": "2026-11-20T10:00:00Z"}


@pytest.fixture
def shop(web):
    consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me."}
    for name in ("ana", "ben"):
        web.client.post("/v1/signups", json={"email": f"{name}@example.com", "source": "demo", "consent": consent})
    return web


def post(web, *events, headers):
    answer = web.client.post("/v1/events", json={"events": list(events)}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json["events"]


def orders(web, name="ana"):
    with web.services.engine.connect() as connection:
        return find(connection, [key(f"{name}@example.com")]).get(key(f"{name}@example.com"), [])


def given(web):
    found = web.client.get("/v1/prospects", headers=web.key("leads"))
    return sorted(name for name in ("ana", "ben") if f"{name}@example.com" in found.text)


@pytest.mark.parametrize("other", [{"kind": "purchase"}, {"address": "ben@example.com", "kind": "opt_out"}])
@pytest.mark.parametrize("together", [True, False])
def test_an_order_under_the_id_of_something_else_is_kept(shop, other, together):
    headers = shop.key("events")
    if together:
        _, reply = post(shop, STOP | other, STOP, headers=headers)
    else:
        post(shop, STOP | other, headers=headers)
        (reply,) = post(shop, STOP, headers=headers)
    assert (reply["state"], reply["stopped"]) == ("told_before", True)
    assert orders(shop)
    assert "ana" not in given(shop)


def test_the_same_order_told_again_does_not_undo_a_later_yes(shop, clock):
    headers = shop.key("events")
    post(shop, STOP, headers=headers)
    assert given(shop) == ["ben"]
    clock.move(hours=1)
    sign_up(shop.services, "ana@example.com")
    assert given(shop) == ["ana", "ben"]
    (reply,) = post(shop, STOP, headers=headers)
    assert "stopped" not in reply
    assert given(shop) == ["ana", "ben"]


@pytest.mark.parametrize(
    "wrong",
    [{"at": "2999-01-01T00:00:00Z"}, {"at": "yesterday"}, {"product": "lamp for ben@example.com"}, {"quantity": -1},
     {"id": ""}, {"colour": "red"}, {"amount": "much", "currency": "EUR"}, {"match_key": "00" * 16}],
)  # fmt: skip
def test_an_order_is_kept_whatever_else_is_wrong_with_its_event(shop, wrong):
    (reply,) = post(shop, STOP | wrong, headers=shop.key("events"))
    assert (reply["state"], reply["stopped"]) == ("refused", True)
    assert orders(shop)
    assert given(shop) == ["ben"]


def test_an_order_of_a_bare_day_is_one_of_its_end_and_never_of_the_future(shop, clock):
    today = clock.now().date()
    post(shop, STOP | {"at": today.isoformat()}, headers=shop.key("events"))
    assert {one.received_at for one in orders(shop)} == {clock.now()}
    post(shop, STOP | {"id": "8", "address": "ben@example.com", "at": "2026-10-01"}, headers=shop.key("events"))
    assert {one.received_at for one in orders(shop, "ben")} == {datetime(2026, 10, 2, 4, tzinfo=UTC)}


@pytest.mark.parametrize("field", ["id", "address", "match_key", "prospect", "lead", "kind", "at", "product",
                                   "quantity", "amount", "currency", "satisfaction", "recommend"])  # fmt: skip
def test_one_odd_event_does_not_take_the_others_of_its_batch_along(small_web, field):
    odd = [[1], {"a": 1}, 10**400, -(10**400), True, 1e308, "9" * 5000, -1, "NaN"]
    bad = [{**STOP, "kind": "purchase", "id": f"odd {n}", field: value} for n, value in enumerate(odd)]
    *_, last = post(small_web, *bad, STOP, headers=small_web.key("events"))
    assert last["stopped"] is True
