"""The clocks as they are kept: found in groups, moved to an earlier day only, closed, started again."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from gateway.clocks import book
from gateway.clocks.reckon import Timetable
from gateway.clocks.tables import clocks
from gateway.db.base import text_of
from gateway.db.work import unit_of_work
from gateway.domain.deadline import Clause, Deadline, Span

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ZONE = "America/New_York"
TABLE = Timetable(
    {
        "notice": Deadline((Clause("obtained", Span(1, "month")), Clause("first_message"))),
        "scrub": Deadline((Clause("obtained", Span(30, "day")),), repeats=True),
        "compare": Deadline(
            (Clause("dnc_comparison", Span(31, "day")), Clause("obtained", Span(31, "day"))), repeats=True
        ),
    },
    ZONE,
)


def some(*leads, code="notice", due="2026-12-21", batch=1):
    tail = book.Tail(code, "obtained", f"{due}T05:00:00.000000Z", due, due, ZONE, "")
    return lambda work: book.start(work, batch, tail, [(lead, text_of(AT)) for lead in leads])


@pytest.fixture
def write(engine):
    """Some clocks written; then whatever a test does, each in a transaction of its own."""

    def act(do):
        with unit_of_work(engine, AT) as work:
            return do(work)

    for do in (some(1, 2), some(3, due="2026-12-25"), some(4, batch=2), some(1, 2, code="scrub")):
        act(do)
    return act


def days(engine, code="notice"):
    with engine.connect() as connection:
        query = select(clocks.c.lead_id, clocks.c.due_on).where(clocks.c.done_at.is_(None), clocks.c.obligation == code)
        return dict(map(tuple, connection.execute(query.order_by(clocks.c.id))))


def test_open_clocks_are_found_by_lead(engine, write):
    with engine.connect() as connection:
        assert book.find_open(connection, [1, 3, 99]) == {
            1: {"notice": "2026-12-21", "scrub": "2026-12-21"}, 3: {"notice": "2026-12-25"},
        }  # fmt: skip


def test_groups_count_those_that_fall_due_together(engine, write):
    with engine.connect() as connection:
        groups = {(g.obligation, g.batch_id, g.due_on): g.people for g in book.find_groups(connection)}
        each = [g for g in book.find_groups(connection, each=True) if g.obligation == "notice" and g.batch_id == 1]
        soon = list(book.find_groups(connection, until=date(2026, 12, 21)))
    assert groups == {
        ("notice", 1, date(2026, 12, 21)): 2, ("notice", 1, date(2026, 12, 25)): 1,
        ("notice", 2, date(2026, 12, 21)): 1, ("scrub", 1, date(2026, 12, 21)): 2,
    }  # fmt: skip
    assert sorted(g.lead_id for g in each) == [1, 2, 3]
    assert {g.due_on for g in soon} == {date(2026, 12, 21)}


def test_an_event_moves_clocks_to_an_earlier_day_and_never_to_a_later_one(engine, write):
    everybody = [1, 2, 3, 4]
    assert write(lambda work: book.move(work, [1], "first_message", date(2026, 12, 3), TABLE)) == 1
    assert days(engine) == {1: "2026-12-03", 2: "2026-12-21", 3: "2026-12-25", 4: "2026-12-21"}
    assert write(lambda work: book.move(work, everybody, "first_message", date(2026, 12, 22), TABLE)) == 1
    assert days(engine) == {1: "2026-12-03", 2: "2026-12-21", 3: "2026-12-22", 4: "2026-12-21"}
    assert days(engine, "scrub") == {1: "2026-12-21", 2: "2026-12-21"}
    with engine.connect() as connection:
        moved = connection.execute(select(clocks).where(clocks.c.lead_id == 1, clocks.c.obligation == "notice")).one()
    assert (moved.event, moved.safe_on) == ("first_message", "2026-12-03")
    assert moved.due_at == datetime(2026, 12, 4, 5, tzinfo=UTC)


def test_what_is_closed_stays_as_an_account_and_is_not_moved(engine, write):
    leads = [1, 2]
    assert write(lambda work: book.close(work, leads, by="test", obligation="notice")) == 2
    assert write(lambda work: book.close(work, leads, by="test", obligation="notice")) == 0
    assert write(lambda work: book.move(work, leads, "first_message", date(2026, 11, 22), TABLE)) == 0
    with engine.connect() as connection:
        done = connection.execute(select(clocks).where(clocks.c.lead_id == 1, clocks.c.obligation == "notice")).one()
        assert book.find_started(connection, [1, 3, 9], "notice") == {1, 3}
    assert (done.done_at, done.done_by, done.due_on) == (AT, "test", "2026-12-21")
    assert write(lambda work: book.close(work, leads, by="withdrawal")) == 2  # the scrubs


def test_what_repeats_starts_anew_when_it_is_done(engine, write):
    leads = [1, 2, 3]
    closed = write(lambda work: book.close_and_repeat(work, leads, "scrub", TABLE, by="test", at=AT))
    assert closed == (2, date(2026, 12, 21))
    assert days(engine, "scrub") == {1: "2026-12-21", 2: "2026-12-21"}
    later = datetime(2026, 12, 20, 3, tzinfo=UTC)  # the 19th in New York
    assert write(lambda work: book.close_and_repeat(work, leads, "scrub", TABLE, by="test", at=later)) == (
        2, date(2027, 1, 18),
    )  # fmt: skip
    assert write(lambda work: book.close_and_repeat(work, leads, "notice", TABLE, by="test", at=later)) == (3, None)
    assert days(engine) == {4: "2026-12-21"}
    with engine.connect() as connection:
        assert len(connection.execute(select(clocks).where(clocks.c.obligation == "scrub")).all()) == 6


@pytest.mark.parametrize("event", ["dnc_comparison", "michigan_comparison", "obtained"])
def test_a_comparison_done_counts_from_its_own_day(engine, write, event):
    tail = book.Tail("compare", event, "2026-12-12T05:00:00.000000Z", "2026-12-11", "2026-12-11", ZONE, "")
    write(lambda work: book.start(work, 7, tail, [(8, text_of(AT))]))  # the longest event's name fits as well
    closed = write(lambda work: book.close_and_repeat(work, [8], "compare", TABLE, by="t", at=AT))
    if event == "michigan_comparison":  # which the policies do not count from any more
        assert (closed, days(engine, "compare")) == ((1, None), {})
    else:
        assert (closed, days(engine, "compare")) == ((1, date(2026, 12, 22)), {8: "2026-12-22"})
