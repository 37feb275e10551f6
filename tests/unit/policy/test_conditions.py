"""Three-valued truth, exhaustively; and what a condition may look like."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from policy_packs import DAY, answers, load, pack, rule

from gateway.domain.facts import CATALOGUE
from gateway.policy.ages import Duration
from gateway.policy.conditions import All, AnyOf, Ask, Not, facts_of
from gateway.policy.errors import PolicyError
from gateway.policy.truth import compile_condition

TRUTHS = (True, False, None)
BOOLEANS = [name for name, spec in CATALOGUE.items() if spec.kind == "boolean"]
FINITE = [name for name, spec in CATALOGUE.items() if spec.kind in {"boolean", "choice"}]


def truth(condition, *case):
    places = {name: place for place, name in enumerate(facts_of(condition))}
    return compile_condition(condition, places, {}).check(case)


def kleene_all(values):
    return False if False in values else (None if None in values else True)


def kleene_any(values):
    return True if True in values else (None if None in values else False)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_all_and_any_of_every_combination(count):
    parts = tuple(Ask(name, "is", True) for name in BOOLEANS[:count])
    for values in product(TRUTHS, repeat=count):
        assert truth(All(parts), *values) is kleene_all(values)
        assert truth(AnyOf(parts), *values) is kleene_any(values)
        assert truth(Not(All(parts)), *values) is truth(AnyOf(tuple(map(Not, parts))), *values)
        assert truth(Not(AnyOf(parts)), *values) is truth(All(tuple(map(Not, parts))), *values)


def test_every_nesting_of_two_joins():
    a, b, c = (Ask(name, "is", True) for name in BOOLEANS[:3])
    for x, y, z in product(TRUTHS, repeat=3):
        assert truth(All((AnyOf((a, b)), c)), x, y, z) is kleene_all([kleene_any([x, y]), z])
        assert truth(AnyOf((All((a, b)), c)), x, y, z) is kleene_any([kleene_all([x, y]), z])
        negated = None if x is None else not x
        assert truth(AnyOf((Not(a), All((b, Not(Not(c)))))), x, y, z) is kleene_any([negated, kleene_all([y, z])])


@pytest.mark.parametrize("name", FINITE)
def test_each_verb_on_each_answer_of_each_fact(name):
    known = answers(name)[1:]
    for answer, value in product(answers(name), known):
        same = None if answer is None else answer == value
        assert truth(Ask(name, "is", value), answer) is same
        assert truth(Ask(name, "is_not", value), answer) is (None if same is None else not same)
        if CATALOGUE[name].kind == "choice":
            pair = (value, known[0])
            among = None if answer is None else answer in pair
            assert truth(Ask(name, "in", pair), answer) is among
            assert truth(Ask(name, "not_in", pair), answer) is (None if among is None else not among)
    for answer in answers(name):
        assert truth(Ask(name, "known", True), answer) is (answer is not None)
        assert truth(Ask(name, "known", False), answer) is (answer is None)


def test_ages_exactly_at_the_limit_and_in_the_future(tmp_path):
    older = rule(when={"fact": "consent.at", "older_than": "12 months"}, then="reject")
    newer = rule("CS-02", when={"fact": "consent.at", "newer_than": "12 months"}, then="hold")
    policies = load(tmp_path, pack("us", older, newer))
    as_of = datetime(2026, 11, 21, 10, tzinfo=UTC)

    def spoke(instant):
        return [(f.rule, bool(f.unknown)) for f in policies.decide({"consent.at": instant}, as_of).findings]

    limit = datetime(2025, 11, 21, 10, tzinfo=UTC)
    assert spoke(limit - timedelta(microseconds=1)) == [("CS-01", False)]
    assert spoke(limit) == [("CS-02", False)]
    assert spoke(as_of) == [("CS-02", False)]
    assert spoke(as_of + timedelta(days=3000)) == [("CS-02", False)]
    assert spoke(None) == [("CS-01", True), ("CS-02", True)]


def test_conditions_are_read_as_written(tmp_path):
    written = {
        "all": [
            {"fact": "person.country", "in": ["US", "CA"]},
            {"any": [{"fact": "consent.at", "older_than": "2 years"}, {"fact": "consent.at", "known": False}]},
            {"not": {"fact": "consent.status", "is_not": "given"}},
        ]
    }
    policies = load(tmp_path, pack("us", rule(when=written)))
    assert policies.rules[0].when == All(
        (
            Ask("person.country", "in", ("US", "CA")),
            AnyOf((Ask("consent.at", "older_than", Duration(2, "year")), Ask("consent.at", "known", False))),
            Not(Ask("consent.status", "is_not", "given")),
        )
    )


BAD = [
    ({"fact": "consent.staus", "is": "given"}, "no fact is called 'consent.staus'; did you mean 'consent.status'?"),
    ({"fact": "consent.status", "iss": "given"}, "'iss' is not a verb; .*did you mean 'is'?"),
    ({"fact": "consent.status", "is": "givn"}, "'givn' is no answer to consent.status; .*did you mean 'given'?"),
    ({"fact": "consent.status", "in": ["given", "nome"]}, r"in\[1\]: 'nome' is no answer.*did you mean 'none'?"),
    ({"fact": "consent.status", "in": []}, "expected a list of one or more answers"),
    ({"fact": "consent.status", "in": "given"}, "expected a list of one or more answers, got 'given'"),
    ({"fact": "consent.status", "in": ["given", "given"]}, "an answer stands in the list twice"),
    ({"fact": "consent.status", "is": True}, "consent.status is answered in text, not true"),
    ({"fact": "consent.status", "is": None}, "unknown is not an answer; ask known: false"),
    ({"fact": "consent.status", "older_than": "1 day"}, "consent.status is a choice and has no age"),
    ({"fact": "consent.given_to_us", "is": "true"}, "consent.given_to_us is true or false, not 'true'"),
    ({"fact": "consent.given_to_us", "in": [True]}, "ask is or is_not"),
    ({"fact": "consent.at", "older_than": "3 weeks"}, "'3 weeks' is no duration"),
    ({"fact": "consent.at", "older_than": 30}, "30 is no duration"),
    ({"fact": "consent.at", "is": "given"}, "consent.at is an instant; ask older_than, newer_than, before"),
    (
        {"fact": "consent.at", "before": "2027-01-31"},
        "'2027-01-31' is no day from 1900 to 2200; write 2027-01-31, without quotes",
    ),
    ({"fact": "consent.at", "on_or_after": True}, "true is no day"),
    ({"fact": "consent.status", "before": DAY}, "consent.status is a choice and has no age"),
    ({"fact": "person.country", "is": 1}, "answered in text, not 1"),
    ({"fact": "person.country", "known": "yes"}, "expected true or false, got 'yes'"),
    ({"fact": "person.country"}, "expected exactly one verb beside the fact, got 0"),
    ({"fact": "person.country", "is": "US", "known": True}, "expected exactly one verb beside the fact, got 2"),
    ({"fact": 7, "is": "US"}, "expected text, got 7"),
    ({"al": [PROOF := {"fact": "consent.is_proven", "is": True}]}, "expected one condition.*did you mean 'all'?"),
    ({"all": [PROOF], "any": [PROOF]}, "expected one condition"),
    ({"all": []}, "expected a list of one or more conditions"),
    ({"all": PROOF}, "expected a list of one or more conditions, got keys with values"),
    ({"any": ["x"]}, r"any\[0\]: expected keys with values"),
    ({"not": [PROOF]}, "expected keys with values"),
    ({}, "expected one condition"),
]


@pytest.mark.parametrize(("written", "says"), BAD)
def test_a_bad_condition_says_what_is_meant(tmp_path, written, says):
    with pytest.raises(PolicyError, match=says):
        load(tmp_path, pack("us", rule(when=written)))
