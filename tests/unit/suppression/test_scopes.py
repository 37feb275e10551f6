"""What an order covers: every scope against every kind of lead, and that a part never narrows the whole."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from builders import FORM, key, list_batch, make_services, signup_batch
from web import SENDER

from gateway.domain.lead import Origin
from gateway.domain.ports import CAUSES, Suppression, read_cause, read_scope
from gateway.handout import Handout
from gateway.lifecycle.store import export
from gateway.outcomes.leave import leave
from gateway.pipeline import process
from gateway.suppression.book import find, record

ANN = "ann@example.com"
SCOPES = ("all", "email", "phone", "brand:Harbor", "source:demo", "source:list_1")
COVERS = {  # scope -> (the form demo, the form harbor of the brand Harbor, list 1)
    "all": (True, True, True), "email": (True, True, True), "phone": (False, False, False),
    "brand:Harbor": (False, True, False), "source:demo": (True, False, False), "source:list_1": (False, False, True),
}  # fmt: skip


@pytest.fixture
def services(engine, clock, tmp_path):
    made = make_services(engine, clock, tmp_path)
    return replace(made, world=replace(made.world, sender=SENDER))


def batch(place, at, address=ANN, **fields):
    """A lead from the form demo, from the form harbor, or from list 1."""
    if place == 2:
        return list_batch([{"email": address, **fields}], at)
    made = signup_batch(address, at, **fields)
    if place == 1:
        made.origin = Origin("form", "harbor", replace(FORM, brand="HARBOR"))
    return made


def tell(services, *orders):
    with services.unit_of_work() as work:
        return leave(work, services.ledger, orders, by="test")


def reachable(services):
    with services.engine.connect() as connection:
        return {one["address"] for one in export(connection)}


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("scope", SCOPES)
def test_an_order_stops_the_leads_that_it_covers_and_no_others(services, clock, scope, place):
    tell(services, Suppression(key(ANN), "opt_out", clock.now(), scope))
    clock.move(days=1)
    process(batch(place, clock.now()), services)
    assert (reachable(services) == set()) == COVERS[scope][place]


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("scope", SCOPES)
def test_an_order_that_comes_while_a_lead_is_under_way_stops_it_too(services, clock, scope, place):
    arrived = clock.now()
    clock.move(minutes=1)
    tell(services, Suppression(key(ANN), "opt_out", clock.now(), scope))
    process(batch(place, arrived), services, as_of=arrived)
    assert (reachable(services) == set()) == COVERS[scope][place]


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("scope", SCOPES)
def test_it_withdraws_the_prospects_and_refuses_the_waiting_leads_that_it_covers(services, clock, scope, place):
    services.world.routes.default = "mx"
    process(batch(place, clock.now()), services)
    services.world.routes.kinds["slow.example.net"] = "unknown"
    held = process(batch(place, clock.now(), "bob@slow.example.net"), services)
    assert (reachable(services), held.outcomes) == ({ANN}, ["hold"])
    orders = [Suppression(key(one), "opt_out", clock.now(), scope) for one in (ANN, "bob@slow.example.net")]
    left = tell(services, *orders)
    assert (left.recorded, left.withdrawn, left.refused) == (2, *((1, 1) if COVERS[scope][place] else (0, 0)))
    assert (reachable(services) == set()) == COVERS[scope][place]
    assert services.ledger.verify(services.engine).ok


@pytest.mark.parametrize(("first", "second"), list(permutations(SCOPES, 2)))
def test_a_later_order_never_narrows_an_earlier_one(services, clock, first, second):
    tell(services, Suppression(key(ANN), "opt_out", clock.now(), first))
    clock.move(hours=1)
    tell(services, Suppression(key(ANN), "opt_out", clock.now(), second))
    clock.move(hours=1)
    for place in range(3):
        covered = COVERS[first][place] or COVERS[second][place]
        settled = process(batch(place, clock.now()), services)
        assert not covered or settled.outcomes != ["prospect"], (first, second, place)


def test_the_same_cause_in_two_scopes_is_two_orders(services, clock):
    orders = [Suppression(key(ANN), "opt_out", clock.now(), scope) for scope in SCOPES]
    assert tell(services, *orders, *orders).recorded == len(SCOPES)
    assert tell(services, *orders).recorded == 0
    with services.engine.connect() as connection:
        assert sorted(one.scope for one in find(connection, [key(ANN)])[key(ANN)]) == sorted(SCOPES)


def test_being_told_again_of_a_part_moves_that_part_only(services, clock):
    began = clock.now()
    tell(services, Suppression(key(ANN), "opt_out", began), Suppression(key(ANN), "opt_out", began, "source:demo"))
    clock.move(days=3)
    tell(services, Suppression(key(ANN), "opt_out", clock.now(), "source:demo"))
    with services.engine.connect() as connection:
        found = [(one.scope, one.received_at - began) for one in find(connection, [key(ANN)])[key(ANN)]]
    assert found == [("all", timedelta(0)), ("source:demo", timedelta(0)), ("source:demo", timedelta(days=3))]


@pytest.mark.parametrize("scope", SCOPES)
def test_handing_out_looks_once_more(services, clock, scope):
    """A book filled behind the gateway's back, as a restored table is: nobody was withdrawn."""
    process(batch(1, clock.now()), services)
    clock.move(hours=1)
    with services.unit_of_work() as work:
        record(work, [Suppression(key(ANN), "opt_out", clock.now(), scope)], by="test")
    assert (list(Handout(services, clock.now()).prospects()) == []) == COVERS[scope][1]


def test_who_came_back_is_handed_out(services, clock):
    process(batch(0, clock.now()), services)
    tell(services, Suppression(key(ANN), "opt_out", clock.now()))
    clock.move(days=1)
    process(batch(0, clock.now(), confirmed_at=clock.now()), services)
    assert [one["address"] for one in Handout(services, clock.now()).prospects()] == [ANN]


@pytest.mark.parametrize("text", [*SCOPES, "brand:Straße & Söhne", "source:a", "brand:" + "x" * 64])
def test_a_scope_is_read_as_it_is_written(text):
    assert read_scope(text) == text


@pytest.mark.parametrize(
    "text", ["", "All", "brand:", "source: a", "brand:a ", "list:1", "brand:a@b", "brand:a\nb", "brand:" + "x" * 65]
)
def test_what_is_no_scope_is_refused(text):
    with pytest.raises(ValueError, match="write all, email, phone"):
        read_scope(text)


@pytest.mark.parametrize(
    ("text", "cause"),
    [*((cause, cause) for cause in CAUSES), ("do-not-contact", "manual"), ("Litigation", "legal"),
     ("hard bounce", "bounce"), ("erased", "erasure"), ("opt-out", "opt_out")],
)  # fmt: skip
def test_causes_are_read_by_our_words_and_others(text, cause):
    assert read_cause(text) == cause


def test_no_other_word_is_a_cause():
    with pytest.raises(ValueError, match="is no cause"):
        read_cause("boredom")
