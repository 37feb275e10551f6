"""The ledger's promise: whatever somebody with the database changes in it is found, with the entry's number."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from pymerkle import InmemoryTree
from sqlalchemy import Connection, event, text

from gateway.db.work import reading, unit_of_work
from gateway.ledger.book import Ledger, _data

SECRET = "0123456789abcdef" * 4
LEDGER = Ledger(SECRET)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SIZE = 24
TEXTS = ("at", "kind", "body", "leaf_hash", "subtree", "root", "signature")
KINDS = ("batch.settled", "batch.released", "suppression.recorded", "key.created")


@pytest.fixture
def ledger(engine):
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
    """Every byte of the first, a middle and the last entry; of the others every eleventh, at another offset each."""
    tried = 0
    for row in rows(ledger):
        whole = row["seq"] in (1, 14, SIZE)
        for name in TEXTS:
            value = row[name]
            for place in range(0 if whole else row["seq"] % 11, len(value), 1 if whole else 11):
                letter = chr(ord(value[place]) ^ (1 << (place + row["seq"]) % 7))
                if letter == "\x00":  # PostgreSQL keeps none
                    letter = "~"
                put(ledger, {**row, name: value[:place] + letter + value[place + 1 :]})
                assert_found(ledger, row["seq"], f"byte {place} of {name} of entry {row['seq']}")
                tried += 1
        put(ledger, row)
    assert tried > 3 * 400
    assert LEDGER.verify(ledger).ok


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize(
    "change",
    [
        lambda v: v + " ", lambda v: " " + v, lambda v: v[:-1], lambda v: v[1:], lambda v: "", lambda v: v.swapcase(),
        lambda v: v + "\n", lambda v: v.replace("0", "\uff10", 1) if "0" in v else v + "\u200b",
    ],
    ids=["space after", "space before", "last gone", "first gone", "empty", "case", "newline", "look-alike"],
)  # fmt: skip
def test_other_ways_to_write_the_same_are_found(ledger, name, change):
    row = rows(ledger)[8]
    changed = change(row[name])
    with changing(ledger) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE ledger_entries ALTER COLUMN {name} TYPE text"))
    put(ledger, {**row, name: changed})
    assert_found(ledger, 9, f"{name} = {changed!r}")


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", ["CAST({0} AS BLOB)", "CAST(x'ff' || {0} AS TEXT)", "{0} || char(0)", "7", "2.5"])
def test_values_only_sqlite_would_keep_are_found(ledger, name, value):
    if ledger.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's columns take text only")
    with changing(ledger) as connection:
        connection.execute(text(f"UPDATE ledger_entries SET {name} = {value.format(name)} WHERE seq = 5"))
    assert_found(ledger, 5, f"{name} = {value}")
    with reading(ledger) as connection:  # checking left the connection as it was
        assert connection.execute(text("SELECT kind FROM ledger_entries WHERE seq = 1")).scalar() == KINDS[0]


@pytest.mark.parametrize("number", [1, 2, 13, SIZE - 1])
def test_a_missing_entry_is_named(ledger, number):
    with changing(ledger) as connection:
        connection.execute(text(f"DELETE FROM ledger_entries WHERE seq = {number}"))
    assert_found(ledger, number, "deleted")


@pytest.mark.parametrize(
    ("number", "other", "named"), [(1, 99, 1), (9, 99, 9), (9, 0, 0), (9, -3, -3), (SIZE, 25, SIZE)]
)
def test_an_entry_with_another_number_is_found(ledger, number, other, named):
    with changing(ledger) as connection:
        connection.execute(text(f"UPDATE ledger_entries SET seq = {other} WHERE seq = {number}"))
    assert LEDGER.verify(ledger).first_bad == named


def test_entries_that_changed_places_are_found(ledger):
    with changing(ledger) as connection:
        for old, new in ((6, 999), (7, 6), (999, 7)):
            connection.execute(text(f"UPDATE ledger_entries SET seq = {new} WHERE seq = {old}"))
    assert_found(ledger, 6, "swapped")


@pytest.mark.parametrize("number", [1, 2, 13, SIZE, SIZE + 1])
def test_an_inserted_entry_is_found(ledger, number):
    """The later ones move up, as somebody would do who wants no doubled number."""
    last = rows(ledger)[-1]
    with changing(ledger) as connection:
        for seq in range(SIZE, number - 1, -1):
            connection.execute(text(f"UPDATE ledger_entries SET seq = {seq + 1} WHERE seq = {seq}"))
    put(ledger, {**last, "seq": number})
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
