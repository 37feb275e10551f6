"""Overrides asked for, seconded, refused, ended: on both databases, signed, in the ledger, and without a way around."""

from datetime import date, timedelta

import pytest
from builders import SECRET, ToldRoutes, key, list_batch, make_services, signup_batch, tallies_fit
from overriding import GATEWAY, ask_for, officers, waiting_lead, waiting_list
from sqlalchemy import select, update

from gateway.account import explain_lead
from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.due.agenda import make_agenda
from gateway.handout import Handout
from gateway.jobs.owed import recheck
from gateway.ledger.book import Ledger
from gateway.ledger.tables import entries
from gateway.outcomes.leave import leave
from gateway.outcomes.lifting import find_standing
from gateway.outcomes.overrides import end, find_record, refuse
from gateway.outcomes.tables import override_leads, overrides
from gateway.outcomes.view import view_lead
from gateway.overriding import renew, stand_by
from gateway.pipeline import process, release
from gateway.replay.again import Window, replay
from gateway.replay.recorded import audit
from gateway.rotation import rotate

DAY = date(2026, 12, 31)


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def state(services, lead):
    with reading(services.engine) as connection:
        return view_lead(connection, lead)["outcome"]


def codes(caught):
    return sorted(problem.code for problem in caught.value.problems)


def handed(services):
    handout = Handout(services, services.clock.now())
    given = [one["address"] for one in handout.prospects()]
    return given, {reason.rule: reason.prospects for reason in handout.reasons()}


def whole(services):
    assert services.ledger.verify(services.engine).ok
    found = audit(services)
    assert (found.differences, found.not_derivable) == ([], 0)
    with reading(services.engine) as connection:
        assert tallies_fit(connection)


def test_one_officer_sets_a_house_rule_aside_and_the_lead_is_judged_again_at_once(services):
    lead, (ann, _) = waiting_lead(services), officers(services)
    asked = ask_for(services, [lead], ["H-16"], ann, expires_on=DAY)
    assert (asked.state, asked.four_eyes, state(services, lead)) == ("in_force", False, "prospect")
    with reading(services.engine) as connection:
        told = explain_lead(connection, services, lead)
        assert view_lead(connection, lead)["hold"]["answered_by"] == ann
    assert [(one["rule"], one["override"]) for one in told["set_aside"]] == [("H-16", "override_1")]
    assert any("override_1 set aside H-16" in sentence for sentence in told["sentences"])
    assert told["obligations"]  # those of the ground to accept travel as ever
    whole(services)


def test_what_takes_two_waits_for_another_person(services):
    lead, (ann, bo) = waiting_lead(services, GATEWAY), officers(services)
    asked = ask_for(services, [lead], ["CS-18"], ann)
    assert (asked.state, asked.four_eyes, state(services, lead)) == ("asked", True, "hold")
    release([lead], services, by=ann)
    assert state(services, lead) == "hold"
    with pytest.raises(CallerError) as caught:
        stand_by(services, asked.id, by=ann)
    assert codes(caught) == ["same_person"]
    stood = stand_by(services, asked.id, by=bo)
    assert (stood.state, stood.seconded_by, state(services, lead)) == ("in_force", bo, "prospect")
    whole(services)


def test_every_act_is_in_the_ledger_with_who_and_why(services):
    lead, other = waiting_lead(services, GATEWAY), waiting_lead(services)
    ann, bo = officers(services)
    first = ask_for(services, [lead], ["CS-18"], ann)
    with services.unit_of_work() as work:
        refuse(work, services.ledger, first.id, by=bo, reason="No proof that it is no telephone")
    second = ask_for(services, [other], ["H-16"], ann)
    with services.unit_of_work() as work:
        end(work, services.ledger, second.id, by=bo, reason="They asked us to wait")
    with reading(services.engine) as connection:
        kinds = list(connection.execute(select(entries.c.kind).order_by(entries.c.seq)).scalars())
        bodies = " ".join(connection.execute(select(entries.c.body)).scalars())
    assert [kind for kind in kinds if kind.startswith("override")] == [
        "override.asked", "override.refused", "override.asked", "override.ended",
    ]  # fmt: skip
    assert all(said in bodies for said in ("No proof that it is no telephone", ann, bo))
    whole(services)


