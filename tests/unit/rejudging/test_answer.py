"""One answer about a wording resolves all who wait under it: a thousand leads, any interruption, nothing twice."""

import json
import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import list_batch, make_services, tallies_fit
from sqlalchemy import select, update
from worded_lists import WORDS, bring_worded, ends, waits

from gateway.db.work import reading
from gateway.domain.ports import Sender
from gateway.domain.wording import wording_of
from gateway.ledger.tables import entries
from gateway.outcomes.tables import holds
from gateway.outcomes.worded import read_meanwhile
from gateway.pipeline import commit, judge, release
from gateway.rejudging import again
from gateway.rejudging.again import find_rejudging, latest_rejudging, open_rejudgings, work_rejudging
from gateway.rejudging.answer import answer
from gateway.rejudging.effect import rehearse_answer
from gateway.vendors.book import set_standing
from gateway.wordings.shelf import find_uses

DIGEST = wording_of(WORDS).digest
SENDER = Sender(("Riverside Garden Ltd",), "1 Mill Lane, Springfield", "https://www.example.com/stop")


@pytest.fixture
def services(engine, clock, tmp_path):
    clock.move(days=2)  # the rules are in force from the 22nd
    made = make_services(engine, clock, tmp_path / "var")
    return replace(made, world=replace(made.world, sender=SENDER))


def say(services, standing, *, digest=DIGEST, by="person_1"):
    with services.unit_of_work() as work:
        return answer(work, services, digest, standing, "read by me", by=by)


def told(services, kind):
    with services.engine.connect() as connection:
        query = select(entries.c.body).where(entries.c.kind == kind).order_by(entries.c.seq)
        return [json.loads(body) for body in connection.execute(query).scalars()]


def test_a_thousand_leads_wait_for_one_answer_and_pass_by_it(services, tmp_path):
    bring_worded(services, tmp_path, 1000)
    assert ends(services) == {"hold": 1000}
    assert set(waits(services)) == {("waiting", DIGEST, None)}
    seen = rehearse_answer(services, DIGEST, "approved")
    assert (seen.waiting, seen.rehearsed, dict(seen.outcomes)) == (1000, 1000, {"prospect": 1000})
    assert ends(services) == {"hold": 1000}

    number = say(services, "approved")
    assert open_rejudgings(services) == [number]
    assert not work_rejudging(number, services)

    assert ends(services) == {"prospect": 1000}
    assert set(waits(services)) == {("released", DIGEST, "person_1")}
    done = find_rejudging(services, number)
    assert (done.state, done.leads, done.dealt, done.prospects, done.rejections) == ("done", 1000, 1000, 1000, 0)
    assert open_rejudgings(services) == []
    (said,) = told(services, "wording.approved")
    assert said == {"wording": DIGEST, "before": "unread", "after": "approved", "reason": "read by me",
                    "waiting": 1000, "by": "person_1"}  # fmt: skip
    (ended,) = told(services, "wording.judged")
    assert (ended["prospects"], ended["holds"]) == (1000, 0)
    assert services.ledger.verify(services.engine).ok
    with reading(services.engine) as connection:
        assert tallies_fit(connection)
        assert find_uses(connection, DIGEST)[2] == 1000  # judged twice, counted once
    bring_worded(services, tmp_path, 5, first=2000)
    assert ends(services) == {"prospect": 1005}


def test_refused_words_refuse_who_waits_and_who_comes(services, tmp_path):
    bring_worded(services, tmp_path, 30)
    assert dict(rehearse_answer(services, DIGEST, "refused").outcomes) == {"rejection": 30}
    work_rejudging(say(services, "refused"), services)
    bring_worded(services, tmp_path, 5, first=2000)
    assert ends(services) == {"rejection": 35}
    work = say(services, "approved")
    assert work is None  # nobody waits any more; what was refused stays refused
    assert ends(services) == {"rejection": 35}
    bring_worded(services, tmp_path, 5, first=3000)
    assert ends(services) == {"rejection": 35, "prospect": 5}


def test_the_new_words_of_an_approved_vendor_pass_and_are_counted(services, tmp_path):
    with services.unit_of_work() as work:
        set_standing(work, "Fernhill Data LLC", "approved", "known for years")
    bring_worded(services, tmp_path, 20)
    assert ends(services) == {"prospect": 20}
    with reading(services.engine) as connection:
        assert find_uses(connection, DIGEST)[2] == 20


def test_each_wording_of_a_list_is_answered_by_itself(services, tmp_path):
    other = "Yes, and your partners too, to a.b@example.com."
    bring_worded(services, tmp_path, 20, notices=["", other, "Yes, and your partners too, to c@example.net."])
    theirs = wording_of(other).digest
    assert Counter(words for _, words, _ in waits(services)) == {DIGEST: 7, theirs: 13}
    work_rejudging(say(services, "refused", digest=theirs), services)
    assert ends(services) == {"hold": 7, "rejection": 13}


