"""The book of wordings: uses are counted, standings added and never changed, one person's own words forgotten."""

import pytest
from sqlalchemy import select

from gateway.db.work import reading, unit_of_work
from gateway.domain.problem import CallerError
from gateway.domain.wording import wording_of
from gateway.wordings.book import User, Wordings, find_standings, forget, history, keep, set_standing
from gateway.wordings.kin import find_kin
from gateway.wordings.shelf import (
    count_by_standing,
    find_uses,
    find_wording,
    likely_kin,
    list_ours,
    list_wordings,
    resolve,
    users_of,
)
from gateway.wordings.tables import wordings

OFFERS = wording_of("Yes, Riverside Garden Ltd may send me offers by e-mail.")
PARTNERS = wording_of("Yes, Riverside Garden Ltd and partners may send me offers by e-mail and text.")
NEWS = wording_of("Send me the news.")
MERIDIAN = User("list_7", "list", "Meridian Leads")
FORM = User("demo", "form")


@pytest.fixture
def write(engine, clock):
    def within(act):
        with unit_of_work(engine, clock.now) as work:
            return act(work)

    return within


@pytest.fixture
def kept(write, clock):
    write(lambda work: keep(work, MERIDIAN, [(OFFERS, 600), (PARTNERS, 2)]))
    clock.move(hours=1)
    write(lambda work: keep(work, MERIDIAN, [(OFFERS, 400)]))
    for _ in range(3):
        write(lambda work: keep(work, FORM, [(NEWS, 1)]))


def test_leads_are_counted_by_wording_and_by_who_used_it(engine, write, kept, clock):
    with reading(engine) as connection:
        (use,), count, leads = find_uses(connection, OFFERS.digest)
        assert (use.source, use.kind, use.vendor, use.leads, count, leads) == (
            "list_7", "list", "Meridian Leads", 1000, 1, 1000,
        )  # fmt: skip
        assert use.last_at == clock.now() > use.first_at
        assert find_wording(connection, OFFERS.digest).leads == 1000
        assert find_uses(connection, NEWS.digest)[2] == 3
        assert users_of(connection, [OFFERS.digest, NEWS.digest]) == {
            OFFERS.digest: ["Meridian Leads"], NEWS.digest: ["demo"],
        }  # fmt: skip


def test_a_standing_is_asked_by_digest_and_its_history_stays(engine, write, kept, clock):
    asked = [OFFERS.digest, PARTNERS.digest, NEWS.digest, "0" * 32]
    assert Wordings(engine).find_standings(asked) == {}
    assert write(lambda work: set_standing(work, OFFERS.digest, "approved", "names us", by="person_1")) == "unread"
    clock.move(days=1)
    assert write(lambda work: set_standing(work, OFFERS.digest, "refused", "hides us", by="person_2")) == "approved"
    write(lambda work: set_standing(work, PARTNERS.digest, "approved", "clear", by="person_2"))
    assert Wordings(engine).find_standings(asked) == {OFFERS.digest: "refused", PARTNERS.digest: "approved"}
    with reading(engine) as connection:
        assert [(one.standing, one.by, one.why) for one in history(connection, OFFERS.digest)] == [
            ("approved", "person_1", "names us"), ("refused", "person_2", "hides us"),
        ]  # fmt: skip
        assert count_by_standing(connection) == {"refused": 1, "approved": 1}
        assert find_standings(connection, []) == {}


@pytest.mark.parametrize(("standing", "why", "code"), [
    ("aproved", "x", "unknown_standing"), ("approved", " ", "missing"), ("approved", "x" * 501, "missing"),
    ("approved", "told by a@example.com", "contains_address"),
])  # fmt: skip
def test_nonsense_is_refused(write, kept, standing, why, code):
    with pytest.raises(CallerError) as caught:
        write(lambda work: set_standing(work, OFFERS.digest, standing, why, by="x"))
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_wording_that_there_is_not_cannot_be_read(write):
    with pytest.raises(CallerError):
        write(lambda work: set_standing(work, OFFERS.digest, "approved", "x", by="x"))


def test_the_shelf_goes_on_behind_the_last_one_that_was_shown(engine, write):
    many = [(wording_of(f"Words of kind {'abcdefghij'[n % 10]}{n // 10}"), n // 3 + 1) for n in range(40)]
    write(lambda work: keep(work, MERIDIAN, many))
    seen, after = [], None
    with reading(engine) as connection:
        while True:
            page = list_wordings(connection, "unread", after=after, limit=7)
            seen += page[:7]
            if len(page) <= 7:
                break
            after = page[6].leads, page[6].digest
    assert [one.leads for one in seen] == sorted((n for _, n in many), reverse=True)
    assert len({one.digest for one in seen}) == 40


def test_words_are_looked_for_as_they_are_kept_and_percent_signs_are_no_wildcards(engine, kept):
    with reading(engine) as connection:
        found = list_wordings(connection, None, find="riverside\N{NO-BREAK SPACE}GARDEN")
        assert {one.digest for one in found} == {OFFERS.digest, PARTNERS.digest}
        assert list_wordings(connection, None, find="R%e") == []
        assert [one.digest for one in list_ours(connection)] == [NEWS.digest]
        assert NEWS.digest not in {one.digest for one in list_wordings(connection, "unread")}  # ours need no reading
        assert resolve(connection, OFFERS.digest[:8]) == [OFFERS.digest]


def test_near_duplicates_show_what_differs(engine, kept):
    with reading(engine) as connection:
        (near,) = find_kin(PARTNERS.text, likely_kin(connection, PARTNERS.digest, 300))
    assert near.wording.digest == OFFERS.digest
    assert [(one.kind, one.text) for one in near.pieces if one.kind != "same"] == [
        ("ins", "and partners"), ("del", "e-mail."), ("ins", "e-mail and text."),
    ]  # fmt: skip
    assert find_kin(NEWS.text, [near.wording]) == []


def test_only_words_that_nobody_else_came_under_are_forgotten(engine, write, kept):
    own = wording_of("I, Zenobia Quill, agree.")
    write(lambda work: keep(work, MERIDIAN, [(own, 1)]))
    some = {own.digest: 1, OFFERS.digest: 3, PARTNERS.digest: 1, NEWS.digest: 3}
    assert write(lambda work: forget(work, some)) == 1
    with engine.connect() as connection:
        texts = dict(connection.execute(select(wordings.c.digest, wordings.c.text)).all())
    assert texts == {own.digest: "", OFFERS.digest: OFFERS.text, PARTNERS.digest: PARTNERS.text, NEWS.digest: NEWS.text}
