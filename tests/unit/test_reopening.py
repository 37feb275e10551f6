"""Rejections judged again: by an override in force, from their rows as they arrived, and through the one door."""

import json
from dataclasses import replace

import pytest
from builders import ToldRoutes, key, make_services, signup_batch, tallies_fit
from overriding import GATEWAY, ask_for, officers, waiting_lead
from running_lists import bring_rows, person, receipt_of
from sqlalchemy import select, update
from web import make_web

from gateway.account import explain_lead
from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.intake.people.erasing import erase_person
from gateway.intake.running.commands import begin_undo
from gateway.intake.running.errands import work_errand
from gateway.intake.runs import work_run
from gateway.intake.tables import lists, runs
from gateway.jobs.owed import is_owed
from gateway.ledger.tables import entries
from gateway.outcomes.leave import leave
from gateway.outcomes.overrides import end
from gateway.outcomes.refusing import refuse
from gateway.outcomes.sealed import digest_of, find_settlements, lines_of_batch
from gateway.outcomes.tables import holds, leads, overrides
from gateway.outcomes.view import view_lead
from gateway.overriding import ask_within, go_on_opening, stand_by
from gateway.pipeline import process, reconsider
from gateway.replay.recorded import audit

ROBOT = "noreply@example.com"
"""A mailbox of machines: H-04 refuses it on a list, and one officer may set that aside."""


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path, routes=ToldRoutes({"dead.example.net": "no_such_domain"}))


@pytest.fixture
def web(engine, clock, tmp_path):
    return make_web(engine, clock, tmp_path)


def bring(services, folder, *rows, headings="email,first_name"):
    """A list of these rows, run to its end: list and run have the same number."""
    file = folder / "list.csv"
    file.write_text("\n".join([headings, *rows]) + "\n", encoding="utf-8")
    run = bring_rows(services, folder, 0, file=file)
    work_run(run, services)
    return run


def stands(services, lead):
    with reading(services.engine) as connection:
        return view_lead(connection, lead)


def complaints(services, ids, rules, by):
    with pytest.raises(CallerError) as caught:
        ask_for(services, ids, rules, by)
    return [(problem.code, problem.message) for problem in caught.value.problems]


def rules_against(services, lead):
    with reading(services.engine) as connection:
        told = explain_lead(connection, services, lead)["findings"]
    against = [one for one in told if one["verdict"] != "accept" and one["use"] == "lead"]
    return [one["rule"] for one in against if not one["rule"].startswith("GATE")]


def whole(services):
    """Every account fits: ledger, replay, tallies, and every batch's digest with its lines."""
    assert services.ledger.verify(services.engine).ok
    found = audit(services)
    assert (found.differences, found.not_derivable) == ([], 0)
    with reading(services.engine) as connection:
        assert tallies_fit(connection)
        sealed = select(entries.c.body).where(entries.c.kind.in_(("batch.settled", "batch.released")))
        for body in connection.execute(sealed).scalars():
            told = json.loads(body)
            assert digest_of(lines_of_batch(connection, told["batch"])) == told["outcomes_sha256"]
        waiting = select(holds.c.lead_id).where(holds.c.state == "waiting")
        held = select(leads.c.id).where(leads.c.outcome == "hold")
        assert set(connection.execute(waiting).scalars()) == set(connection.execute(held).scalars())


def test_a_row_of_a_list_becomes_a_prospect_and_all_accounts_fit(services, tmp_path):
    run = bring(services, tmp_path, f"{person(1)},Ann", f"{ROBOT},Robo")
    ann, _ = officers(services)
    assert stands(services, 2)["outcome"] == "rejection"
    asked = ask_for(services, [2], ["H-04"], ann)
    told = stands(services, 2)
    assert (asked.state, told["outcome"], told["hold"]["state"], told["hold"]["answered_by"]) == (
        "in_force", "prospect", "released", ann,
    )  # fmt: skip
    with reading(services.engine) as connection:
        assert [one.outcome for one in find_settlements(connection, 2)] == ["rejection", "prospect"]
        assert connection.execute(select(overrides.c.reopens)).scalar() == 0
    assert receipt_of(services, run).rejections == 1  # the receipt is of the run's end
    whole(services)


