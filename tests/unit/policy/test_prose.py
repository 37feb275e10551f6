from datetime import date

import pytest
from policy_packs import load, pack, rule

from gateway.policy.conditions import All, AnyOf, Ask, Not
from gateway.policy.lint.conditions import alike
from gateway.policy.prose import in_a_line, lines, opposite

ACT = {"fact": "consent.act"}
OURS = {"fact": "consent.given_to_us", "is": True}


def told(tmp_path, written):
    return lines(load(tmp_path, pack("us", rule(when=written))).rules[0].when)


@pytest.mark.parametrize(
    ("verb", "value", "answer"),
    [
        ("is", "oral", "Oral."),
        ("is_not", "unticked_box", "Known, and not unticked box."),
        ("in", ["oral", "written", "none"], "Oral, written or none."),
        ("not_in", ["oral", "written"], "Known, and not oral or written."),
        ("known", True, "It is known."),
        ("known", False, "Nobody can say."),
    ],
)
def test_every_verb_asked_of_a_choice(tmp_path, verb, value, answer):
    assert told(tmp_path, ACT | {verb: value}) == ["this is so:", f"- By which act? {answer}"]


@pytest.mark.parametrize(
    ("verb", "value", "answer"),
    [
        ("older_than", "12 months", "More than 12 months ago."),
        ("newer_than", "1 year", "Not more than 1 year ago."),
        ("before", date(2027, 1, 31), "Before 31 January 2027."),
        ("on_or_after", date(2027, 1, 31), "On or after 31 January 2027."),
    ],
)
def test_every_verb_asked_of_an_instant(tmp_path, verb, value, answer):
    assert told(tmp_path, {"fact": "consent.at", verb: value})[1] == f"- When was it given? {answer}"


@pytest.mark.parametrize(
    ("verb", "value", "answer"), [("is", True, "Yes"), ("is", False, "No"), ("is_not", True, "No")]
)
def test_yes_and_no(tmp_path, verb, value, answer):
    assert told(tmp_path, {"fact": "consent.given_to_us", verb: value})[1] == f"- Was it given to us? {answer}."


def test_joins_are_lists_in_lists_and_like_joins_are_one(tmp_path):
    written = {"all": [
        OURS,
        {"all": [ACT | {"is": "oral"}, {"any": [{"fact": "consent.is_proven", "is": False}, {"all": [
            {"fact": "consent.at", "known": True}, {"fact": "source.method", "is": "event"},
        ]}]}]},
    ]}  # fmt: skip
    assert told(tmp_path, written) == [
        "all of this is so:",
        "- Was it given to us? Yes.",
        "- By which act? Oral.",
        "- at least one of these:",
        "  - Are time, page and network address (or a third party's certificate) on record? No.",
        "  - all of these:",
        "    - When was it given? It is known.",
        "    - How was it collected? Event.",
    ]


def test_questions_to_one_fact_are_put_together(tmp_path):
    no_or_unknown = {"any": [OURS | {"is": False}, {"fact": "consent.given_to_us", "known": False}]}
    assert told(tmp_path, no_or_unknown) == ["this is so:", "- Was it given to us? No, or nobody can say."]
    between = {"all": [{"fact": "consent.at", "older_than": "1 year"}, {"fact": "consent.at", "newer_than": "2 years"}]}
    assert told(tmp_path, between)[1] == "- When was it given? More than 1 year ago, and not more than 2 years ago."
    known = {"all": [ACT | {"known": True}, ACT | {"is_not": "none"}]}
    assert told(tmp_path, known)[1] == "- By which act? Known, and not none."


def test_not_is_told_by_its_opposite(tmp_path):
    written = {
        "not": {"any": [OURS, {"not": ACT | {"in": ["oral", "written"]}}, {"fact": "consent.at", "known": True}]}
    }
    assert told(tmp_path, written) == [
        "all of this is so:", "- Was it given to us? No.", "- By which act? Oral or written.",
        "- When was it given? Nobody can say.",
    ]  # fmt: skip


def test_an_opposite_is_the_opposite_for_the_unknown_too():
    asks = (
        Ask("consent.act", "in", ("oral",)),
        Ask("consent.given_to_us", "is", True),
        Ask("consent.at", "known", False),
    )
    for condition in (*asks, All(asks), AnyOf((asks[0], Not(asks[1]))), Not(All(asks[:2]))):
        assert alike(opposite(condition), Not(condition))


def test_in_a_line_brackets_say_what_belongs_together(tmp_path):
    policies = load(
        tmp_path,
        pack(
            "us", rule(when={"all": [OURS, {"any": [ACT | {"is": "oral"}, {"fact": "consent.is_proven", "is": True}]}]})
        ),
    )
    assert in_a_line(policies.rules[0].when) == (
        "Was it given to us? Yes; and [By which act? Oral; or "
        "Are time, page and network address (or a third party's certificate) on record? Yes]"
    )
