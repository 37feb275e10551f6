"""Undone, judged again: slice by slice, to the same end however often it is cut off. Opt-outs stay."""

import pytest
from builders import ToldRoutes, key, make_services, signup_batch, tallies_fit
from running_lists import bring_rows, person, prospects_of, receipt_of, row_of, rows_of
from sqlalchemy import select

from gateway.clocks.tables import clocks
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.feedback.book import record
from gateway.feedback.event import Event
from gateway.feedback.tables import feedback_events
from gateway.intake.receipts import view_list
from gateway.intake.running import errands as doing
from gateway.intake.running.commands import begin_recheck, begin_undo, preview_undo
from gateway.intake.running.errands import find_errand, open_errands, work_errand
from gateway.intake.running.progress import is_over
from gateway.intake.runs import work_run
from gateway.ledger.tables import entries
from gateway.lifecycle.tables import prospects
from gateway.mailroutes.tables import mail_routes
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import holds, leads
from gateway.pipeline import process
from gateway.pipeline import undo as undo_leads
from gateway.suppression.book import find


@pytest.fixture
def routes():
    return ToldRoutes()


@pytest.fixture
def services(engine, clock, tmp_path, routes):
    return make_services(engine, clock, tmp_path / "var", routes=routes)


def run_list(services, tmp_path, count=30, file=None):
    run = bring_rows(services, tmp_path, count, file=file)
    work_run(run, services, batch_rows=7)
    return run


def undo(services, list_id=1):
    errand = begin_undo(services, list_id, by="test")
    while work_errand(errand, services):
        pass
    return find_errand(services, errand)["account"]


def is_sound(services):
    """The ledger holds, the tallies fit, and every row has its one outcome."""
    with services.engine.connect() as connection:
        assert tallies_fit(connection)
        assert connection.execute(select(holds.c.lead_id).where(holds.c.state == "waiting")).all() == []
        assert connection.execute(select(clocks.c.id).where(clocks.c.done_at.is_(None))).all() == []
    assert services.ledger.verify(services.engine).ok
    assert {row.outcome for row in rows_of(services)} <= {"rejection"}
    return True


def test_an_undone_run_leaves_nobody_behind_and_may_come_again(services, tmp_path, routes):
    routes.kinds["example.net"] = "unknown"
    run = run_list(services, tmp_path)
    receipt = receipt_of(services, run)
    assert receipt.prospects > 5
    assert receipt.holds > 5
    assert preview_undo(services, 1) == {
        "prospects": receipt.prospects, "had_left": 0, "holds": receipt.holds, "lost_elsewhere": 0,
    }  # fmt: skip
    account = undo(services)
    assert account == {"removed": receipt.prospects, "withdrawn": 0, "had_left": 0, "holds": receipt.holds}
    assert prospects_of(services) == []
    assert is_sound(services)
    assert {row.extra for row in rows_of(services)} == {"undone"}
    found = view_list(services, 1)
    assert (found["state"], found["now"]) == ("undone", {"prospects": 0, "holds": 0, "rejections": 30})
    assert receipt_of(services, run) == receipt
    again = run_list(services, tmp_path)
    assert again != run
    assert receipt_of(services, again) == receipt


def test_opt_outs_of_an_undone_run_stay(services, clock, tmp_path):
    """Of the file, of people who were prospects before, and of those it made prospects who left since."""
    with_yes = signup_batch("early@example.com", clock.now(), confirmed_at=clock.now())
    process(with_yes, services, as_of=clock.now())
    file = tmp_path / "some.csv"
    file.write_text(
        "email,unsubscribed\nearly@example.com,yes\nann.reyes@example.org,\nbob_stone@example.com,\ncy@example.net,yes\n",
        encoding="utf-8",
    )
    run_list(services, tmp_path, file=file)
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key("bob_stone@example.com"), "opt_out", work.at)], by="bob")
    account = undo(services)
    assert (account["removed"], account["withdrawn"], account["had_left"]) == (1, 0, 1)
    with services.engine.connect() as connection:
        gone = {key(name) for name in ("early@example.com", "bob_stone@example.com", "cy@example.net")}
        assert find(connection, gone).keys() == gone
    kept = {row[2]: row for row in prospects_of(services)}
    assert set(kept) == {"early@example.com", "bob_stone@example.com"}
    assert all(row[-2] is not None for row in kept.values())
    assert {row.outcome for row in rows_of(services)[1:]} == {"rejection"}


