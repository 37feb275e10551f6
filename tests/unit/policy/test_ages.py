from datetime import UTC, datetime, timedelta, timezone

import pytest

from gateway.policy.ages import Brackets, Duration, number_of, read_duration

AS_OF = datetime(2026, 11, 21, 12, tzinfo=UTC)


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("30 days", Duration(30, "day")), ("1 day", Duration(1, "day")), ("12 months", Duration(12, "month")),
        ("2 years", Duration(2, "year")), ("0 days", None), ("30days", None), ("-1 days", None), ("3 weeks", None),
        ("201 years", None), ("99999 days", None), ("1.5 years", None), ("", None), ("30 days ", None),
    ],
)  # fmt: skip
def test_durations_as_laws_write_them(text, read):
    assert read_duration(text) == read


@pytest.mark.parametrize(
    ("span", "as_of", "instant"),
    [
        ("1 month", at(2026, 3, 31, 8), at(2026, 2, 28, 8)),
        ("1 month", at(2024, 3, 31), at(2024, 2, 29)),
        ("12 months", at(2024, 2, 29, 23, 59), at(2023, 2, 28, 23, 59)),
        ("1 year", at(2024, 2, 29), at(2023, 2, 28)),
        ("4 years", at(2024, 2, 29), at(2020, 2, 29)),
        ("1 month", at(2026, 1, 15), at(2025, 12, 15)),
        ("13 months", at(2026, 1, 31), at(2024, 12, 31)),
        ("11 months", at(2026, 1, 31), at(2025, 2, 28)),
        ("24 months", at(2026, 12, 1), at(2024, 12, 1)),
        ("30 days", at(2026, 3, 1, 6), at(2026, 1, 30, 6)),
        ("365 days", at(2024, 12, 31), at(2024, 1, 1)),
    ],
)
def test_months_and_years_go_by_the_calendar(span, as_of, instant):
    assert read_duration(span).before(as_of) == instant


def test_the_zone_of_as_of_does_not_matter():
    new_york = timezone(timedelta(hours=-5))
    span = Duration(1, "month")
    assert span.before(at(2026, 4, 1, 2)) == span.before(at(2026, 4, 1, 2).astimezone(new_york))


def test_brackets_number_instants_from_the_oldest():
    spans = [Duration(30, "day"), Duration(12, "month")]
    brackets = Brackets(spans, AS_OF)
    cuts = brackets.cuts(AS_OF)
    assert brackets.texts == (
        "more than 12 months before",
        "between 30 days and 12 months before",
        "not more than 30 days before",
    )
    tick = timedelta(microseconds=1)
    assert [number_of(cuts[0] - tick, cuts), number_of(cuts[0], cuts)] == [0, 1]
    assert [number_of(cuts[1] - tick, cuts), number_of(cuts[1], cuts)] == [1, 2]
    assert number_of(AS_OF + timedelta(days=400), cuts) == 2
    assert number_of(None, cuts) is None
    assert [brackets.place(span) for span in spans] == [1, 0]


def test_durations_that_end_together_make_one_limit_that_names_both():
    brackets = Brackets([Duration(1, "year"), Duration(12, "month"), Duration(30, "day")], AS_OF)
    assert brackets.texts[0] == "more than 1 year / 12 months before"
    assert len(brackets.cuts(AS_OF)) == 2
    assert brackets.place(Duration(1, "year")) == brackets.place(Duration(12, "month")) == 0


def test_the_order_of_limits_follows_the_calendar():
    spans = [Duration(30, "day"), Duration(1, "month")]
    assert Brackets(spans, at(2026, 3, 15)).texts[0] == "more than 30 days before"  # February is shorter
    assert Brackets(spans, at(2026, 8, 15)).texts[0] == "more than 1 month before"
    assert len(Brackets(spans, at(2026, 7, 15)).texts) == 2  # June has thirty days


def test_an_instant_that_no_rule_measures_has_one_bracket():
    assert Brackets([], AS_OF).texts == ("at some time",)
    assert number_of(AS_OF, []) == 0
