"""Recalls: everybody who got a person, or may have, is told; who has answered is known, and who has not is reminded."""

import json
from dataclasses import replace

import pytest
from builders import BOUGHT, list_batch
from emitting import destine, go, items, serve, sign_up, states
from receivers import Reply, resolve_to_public, stand, way_to
from sqlalchemy import select

from gateway.db.work import reading
from gateway.domain.problem import CallerError
from gateway.emission.acknowledge import acknowledge, by_hand
from gateway.emission.book import Terms, pause, remove
from gateway.emission.browse import answering, find_recall
from gateway.emission.recall import Asked, ask, find_barred, find_open, foresee, recall, work_recall
from gateway.ledger.tables import entries
from gateway.pipeline import process
from gateway.vendors.book import set_standing


@pytest.fixture
def receivers(tmp_path, monkeypatch):
    resolve_to_public(monkeypatch)
    with stand(tmp_path / "crm") as crm, stand(tmp_path / "mail") as mail:
        yield crm, mail


@pytest.fixture
def way(tmp_path, receivers):
    return way_to(tmp_path / "drops", *receivers)


def bring(services, *addresses):
    rows = [{"email": address, "country": "US"} for address in addresses]
    settled = process(list_batch(rows, services.clock.now(), statement=BOUGHT), services)
    assert set(settled.outcomes) == {"prospect"}, settled.findings(0)


def recalled(services, lists=(1,), cause="attestation_withdrawn"):
    with services.unit_of_work() as work:
        number = ask(work, services.ledger, Asked(lists, cause, "list_1", "Taken back"), by="test")
    while work_recall(number, services):
        pass
    return number


def test_a_list_is_recalled_from_all_that_got_it_whatever_their_state(services, receivers, way, clock):
    crm, mail = receivers
    destine(services, "crm", url=crm.url)
    destine(services, "mail", url=mail.url)
    bring(services, *(f"p{n}@example.com" for n in range(30)))
    sign_up(services, "ann@example.com")
    serve(services, way)
    with services.unit_of_work() as work:
        pause(work, services, "mail", "moved", by="test")
    effect = foresee(services, (1,))
    assert (effect.people, effect.holding) == (30, {"crm": 30, "mail": 30})
    number = recalled(services)
    serve(services, way)
    for one in receivers:
        told = one.by_person()
        assert sum(events[-1] == (2, "prospect.revoked") for events in told.values()) == 30
        assert sum(len(events) == 1 for events in told.values()) == 1
    with reading(services.engine) as connection:
        found = find_recall(connection, number)
        assert (found.people, found.messages, found.acknowledged, found.is_done) == (30, 60, 60, True)
        kinds = set(connection.execute(select(entries.c.kind)).scalars())
    assert {"recall.asked", "prospects.revoked", "recall.told"} <= kinds
    assert serve(services, way) == 0


def test_who_may_have_got_the_person_is_told_too_and_nothing_else_is_sent(services, receivers, way, clock):
    crm, _ = receivers
    destine(services, "crm", url=crm.url)
    bring(services, "a@example.com")
    crm.answer = lambda _: Reply(500)
    serve(services, way)
    recalled(services)
    crm.answer = lambda _: Reply()
    clock.move(hours=3)
    serve(services, way)
    assert crm.by_person() == {"prospect_1": [(2, "prospect.revoked")]}
    assert states(services) == [("accepted", "stopped"), ("revoked", "acknowledged")]


def test_who_was_told_of_nobody_hears_of_no_recall(services, receivers, way):
    crm, _ = receivers
    destine(services, "crm", url=crm.url)
    bring(services, "a@example.com")
    recalled(services)
    serve(services, way)
    assert crm.requests == []


def test_a_removed_destination_is_told_by_hand(services, receivers, way):
    crm, _ = receivers
    destine(services, "crm", url=crm.url)
    bring(services, "a@example.com")
    serve(services, way)
    with services.unit_of_work() as work:
        assert remove(work, services, "crm", "gone", by="test") == 1
    number = recalled(services)
    assert states(services)[-1] == ("revoked", "by_hand")
    with reading(services.engine) as connection:
        [one] = answering(connection, services.clock.now(), number)
    assert (one.state, one.by_hand, one.unanswered) == ("removed", 1, 1)
    with services.unit_of_work() as work:
        assert by_hand(work, services, 1, by="person_1", why="By telephone") == 1
    with reading(services.engine) as connection:
        assert find_recall(connection, number).is_done


def test_of_who_came_back_nobody_is_reminded(services, receivers, way, clock):
    """Behind the newer message a reminder would take them off the receiver's lists again."""
    crm, _ = receivers
    destine(services, "crm", url=crm.url, terms=Terms(confirm="processing"))
    sign_up(services, "ann@example.com")
    serve(services, way)
    go(services, "ann@example.com")
    serve(services, way)
    clock.move(hours=1)
    sign_up(services, "ann@example.com")
    serve(services, way)
    assert [kind for kind, _ in states(services)] == ["accepted", "revoked", "accepted"]
    clock.move(hours=50)
    serve(services, way)
    assert [event["type"] for event in crm.events()].count("prospect.revoked") == 1