def test_who_has_a_history_is_withdrawn_and_not_removed(services, tmp_path):
    run_list(services, tmp_path, 3)
    lead = rows_of(services)[0].id
    with services.unit_of_work() as work:
        work.connection.execute(
            clocks.insert().values(
                lead_id=lead, batch_id=1, obligation="inform", event="obtained", started_at=work.at, due_at=work.at,
                due_on="2026-12-01", safe_on="2026-12-01", zone="UTC", calendar="", done_at=work.at, done_by="officer",
            )
        )  # fmt: skip
    assert undo(services) == {"removed": 2, "withdrawn": 1, "had_left": 0, "holds": 0}
    (kept,) = prospects_of(services)
    assert kept[-1] == "undone"
    assert kept[-2] is not None
    assert is_sound(services)


def test_undoing_goes_on_where_it_was_cut_off(services, tmp_path, monkeypatch):
    run_list(services, tmp_path)
    monkeypatch.setattr(doing, "SLICE", 4)
    errand = begin_undo(services, 1, by="test")
    real, slices = doing.undo, []

    def dies(ids, *args, **kwargs):
        slices.append(ids)
        if len(slices) in {3, 5}:
            real(ids, *args, **kwargs)  # committed, and then nobody hears of it
            raise KeyboardInterrupt
        return real(ids, *args, **kwargs)

    monkeypatch.setattr(doing, "undo", dies)
    monkeypatch.setattr(doing, "me", lambda: "another machine/1")
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            work_errand(errand, services)
        assert open_errands(services) == []
        services.clock.move(seconds=doing.LEASE.total_seconds() + 1)
        assert open_errands(services) == [errand]
    assert row_of(services, 1).state == "undoing"
    work_errand(errand, services)
    assert find_errand(services, errand) == {
        "errand": "undo", "state": "done", "leads": 30, "dealt": 30, "tries": 0, "error": None,
        "account": {"removed": 30, "withdrawn": 0, "had_left": 0, "holds": 0},
    }  # fmt: skip
    assert prospects_of(services) == []
    assert is_sound(services)
    with services.engine.connect() as connection:
        kinds = connection.execute(select(entries.c.kind)).scalars().all()
    assert (kinds.count("leads.undone"), kinds.count("run.undone")) == (8, 1)


def test_asked_twice_it_is_undone_once(services, tmp_path):
    run_list(services, tmp_path, 3)
    assert begin_undo(services, 1, by="test") == begin_undo(services, 1, by="test")
    undo(services)
    assert undo(services)["removed"] == 3
    assert is_sound(services)


def test_a_worker_whose_errand_was_taken_over_writes_nothing(services, tmp_path, monkeypatch):
    run_list(services, tmp_path, 3)
    errand = begin_undo(services, 1, by="test")
    real = doing.undo

    def overtaken(ids, *args, **kwargs):
        monkeypatch.setattr(doing, "undo", real)
        services.clock.move(seconds=doing.LEASE.total_seconds() + 1)
        work_errand(errand, services)
        return real(ids, *args, **kwargs)

    monkeypatch.setattr(doing, "undo", overtaken)
    assert work_errand(errand, services) is False
    assert find_errand(services, errand)["account"]["removed"] == 3
    assert is_sound(services)