def test_undoing_its_run_takes_it_back_and_afterwards_nobody_brings_it_again(services, tmp_path):
    bring(services, tmp_path, f"{ROBOT},Robo", f"{person(1)},Ann")
    ann, _ = officers(services)
    ask_for(services, [1], ["H-04"], ann)
    work_errand(begin_undo(services, 1, by="test"), services)
    assert stands(services, 1)["outcome"] == "rejection"
    ((code, said),) = complaints(services, [1, 2], ["H-04"], ann)
    assert (code, "the run that brought it was undone" in said) == ("not_waiting", True)
    assert reconsider([1, 2], services, by=ann) == []
    whole(services)


def test_a_signup_is_read_again_from_what_its_form_sent(web):
    sent = {
        "email": "ana@dead.example.net", "source": "demo", "first_name": "Ana", "country": "US",
        "consent": {"ticked": True, "wording": "Yes, write to me.", "page_url": "https://www.example.com/join"},
    }  # fmt: skip
    headers = web.key("decisions")
    assert web.client.post("/v1/signups", json=sent, headers=headers).status_code == 200
    ann, _ = officers(web.services)
    assert stands(web.services, 1)["outcome"] == "rejection"
    ask_for(web.services, [1], ["H-10"], ann)
    with reading(web.services.engine) as connection:
        told = explain_lead(connection, web.services, 1)
    assert (told["outcome"], [one["rule"] for one in told["set_aside"]]) == ("prospect", ["H-10"])
    whole(web.services)


def test_an_order_not_to_write_wins_whatever_is_set_aside(services, tmp_path, clock):
    bring(services, tmp_path, f"{ROBOT},Robo")
    ann, _ = officers(services)
    clock.move(minutes=1)
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(ROBOT), "opt_out", clock.now())], by="test")
    ask_for(services, [1], ["H-04"], ann)
    told = stands(services, 1)
    assert told["outcome"] == "rejection"
    with reading(services.engine) as connection:
        assert find_settlements(connection, 1)[-1].outcome == "rejection"
    whole(services)


def test_somebody_who_is_a_prospect_by_now_is_not_made_one_twice(services, tmp_path, clock):
    bring(services, tmp_path, f"{ROBOT},Robo")
    ann, _ = officers(services)
    process(signup_batch(ROBOT, clock.now()), services)
    first = stands(services, 2)["outcome"]
    ask_for(services, [1], ["H-04"], ann)
    assert [stands(services, 1)["outcome"], first].count("prospect") <= 1
    whole(services)


def test_what_nobody_may_set_aside_stays_refused(services, tmp_path):
    bring(services, tmp_path, "no address at all,Nobody")
    ann, _ = officers(services)
    rules = rules_against(services, 1)
    assert rules
    for rule in rules:
        assert [code for code, _ in complaints(services, [1], [rule], ann)] == ["never"]
    assert stands(services, 1)["outcome"] == "rejection"


def test_what_cannot_be_read_again_says_why(services, tmp_path, clock):
    bring(services, tmp_path, f"{ROBOT},Robo,one,cell,too,many", "admin@example.org,A", "noreply@example.net,B")
    ann, _ = officers(services)
    erase_person(services, "admin@example.org", why="By letter", by="test")
    with services.unit_of_work() as work:
        work.connection.execute(update(leads).where(leads.c.id == 3).values(extra="signup_disowned"))
    told = " ".join(message for _, message in complaints(services, [1, 2, 3, 77], ["H-04"], ann))
    for said in ("its row could never be read", "its person was erased", "not theirs", "there is no such lead"):
        assert said in told
    with services.unit_of_work() as work:
        work.connection.execute(update(leads).where(leads.c.id == 3).values(extra=None))
        work.connection.execute(update(lists).values(inspection=None))
    assert "how its list was read is not kept" in complaints(services, [3], ["H-04"], ann)[0][1]
    settled = process(signup_batch("bo@dead.example.net", clock.now()), services)
    assert "what its form sent is not kept in a shape" in complaints(services, settled.lead_ids, ["H-10"], ann)[0][1]


