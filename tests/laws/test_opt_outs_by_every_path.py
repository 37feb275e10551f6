"""Law 5, path by path: whoever left by whatever way is let in by none but a later, confirmed yes of their own."""

import shutil
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from builders import BOUGHT, ToldRoutes, key, list_batch, make_services, signup_batch
from running_lists import bring_rows
from web import SENDER

from gateway.db.engine import open_engine
from gateway.domain.ports import CAUSES, Suppression
from gateway.feedback.book import record
from gateway.feedback.event import Event
from gateway.handout import Handout
from gateway.intake.restoring import read_backup, restore
from gateway.intake.running.commands import begin_undo
from gateway.intake.running.errands import work_errand
from gateway.intake.runs import work_run
from gateway.intake.stops import Told, look_up, suppress
from gateway.intake.stops_given import Given
from gateway.jobs.owed import recheck
from gateway.lifecycle.store import export
from gateway.outcomes.leave import leave
from gateway.person.leave import leave_by_address, leave_by_link
from gateway.person.links import Whose, leave_links
from gateway.pipeline import process

ANN = "ann@example.com"


@pytest.fixture
def services(engine, clock, tmp_path):
    return services_on(engine, clock, tmp_path)


def services_on(engine, clock, folder):
    made = make_services(engine, clock, Path(folder) / "var", routes=ToldRoutes())
    return replace(made, world=replace(made.world, sender=SENDER))


def reachable(services):
    with services.engine.connect() as connection:
        kept = {one["address"] for one in export(connection)}
    assert {one["address"] for one in Handout(services, services.clock.now()).prospects()} <= kept
    return {key(one) for one in kept}


def by_link(services, at):
    del at
    token = leave_links(services).token(key(ANN), 1)
    leave_by_link(services, leave_links(services).read(token), "all", by="test")


def by_address(services, at):
    del at
    assert leave_by_address(services, ANN.upper())


def by_report(services, at):
    record(services, [Event("generic", "unsubscribe", (ANN,), at)])


def by_cause(cause):
    def tell(services, at):
        with services.unit_of_work() as work:
            leave(work, services.ledger, [Suppression(key(ANN), cause, at)], by="test")

    return tell


def by_hash(services, at):
    told = Told(hashes=[("sha256", sha256(ANN.encode()).digest())])
    with services.unit_of_work() as work:
        suppress(services, work, told, "opt_out", at=at, by="test")


def by_list(services, at):
    process(list_batch([{"email": ANN, "stop": True}], at), services)


DEAD = by_cause("bounce")
WAYS_OUT = [
    by_link,
    by_address,
    by_hash,
    by_list,
    by_report,
    DEAD,
    *(by_cause(cause) for cause in CAUSES if cause != "bounce"),
]
OURS = replace(BOUGHT, direct=True, vendor=None, consent="given", legal_basis="consent")


def a_list(services, **fields):
    process(list_batch([{"email": ANN, **fields}], services.clock.now()), services)


def claims(services):
    """Every column that could speak for the person, at the best it can say."""
    now = services.clock.now()
    return {
        "consent_ticked": True, "consent_preticked": False, "consent_wording": "Yes, write to me.", "consent_at": now,
        "confirmed_at": now, "confirmed_ip": "203.0.113.9", "consent_url": "https://www.example.com/join",
        "certificate_url": "https://cert.trustedform.com/x", "last_dealing_at": now, "stop": False, "no_sale": False,
    }  # fmt: skip


def our_own_export(services):
    process(list_batch([{"email": ANN, **claims(services)}], services.clock.now(), statement=OURS), services)


def a_vendor_that_claims_all(services):
    a_list(services, **claims(services))


def a_signup_not_confirmed(services):
    process(signup_batch(ANN, services.clock.now()), services)


def a_confirmation_of_before(services):
    before = services.clock.now() - timedelta(days=400)
    process(signup_batch(ANN, before, confirmed_at=before), services)


def another_way_of_writing(services):
    typed = ("ANN@EXAMPLE.COM", "ann+x@example.com", "Ann <ann@example.com>", "'ann@example.com")
    rows = [{"email": one} for one in typed]
    process(list_batch(rows, services.clock.now()), services)


def the_same_twice_in_a_list(services):
    process(list_batch([{"email": ANN}, {"email": ANN}], services.clock.now()), services)


def a_run_that_is_undone(services):
    run = bring_rows(services, services.settings.data.parent, 0, file=_file(services))
    work_run(run, services)
    work_errand(begin_undo(services, 1, by="test"), services)
    a_list(services)


def _file(services):
    path = services.settings.data.parent / "again.csv"
    path.write_text(f"email\n{ANN}\n", encoding="utf-8")
    return path


def a_lead_that_waited(services):
    process(list_batch([{"email": "ann@slow.example.net"}], services.clock.now()), services)
    services.clock.move(days=1)
    recheck(services)
    a_list(services)


WAYS_IN = [a_list, our_own_export, a_vendor_that_claims_all, a_signup_not_confirmed, a_confirmation_of_before,
           another_way_of_writing, the_same_twice_in_a_list, a_run_that_is_undone, a_lead_that_waited]  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("out", WAYS_OUT)
