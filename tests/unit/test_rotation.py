"""The secret is changed: everything known stays known, the ledger verifies, and nothing is ever half renewed."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import SECRET, list_batch, make_services, signup_batch
from databases import import_tables
from sqlalchemy import LargeBinary, event, select

from gateway.access.secrets import find_fit
from gateway.config import Settings, SettingsError, with_secret
from gateway.db.base import metadata
from gateway.db.engine import open_engine
from gateway.db.keys import KEY_BYTES
from gateway.db.rekey import keyed_columns
from gateway.domain.address import MatchKeys, Renewal
from gateway.domain.ports import Suppression
from gateway.feedback import book as feedback
from gateway.feedback.event import Event
from gateway.intake.restoring import read_backup, restore
from gateway.intake.stops import look_up
from gateway.intake.stops_given import Given
from gateway.ledger.book import Ledger
from gateway.ledger.tables import entries
from gateway.lifecycle.tables import prospects
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import leads
from gateway.person.leave import leave_by_address
from gateway.pipeline import process
from gateway.rotation import PENDING_FILE, fitting, prepare, rotate, take_up
from gateway.screening.address.keys import key_of
from gateway.suppression.tables import suppressions
from gateway.wiring import build_services

SECOND, THIRD = "the second secret, thirty-two characters and more", "the third secret, thirty-two characters and more"
CHAIN = (SECRET, SECOND, THIRD)


def under(services, *chain):
    """The same gateway, started with these secrets."""
    former = [one.encode() for one in chain[:-1]]
    world = replace(services.world, match_keys=MatchKeys(chain[-1].encode(), former))
    settings = replace(services.settings, secret_key=chain[-1], former_secret_keys=chain[:-1])
    return replace(services, settings=settings, world=world, ledger=Ledger(chain[-1], chain[:-1]))


@pytest.fixture
def first(engine, clock, tmp_path):
    """A gateway with somebody who left and somebody who is a prospect."""
    services = make_services(engine, clock, tmp_path)
    process(signup_batch("stays@example.com", clock.now()), services)
    with services.unit_of_work() as work:
        key = key_of("left@example.com", services.world.match_keys)
        leave(work, services.ledger, [Suppression(key, "opt_out", work.at)], by="test")
    return services


def outcome(services, clock, address):
    settled = process(list_batch([{"email": address}], clock.now()), services)
    return settled.outcomes[0], {finding.reason for finding in settled.findings(0)}


def keys_of(engine):
    """Every match key that the database holds, by table."""
    with engine.connect() as connection:
        return {
            table.name: sorted(bytes(key) for key in connection.execute(select(table.c.match_key)).scalars() if key)
            for table in (suppressions, prospects, leads)
        }


def test_every_table_with_match_keys_is_found(engine):
    import_tables()
    with engine.connect() as connection:
        found = keyed_columns(connection)
    keyed = {(table.name, column.name) for table in metadata.sorted_tables for column in table.c
             if isinstance(column.type, LargeBinary) and column.type.length == KEY_BYTES
             and column.name != "digest"}  # fmt: skip  # of a certificate: unkeyed
    assert set(found) == keyed
    assert len(found) == len(keyed) > 5


@pytest.mark.parametrize("steps", [(2,), (2, 3), (3,)])
def test_after_rotations_everybody_is_known_as_before(first, engine, clock, steps):
    before = outcome(first, clock, "LEFT@example.com")
    for size in steps:
        rotate(engine, clock.now(), CHAIN[:size], by="test")
    later = under(first, *CHAIN[: steps[-1]])
    assert outcome(later, clock, "LEFT@example.com") == before
    assert outcome(later, clock, "Stays@example.com")[0] == "rejection"
    assert "already_known" in outcome(later, clock, "Stays+tag@example.com")[1]
    assert later.ledger.verify(engine).ok
    with engine.connect() as connection:
        assert find_fit(connection, CHAIN[: steps[-1]]) == "fits"
        kinds = list(connection.execute(select(entries.c.kind).order_by(entries.c.seq)).scalars())
    assert kinds.count("secret.rotated") == steps[-1] - 1


def test_who_moved_before_the_rotation_and_leaves_after_it_has_left_under_the_new_address(first, engine, clock):
    told = Event("generic", "moved", ("old@example.com",), clock.now(), moved_to="new@example.com")
    feedback.record(first, [told])
    for size in (2, 3):
        rotate(engine, clock.now(), CHAIN[:size], by="test")
    later = under(first, *CHAIN)
    assert leave_by_address(later, "old@example.com")
    assert outcome(later, clock, "new@example.com") == outcome(later, clock, "left@example.com")


def test_a_checkpoint_of_before_still_holds(first, engine, clock):
    kept = first.ledger.checkpoint(engine)
    rotate(engine, clock.now(), CHAIN[:2], by="test")
    later = under(first, *CHAIN[:2])
    assert later.ledger.verify(engine, since=kept).ok
    assert later.ledger.verify(engine, since=later.ledger.checkpoint(engine)).ok


def test_a_ledger_cut_back_to_before_the_rotation_does_not_verify(first, engine, clock):
    rotate(engine, clock.now(), CHAIN[:2], by="test")
    with engine.begin() as connection:
        connection.execute(entries.delete().where(entries.c.kind == "secret.rotated"))
    found = under(first, *CHAIN[:2]).ledger.verify(engine)
    assert not found.ok
    assert "secret was changed" in found.why


def test_a_gateway_of_before_that_still_runs_writes_nothing(first, engine, clock):
    """It would write keys of the old kind; the ledger, which every outcome must enter, stops it."""
    rotate(engine, clock.now(), CHAIN[:2], by="test")
    held = keys_of(engine)
    with pytest.raises(Exception, match="another secret key"):
        process(signup_batch("late@example.com", clock.now()), first)
    assert keys_of(engine) == held


class KilledError(Exception):
    """The process dies here."""


def test_cut_off_at_any_statement_it_is_old_or_new_and_never_mixed(first, engine, clock):
    def at(n):
        seen = 0

        def count(*_):
            nonlocal seen
            seen += 1
            if seen == n:
                raise KilledError

        event.listen(engine, "before_cursor_execute", count)
        event.listen(engine, "commit", count)
        try:
            rotate(engine, clock.now(), CHAIN[:2], by="test")
        finally:
            event.remove(engine, "before_cursor_execute", count)
            event.remove(engine, "commit", count)

    old = keys_of(engine)
    renew = Renewal(SECOND.encode()).of
    new = {table: sorted(renew(keys)) for table, keys in old.items()}
    for n in range(1, 200):
        try:
            at(n)
        except KilledError:
            with engine.connect() as connection:
                assert find_fit(connection, (SECRET,)) in {"fits", "new"}
            assert keys_of(engine) == old
        else:
            break
    assert n > 10
    assert keys_of(engine) == new


@pytest.mark.parametrize(
    ("chain", "why"),
    [
        ((SECOND,), "not the secret key"),
        ((SECOND, SECRET), "not the secret key"),
        ((SECRET, SECOND), "rotate-secret"),
    ],
)
def test_a_secret_that_does_not_fit_the_database_is_refused(first, engine, clock, chain, why):
    settings = first.settings
    assert fitting(settings, engine, clock.now()) == settings
    with pytest.raises(SettingsError, match=why):
        fitting(replace(settings, secret_key=chain[-1], former_secret_keys=chain[:-1]), engine, clock.now())


def test_the_secret_of_before_the_rotation_is_refused(first, engine, clock):
    rotate(engine, clock.now(), CHAIN[:2], by="test")
    with pytest.raises(SettingsError, match="was rotated since"):
        fitting(first.settings, engine, clock.now())
    with pytest.raises(SettingsError, match="already"):
        rotate(engine, clock.now(), CHAIN[:2], by="test")


@pytest.fixture
def kept(tmp_path, clock):
    """A gateway whose secret lies beside its database."""
    settings = with_secret(Settings(data=tmp_path))
    build_services(settings).engine.dispose()
    return settings


@pytest.mark.parametrize("cut", ["before the database", "before the files", "between the files", "nowhere"])
def test_where_the_secret_is_a_file_a_rotation_goes_on_where_it_was_cut_off(kept, clock, cut, monkeypatch):
    engine = open_engine(kept.database)
    new = prepare(kept)
    if cut != "before the database":
        rotate(engine, clock.now(), (kept.secret_key, new), by="test")
    if cut == "between the files":
        with monkeypatch.context() as patch:
            patch.setattr(Path, "replace", _first_only(Path.replace))
            with pytest.raises(KilledError):
                take_up(kept)
    elif cut == "nowhere":
        take_up(kept)
    engine.dispose()
    services = build_services(with_secret(Settings(data=kept.data)))
    expected = (kept.secret_key, ()) if cut == "before the database" else (new, (kept.secret_key,))
    assert (services.settings.secret_key, services.settings.former_secret_keys) == expected
    again = with_secret(Settings(data=kept.data))
    assert (again.secret_key, again.former_secret_keys) == expected
    assert (kept.data / PENDING_FILE).exists() is (cut == "before the database")
    services.engine.dispose()


def _first_only(replace_file):
    calls = []

    def once(*args):
        calls.append(args)
        if len(calls) > 1:
            raise KilledError
        replace_file(*args)

    return once


@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_backup_of_before_is_taken_in_under_the_secret_of_today(first, clock, databases, tmp_path, times):
    """Kept apart from the database, it is what is left after a restore: its orders must find their people."""
    kept_apart = list(Given(first).lines("backup", "lower"))
    url = databases.fresh("sqlite")
    try:
        fresh = make_services(open_engine(url), clock, tmp_path / "restored")
        services = under(fresh, *CHAIN[: times + 1])
        orders = read_backup(services, kept_apart)
        with services.unit_of_work() as work:
            restore(services, work, orders, by="test")
        assert look_up(services, ["left@example.com"])[0].state == "suppressed"
        assert outcome(services, clock, "left@example.com")[0] == "rejection"
        fresh.engine.dispose()
    finally:
        databases.drop(url)
