import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update

from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError
from gateway.ledger.book import Ledger, LedgerError, Verification
from gateway.ledger.tables import entries
from gateway.ledger.tree import EMPTY, leaf_hash, root_of_path

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LEDGER = Ledger("0123456789abcdef" * 4)


def appended(engine, *bodies, kind="batch.settled", ledger=LEDGER):
    numbers = []
    for minute, body in enumerate(bodies):
        with unit_of_work(engine, NOON + timedelta(minutes=minute)) as work:
            numbers.append(ledger.append(work, kind, body))
    return numbers


def rows(engine):
    with reading(engine) as connection:
        return connection.execute(select(entries).order_by(entries.c.seq)).all()


def test_an_empty_ledger_fits(engine):
    assert LEDGER.verify(engine) == Verification(ok=True, entries=0, root=EMPTY.hex())
    assert LEDGER.checkpoint(engine).splitlines()[1] == "0"


def test_entries_are_numbered_from_one_and_kept_as_canonical_json(engine):
    assert appended(engine, {"b": [1, None], "a": "é"}, {}) == [1, 2]
    first, second = rows(engine)
    assert (first.kind, first.at, first.body) == ("batch.settled", NOON, '{"a":"\\u00e9","b":[1,null]}')
    assert second.body == "{}"


def test_what_is_hashed_is_the_canonical_json_of_the_whole_entry(engine):
    appended(engine, {"b": 1, "a": {"z": True, "y": '\u2028\x00"'}})
    (row,) = rows(engine)
    whole = {"seq": 1, "at": "2026-11-21T12:00:00.000000Z", "kind": "batch.settled", "body": json.loads(row.body)}
    data = json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()
    assert row.leaf_hash == leaf_hash(data).hex() == row.root == row.subtree


def test_several_entries_of_one_transaction_follow_each_other(engine):
    with unit_of_work(engine, NOON) as work:
        assert [LEDGER.append(work, "batch.settled", {"n": n}) for n in range(5)] == [1, 2, 3, 4, 5]
    found = LEDGER.verify(engine)
    assert (found.ok, found.entries, found.root) == (True, 5, rows(engine)[-1].root)


def test_a_transaction_that_fails_leaves_no_gap(engine):
    appended(engine, {"n": 1})
    with suppress(ZeroDivisionError), unit_of_work(engine, NOON) as work:
        assert LEDGER.append(work, "batch.settled", {"n": 2}) == 2
        raise ZeroDivisionError
    assert appended(engine, {"n": 2}) == [2]
    assert LEDGER.verify(engine).ok


@pytest.mark.parametrize(
    "body",
    [{"to": "ana@example.com"}, {"ana@example.com": 1}, {"a": [{"b": ("x", "@")}]}],
    ids=["value", "name", "deep"],
)
def test_no_address_gets_in(engine, body):
    with pytest.raises(ValueError, match="takes no addresses"):
        appended(engine, body)
    assert rows(engine) == []


@pytest.mark.parametrize(
    "kind", ["", "settled", "Batch.settled", "batch.settled ", "batch..settled", "batch.settled\n"]
)
def test_a_kind_is_a_noun_and_a_participle(engine, kind):
    with pytest.raises(ValueError, match=r"noun\.participle"):
        appended(engine, {}, kind=kind)


def test_a_body_that_is_no_json_is_refused(engine):
    with pytest.raises(ValueError, match="JSON compliant"):
        appended(engine, {"share": float("nan")})


def test_every_entry_can_be_proven_against_the_checkpoint(engine):
    appended(engine, *({"n": n} for n in range(11)))
    root = bytes.fromhex(LEDGER.verify(engine).root)
    for row in rows(engine):
        proof = LEDGER.prove(engine, row.seq)
        assert (proof.size, proof.leaf_hash.hex()) == (11, row.leaf_hash)
        assert root_of_path(proof.leaf_hash, proof.seq - 1, proof.size, proof.path) == root
    for seq in (0, 12):
        with pytest.raises(LookupError):
            LEDGER.prove(engine, seq)


def test_a_checkpoint_stays_good_while_the_ledger_grows(engine):
    notes = []
    for n in range(9):
        notes.append(LEDGER.checkpoint(engine))
        appended(engine, {"n": n})
    assert all(LEDGER.verify(engine, since=note).ok for note in notes)


@pytest.mark.parametrize(
    "since", ["", "no checkpoint", Ledger("another secret, 32 letters long.")._notary.note(1, EMPTY)]
)
def test_what_is_no_checkpoint_of_ours_is_the_callers_mistake(engine, since):
    appended(engine, {})
    with pytest.raises(CallerError, match="cannot be used as a checkpoint"):
        LEDGER.verify(engine, since=since)


def test_under_another_secret_nothing_fits_and_nothing_is_added(engine):
    appended(engine, {}, {})
    other = Ledger("another secret, 32 letters long.")
    found = other.verify(engine)
    assert (found.ok, found.entries, found.first_bad, found.root) == (False, 0, 1, EMPTY.hex())
    with pytest.raises(LedgerError, match="entry, 2, does not fit"):
        appended(engine, {}, ledger=other)
    with pytest.raises(LedgerError):
        other.checkpoint(engine)
    assert LEDGER.verify(engine).entries == 2


@pytest.mark.parametrize("value", ["0" * 64, "not hex", None], ids=["zeros", "words", "gone"])
def test_nothing_is_built_or_signed_on_a_changed_edge(engine, value):
    """Of seven entries the next one is built on the subtrees that end at 4, 6 and 7, and on the root of 7."""
    appended(engine, *({"n": n} for n in range(7)))
    kept = rows(engine)
    for seq, column in [(4, "subtree"), (6, "subtree"), (7, "subtree"), (7, "root"), (7, "signature")]:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            connection.execute(delete(entries))
            connection.execute(insert(entries), [dict(row._mapping) for row in kept])
            if value is not None:
                connection.execute(update(entries).where(entries.c.seq == seq).values({column: value}))
            elif seq < 7:  # without the last, the rest is what the ledger was before
                connection.execute(delete(entries).where(entries.c.seq == seq))
            else:
                continue
        with pytest.raises(LedgerError):
            appended(engine, {})
        with pytest.raises(LedgerError):
            LEDGER.checkpoint(engine)
        assert LEDGER.verify(engine).first_bad == seq
