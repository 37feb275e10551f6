"""Events taken in: each answered by itself, none lost without a word; whoever said stop leaves by the one way out."""

from datetime import UTC, datetime

import pytest
from becoming import prospects, said, stands, stood, tell
from builders import key, make_services
from sqlalchemy import select

from gateway.becoming import derive, taking
from gateway.becoming.derive import derive_due, is_due
from gateway.becoming.said import Said, read_said
from gateway.becoming.taking import Reply, take_in
from gateway.db.work import reading
from gateway.domain.problem import Problem
from gateway.intake.people.erasing import erase_person
from gateway.intake.people.told import tell_person
from gateway.invoicing.person import tell as billed
from gateway.lifecycle.happenings import of_prospects, page
from gateway.lifecycle.standing import find_due, reorders_of
from gateway.lifecycle.store import export
from gateway.lifecycle.tables import events, happenings, phases, reorders
from gateway.lifecycle.tables import prospects as prospects_table
from gateway.suppression.book import find


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path)


def rows(services, table):
    with reading(services.engine) as connection:
        return connection.execute(select(table)).all()


def test_each_event_is_answered_by_itself_and_in_order(services):
    (ana,) = prospects(services, "ana")
    first = said(services, "ana", "purchase", "2026-11-01", product="lamp")
    refused = Reply("x", "refused", problems=[Problem("missing", "this field is needed", "kind")])
    taken = take_in(services, "shop", [first, said(services, "zoe", "use", "2026-11-02"), refused, first])
    assert [(one.state, one.prospect_id) for one in taken.replies] == [
        ("recorded", ana), ("unknown_person", None), ("refused", None), ("told_before", ana)
    ]  # fmt: skip
    assert taken.counts == {"recorded": 1, "told_before": 1, "unknown_person": 1, "refused": 1}
    assert stands(services, ana) == ("new", None)


def test_the_whole_batch_told_again_changes_nothing(services):
    prospects(services, "ana")
    batch = [("ana", "purchase", "2026-11-01", {"product": "lamp"}), ("ana", "opt_out", "2026-11-03")]
    assert tell(services, *batch).counts["recorded"] == 2
    before = rows(services, events), rows(services, happenings), rows(services, phases)
    assert tell(services, *batch).counts == {"recorded": 0, "told_before": 2, "unknown_person": 0, "refused": 0}
    assert (rows(services, events), rows(services, happenings), rows(services, phases)) == before


@pytest.mark.parametrize("by", ["address", "match_key", "prospect", "lead"])
def test_a_person_is_named_in_four_ways(services, by):
    (ana,) = prospects(services, "ana")
    names = {"address": "ANA@Example.com", "match_key": key("ana@example.com").hex(), "prospect": ana, "lead": "lead_1"}
    found = read_said(
        {"id": "1", by: names[by], "kind": "use", "at": "2026-11-01"}, "UTC", services.clock.now()
    )  # fmt: skip
    assert isinstance(found, Said)
    assert [one.prospect_id for one in take_in(services, "shop", [found]).replies] == [ana]


@pytest.mark.parametrize("kind", ["opt_out", "complaint"])
def test_whoever_says_stop_leaves_by_the_one_way_out(services, kind):
    (ana,) = prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-01"), ("ana", kind, "2026-11-10"))
    with reading(services.engine) as connection:
        assert [one.cause for one in find(connection, [key("ana@example.com")])[key("ana@example.com")]] == [kind]
        assert list(export(connection)) == []
    assert stands(services, ana) == ("lapsed", "do_not_contact")
    assert [stood(services, ana, day) for day in ("2026-11-05", "2026-11-12")] == ["new", "lapsed do_not_contact"]


def test_the_stop_of_a_stranger_is_kept_all_the_same(services):
    (reply,) = tell(services, ("zoe", "opt_out", "2026-11-10")).replies
    assert (reply.state, reply.stopped) == ("unknown_person", True)
    prospects_before = rows(services, happenings)
    with reading(services.engine) as connection:
        assert key("zoe@example.com") in find(connection, [key("zoe@example.com")])
    assert prospects_before == []


def test_what_is_told_late_is_true_from_its_day_and_known_from_ours(services, clock):
    (ana,) = prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-06-01", {"product": "lamp"}))
    assert stands(services, ana) == ("inactive", "short_term")
    clock.move(days=2)
    tell(services, ("ana", "purchase", "2026-10-10", {"product": "lamp"}))
    assert stands(services, ana) == ("active", None)
    assert stood(services, ana, "2026-11-20") == "active"
    assert stood(services, ana, "2026-11-20", known_by="2026-11-22") == "inactive short_term"
    assert stood(services, ana, "2026-10-20", known_by="2026-11-22") == "inactive short_term"
    assert stood(services, ana, "2026-10-20") == "active"
    assert stood(services, ana, "2026-07-01") == "new"
    assert stood(services, ana, "2026-07-01", known_by="2026-11-20") == "prospect"