def test_who_must_confirm_is_reminded_each_day_until_it_does(services, receivers, way, clock):
    crm, _ = receivers
    destine(services, "crm", url=crm.url, terms=Terms(confirm="processing"))
    sign_up(services, "ann@example.com")
    serve(services, way)
    go(services, "ann@example.com")
    serve(services, way)
    assert states(services) == [("accepted", "sent"), ("revoked", "sent")]
    assert serve(services, way) == 0
    for day in range(1, 4):
        clock.move(hours=25)
        serve(services, way)
        assert items(services)[-1].reminders == day
    ids = [event["id"] for event in crm.events() if event["type"] == "prospect.revoked"]
    assert ids == ["dlv_2"] * 4
    with reading(services.engine) as connection:
        [one] = answering(connection, clock.now())
    assert (one.unanswered, one.is_late, one.reminders) == (1, True, 3)
    with services.unit_of_work() as work:
        assert acknowledge(work, [2, 99], by="key_1") == [2]
    clock.move(days=3)
    assert serve(services, way) == 0
    with reading(services.engine) as connection:
        assert answering(connection, clock.now())[0].unanswered == 0


def test_whoever_emission_rules_withhold_by_now_is_revoked_and_comes_back_when_the_reason_ends(
    services, receivers, way, clock
):
    crm, _ = receivers
    destine(services, "crm", url=crm.url)
    sign_up(services, "ann@example.com")
    serve(services, way)
    unready = replace(services, world=replace(services.world, sender=type(services.world.sender)()))
    with services.unit_of_work() as work:
        ask(work, services.ledger, Asked(None, "policy_changed", "emission rules", "New packs"), by="test")
    while work_recall(1, unready):
        pass
    serve(unready, way)
    assert states(services) == [("accepted", "acknowledged"), ("revoked", "acknowledged"), ("accepted", "withheld")]
    assert serve(unready, way) == 0
    clock.move(minutes=6)
    serve(services, way)
    assert crm.by_person() == {
        "prospect_1": [(1, "prospect.accepted"), (2, "prospect.revoked"), (3, "prospect.accepted")]
    }


def test_recall_by_itself_withdraws_nobody(services, receivers, way):
    crm, _ = receivers
    destine(services, "crm", url=crm.url)
    sign_up(services, "ann@example.com")
    serve(services, way)
    with services.unit_of_work() as work:
        assert recall(work, services.ledger, [1], "late_opt_out", by="test") == 1
        assert recall(work, services.ledger, [1], "late_opt_out", by="test") == 0
    with reading(services.engine) as connection:
        from gateway.lifecycle.store import export_some

        assert len(export_some(connection, [1])) == 1


def test_a_vendor_who_is_barred_is_found_once(services, receivers, way, clock):
    crm, _ = receivers
    bring(services, "a@example.com")
    with services.unit_of_work() as work:
        set_standing(work, "Old Vendor", "barred", "before there was a destination")
    clock.move(minutes=1)
    destine(services, "crm", url=crm.url)
    clock.move(minutes=1)
    with services.unit_of_work() as work:
        set_standing(work, "Meridian Leads", "barred", "complaints")
        assert find_barred(work.connection) == ["Meridian Leads"]
        ask(work, services.ledger, Asked((1,), "vendor_barred", "Meridian Leads", "x", "Meridian Leads"), by="test")
        assert find_barred(work.connection) == []
        assert find_open(work.connection, work.at) == [1]


def test_a_recall_cut_off_goes_on_where_it_was(services, receivers, way, clock, monkeypatch):
    from gateway.emission import recall as room

    monkeypatch.setattr(room, "SIZE", 3)
    crm, _ = receivers
    destine(services, "crm", url=crm.url)
    bring(services, *(f"p{n}@example.com" for n in range(10)))
    serve(services, way)
    with services.unit_of_work() as work:
        number = ask(work, services.ledger, Asked((1,), "contract", "list_1", "x"), by="test")
    assert work_recall(number, services, seconds=-1)
    real, calls = room.recall, []

    def fails(*args, **kwargs):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError
        return real(*args, **kwargs)

    monkeypatch.setattr(room, "recall", fails)
    with pytest.raises(RuntimeError):
        work_recall(number, services)
    while work_recall(number, services):
        pass
    serve(services, way)
    assert sum(events[-1][1] == "prospect.revoked" for events in crm.by_person().values()) == 10
    with reading(services.engine) as connection:
        assert find_recall(connection, number).is_done


@pytest.mark.parametrize("wrong", [{"cause": "whim"}, {"why": ""}, {"why": "ann@example.com left"}])
def test_nonsense_is_said_in_words(services, wrong):
    with services.unit_of_work() as work, pytest.raises(CallerError):
        ask(work, services.ledger, Asked((1,), "contract", "list_1", "x")._replace(**wrong), by="test")
    assert json.dumps(wrong)