def test_an_officers_refusal_can_be_taken_back_by_an_override(web):
    services = web.services
    web.client.post("/v1/signups", headers=web.key("decisions"), json={
        "email": "postmaster@example.org", "source": "demo", "consent": {"ticked": True, "wording": "Yes."},
    })  # fmt: skip
    ann, bo = officers(services)
    assert stands(services, 1)["outcome"] == "hold"
    with services.unit_of_work() as work:
        refuse(work, [1], "refused_by_officer", by=bo)
    services.clock.move(minutes=1)
    ask_for(services, [1], rules_against(services, 1), ann)
    assert stands(services, 1)["outcome"] == "prospect"
    whole(services)


def test_what_takes_two_is_judged_again_when_the_second_stands_by_it(web):
    services = web.services
    web.client.post("/v1/signups", headers=web.key("decisions"), json={
        "email": GATEWAY, "source": "demo", "consent": {"ticked": True, "wording": "Yes."},
    })  # fmt: skip
    ann, bo = officers(services)
    with services.unit_of_work() as work:
        refuse(work, [1], "refused_by_officer", by=bo)
    services.clock.move(minutes=1)
    asked = ask_for(services, [1], ["CS-18"], ann)
    assert (asked.state, stands(services, 1)["outcome"]) == ("asked", "rejection")
    assert reconsider([1], services, by=ann) == []
    stand_by(services, asked.id, by=bo)
    assert stands(services, 1)["outcome"] != "rejection"
    whole(services)


def test_whoever_asked_and_died_over_it_is_followed_by_a_worker(services, tmp_path, clock):
    bring(services, tmp_path, f"{ROBOT},Robo")
    ann, _ = officers(services)
    with services.unit_of_work() as work:
        ask_within(work, services, rules=["H-04"], lead_ids=[1], reason="We know them", by=ann)
    assert not is_owed(services).reopenings, "whoever asked may still be at it"
    clock.move(minutes=3)
    assert is_owed(services).reopenings
    go_on_opening(services)
    assert (stands(services, 1)["outcome"], is_owed(services).reopenings) == ("prospect", False)
    go_on_opening(services)
    whole(services)


def test_without_an_override_in_force_nothing_is_opened(services, tmp_path):
    bring(services, tmp_path, f"{ROBOT},Robo")
    ann, bo = officers(services)
    assert reconsider([1], services, by=ann) == []
    lead = waiting_lead(services)
    asked = ask_for(services, [lead], ["H-16"], ann)
    with services.unit_of_work() as work:
        end(work, services.ledger, asked.id, by=bo, reason="Enough")
    assert reconsider([1, lead], services, by=ann) == []
    assert stands(services, 1)["outcome"] == "rejection"
    whole(services)


def test_a_run_undone_while_its_row_is_judged_leaves_it_refused(services, tmp_path, monkeypatch):
    bring(services, tmp_path, f"{ROBOT},Robo")
    ann, _ = officers(services)
    usual, asked = services.rebuild, []

    def slow(connection, ids):
        found = usual(connection, ids)
        asked.append(ids)
        if len(asked) == 2:  # judged from here on; the run is taken back before it is written
            with services.unit_of_work() as work:
                work.connection.execute(update(runs).values(state="undoing"))
        return found

    ask_for(replace(services, rebuild=slow), [1], ["H-04"], ann)
    assert (len(asked), stands(services, 1)["outcome"]) == (3, "rejection")
    whole(services)


def test_a_platforms_lead_says_that_it_cannot_be_read_again(services):
    with services.unit_of_work() as work:
        batch = signup_batch("bo@dead.example.net", work.at)
    batch = replace(batch, as_arrived=[json.dumps({"posted": {"a": 1}, "platform": "typeform", "seen": {}})])
    lead = process(batch, services).lead_ids[0]
    ann, _ = officers(services)
    assert "it came by typeform" in complaints(services, [lead], ["H-10"], ann)[0][1]