def test_who_left_since_is_not_counted_among_those_who_go(services, tmp_path):
    run = run_list(services, tmp_path, 3)
    prospects = receipt_of(services, run).prospects
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(person(1)), "opt_out", work.at)], by="bob")
    found = preview_undo(services, 1)
    assert (found["prospects"], found["had_left"]) == (prospects - 1, 1)
    assert undo(services)["had_left"] == 1


def test_who_lost_to_an_undone_prospect_is_counted_beforehand(services, clock, tmp_path):
    run_list(services, tmp_path, 3)
    process(signup_batch(person(1), clock.now()), services, as_of=clock.now())
    assert preview_undo(services, 1)["lost_elsewhere"] == 1


def test_holds_are_judged_again_and_told_apart(services, tmp_path, routes):
    routes.default = "unknown"
    run = run_list(services, tmp_path)
    held = receipt_of(services, run).holds
    assert held == 30
    routes.default, routes.kinds = "mx", {"example.net": "no_such_domain", "example.org": "unknown"}
    with services.unit_of_work() as work:
        work.connection.execute(mail_routes.delete())
    errand = begin_recheck(services, 1, by="test")
    assert begin_recheck(services, 1, by="test") == errand
    work_errand(errand, services)
    domains = [row.address.partition("@")[2] for row in rows_of(services)]
    assert find_errand(services, errand)["account"] == {
        "prospects": domains.count("example.com"), "rejections": domains.count("example.net"),
        "holds": domains.count("example.org"),
    }  # fmt: skip
    found = view_list(services, 1)
    assert found["state"] == "done"
    assert found["now"]["holds"] == domains.count("example.org")
    assert found["errand"]["dealt"] == 30
    with services.engine.connect() as connection:
        assert tallies_fit(connection)
        assert connection.execute(select(leads.c.id).where(leads.c.outcome == "hold")).all() != []


def test_an_errand_that_fails_rests_and_says_why(services, tmp_path, monkeypatch):
    run_list(services, tmp_path, 3)
    errand = begin_undo(services, 1, by="test")
    with monkeypatch.context() as patch:

        def full(*_args, **_kwargs):
            raise OSError(28, "No space left on device")

        patch.setattr(doing, "undo", full)
        with pytest.raises(OSError, match="No space"):
            work_errand(errand, services)
    assert "No space" in find_errand(services, errand)["error"]
    assert open_errands(services) == []
    services.clock.move(minutes=10)
    work_errand(errand, services)
    assert row_of(services, 1).state == "undone"


def fails_for_good(services, errand, error, tries=doing.MOST_TRIES):
    for _ in range(tries):
        assert find_errand(services, errand)["state"] == "running"
        with pytest.raises(type(error)):
            work_errand(errand, services)
        services.clock.move(minutes=10)
    assert open_errands(services) == []
    assert work_errand(errand, services) is False
    found = view_list(services, 1)
    assert (found["errand"]["state"], found["errand"]["tries"]) == ("failed", tries)
    assert str(error) in found["errand"]["error"]
    assert is_over(found)
    assert services.ledger.verify(services.engine).ok


def raising(error):
    def fault(*_args, **_kwargs):
        raise error

    return fault


@pytest.mark.parametrize("error", [ValueError("a fault of ours"), OSError(28, "No space left on device")])
def test_undoing_that_fails_again_and_again_ends_as_failed_and_goes_on_when_asked_again(
    services, tmp_path, monkeypatch, error
):
    run_list(services, tmp_path)
    monkeypatch.setattr(doing, "SLICE", 10)
    monkeypatch.setattr(doing, "MOST_OUTAGES", 7)
    errand = begin_undo(services, 1, by="test")
    with monkeypatch.context() as patch:
        patch.setattr(doing, "undo", lambda *args, **kwargs: patch.setattr(doing, "undo", raising(error)) or
                      undo_leads(*args, **kwargs))  # fmt: skip
        fails_for_good(services, errand, error, 7 if isinstance(error, OSError) else doing.MOST_TRIES)
    assert find_errand(services, errand)["dealt"] == 10
    assert begin_undo(services, 1, by="test") == errand
    assert find_errand(services, errand)["error"] is None
    work_errand(errand, services)
    assert find_errand(services, errand)["account"]["removed"] == 30
    assert row_of(services, 1).state == "undone"
    assert is_sound(services)


