"""A backup of the suppression book taken in again: news stands at once, moves too, and a later yes is left alone."""

from datetime import timedelta
from hashlib import sha256

import pytest
from builders import key, list_batch, make_services, tallies_fit
from confirming import ASKING, links, outbox, outcomes, post, reachable, work
from sqlalchemy import select
from web import make_web

from gateway.db.engine import open_engine
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.feedback.book import record
from gateway.feedback.event import Event
from gateway.intake.restoring import key_checks, read_backup, restore
from gateway.intake.stops import Told, look_up, suppress
from gateway.intake.stops_given import Given
from gateway.outcomes.leave import leave
from gateway.pipeline import process
from gateway.suppression.backup import read
from gateway.suppression.tables import moves

ANN, NEW = "ann@example.com", "ann@example.org"


@pytest.fixture
def web(engine, clock, tmp_path):
    made = make_web(engine, clock, tmp_path)
    made.source("asks", statement=ASKING)
    return made


@pytest.fixture
def lost(databases, clock, tmp_path):
    """The gateway that went on after the backup of the database, of which only the suppression backup is left."""
    url = databases.fresh("sqlite")
    services = make_services(open_engine(url), clock, tmp_path / "lost")
    yield services
    services.engine.dispose()
    databases.drop(url)


def tell(services, cause="opt_out", address=ANN):
    with services.unit_of_work() as unit:
        leave(unit, services.ledger, [Suppression(key(address), cause, unit.at)], by="test")


def kept(services):
    return list(Given(services).lines("backup", "lower"))


def take_in(services, lines):
    backup = read_backup(services, lines)
    with services.unit_of_work() as unit:
        return restore(services, unit, backup, by="test")


def confirmed(web, clock):
    """Sign up and click the mail's link."""
    assert post(web, ANN).status_code == 202
    work(web)
    clock.move(minutes=5)
    return web.client.post(links(outbox(web)[-1])[0])


def held_moves(services):
    with services.engine.connect() as connection:
        return {(bytes(a), bytes(b)) for a, b in connection.execute(select(moves.c.match_key, moves.c.new_match_key))}


def test_who_moved_leaves_under_the_new_address_after_a_restore_too_whenever_they_leave(web, lost, clock):
    process(list_batch([{"email": ANN}, {"email": NEW}], clock.now()), web.services)
    record(lost, [Event("generic", "moved", (ANN,), clock.now(), moved_to=NEW)])
    lines = kept(lost)
    assert not any("@" in line or "ann" in line for line in lines)
    take_in(web.services, lines)
    assert held_moves(web.services) == {(key(ANN), key(NEW)), (key(NEW), key(ANN))}
    assert len(reachable(web)) == 2, "to move is not to leave"
    clock.move(days=1)
    tell(web.services, address=NEW)
    assert reachable(web) == []


def test_who_left_here_and_moved_there_has_left_under_both(web, lost, clock):
    process(list_batch([{"email": NEW}], clock.now()), web.services)
    tell(web.services)
    record(lost, [Event("generic", "moved", (ANN,), clock.now(), moved_to=NEW)])
    assert take_in(web.services, kept(lost)).withdrawn == 1
    assert reachable(web) == []
    assert look_up(web.services, [NEW])[0].state == "suppressed"


def test_moves_are_renewed_with_the_secret(lost, clock):
    record(lost, [Event("generic", "moved", (ANN,), clock.now(), moved_to=NEW)])
    backup = read_backup(lost, kept(lost))
    assert {frozenset(move) for move in backup.moves} == {frozenset((key(ANN), key(NEW)))}

    class Turned:
        def of(self, keys):
            return [one[::-1] for one in keys]

    renewed = read(kept(lost), ["0" * 32, key_checks(lost)[0]], [Turned()])
    assert {frozenset(move) for move in renewed.moves} == {frozenset((key(ANN)[::-1], key(NEW)[::-1]))}


def test_a_move_that_is_broken_or_missing_refuses_the_whole_backup(lost, clock):
    record(lost, [Event("generic", "moved", (ANN,), clock.now(), moved_to=NEW)])
    lines = kept(lost)
    assert len(lines) == 4
    for cut in (lines[:-1], [*lines[:2], lines[-1]], [lines[0], lines[-1]]):
        with pytest.raises(CallerError, match="cut off"):
            read_backup(lost, cut)
    for broken in (lines[1].replace('"moved": "', '"moved": "00'), '{"moved": "00"}', '{"moved": 5, "match_key": 4}'):
        with pytest.raises(CallerError, match="line 2 is no order"):
            read_backup(lost, [lines[0], broken, *lines[2:]])


