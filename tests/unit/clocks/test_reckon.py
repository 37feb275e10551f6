"""A deadline comes to the earliest day of its clauses whose event is known."""

from datetime import date

from gateway.clocks.reckon import Timetable, reckon
from gateway.domain.deadline import Clause, Deadline, Span

ZONE = "America/New_York"
NOTICE = Deadline((
    Clause("obtained", Span(1, "month")), Clause("first_message"), Clause("first_disclosure"),
))  # fmt: skip
STOP = Deadline((Clause("opt_out", Span(10, "business day")),))
"""GDPR Art. 14(3) as the packs have it: one month, or with the first message or disclosure."""


def test_the_earliest_of_three():
    june = date(2026, 6, 1)
    alone = reckon(NOTICE, {"obtained": june}, ZONE)
    assert (alone.event, alone.due_on, alone.calendar) == ("obtained", date(2026, 7, 1), "")
    mailed = reckon(NOTICE, {"obtained": june, "first_message": date(2026, 6, 3)}, ZONE)
    assert (mailed.event, mailed.due_on) == ("first_message", date(2026, 6, 3))
    late = reckon(NOTICE, {"obtained": june, "first_message": date(2026, 8, 3)}, ZONE)
    assert late.due_on == date(2026, 7, 1)


def test_without_a_known_event_there_is_no_day():
    assert reckon(NOTICE, {}, ZONE) is None
    assert reckon(NOTICE, {"consent": date(2026, 6, 1)}, ZONE) is None


def test_the_safe_day_is_the_earliest_of_all_clauses():
    both = Deadline((Clause("obtained", Span(10, "business day")), Clause("consent", Span(16, "day"))))
    found = reckon(both, {"obtained": date(2026, 11, 20), "consent": date(2026, 11, 20)}, ZONE)
    assert (found.event, found.due_on, found.safe_on) == ("consent", date(2026, 12, 6), date(2026, 12, 4))


def test_business_days_name_their_calendar():
    found = reckon(STOP, {"opt_out": date(2026, 11, 20)}, ZONE)
    assert found.calendar.startswith("US, holidays")
    assert found.due_at.isoformat() == "2026-12-08T05:00:00+00:00"


def test_requests_to_stop_start_no_clock_with_the_lead():
    mixed = Deadline((Clause("opt_out", Span(2, "day")), Clause("obtained", Span(1, "year"))))
    table = Timetable({"notice": NOTICE, "stop": STOP, "mixed": mixed}, ZONE)
    assert table.tracked(["stop", "notice", "unheard_of", "mixed"]) == [("notice", NOTICE), ("mixed", mixed)]
    assert table.of_event("first_message") == {"notice": NOTICE}