def test_judging_again_that_fails_again_and_again_may_be_asked_anew(services, tmp_path, routes, monkeypatch):
    routes.default = "unknown"
    run_list(services, tmp_path)
    errand = begin_recheck(services, 1, by="test")
    with monkeypatch.context() as patch:
        fault = ValueError("a fault of ours")
        patch.setattr(doing, "release", raising(fault))
        fails_for_good(services, errand, fault)
    again = begin_recheck(services, 1, by="test")
    assert again != errand
    work_errand(again, services)
    assert find_errand(services, again)["state"] == "done"


def test_an_errand_that_kills_its_workers_ends_as_failed(services, tmp_path, monkeypatch):
    run_list(services, tmp_path, 3)
    errand = begin_undo(services, 1, by="test")
    monkeypatch.setattr(doing, "undo", raising(KeyboardInterrupt()))
    for _ in range(doing.MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            work_errand(errand, services)
        services.clock.move(seconds=doing.LEASE.total_seconds() + 1)
    assert work_errand(errand, services) is False
    assert find_errand(services, errand)["state"] == "failed"
    assert "its worker died" in find_errand(services, errand)["error"]


def kept(services):
    with services.engine.connect() as connection:
        return list(connection.execute(select(prospects)))


def report(services, kind, number):
    record(services, [Event("generic", kind, (person(number),), services.clock.now(), f"{kind}{number}")])


def test_what_senders_reported_outlives_the_undoing(services, tmp_path, clock):
    """Mail went out: who complained or left stays away for that cause, and nobody is forgotten who was written to."""
    run_list(services, tmp_path)
    clock.move(days=1)
    report(services, "complaint", 0)
    report(services, "unsubscribe", 1)
    report(services, "soft_bounce", 2)
    account = undo(services)
    assert account == {"removed": 27, "withdrawn": 1, "had_left": 2, "holds": 0}
    causes = {row.address: row.withdrawn_cause for row in kept(services)}
    assert causes == {person(0): "complaint", person(1): "opt_out", person(2): "undone"}
    with services.engine.connect() as connection:
        orders = find(connection, [key(person(number)) for number in range(3)])
        numbers = set(connection.execute(select(feedback_events.c.prospect_id)).scalars())
    assert {one.cause for some in orders.values() for one in some} == {"complaint", "opt_out"}
    assert numbers == {row.id for row in kept(services)}
    assert is_sound(services)
    work_run(bring_rows(services, tmp_path, 30), services, batch_rows=7)
    alive = {row.address for row in kept(services) if row.withdrawn_at is None}
    assert alive == {person(number) for number in range(3, 30)}


def test_the_number_of_a_removed_prospect_is_nobody_elses(services, tmp_path, clock):
    process(signup_batch("first@example.com", clock.now(), confirmed_at=clock.now()), services)
    run_list(services, tmp_path)
    before = {row.id for row in kept(services)}
    assert before == set(range(1, 32))
    undo(services)
    process(signup_batch("next@example.com", clock.now(), confirmed_at=clock.now()), services)
    assert sorted(row.id for row in kept(services)) == [1, 32]
    work_run(bring_rows(services, tmp_path, 30), services, batch_rows=7)
    undo(services, 2)
    process(signup_batch("last@example.com", clock.now(), confirmed_at=clock.now()), services)
    assert sorted(row.id for row in kept(services)) == [1, 32, 63]


def test_what_waits_is_not_judged_again_while_more_of_it_comes(services, tmp_path):
    bring_rows(services, tmp_path, 3)
    with pytest.raises(CallerError) as refused:
        begin_recheck(services, 1, by="ann")
    assert refused.value.status == 409
    assert "once it is done" in refused.value.problems[0].message
    assert open_errands(services) == []
