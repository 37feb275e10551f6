"""The FCC's list over several loads: first-seen days are kept, what went and came back starts anew."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.db.work import unit_of_work
from gateway.domain.problem import CallerError
from gateway.reference.book import FCC_WIRELESS, Wireless, find_last_load, load_wireless

DAY = timedelta(days=1)
FIRST = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture
def load(engine):
    def act(domains, at, **told):
        with unit_of_work(engine, at) as work:
            return load_wireless(work, domains, **{"digest": "0" * 64, "loaded_at": at, "by": "test", **told})

    return act


def test_a_list_never_loaded_is_empty_and_of_no_day(engine):
    assert Wireless(engine).find_list() == ({}, None)


def test_domains_keep_the_day_they_were_first_seen(engine, load):
    wireless = Wireless(engine)
    assert load(["vtext.com", "tmomail.net"], FIRST).added == ["tmomail.net", "vtext.com"]
    assert wireless.find_list() == ({"vtext.com": FIRST, "tmomail.net": FIRST}, FIRST)
    changes = load(["vtext.com", "new.example.com"], FIRST + 20 * DAY)
    assert (changes.rows, changes.added, changes.removed) == (2, ["new.example.com"], ["tmomail.net"])
    assert wireless.find_list() == (
        {"vtext.com": FIRST, "new.example.com": FIRST + 20 * DAY}, FIRST + 20 * DAY,
    )  # fmt: skip
    load(["vtext.com", "tmomail.net"], FIRST + 40 * DAY)
    assert wireless.find_list()[0] == {"vtext.com": FIRST, "tmomail.net": FIRST + 40 * DAY}
    with engine.connect() as connection:
        last = find_last_load(connection, FCC_WIRELESS)
    assert (last.rows, last.loaded_at, last.by) == (2, FIRST + 40 * DAY, "test")


def test_the_same_list_again_is_fresh_and_changes_nothing(engine, load):
    load(["vtext.com"], FIRST)
    assert load(["vtext.com"], FIRST + 25 * DAY).added == []
    assert Wireless(engine).find_list() == ({"vtext.com": FIRST}, FIRST + 25 * DAY)


def test_since_when_domains_were_posted_may_be_said(engine, load):
    load(["vtext.com"], FIRST, listed_since=FIRST - 90 * DAY)
    load(["vtext.com", "new.example.com"], FIRST + DAY, listed_since=FIRST - 5 * DAY)
    listed, _ = Wireless(engine).find_list()
    assert listed == {"vtext.com": FIRST - 90 * DAY, "new.example.com": FIRST - 5 * DAY}


def test_what_comes_back_does_not_count_the_days_before_it_went(engine, load):
    load(["vtext.com", "a.example.com"], FIRST)
    load(["vtext.com"], FIRST + DAY, even_if_smaller=True)
    load(["vtext.com", "a.example.com"], FIRST + 2 * DAY, listed_since=FIRST - 90 * DAY)
    assert Wireless(engine).find_list()[0]["a.example.com"] == FIRST + DAY


THREE = ["a.example.com", "b.example.com", "c.example.com"]


@pytest.mark.parametrize(
    ("code", "domains", "told"),
    [
        ("empty_list", [], {}),
        ("smaller_list", THREE[:1], {}),
        ("older_list", THREE, {"loaded_at": FIRST - DAY}),
        ("future_date", THREE, {"loaded_at": FIRST + 2 * DAY}),
        ("future_date", THREE, {"listed_since": FIRST + 2 * DAY}),
    ],
)
def test_what_cannot_be_right_is_refused_and_changes_nothing(engine, load, code, domains, told):
    load(THREE, FIRST)
    before = Wireless(engine).find_list()
    with pytest.raises(CallerError) as refused:
        load(domains, FIRST + DAY, **told)
    assert [p.code for p in refused.value.problems] == [code]
    assert Wireless(engine).find_list() == before


def test_half_of_the_list_is_taken_and_less_where_somebody_says_so(load):
    load([*THREE, "d.example.com"], FIRST)
    assert load(THREE[:2], FIRST).removed == ["c.example.com", "d.example.com"]
    load([*THREE, "d.example.com"], FIRST)
    assert len(load(THREE[:1], FIRST, even_if_smaller=True).removed) == 3