def test_a_worker_that_dies_costs_nothing(services, tmp_path, clock, monkeypatch):
    bring_worded(services, tmp_path, 60)
    monkeypatch.setattr(again, "SLICE", 20)
    number = say(services, "approved")
    left = [2]

    def dies(*args, **told):
        if not left[0]:
            raise SystemExit
        left[0] -= 1
        return release(*args, **told)

    monkeypatch.setattr(again, "release", dies)
    with pytest.raises(SystemExit):
        work_rejudging(number, services)
    monkeypatch.undo()
    assert ends(services) == {"prospect": 40, "hold": 20}
    assert find_rejudging(services, number).dealt == 40
    assert open_rejudgings(services) == []  # leased to the dead one
    clock.move(minutes=3)
    assert open_rejudgings(services) == [number]
    work_rejudging(number, services)
    done = find_rejudging(services, number)
    assert (done.state, done.dealt, done.prospects) == ("done", 60, 60)
    assert ends(services) == {"prospect": 60}


def test_one_that_kills_its_workers_is_given_up(services, tmp_path, clock, monkeypatch):
    bring_worded(services, tmp_path, 10)
    number = say(services, "approved")
    monkeypatch.setattr(again, "MOST_TRIES", 2)
    monkeypatch.setattr(again, "release", lambda *_, **__: sys.exit())
    for _ in range(2):
        with pytest.raises(SystemExit):
            work_rejudging(number, services)
        clock.move(minutes=3)
    work_rejudging(number, services)
    failed = find_rejudging(services, number)
    assert (failed.state, failed.error) == ("failed", "its worker died without a word")
    assert open_rejudgings(services) == []
    assert ends(services) == {"hold": 10}


def test_whoever_lost_the_lease_writes_nothing(services, tmp_path, clock, monkeypatch):
    bring_worded(services, tmp_path, 40)
    number = say(services, "approved")

    def slow(ids, services, **told):
        clock.move(minutes=5)
        monkeypatch.undo()
        work_rejudging(number, services)  # another one has it now
        with services.unit_of_work() as work:  # and, to be strict, holds wait again
            work.connection.execute(update(holds).values(state="waiting", fields="{}"))
        return release(ids, services, **told)

    monkeypatch.setattr(again, "release", slow)
    assert not work_rejudging(number, services)
    assert find_rejudging(services, number).prospects == 40
    assert ends(services) == {"prospect": 40}


def test_a_world_that_fails_is_waited_for(services, tmp_path, clock, monkeypatch):
    bring_worded(services, tmp_path, 10)
    number = say(services, "approved")
    monkeypatch.setattr(again, "release", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full of x@example.com")))
    with pytest.raises(OSError, match="disk full"):
        work_rejudging(number, services)
    assert find_rejudging(services, number).error == "OSError: disk full of x(at)example.com"
    assert open_rejudgings(services) == []
    clock.move(minutes=1)
    monkeypatch.setattr(again, "MOST_TRIES", 2)
    with pytest.raises(OSError, match="disk full"):
        work_rejudging(number, services)
    assert find_rejudging(services, number).state == "failed"
    monkeypatch.undo()
    work_rejudging(say(services, "approved"), services)
    assert ends(services) == {"prospect": 10}


def test_an_answer_given_anew_ends_the_one_before(services, tmp_path):
    bring_worded(services, tmp_path, 10)
    first, second = say(services, "approved"), say(services, "refused")
    assert open_rejudgings(services) == [second]
    work_rejudging(first, services)
    assert ends(services) == {"hold": 10}
    work_rejudging(second, services)
    assert ends(services) == {"rejection": 10}
    with reading(services.engine) as connection:
        assert latest_rejudging(connection, DIGEST).number == second


def test_of_very_many_the_oldest_and_the_newest_are_rehearsed(services, tmp_path):
    bring_worded(services, tmp_path, 60)
    seen = rehearse_answer(services, DIGEST, "approved", at_most=20)
    assert (seen.waiting, seen.rehearsed, seen.is_whole) == (60, 20, False)
    assert [(one.row, one.source) for one in seen.samples["prospect"]] == [(n, "list_1") for n in range(2, 7)]


def test_a_rehearsal_believes_the_answers_of_name_servers_that_have_run_out(services, tmp_path, clock):
    bring_worded(services, tmp_path, 10)

    class Old:
        def ask_routes(self, domains, as_of, *, seconds):
            assert seconds == 0
            held = services.world.routes.ask_routes(domains, as_of, seconds=0)
            return held if as_of < clock.now() - timedelta(days=5) else {
                name: route._replace(kind="unknown") for name, route in held.items()
            }  # fmt: skip

    clock.move(days=20)
    old = replace(services, world=replace(services.world, routes=Old()))
    assert dict(rehearse_answer(old, DIGEST, "approved").outcomes) == {"prospect": 10}


def test_words_that_are_read_while_a_batch_is_under_way_hold_nobody_for_long(services, clock):
    words = {"consent_wording": WORDS, "consent_ticked": True, "consent_preticked": False}
    batch = list_batch([{"email": f"p{n}.x{n * 7}@example.com", **words} for n in range(3)], clock.now())
    judged = judge(batch, services, clock.now())
    say_first = list_batch([{"email": "first@example.com", **words}], clock.now())
    commit(judge(say_first, services, clock.now()), services, as_of=clock.now())
    with services.unit_of_work() as work:
        answer(work, services, DIGEST, "approved", "read", by="person_1")
        assert read_meanwhile(work.connection, judged.screened) == {0}
    commit(judged, services, as_of=clock.now())
    with services.engine.connect() as connection:
        query = select(holds.c.recheck_at).where(holds.c.state == "waiting").order_by(holds.c.lead_id)
        dues = list(connection.execute(query).scalars())
    assert dues == [None, *[clock.now()] * 3]  # the workers take those up at once