def test_no_way_in_undoes_any_way_out(databases, clock, tmp_path, out, known):
    url = databases.fresh("sqlite")
    services = services_on(open_engine(url), clock, tmp_path)
    if known:
        process(signup_batch(ANN, clock.now(), confirmed_at=clock.now()), services)
        assert reachable(services) == {key(ANN)}
        clock.move(days=1)
    out(services, clock.now())
    assert reachable(services) == set()
    for back in WAYS_IN:
        clock.move(days=31)
        back(services)
        assert reachable(services) - {key("ann@slow.example.net")} == set(), back.__name__
    assert look_up(services, [ANN])[0].state == "suppressed"
    clock.move(seconds=1)
    process(signup_batch(ANN, clock.now(), confirmed_at=clock.now()), services)
    if out is not DEAD:  # whoever has the mailbox next may be somebody else (CS-28)
        assert key(ANN) in reachable(services), "the one way back"
    assert look_up(services, [ANN])[0].state == "suppressed", "what was said is never forgotten"
    assert services.ledger.verify(services.engine).ok
    services.engine.dispose()
    databases.drop(url)


@pytest.mark.parametrize("moved_first", [True, False])
@pytest.mark.parametrize("from_here", [True, False])
@pytest.mark.parametrize("out", [way for way in WAYS_OUT if way is not DEAD])
def test_whoever_leaves_by_any_way_has_left_under_their_other_address(services, clock, out, from_here, moved_first):
    new = "ann@example.org"
    for address in (ANN, new):
        process(signup_batch(address, clock.now(), confirmed_at=clock.now()), services)
    old, later = (ANN, new) if from_here else (new, ANN)
    told = [Event("generic", "moved", (old,), clock.now(), moved_to=later)]
    assert reachable(services) == {key(ANN), key(new)}
    if moved_first:
        record(services, told)
    clock.move(days=1)
    out(services, clock.now())
    if not moved_first:
        record(services, told)
    assert reachable(services) == set()
    assert look_up(services, [new])[0].state == "suppressed"


def test_whoever_left_by_a_hash_we_knew_nobody_by_has_left_where_they_move(services, clock):
    new, later = "ann@example.org", "ann@example.net"
    by_hash(services, clock.now())
    for address in (new, later):
        process(signup_batch(address, clock.now(), confirmed_at=clock.now()), services)
    assert reachable(services) == {key(new), key(later)}
    clock.move(days=1)
    told = [Event("generic", "moved", ("Ann+x@Example.com",), clock.now(), moved_to=new)]
    assert record(services, [*told, Event("generic", "moved", (new,), clock.now(), moved_to=later)]).withdrawn == 2
    assert reachable(services) == set()
    assert look_up(services, [later])[0].state == "suppressed"


def test_who_came_back_leaves_again_by_a_report_word_for_word_as_the_last(services, clock):
    told = [Event("generic", "unsubscribe", (ANN,), None)]
    record(services, told)
    clock.move(days=1)
    process(signup_batch(ANN, clock.now(), confirmed_at=clock.now()), services)
    assert reachable(services) == {key(ANN)}
    clock.move(days=1)
    account = record(services, told)
    assert (account.known, account.withdrawn, reachable(services)) == (1, 1, set())


def test_a_dead_mailbox_told_by_hash_says_nothing_of_the_new_one(services, clock):
    told = Told(hashes=[("sha256", sha256(ANN.encode()).digest())])
    with services.unit_of_work() as work:
        suppress(services, work, told, "bounce", at=work.at, by="test")
    new = "ann@example.org"
    process(signup_batch(new, clock.now(), confirmed_at=clock.now()), services)
    record(services, [Event("generic", "moved", (ANN,), clock.now(), moved_to=new)])
    assert reachable(services) == {key(new)}


def test_a_database_restored_from_before_the_opt_outs_learns_them_again_and_accepts_nobody(databases, clock, tmp_path):
    url = databases.fresh("sqlite")
    file = Path(url.removeprefix("sqlite:///"))
    services = services_on(open_engine(url), clock, tmp_path)
    people = [f"person{n}@example.com" for n in range(40)]
    process(list_batch([{"email": one} for one in people], clock.now()), services)
    assert len(reachable(services)) == 40
    services.engine.dispose()
    shutil.copy(file, tmp_path / "backup.sqlite")

    clock.move(days=1)
    services = services_on(open_engine(url), clock, tmp_path)
    for number, one in enumerate(people):
        if number % 2:
            leave_by_address(services, one)
        else:
            told = Told(hashes=[("sha256", sha256(one.encode()).digest())])
            with services.unit_of_work() as work:
                suppress(services, work, told, "complaint", at=work.at, by="test")
    strangers = Told(hashes=[("md5", bytes(16))])
    with services.unit_of_work() as work:
        suppress(services, work, strangers, "opt_out", at=work.at, scope="source:demo", by="test")
    kept_apart = list(Given(services).lines("backup", "lower"))
    assert not any("@" in line or "person" in line for line in kept_apart)
    services.engine.dispose()

    for path in file.parent.glob(file.name + "*"):
        path.unlink()
    shutil.copy(tmp_path / "backup.sqlite", file)
    services = services_on(open_engine(url), clock, tmp_path)
    assert len(reachable(services)) == 40, "it has forgotten them"
    orders = read_backup(services, kept_apart)
    with services.unit_of_work() as work:
        account = restore(services, work, orders, by="backup")
    assert (account.withdrawn, reachable(services)) == (40, set())
    settled = process(list_batch([{"email": one} for one in people], clock.now()), services)
    assert settled.outcomes == ["rejection"] * 40
    assert {*list(Given(services).lines("backup", "lower"))[1:]} == {*kept_apart[1:]}, (
        "nothing is weaker, nothing is added"
    )
    with services.unit_of_work() as work:
        assert restore(services, work, orders, by="backup").recorded == 0
    services.engine.dispose()
    databases.drop(url)


def test_a_link_of_somebody_never_heard_of_keeps_them_out_too(services, clock):
    leave_by_link(services, Whose(key(ANN), 99), "all", by="test")
    a_list(services)
    assert reachable(services) == set()
    del clock
