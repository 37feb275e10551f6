"""Orders of which only a hash was told: kept once, matched in every way of writing, and nothing asked where none is."""

from datetime import UTC, datetime, timedelta
from hashlib import md5, sha1, sha256, sha512

import pytest
from builders import key
from sqlalchemy import event, select

from gateway.db.work import reading, unit_of_work
from gateway.domain.hashed import ALGORITHMS, read_hash, variants
from gateway.domain.ports import Suppression
from gateway.screening.address.syntax import normalise
from gateway.suppression.book import Book
from gateway.suppression.hashes import HashOrder, all_hashes, find_algorithms, find_hashed, record_hashes
from gateway.suppression.tables import suppression_hashes

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TYPED = " Ann.Reyes+News@GoogleMail.com "
NORMAL = "Ann.Reyes+News@googlemail.com"
WRITTEN = {
    "typed": TYPED, "trimmed": TYPED.strip(), "lower-cased": TYPED.strip().lower(), "canonical": "annreyes@gmail.com",
}  # fmt: skip
MAKE = {"md5": md5, "sha1": sha1, "sha256": sha256, "sha512": sha512}


def hash_order(text, algorithm="sha256", at=NOON, cause="opt_out", scope="all"):
    return HashOrder(algorithm, MAKE[algorithm](text.encode()).digest(), cause, at, scope)


def told(engine, *entries):
    with unit_of_work(engine, NOON) as work:
        return record_hashes(work, entries, by="test")


def found(engine, *people):
    with reading(engine) as connection:
        return find_hashed(connection, people)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("variant", WRITTEN)
def test_an_address_is_known_by_every_hash_of_every_way_of_writing(engine, algorithm, variant):
    order = hash_order(WRITTEN[variant], algorithm)
    assert told(engine, order) == 1
    ann = (key(TYPED), TYPED, NORMAL)
    says = f"{algorithm} of the {variant} address"
    expected = {ann[0]: [Suppression(ann[0], "opt_out", NOON, "all", says)]}
    assert found(engine, ann, (key("bob@example.com"), "bob@example.com", "bob@example.com")) == expected
    assert Book(engine).find_suppressions([ann[0]], [ann]) == expected


def test_mixed_algorithms_are_found_in_one_pass(engine):
    names = ["a@example.com", "b@example.com", "c@example.com", "d@example.com"]
    told(engine, *(hash_order(name, algorithm) for name, algorithm in zip(names, ALGORITHMS, strict=True)))
    people = [(key(name), name.upper(), name) for name in [*names, "e@example.com"]]
    assert found(engine, *people).keys() == {key(name) for name in names}


def test_told_twice_it_is_kept_once_and_grows_no_weaker(engine):
    assert told(engine, hash_order("a@b.c"), hash_order("a@b.c")) == 1
    assert told(engine, hash_order("a@b.c", at=NOON + DAY), hash_order("a@b.c", at=NOON - DAY)) == 0
    orders = found(engine, (key("a@b.c"), "a@b.c", None))[key("a@b.c")]
    assert [one.received_at for one in orders] == [NOON - DAY, NOON + DAY]
    assert told(engine, hash_order("a@b.c", cause="complaint"), hash_order("a@b.c", scope="source:demo")) == 2


@pytest.mark.parametrize("bad", [HashOrder("md5", b"x" * 20, "opt_out", NOON),
                                 HashOrder("md4", b"x" * 16, "opt_out", NOON),
                                 HashOrder("md5", b"x" * 16, "boredom", NOON),
                                 HashOrder("md5", b"x" * 16, "opt_out", NOON, "half")])  # fmt: skip
def test_what_is_no_hash_no_cause_and_no_scope_is_refused(engine, bad):
    with pytest.raises(ValueError, match=r"no order|no scope"):
        told(engine, bad)
    with reading(engine) as connection:
        assert connection.execute(select(suppression_hashes)).all() == []


def test_where_no_hash_is_held_nothing_is_hashed_and_nobody_looked_for(engine, monkeypatch):
    monkeypatch.setattr("gateway.suppression.hashes.digests", lambda *_: pytest.fail("hashed"))
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert found(engine, *((key(f"p{n}@example.com"), None, None) for n in range(50))) == {}
    assert [one for one in asked if "SELECT" in one] == ["SELECT 1 FROM suppression_hashes LIMIT 1"]


def test_what_is_held_is_known_by_algorithm(engine):
    told(engine, hash_order("a@b.c", "md5"), hash_order("a@b.c", "sha512", scope="brand:Harbor"))
    with reading(engine) as connection:
        assert find_algorithms(connection) == ["md5", "sha512"]
        assert all_hashes(connection, "md5") == [md5(b"a@b.c").digest()]
        assert all_hashes(connection, "sha512") == [], "of one brand only"


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_hash_is_told_by_its_size(name):
    text = MAKE[name](b"x").hexdigest()
    assert read_hash(f" {text.upper()} ") == (name, bytes.fromhex(text))
    for other in (text[:-1], text + "0", text[:-1] + "g", text[:-1] + "é", "", f"{text[:8]} {text[9:]}"):
        assert read_hash(other) is None


def test_ways_of_writing_that_are_the_same_are_one():
    assert variants("ann@example.com", "ann@example.com") == {"ann@example.com": "lower"}
    assert list(variants("Ann@Example.com", None)) == ["ann@example.com", "Ann@Example.com"]
    assert variants(None, None) == {"": "lower"}


@pytest.mark.parametrize(
    ("typed", "hashed"),
    [
        ("Jo@bücher.example.net", "jo@xn--bcher-kva.example.net"), ("j.o+x@gmail.com", "jo@googlemail.com"),
        ("jo@googlemail.com", "jo@gmail.com"),
    ],
)  # fmt: skip
def test_a_domain_is_hashed_under_its_other_name_too(typed, hashed):
    assert hashed in variants(typed, normalise(typed).normalised)


def test_no_letter_is_taken_for_another():
    assert not [text for text in variants("jo@straße.example.net", "jo@straße.example.net") if "strasse" in text]
