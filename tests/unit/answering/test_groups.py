"""Holds in groups: what one decision settles stands together, and nothing else."""

from dataclasses import replace

import pytest
from builders import BOUGHT, ToldRoutes, make_services
from waiting import INCOMPLETE, UNCLEAR, bring, sign_up

from gateway.answering.groups import Filter, find_groups, ids_of
from gateway.db.work import reading
from gateway.outcomes.queue import Wanted, count_common, find_waiters
from gateway.outcomes.queue_people import assign, drop_view, find_assignees, find_views, keep_view


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path, routes=ToldRoutes({"silent.example.net": "unknown"}))


def groups(services, wanted=None):
    with reading(services.engine) as connection:
        return find_groups(connection, services, wanted or Filter(), find_assignees(connection))


def ids(services, group, base=None):
    with reading(services.engine) as connection:
        return ids_of(connection, [group], base or Wanted())


def test_the_same_evidence_missing_from_the_same_vendor_is_one_question_over_all_its_lists(services):
    bring(services, INCOMPLETE, 3)
    bring(services, replace(INCOMPLETE, vendor="meridian  LEADS"), 2, number=2)
    bring(services, replace(INCOMPLETE, vendor="Other Ltd"), 1, number=3)
    first, second = groups(services)
    assert (first.leads, first.sources) == (5, {("list", "1"): 3, ("list", "2"): 2})
    assert (first.question, first.place.kind, [f.rule for f in first.findings]) == ("evidence", "vendor", ["CS-08"])
    assert (ids(services, first), ids(services, second)) == ([1, 2, 3, 4, 5], [6])


def test_a_question_about_a_domain_is_one_wherever_the_leads_came_from(services):
    bring(services, BOUGHT, 2, at="gmial.com")
    sign_up(services, "ann@gmial.com")
    bring(services, BOUGHT, 1, at="hotmial.com", number=2)
    assert {(group.place, group.leads) for group in groups(services)} == {
        (("domain", "gmial.com"), 3), (("domain", "hotmial.com"), 1),
    }  # fmt: skip


def test_what_dns_answers_by_itself_neither_parts_a_question_nor_waits_for_anybody(services):
    bring(services, UNCLEAR, 2)
    bring(services, UNCLEAR, 2, number=2, at="silent.example.net")
    bring(services, BOUGHT, 2, number=3, at="silent.example.net")
    judged, alone = sorted(groups(services), key=lambda group: group.answers_itself)
    assert (judged.leads, [f.rule for f in judged.findings]) == (4, ["CS-12"])
    assert (alone.leads, alone.question, alone.answers_itself) == (2, "recheck", True)


def test_each_lead_stands_in_exactly_one_group(services):
    bring(services, INCOMPLETE, 4)
    bring(services, UNCLEAR, 3, number=2, at="gmial.com")
    bring(services, INCOMPLETE, 2, number=3, at="gmial.com")
    bring(services, BOUGHT, 2, number=4, at="silent.example.net")
    found = groups(services)
    named = [lead for group in found for lead in ids(services, group)]
    assert sorted(named) == list(range(1, 12))
    assert [len(ids(services, group)) for group in found] == [group.leads for group in found]
    with reading(services.engine) as connection:
        assert ids_of(connection, found, Wanted()) == list(range(1, 12))


def test_a_group_keeps_its_name_as_long_as_its_question_is_the_same(services):
    bring(services, INCOMPLETE, 1)
    (before,) = groups(services)
    services.clock.move(days=3)
    bring(services, INCOMPLETE, 5, number=2)
    (after,) = groups(services)
    assert after.key == before.key
    assert (after.leads, after.asked_at, after.deadline_at) == (6, before.asked_at, before.deadline_at)


def test_a_filter_by_vendor_narrows_a_question_about_a_domain_too(services):
    bring(services, BOUGHT, 2, at="gmial.com")
    bring(services, replace(BOUGHT, vendor="Other Ltd"), 3, at="gmial.com", number=2)
    (group,) = groups(services, Filter(vendor="other ltd"))
    assert (group.leads, ids(services, group)) == (3, [3, 4, 5])


def test_leads_are_paged_by_their_numbers(services):
    bring(services, INCOMPLETE, 7)
    (group,) = groups(services)
    with reading(services.engine) as connection:
        some = [group.wanted(Wanted())]
        pages = [[one.lead for one in find_waiters(connection, some, after=after, limit=3)] for after in (0, 3, 6, 7)]
        assert count_common(connection, some, domains=5, wordings=5).domains == [("example.com", 7)]
    assert pages == [[1, 2, 3], [4, 5, 6], [7], []]


def test_somebody_looks_after_a_question_and_it_is_found_so(services):
    bring(services, INCOMPLETE, 1)
    bring(services, UNCLEAR, 1, number=2)
    one, other = groups(services)
    with services.unit_of_work() as work:
        assert assign(work, one.key, 7, by="person_7") is None
        assert assign(work, one.key, 8, by="person_7") == 7
    assert [group.key for group in groups(services, Filter(assignee=8))] == [one.key]
    assert [group.key for group in groups(services, Filter(assignee=0))] == [other.key]
    with services.unit_of_work() as work:
        assert assign(work, one.key, None, by="person_7") == 8
    assert groups(services, Filter(assignee=8)) == []


def test_views_are_everybodys_own(services):
    with services.unit_of_work() as work:
        assert keep_view(work, 1, "Mine", "vendor=a")
        assert keep_view(work, 1, "Mine", "vendor=b")
        assert keep_view(work, 2, "Theirs", "vendor=c")
        (mine,) = find_views(work.connection, 1)
        assert mine.query == "vendor=b"
        assert not drop_view(work, 2, mine.id)
        assert drop_view(work, 1, mine.id)
        assert find_views(work.connection, 1) == []
        assert all(keep_view(work, 1, f"v{n}", "") for n in range(30))
        assert not keep_view(work, 1, "one too many", "")


def test_words_are_one_question_whoever_brought_them_and_other_words_are_another(services):
    bring(services, UNCLEAR, 3)
    bring(services, replace(UNCLEAR, vendor="Other Ltd"), 2, number=2)
    bring(services, replace(UNCLEAR, wording="We may sell it."), 4, number=3)
    same, other = groups(services)
    assert (same.leads, other.leads) == (5, 4)
    assert (same.place.kind, same.vendors) == ("wording", {"Meridian Leads", "Other Ltd"})
    assert same.place.name != other.place.name
    assert (ids(services, same), ids(services, other)) == ([1, 2, 3, 4, 5], [6, 7, 8, 9])
    with reading(services.engine) as connection:
        waiters = find_waiters(connection, [other.wanted(Wanted())])
        assert count_common(connection, [same.wanted(Wanted())], domains=5, wordings=5).wordings == [
            (same.place.name, 5)
        ]
    assert [one.lead for one in waiters] == [6, 7, 8, 9]


def test_words_with_something_else_missing_are_a_question_to_each_vendor_under_each_wording(services):
    lacking = replace(UNCLEAR, form_url=None, method=None)
    bring(services, lacking, 2)
    bring(services, replace(lacking, wording="We may sell it."), 3, number=2)
    bring(services, replace(lacking, vendor="Other Ltd"), 4, number=3)
    found = groups(services)
    assert [group.leads for group in found] == [4, 3, 2]
    assert {group.place.kind for group in found} == {"vendor"}
    assert len({group.key for group in found}) == 3
    assert [ids(services, group) for group in found] == [[6, 7, 8, 9], [3, 4, 5], [1, 2]]