def test_what_an_erasure_took_away_no_backup_brings_back(web, lost, clock):
    record(lost, [Event("generic", "moved", (ANN,), clock.now(), moved_to=NEW)])
    tell(web.services, "erasure")
    take_in(web.services, kept(lost))
    assert held_moves(web.services) == set()
    assert look_up(web.services, [NEW])[0].state == "suppressed", "as it would have been"


def test_who_came_back_is_left_alone_by_what_the_book_knew(web, clock):
    tell(web.services)
    hashes = Told(hashes=[("sha256", sha256(ANN.encode()).digest())])
    with web.services.unit_of_work() as unit:
        suppress(web.services, unit, hashes, "objection", at=unit.at, by="test")
    clock.move(days=1)
    lines = kept(web.services)
    clock.move(days=1)
    assert post(web, ANN).status_code == 202
    work(web)
    clock.move(minutes=5)
    account = take_in(web.services, lines)
    assert (account.distinct, account.recorded, account.withdrawn, account.refused) == (2, 0, 0, 0)
    assert outcomes(web) == ["hold"], "the question that went to the mailbox is open still"
    web.client.post(links(outbox(web)[-1])[0])
    assert reachable(web) == [ANN]
    assert take_in(web.services, lines).withdrawn == 0
    assert reachable(web) == [ANN]
    with web.services.engine.connect() as connection:
        assert tallies_fit(connection)


def test_a_yes_of_after_the_backup_answers_what_the_database_had_forgotten(web, lost, clock):
    tell(lost)
    clock.move(days=1)
    lines = kept(lost)
    clock.move(days=1)
    confirmed(web, clock)
    assert reachable(web) == [ANN]
    assert take_in(web.services, lines).withdrawn == 0
    assert reachable(web) == [ANN]
    clock.move(days=1)
    assert process(list_batch([{"email": ANN}], clock.now()), web.services).outcomes == ["rejection"]


def test_a_signup_of_after_the_backup_waits_on_and_only_its_confirmation_lets_in(web, lost, clock):
    tell(lost)
    clock.move(days=1)
    lines = kept(lost)
    clock.move(days=1)
    assert post(web, ANN).status_code == 202
    work(web)
    account = take_in(web.services, lines)
    assert (account.recorded, account.refused, outcomes(web), reachable(web)) == (1, 0, ["hold"], [])
    clock.move(minutes=5)
    web.client.post(links(outbox(web)[-1])[0])
    assert reachable(web) == [ANN]


def test_a_yes_of_before_the_backup_answers_nothing_that_is_news(web, lost, clock):
    confirmed(web, clock)
    assert reachable(web) == [ANN]
    clock.move(days=1)
    tell(lost)
    assert take_in(web.services, kept(lost)).withdrawn == 1
    assert reachable(web) == []


def test_an_unconfirmed_signup_and_a_list_of_after_the_backup_answer_nothing(web, lost, clock):
    tell(lost)
    lines = kept(lost)
    clock.move(days=1)
    assert post(web, ANN, source="demo").status_code == 202
    assert reachable(web) == [ANN]
    web.services.world.routes.kinds["slow.example.net"] = "unknown"
    process(list_batch([{"email": "eve@slow.example.net"}], clock.now()), web.services)
    tell(lost, address="eve@slow.example.net")
    clock.move(days=1)
    account = take_in(web.services, [*lines[:2], *kept(lost)[2:]])
    assert (account.withdrawn, account.refused) == (1, 1)
    assert reachable(web) == []
    assert outcomes(web) == ["prospect", "rejection"]


def test_who_left_again_after_coming_back_leaves_again_though_the_order_was_known(web, lost, clock):
    tell(web.services)
    tell(lost)
    clock.move(days=1)
    confirmed(web, clock)
    clock.move(days=1)
    tell(lost)
    clock.move(hours=1)
    account = take_in(web.services, kept(lost))
    assert (account.distinct, account.recorded, account.withdrawn) == (1, 0, 1)
    assert reachable(web) == []


def test_a_clock_that_ran_ahead_spares_nobody(web, lost, clock):
    with lost.unit_of_work() as unit:
        ahead = unit.at + timedelta(days=3)
        leave(unit, lost.ledger, [Suppression(key(ANN), "opt_out", ahead)], by="test")
    lines = kept(lost)
    clock.move(days=1)
    confirmed(web, clock)
    assert take_in(web.services, lines).withdrawn == 1
    assert reachable(web) == []