def test_an_override_is_for_what_waits_and_for_rules_that_speak_and_may_be_set_aside(services, clock):
    (ann, _), lead = officers(services), waiting_lead(services)
    refused = process(list_batch([{"email": "fritz@example.com", "country": "DE"}], clock.now()), services)
    assert refused.outcomes == ["rejection"]

    def complaints(leads, rules, **options):
        with pytest.raises(CallerError) as caught:
            ask_for(services, leads, rules, **{"by": ann, **options})
        return codes(caught)

    assert complaints(refused.lead_ids, ["GD-01"]) == ["not_waiting"]  # of a list that never was: no mapping is kept
    assert complaints([lead, 999], ["H-16"]) == ["not_waiting"]
    assert complaints([lead], ["H-05"]) == ["not_speaking"]
    assert complaints([lead], ["CS-14"]) == ["not_speaking"]  # it is the ground, not an objection
    assert complaints([], []) == ["missing", "missing"]
    assert complaints([lead], ["H-16"], reason=" ") == ["missing"]
    assert complaints([lead], ["H-16"], reason="as ann@example.com said") == ["contains_address"]
    assert complaints([lead], ["H-16"], reason="x" * 501) == ["too_long"]
    assert complaints([lead], ["H-16"], by="key_3") == ["not_a_person"]
    assert complaints([lead], ["H-16"], expires_on=DAY.replace(month=11, day=20)) == ["bad_expiry"]
    assert complaints([lead], ["H-16"], expires_on=DAY.replace(year=2027)) == ["bad_expiry"]
    assert complaints(range(1, 10_002), ["H-16"]) == ["too_many"]
    with reading(services.engine) as connection:
        assert find_record(connection, 1) is None
    assert state(services, lead) == "hold"


@pytest.mark.parametrize(("country", "rule", "code"), [("FR", "GD-01", "never"), ("BR", "GATE-00", "no_objection")])
def test_what_is_marked_never_and_silence_of_all_rules_cannot_be_asked_for(services, clock, country, rule, code):
    ann, _ = officers(services)
    held = process(list_batch([{"email": "jean@example.com", "country": country}], clock.now()), services)
    assert (held.outcomes, {one.rule for one in held.decisions[0].refusals}) == (["hold"], {rule})
    with pytest.raises(CallerError) as caught:
        ask_for(services, held.lead_ids, [rule], ann)
    assert codes(caught) == [code]


def test_what_waits_on_for_dns_keeps_its_override(services, engine, clock, tmp_path):
    services = make_services(engine, clock, tmp_path, routes=ToldRoutes({"gmial.com": "unknown"}))
    ann, _ = officers(services)
    lead = process(list_batch([{"email": "p@gmial.com"}], clock.now()), services).lead_ids[0]
    with reading(engine) as connection:
        rules = {"H-05", "H-06"} & set(_rules(connection, lead))
    ask_for(services, [lead], rules, ann)
    assert state(services, lead) == "hold"
    services.world.routes.kinds["gmial.com"] = "mx"
    clock.move(days=1)
    recheck(services)
    assert state(services, lead) == "prospect"
    whole(services)


def _rules(connection, lead):
    from gateway.outcomes.overrides import find_spoken

    return find_spoken(connection, [lead])


@pytest.mark.parametrize("how", ["ended", "expired"])
def test_what_it_let_in_is_withheld_once_it_is_over_and_given_again_when_another_goes_on_with_it(services, clock, how):
    lead, (ann, bo) = waiting_lead(services), officers(services)
    asked = ask_for(services, [lead], ["H-16"], ann, expires_on=DAY)
    assert "GATE-09" not in handed(services)[1]
    if how == "ended":
        with services.unit_of_work() as work:
            end(work, services.ledger, asked.id, by=bo, reason="It was a mistake")
    else:
        clock.set(asked.expires_at - timedelta(seconds=1))
        assert "GATE-09" not in handed(services)[1]
        clock.set(asked.expires_at)
    given, withheld = handed(services)
    assert (given, withheld["GATE-09"]) == ([], 1)
    on = renew(
        services,
        asked.id,
        reason="The mailbox is staffed by one person",
        by=bo,
        expires_on=clock.now().date() + timedelta(days=30),
    )
    assert on.renews == asked.id
    assert "GATE-09" not in handed(services)[1]
    whole(services)


def test_an_order_not_to_write_wins_over_any_override(services):
    lead, (ann, _) = waiting_lead(services), officers(services)
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key("postmaster@example.org"), "opt_out", work.at)], by="test")
    with pytest.raises(CallerError):  # leaving has settled it
        ask_for(services, [lead], ["H-16"], ann)
    assert state(services, lead) == "rejection"