def test_time_alone_changes_phases_and_only_of_those_who_are_due(services, clock):
    ana, ben = prospects(services, "ana", "ben")
    tell(services, ("ana", "purchase", "2026-11-01", {"product": "contact lenses"}))
    assert not is_due(services, clock.now())
    clock.move(days=30)
    with reading(services.engine) as connection:
        assert find_due(connection, services.policies.lifecycle.digest, clock.now(), 10) == [ana]
    assert not derive_due(services, seconds=10)
    assert stands(services, ana) == ("inactive", "short_term")
    assert stands(services, ben) is None
    last = rows(services, events)[-1]
    assert (last.rule, last.causes, last.to_state) == ("LC-33", "[1]", "inactive")
    assert last.at == datetime(2026, 12, 16, 5, tzinfo=UTC)  # midnight in New York
    assert last.known_at == clock.now()


def test_nothing_follows_from_a_derivation_asked_twice(services, clock):
    prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-01", {"product": "contact lenses"}))
    clock.move(days=30)
    derive_due(services, seconds=10)
    before = rows(services, events)
    for changed in ("", "zzzz"):
        with services.unit_of_work() as work:
            work.connection.execute(phases.update().values(rules=changed))
        assert is_due(services, clock.now())
        derive_due(services, seconds=10)
        assert rows(services, events) == before


def test_who_was_withdrawn_by_other_ways_stays_so_whatever_is_told(services, clock):
    from gateway.domain.ports import Suppression
    from gateway.outcomes.leave import leave

    (ana,) = prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-01"))
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key("ana@example.com"), "objection", work.at)], by="test")
    assert stands(services, ana) == ("lapsed", "do_not_contact")
    clock.move(days=1)
    tell(services, ("ana", "purchase", "2026-11-21"), ("ana", "return_visit", "2026-11-22"))
    assert stands(services, ana) == ("lapsed", "do_not_contact")
    assert stood(services, ana, "2026-11-20") == "new"
    with reading(services.engine) as connection:
        assert reorders_of(connection, [ana]) == []
        assert len(of_prospects(connection, [ana])[ana]) == 3


def test_no_phase_moves_the_day_since_when_orders_count(services, clock):
    prospects(services, "ana")
    with reading(services.engine) as connection:
        before = next(export(connection))["since"]
    clock.move(days=1)
    tell(services, ("ana", "purchase", "2026-11-21"))
    with reading(services.engine) as connection:
        after = next(export(connection))
    assert (after["since"], after["state"]) == (before, "new")


def test_purchase_is_not_consumption(services):
    (ana,) = prospects(services, "ana")
    tell(
        services,
        ("ana", "purchase", "2026-08-01", {"product": "contact lenses", "quantity": 1}),
        ("ana", "purchase", "2026-08-31", {"product": "contact lenses", "quantity": 1}),
        ("ana", "purchase", "2026-09-30", {"product": "contact lenses", "quantity": 3}),
        ("ana", "purchase", "2026-10-01", {"product": "coffee"}),
        ("ana", "use", "2026-10-30", {"product": "coffee"}),
    )
    with reading(services.engine) as connection:
        found = {one.product: one for one in reorders_of(connection, [ana])}
    assert str(found["contact lenses"].run_out_on) == "2026-12-29"
    assert str(found["contact lenses"].reorder_on) == "2026-12-22"
    assert str(found["coffee"].run_out_on) == "2026-10-30"


def test_an_erased_person_is_nobody_and_their_events_say_nothing(services):
    (ana,) = prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-01", {"product": "lamp", "campaign": "spring"}))
    told = tell_person(services, "ana@example.com", billed)["prospect"]
    assert [one["kind"] for one in told["happened"]] == ["purchase"]
    assert told["runs_out"][0]["product"] == "lamp"
    assert told["events"][0]["rule"] == "LC-50"
    erase_person(services, "ana@example.com", why="asked for", by="test")
    assert rows(services, phases) == rows(services, reorders) == []
    (kept,) = rows(services, happenings)
    assert (kept.product, kept.campaign, kept.segment, kept.channel) == (None, None, None, None)
    by_number = read_said({"id": "9", "prospect": ana, "kind": "use", "at": "2026-11-01"}, "UTC", services.clock.now())
    assert take_in(services, "shop", [by_number]).counts["unknown_person"] == 1
    assert tell(services, ("ana", "purchase", "2026-11-01")).counts["unknown_person"] == 1
    with reading(services.engine) as connection:
        assert len(page(connection)) == 1


