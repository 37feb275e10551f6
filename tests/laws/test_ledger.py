"""The ledger's promise: whatever somebody with the database changes in it is found, with the entry's number."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pymerkle import InmemoryTree
from sqlalchemy import Connection, event, text

from gateway.db.engine import open_engine
from gateway.db.work import reading, unit_of_work
from gateway.ledger.book import Ledger, _data

SECRET = "0123456789abcdef" * 4
LEDGER = Ledger(SECRET)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZE = 24
TEXTS = ("at", "kind", "body", "leaf_hash", "subtree", "root", "signature")
KINDS = ("batch.settled", "batch.released", "suppression.recorded", "key.created")


def fill(engine):
    """Two dozen entries, on a database that does not wait for the disk at each of the thousands of changes."""

    def hurry(connection, _record):
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA synchronous=OFF")

    event.listen(engine, "connect", hurry)
    engine.dispose()
    for number in range(SIZE):
        with unit_of_work(engine, NOON + timedelta(minutes=number)) as work:
            body = {"batch": number, "origin": "list:1", "rows": number * 7, "note": 'é " \\ , { }'}
            LEDGER.append(work, KINDS[number % len(KINDS)], body)
    assert LEDGER.verify(engine).ok


@pytest.fixture
def ledger(engine):
    fill(engine)
    return engine


@contextmanager
def changing(engine) -> Iterator[Connection]:
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        yield connection


def rows(engine):
    with reading(engine) as connection:
        return connection.execute(text("SELECT * FROM ledger_entries ORDER BY seq")).mappings().all()


def put(engine, row):
    """The row as it was, or as forged."""
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    with changing(engine) as connection:
        connection.execute(text("DELETE FROM ledger_entries WHERE seq = :seq"), {"seq": row["seq"]})
        connection.execute(text(f"INSERT INTO ledger_entries ({names}) VALUES ({marks})"), dict(row))


def assert_found(engine, number, what):
    found = LEDGER.verify(engine)
    assert not found.ok, f"not found: {what}"
    assert (found.first_bad, found.entries) == (number, number - 1), f"{what}: {found}"
    assert found.why


def test_roots_and_proofs_are_those_of_another_implementation(ledger):
    oracle = InmemoryTree(algorithm="sha256")
    for row in rows(ledger):
        oracle.append_entry(_data(row["seq"], row["at"], row["kind"], row["body"]))
        assert row["root"] == oracle.get_root().hex()
        assert row["leaf_hash"] == oracle.get_leaf(row["seq"]).hex()
    for row in rows(ledger):
        proof = LEDGER.prove(ledger, row["seq"])
        theirs = oracle.prove_inclusion(row["seq"], SIZE).serialize()["path"]
        assert sorted(theirs) == sorted([proof.leaf_hash.hex(), *(digest.hex() for digest in proof.path)])


def test_any_byte_changed_in_any_column_is_found(ledger):
    """Every byte of a middle entry, on SQLite of the first and last too; of the others every eleventh."""
    wholly = (1, 14, SIZE) if ledger.dialect.name == "sqlite" else (14,)
    tried = 0
    for row in rows(ledger):
        for name in TEXTS:
            value = row[name]
            places = range(len(value)) if row["seq"] in wholly else range(row["seq"] % 11, len(value), 11)
            for place in places:
                letter = chr(ord(value[place]) ^ (1 << (place + row["seq"]) % 7))
                if letter == "\x00":  # PostgreSQL keeps none
                    letter = "~"
                put(ledger, {**row, name: value[:place] + letter + value[place + 1 :]})
                assert_found(ledger, row["seq"], f"byte {place} of {name} of entry {row['seq']}")
                tried += 1
        put(ledger, row)
    assert tried > len(wholly) * 400
    assert LEDGER.verify(ledger).ok


def test_other_ways_to_write_the_same_are_found(ledger):
    if ledger.dialect.name == "postgresql":  # so that the forger is not kept by the columns' lengths
        with changing(ledger) as connection:
            for name in TEXTS:
                connection.execute(text(f"ALTER TABLE ledger_entries ALTER COLUMN {name} TYPE text"))
    row = rows(ledger)[8]
    for name in TEXTS:
        value = row[name]
        for changed in (
            f"{value} ", f" {value}", value[:-1], value[1:], "", value.swapcase(), f"{value}\n", f"{value}\u200b",
            value.replace("0", "\uff10"), f"{value}{value}",
        ):  # fmt: skip
            if changed != value:
                put(ledger, {**row, name: changed})
                assert_found(ledger, 9, f"{name} = {changed!r}")
        put(ledger, row)
    assert LEDGER.verify(ledger).ok


def test_values_that_only_sqlite_would_keep_are_found(databases):
    engine = open_engine(databases.fresh("sqlite"))
    fill(engine)
    row = rows(engine)[4]
    for name in TEXTS:
        for value in ("CAST({0} AS BLOB)", "CAST(x'ff' || {0} AS TEXT)", "{0} || char(0)", "7", "x'00'"):
            with changing(engine) as connection:
                connection.execute(text(f"UPDATE ledger_entries SET {name} = {value.format(name)} WHERE seq = 5"))
            assert_found(engine, 5, f"{name} = {value}")
            put(engine, row)
    assert LEDGER.verify(engine).ok
    assert rows(engine)[4] == row  # checking left the connection as it was
    engine.dispose()


def test_bytes_changed_in_sqlites_own_file_are_found(databases):
    """One bit of every 61st byte of the ledger's pages: found, or it belonged to no entry."""
    url = databases.fresh("sqlite")
    engine = open_engine(url)
    fill(engine)
    kept = rows(engine)
    engine.dispose()  # folds the journal into the file
    path = Path(url.removeprefix("sqlite:///"))
    whole = path.read_bytes()
    pages = sorted({place // 4096 for place in range(len(whole)) if whole.startswith(b"2026-11-21T12", place)})
    found, damaged = 0, 0
    for page in pages:
        for place in range(page * 4096, (page + 1) * 4096, 61):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
            engine = open_engine(url)
            verification = LEDGER.verify(engine)
            if verification.ok:
                assert rows(engine) == kept
            else:
                found += 1
                damaged += "damaged" in verification.why
                assert verification.first_bad <= verification.entries + 1  # less: a row took another number
            engine.dispose()
    assert found > 100
    assert damaged


@pytest.mark.parametrize(
    ("named", "changes"),
    [
        (1, ["DELETE FROM ledger_entries WHERE seq = 1"]),
        (2, ["DELETE FROM ledger_entries WHERE seq = 2"]),
        (13, ["DELETE FROM ledger_entries WHERE seq IN (13, 20)"]),
        (SIZE - 1, ["DELETE FROM ledger_entries WHERE seq = 23"]),
        (1, ["UPDATE ledger_entries SET seq = 99 WHERE seq = 1"]),
        (9, ["UPDATE ledger_entries SET seq = 99 WHERE seq = 9"]),
        (SIZE, ["UPDATE ledger_entries SET seq = 25 WHERE seq = 24"]),
        (0, ["UPDATE ledger_entries SET seq = 0 WHERE seq = 9"]),
        (-3, ["UPDATE ledger_entries SET seq = -3 WHERE seq = 9"]),
        (6, [f"UPDATE ledger_entries SET seq = {new} WHERE seq = {old}" for old, new in ((6, 999), (7, 6), (999, 7))]),
    ],
)  # fmt: skip
def test_entries_that_are_missing_renumbered_or_swapped_are_named(ledger, named, changes):
    with changing(ledger) as connection:
        for change in changes:
            assert connection.execute(text(change)).rowcount
    found = LEDGER.verify(ledger)
    assert (found.ok, found.first_bad) == (False, named)


@pytest.mark.parametrize("number", [1, 2, 13, SIZE, SIZE + 1])
def test_an_inserted_entry_is_found(ledger, number):
    """The later ones move up, as somebody would do who wants no doubled number."""
    copied = rows(ledger)[5]
    with changing(ledger) as connection:
        for seq in range(SIZE, number - 1, -1):
            connection.execute(text(f"UPDATE ledger_entries SET seq = {seq + 1} WHERE seq = {seq}"))
    put(ledger, {**copied, "seq": number})
    assert_found(ledger, number, "inserted")


def rewrite(engine, first, ledger):
    """Drop the tail from ``first`` on and write another story, correctly chained, with a ledger of one's own."""
    kept = rows(engine)
    with changing(engine) as connection:
        connection.execute(text("DELETE FROM ledger_entries WHERE seq >= :first"), {"first": first})
    for number in range(first, len(kept) + 1):
        with unit_of_work(engine, NOON) as work:
            ledger.append(work, "batch.settled", {"batch": number, "forged": True})


class Forger(Ledger):
    """Has the database and the code, but not the key: its signatures are its own, and it trusts any end."""

    def _end(self, connection):
        self._notary, own = LEDGER._notary, self._notary
        try:
            return super()._end(connection)
        except Exception:  # noqa: BLE001 - its own last entry
            self._notary = own
            return super()._end(connection)
        finally:
            self._notary = own


@pytest.mark.parametrize("first", [1, 13, SIZE])
def test_a_tail_rewritten_without_the_key_fails_its_signature(ledger, first):
    rewrite(ledger, first, Forger("somebody else's secret, long enough"))
    assert_found(ledger, first, "rewritten")


@pytest.mark.parametrize("first", [1, 13, SIZE])
def test_a_tail_rewritten_even_with_the_key_is_found_against_a_checkpoint_held_outside(ledger, first):
    held = LEDGER.checkpoint(ledger)
    rewrite(ledger, first, LEDGER)
    assert LEDGER.verify(ledger).ok
    found = LEDGER.verify(ledger, since=held)
    assert (found.ok, found.first_bad) == (False, SIZE)


@pytest.mark.parametrize("left", [0, 1, 13, SIZE - 1])
def test_a_cut_off_end_is_found_against_a_checkpoint_held_outside(ledger, left):
    held = LEDGER.checkpoint(ledger)
    with changing(ledger) as connection:
        connection.execute(text(f"DELETE FROM ledger_entries WHERE seq > {left}"))
    found = LEDGER.verify(ledger, since=held)
    assert (found.ok, found.entries, found.first_bad) == (False, left, left + 1)


def test_eight_writers_make_one_order_without_gaps(ledger):
    each = 12

    def write(writer):
        mine = Ledger(SECRET)
        numbers = []
        for turn in range(each):
            with unit_of_work(ledger, NOON) as work:
                numbers.append(mine.append(work, "batch.settled", {"writer": writer, "turn": turn}))
        return numbers

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for some in pool.map(write, range(8)) for number in some]
    assert sorted(numbers) == list(range(SIZE + 1, SIZE + 8 * each + 1))
    found = LEDGER.verify(ledger)
    assert (found.ok, found.entries) == (True, SIZE + 8 * each)