def test_one_that_was_changed_behind_our_back_has_no_force(services, engine):
    lead, (ann, bo) = waiting_lead(services, GATEWAY), officers(services)
    asked = ask_for(services, [lead], ["CS-18"], ann)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(update(overrides).values(state="in_force", seconded_by=bo))
    release([lead], services, by=ann)
    assert state(services, lead) == "hold"
    with reading(engine) as connection:
        assert not find_record(connection, asked.id).is_signed(services.ledger)
        assert find_standing(connection, services.ledger, services.clock.now()) == frozenset()


def test_leads_that_were_added_behind_our_back_are_not_let_in(services, engine):
    first, other = waiting_lead(services), waiting_lead(services, "abuse@example.net")
    ann, _ = officers(services)
    ask_for(services, [first], ["H-16"], ann)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(override_leads.insert().values(override_id=1, lead_id=other))
    release([other], services, by=ann)
    assert state(services, other) == "hold"


def test_a_decision_that_says_more_than_was_signed_is_named_by_the_audit(services, engine):
    lead, (ann, _) = waiting_lead(services), officers(services)
    ask_for(services, [lead], ["H-16"], ann)
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(update(overrides).values(reason="another reason"))
    assert ["not there as it was signed" in one.what for one in audit(services).differences] == [True]


def test_a_thousand_leads_by_one_override(services):
    ids, (ann, _) = waiting_list(services, 1000), officers(services)
    ask_for(services, ids, ["H-05", "H-06"], ann)
    with reading(services.engine) as connection:
        assert {view_lead(connection, lead)["outcome"] for lead in ids[:3] + ids[-3:]} == {"prospect"}
    whole(services)


def test_more_than_are_judged_at_once_are_taken_up_by_the_workers(services, monkeypatch):
    monkeypatch.setattr("gateway.overriding.AT_ONCE", 2)
    ids, (ann, _) = waiting_list(services, 5), officers(services)
    ask_for(services, ids, ["H-05", "H-06"], ann)
    assert [state(services, lead) for lead in ids] == ["prospect"] * 2 + ["hold"] * 3
    recheck(services)
    assert [state(services, lead) for lead in ids] == ["prospect"] * 5
    whole(services)


def test_it_is_over_at_the_end_of_the_last_day_where_the_operator_is(services):
    lead, (ann, _) = waiting_lead(services), officers(services)
    asked = ask_for(services, [lead], ["H-16"], ann, expires_on=DAY)
    assert asked.is_in_force(asked.expires_at - timedelta(microseconds=1))
    assert not asked.is_in_force(asked.expires_at)


def test_another_signup_of_the_same_person_is_judged_by_itself(services, clock):
    lead, (ann, _) = waiting_lead(services), officers(services)
    again = process(signup_batch("hostmaster@example.org", clock.now()), services)
    ask_for(services, [lead], ["H-16"], ann)
    assert state(services, again.lead_ids[0]) == "hold"


def test_when_it_ends_stands_on_the_agenda_until_another_goes_on_with_it(services, clock):
    lead, (ann, bo) = waiting_lead(services), officers(services)
    waiting_lead(services, GATEWAY)
    asked = ask_for(services, [lead], ["H-16"], ann, expires_on=DAY)

    def due():
        found = [one for one in make_agenda(services).entries if one.kind == "override"]
        return [(one.code, one.due_on, one.people, one.due_at <= clock.now()) for one in found]

    assert due() == [(asked.name, DAY, 1, False)]
    clock.set(asked.expires_at)
    assert due() == [(asked.name, DAY, 1, True)]
    on = renew(services, asked.id, reason="Still so", by=bo, expires_on=DAY + timedelta(days=30))
    assert due() == [(on.name, DAY + timedelta(days=30), 1, False)]


def test_signatures_go_on_when_the_secret_is_changed(services, engine, clock):
    lead, (ann, _) = waiting_lead(services), officers(services)
    ask_for(services, [lead], ["H-16"], ann)
    newer = "another secret for tests, thirty-two characters"
    rotate(engine, clock.now(), (SECRET, newer), by="test")
    with reading(engine) as connection:
        found = find_record(connection, 1)
    assert found.is_signed(Ledger(newer, [SECRET]))
    assert not found.is_signed(services.ledger)
    assert Ledger(newer, [SECRET]).verify(engine).ok


def test_what_if_keeps_what_was_set_aside_set_aside(services):
    lead, (ann, _) = waiting_lead(services), officers(services)
    ask_for(services, [lead], ["H-16"], ann)
    found = replay(services, services.policies, Window())
    assert (found.decided, found.flipped) == (1, 0)