def test_clocks_that_go_back_lose_and_double_nothing(services, clock):
    (ana,) = prospects(services, "ana")
    tell(services, ("ana", "purchase", "2026-11-20", {"product": "contact lenses"}))
    clock.move(days=-1)
    tell(services, ("ana", "contact", "2026-11-19"))
    assert stands(services, ana) == ("new", None)
    clock.move(days=-10)
    tell(services, ("ana", "use", "2026-11-09"))
    assert stands(services, ana)[0] == "prospect"  # as of that moment nothing was bought yet
    clock.move(days=11)
    derive_due(services, seconds=10)
    assert stands(services, ana) == ("new", None)
    assert stood(services, ana, "2026-11-21") == "new"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"at": "9999-12-31"}, "not_an_instant"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "not_an_instant"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "not_an_instant"),
        ({"at": "2026-11-20T10:00:00"}, "not_an_instant"),
        ({"at": "2026-12-01"}, "future_date"),
        ({"at": "yesterday"}, "not_an_instant"),
        ({"at": None}, "missing"),
        ({"kind": "sale"}, "not_a_choice"),
        ({"product": "ann@example.com"}, "contains_address"),
        ({"campaign": "for bob@example.org only"}, "contains_address"),
        ({"product": "a\x00b"}, "bad_characters"),
        ({"product": "abc\u202etxt"}, "bad_characters"),
        ({"product": "x" * 201}, "too_long"),
        ({"quantity": float("nan")}, "not_a_number"),
        ({"quantity": float("inf")}, "not_a_number"),
        ({"quantity": -1}, "not_a_number"),
        ({"quantity": True}, "not_a_number"),
        ({"amount": "19.90"}, "not_a_currency"),
        ({"amount": "19.905", "currency": "EUR"}, "not_an_amount"),
        ({"amount": "1e9", "currency": "EUR"}, "not_an_amount"),
        ({"amount": 19.9, "currency": "EUR"}, "not_an_amount"),
        ({"currency": "EUR"}, "missing"),
        ({"satisfaction": 6}, "not_a_number"),
        ({"recommend": 2.5}, "not_a_number"),
        ({"id": ""}, "missing"),
        ({"address": ""}, "missing"),
        ({"lead": "lead_1"}, "given_twice"),
        ({"address": "nobody"}, "not_an_address"),
        ({"price": 3}, "unknown_field"),
    ],
)
def test_what_is_no_event_is_refused_with_its_field(fields, code):
    event = {"id": "1", "address": "ana@example.com", "kind": "purchase", "at": "2026-11-20", **fields}
    found = read_said(event, "UTC", datetime(2026, 11, 21, 12, tzinfo=UTC))
    assert isinstance(found, list)
    assert [one.code for one in found] == [code]


def test_bare_days_are_of_the_operators_zone():
    event = {"id": "1", "address": "ana@example.com", "kind": "use", "at": "2026-11-21"}
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert read_said(event, "Pacific/Kiritimati", now).happening.at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert read_said(event, "America/New_York", now).happening.at == datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_money_is_kept_in_minor_units_and_may_be_given_back():
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    event = {"id": "1", "address": "ana@example.com", "kind": "purchase", "at": "2026-11-20"}
    for amount, currency, minor in [
        ("19.9", "EUR", 1990),
        ("-5", "EUR", -500),
        ("7", "JPY", 7),
        ("1.234", "KWD", 1234),
    ]:
        found = read_said({**event, "amount": amount, "currency": currency}, "UTC", now)
        assert (found.happening.amount_minor, found.happening.currency) == (minor, currency)


def test_what_is_told_while_a_life_is_judged_is_not_passed_over(services, monkeypatch):
    """The life was read before; what was concluded of it is not written over what came meanwhile."""
    (ana,) = prospects(services, "ana")
    judge, more = derive._judge, [("ana", "purchase", "2026-11-10"), ("ana", "opt_out", "2026-11-11")]

    def slowly(found, terms):
        judged = judge(found, terms)
        if more and found.due:
            monkeypatch.setattr(taking, "derive_due", lambda *_, **__: True)
            tell(services, more.pop(0))
        return judged

    monkeypatch.setattr(derive, "_judge", slowly)
    tell(services, ("ana", "purchase", "2026-11-01"))
    while derive_due(services, seconds=0):
        pass
    assert stands(services, ana)[0] == "lapsed"
    with reading(services.engine) as connection:
        assert not find_due(connection, services.policies.lifecycle.digest, services.clock.now(), 9)


def test_who_is_erased_while_their_life_is_judged_leaves_no_words(services, monkeypatch):
    prospects(services, "ana")
    judge = derive._judge

    def slowly(found, terms):
        judged = judge(found, terms)
        if found.due and find_somebody(services, "ana"):
            erase_person(services, "ana@example.com", why="asked for", by="test")
        return judged

    def find_somebody(services, name):
        return f"{name}@example.com" in str(rows(services, prospects_table))

    monkeypatch.setattr(derive, "_judge", slowly)
    tell(services, ("ana", "purchase", "2026-11-01", {"product": "ana's own lamp"}))
    derive_due(services, seconds=0)
    assert "lamp" not in str([rows(services, table) for table in (reorders, phases, events, happenings)])
