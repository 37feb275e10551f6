"""A platform's fields become ours: known names, the headings of lists, and the server's own evidence for people."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import FORM

from gateway.intake.forms import Source
from gateway.intake.platforms.boxes import Box
from gateway.intake.platforms.leads import CONFIRMED, OURS_TO_SEE, Came, Field, asked, problems_of, to_batch
from gateway.intake.signups import Evidence

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEN = Evidence(NOON, "203.0.113.9", "Browser/1")
SOURCE = Source("demo", "The demo form", FORM, published=True)
YES = Box("newsletter", True, "Yes.")
CLAIMS = {
    "consent_at": "2020-01-01T00:00:00Z", "consent_ip": "198.51.100.1", "consent_agent": "Other/2",
    "collected_at": "2020-01-01T00:00:00Z", "last_dealing_at": "2026-11-01", "confirmed_at": "2020-01-01T00:00:00Z",
    "confirmed_ip": "198.51.100.1",
}  # fmt: skip

HEADINGS = {"last_dealing_at": "last purchase"}
"""By which lists call it, where that is not our own name."""


def cells(fields=(), settings=None, source=SOURCE, **came):
    given = [Field(*pair) for pair in (("email", "ana@example.com"), *fields)]
    batch = to_batch(Came({}, given, **came), source, "x", SEEN, settings or {}).batch
    return {name: column[0] for name, column in batch.columns.items()}


def test_every_field_a_stranger_may_not_fill_in_is_tried():
    assert set(CLAIMS) == CONFIRMED | OURS_TO_SEE


@pytest.mark.parametrize(("name", "value"), CLAIMS.items())
def test_a_person_cannot_say_what_the_server_sees(name, value):
    found = cells([(HEADINGS.get(name, name), value)], boxes=[YES], by_person=True)
    assert found.get(name) == {
        "consent_at": NOON, "consent_ip": "203.0.113.9", "consent_agent": "Browser/1", "collected_at": NOON,
    }.get(name)  # fmt: skip


@pytest.mark.parametrize(("name", "value"), CLAIMS.items())
def test_a_platform_may_say_it_but_for_confirmations(name, value):
    """The same claims through the table of headings; that somebody confirmed to us, nobody but us can say."""
    both = [(HEADINGS.get(name, name), value), ("consent_at", CLAIMS["consent_at"])]
    found = cells(both[: 1 + (name != "consent_at")], boxes=[YES])
    assert (name in found) == (name not in CONFIRMED)


def test_a_platforms_address_is_not_the_persons():
    found = cells(boxes=[YES])
    assert not {"consent_ip", "consent_agent"} & set(found)


@pytest.mark.parametrize(
    ("acted", "kept"),
    [
        (None, NOON), (NOON - timedelta(days=9), NOON - timedelta(days=9)), (NOON + timedelta(minutes=4), NOON),
        (NOON + timedelta(minutes=6), NOON + timedelta(minutes=6)),
    ],
)  # fmt: skip
def test_when_the_person_acted(acted, kept):
    found = cells(boxes=[YES], acted_at=acted)
    assert (found["consent_at"], found["collected_at"]) == (kept, kept)


def test_without_a_tick_there_is_no_moment_of_consent():
    assert "consent_at" not in cells(boxes=[replace(YES, ticked=False)], acted_at=NOON)
    assert "consent_ticked" not in cells(acted_at=NOON)


@pytest.mark.parametrize(("leaves_out", "has_box", "ticked"), [
    (True, True, False), (True, False, None), (False, True, None), (False, False, None),
])  # fmt: skip
def test_a_box_that_is_not_sent_is_not_ticked_where_platforms_leave_it_out(leaves_out, has_box, ticked):
    statement = replace(FORM, consent_act="unticked_box" if has_box else "typed_address")
    source = replace(SOURCE, requires_tick=has_box, statement=statement)
    assert cells(source=source, no_box_is_no=leaves_out).get("consent_ticked") is ticked


@pytest.mark.parametrize(
    ("fields", "email"),
    [
        ([("q", "ana@example.com")], "ana@example.com"),
        ([("q", "hello"), ("w", " ana@example.com ")], "ana@example.com"),
        ([("q", "write to ana@example.com")], ""),
        ([("your-email", "nothing"), ("q", "ana@example.com")], "nothing"),
        ([("Work email", "ana@example.com")], "ana@example.com"),
        ([], ""),
    ],
)
def test_the_address_by_its_name_or_else_by_its_looks(fields, email):
    came = Came({}, [Field(*pair) for pair in fields])
    assert to_batch(came, SOURCE, "x", SEEN, {}).batch.columns["email"] == [email]


def test_what_refuses_refuses_and_sensitive_questions_are_known_by_name():
    found = cells([("unsubscribed", "yes"), ("do not sell", "1"), ("dnc list", "1")])
    assert (found["stop"], found["no_sale"]) == (True, True)
    batch = to_batch(Came({}, [Field("diabetic", "no")]), SOURCE, "x", SEEN, {}).batch
    assert batch.origin.statement.sensitive_columns == ("diabetic",)


def test_long_texts_are_cut_and_kept_whole_with_the_row():
    came = Came({"first_name": "x" * 50_000}, [Field("first_name", "x" * 50_000), Field("email", "a@" * 5_000)])
    batch = to_batch(came, SOURCE, "x", SEEN, {}).batch
    assert len(batch.columns["first_name"][0]) == 1_000
    assert len(batch.columns["email"][0]) == 1_000
    assert "x" * 50_000 in batch.as_arrived[0]


def test_an_answer_goes_under_the_first_name_that_lists_know():
    assert asked("a", "ref-7", "Phone number") == ("Phone number", "a", None)
    assert asked("a", "ref-7", "What else?") == ("ref-7", "a", None)
    assert asked("a", "", "") == ("", "a", None)


def test_what_a_person_is_told_names_the_forms_own_mistakes():
    came = Came({}, [Field("mail", "ana"), Field("country", "Nowhere")], [replace(YES, ticked=False)])
    told = problems_of(to_batch(came, SOURCE, "x", SEEN, {}), SOURCE)
    assert [problem.code for problem in told] == ["address_no_at", "unknown_country", "box_not_ticked"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("q7", "No, please do not send me emails"), ("status", "unsubscribed"), ("newsletter", "Do not contact me"),
     ("Do you want our offers?", "I do not want to receive offers"), ("segment", "customer; do not email")],
)  # fmt: skip
def test_an_answer_that_refuses_mail_is_a_stop(name, said):
    assert cells([(name, said)], boxes=[YES])["stop"] is True


@pytest.mark.parametrize(
    ("name", "said"),
    [("message", "I did not receive your email with the coupon"), ("first_name", "Stop"), ("q7", "No preference"),
     ("message", "Can you not email before Friday?"), ("comments", "Please do not send me emails. " * 20)],
)  # fmt: skip
def test_other_answers_are_none(name, said):
    assert "stop" not in cells([(name, said)], boxes=[YES])


def test_the_source_may_name_a_mere_answer_as_its_box():
    settings = {"consent_box": "how_often"}
    assert cells([("how_often", "yes")], settings)["consent_ticked"] is True
    assert cells([("how_often", "No thanks")], settings)["consent_ticked"] is False
    assert "consent_ticked" not in cells([("how_often", "yes")])


def test_a_title_that_refuses_goes_before_a_name_that_says_nothing():
    assert asked("Y", "q9", "Do not email me") == Field("Do not email me", "Y")
    assert asked("Y", "q9", "How are you?") == Field("q9", "Y")


@pytest.mark.parametrize(("wording", "codes"), [("Yes.", ["box_not_ticked"]), ("Please send me no newsletter", [])])
def test_who_refuses_is_not_asked_to_agree_first(wording, codes):
    """Answered with a mistake in the form nothing of it would be kept, and the opt-out lost."""
    boxes = [Box("newsletter", wording != "Yes.", wording)]
    read = to_batch(Came({}, [Field("email", "ana@example.com")], boxes), SOURCE, "x", SEEN, {})
    assert [one.code for one in problems_of(read, SOURCE)] == codes
