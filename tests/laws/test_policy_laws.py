"""Laws of deciding: batch and single case agree, with each other and with a plain reading of the files.

The reference (second_evaluator.py) is written from the contract alone and shares no code with the engine.
"""

import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_packs import DAY, load, pack, rule
from second_evaluator import STRICT, as_judged, judged, span_before

from gateway.domain.facts import CATALOGUE, Facts
from gateway.policy.loader import load_policies
from gateway.policy.reading import read_strict

POLICIES = Path(__file__).parents[2] / "policies"
SPANS = ["28 days", "30 days", "1 month", "60 days", "2 months", "120 days", "4 months", "365 days", "12 months",
         "1 year", "2 years"]  # fmt: skip
COUNTRIES = ["US", "CA", "DE", "GB"]


# --- what is thrown at it -----------------------------------------------------------------------------------------

moments = st.timedeltas(timedelta(0), timedelta(days=5000)).map(lambda span: datetime(2019, 1, 1, tzinfo=UTC) + span)


def asks(name):
    spec = CATALOGUE[name]
    known = st.booleans().map(lambda b: {"fact": name, "known": b})
    if spec.kind == "instant":
        spans = st.tuples(st.sampled_from(["older_than", "newer_than"]), st.sampled_from(SPANS))
        return known | spans.map(lambda s: {"fact": name, s[0]: s[1]})
    options = st.booleans() if spec.kind == "boolean" else st.sampled_from(spec.choices or COUNTRIES)
    single = st.tuples(st.sampled_from(["is", "is_not"]), options).map(lambda s: {"fact": name, s[0]: s[1]})
    if spec.kind == "boolean":
        return known | single
    lists = st.lists(options, min_size=1, max_size=3, unique=True)
    several = st.tuples(st.sampled_from(["in", "not_in"]), lists).map(lambda s: {"fact": name, s[0]: s[1]})
    return known | single | several


# A handful of facts of every kind, so that conditions meet again and again in the same ones.
NAMES = ["address.is_valid", "suppression.is_matched", "source.vendor_standing", "consent.status", "consent.at",
         "source.collected_at", "person.country"]  # fmt: skip
conditions = st.recursive(
    st.sampled_from(NAMES).flatmap(asks),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts})
        | st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts})
        | inner.map(lambda part: {"not": part})
    ),
    max_leaves=5,
)


@st.composite
def rules(draw, number, *, grants):
    then = draw(st.sampled_from(STRICT))
    holds = draw(st.sampled_from([None, "hold", "silent"]))
    may_hold = then == "hold" or (holds or ("silent" if then == "accept" else "hold")) == "hold"
    asked = draw(st.sampled_from(["recheck", "evidence", "review"])) if then == "hold" or draw(st.booleans()) else None
    since, until = draw(st.sampled_from([(DAY.replace(year=y), z) for y in (2004, 2026) for z in (None, 2027, 2030)]))
    days = {"from": since} | ({} if until is None else {"until": DAY.replace(year=until)})
    return rule(
        f"{'CS' if grants else 'H'}-{number:02}", when=draw(conditions), then=then, in_force=days, if_unknown=holds,
        question=asked if may_hold else None, reason=draw(st.sampled_from(["because", "other"])),
        unknown_reason="other" if may_hold and holds != "silent" and (then != "accept" or holds) and draw(st.booleans())
        else None,
        obligations=draw(st.lists(st.sampled_from(["label", "stop", "address"]), unique=True, max_size=2)) or None,
        grants=False if grants and then == "accept" and draw(st.integers(0, 4)) == 0 else None,
    )  # fmt: skip


@st.composite
def packs(draw):
    made = []
    for name, grants in (("us", True), ("house", False)):
        count = draw(st.integers(1, 4))
        applies = draw(st.none() | conditions)
        made.append(
            pack(
                name, *(draw(rules(n, grants=grants)) for n in range(count)), grants=grants,
                applies_to=applies,
            )
        )  # fmt: skip
    return made


def answers(name, as_of):
    spec = CATALOGUE[name]
    if spec.kind == "boolean":
        return st.none() | st.booleans()
    if spec.kind != "instant":
        return st.none() | st.sampled_from(spec.choices or COUNTRIES)
    limits = st.tuples(st.sampled_from(SPANS), st.sampled_from([-1, 0, 1])).map(
        lambda t: span_before(as_of, t[0]) + timedelta(microseconds=t[1])  # exactly at a limit, and a tick beside
    )
    return st.none() | limits | st.integers(-900, 90).map(lambda days: as_of + timedelta(days=days))


def cases(as_of):
    return st.fixed_dictionaries({name: answers(name, as_of) for name in NAMES})


@st.composite
def batches(draw, as_of):
    """Facts of a few rows: each fact a constant, a column, or nowhere."""
    size = draw(st.integers(1, 12))
    facts = Facts(size)
    for name in NAMES:
        place = draw(st.sampled_from(["constant", "column", "column", "nowhere"]))
        if place == "constant":
            facts.constants[name] = draw(answers(name, as_of))
        elif place == "column":
            few = draw(st.lists(answers(name, as_of), min_size=1, max_size=3))
            facts.columns[name] = [few[draw(st.integers(0, len(few) - 1))] for _ in range(size)]
    return facts


def any_answer(rnd, name, as_of):
    """One answer at random, unknown in one of six. Forty facts drawn by hypothesis itself would take seconds."""
    spec = CATALOGUE[name]
    if rnd.random() < 1 / 6:
        return None
    if spec.kind == "boolean":
        return rnd.random() < 0.5
    if spec.kind == "instant":
        limit = span_before(as_of, rnd.choice(SPANS)) + timedelta(microseconds=rnd.choice([-1, 0, 1]))
        return rnd.choice([limit, as_of + timedelta(days=rnd.randint(-900, 90))])
    return rnd.choice(spec.choices or ["US", "US", "US", *COUNTRIES])


def any_case(rnd, as_of):
    return {name: any_answer(rnd, name, as_of) for name in CATALOGUE}


def any_batch(rnd, as_of, size):
    facts = Facts(size)
    for name in CATALOGUE:
        place = rnd.choice(["constant", "column", "column", "nowhere"])
        if place == "constant":
            facts.constants[name] = any_answer(rnd, name, as_of)
        elif place == "column":
            few = [any_answer(rnd, name, as_of) for _ in range(2)]
            facts.columns[name] = [rnd.choice(few) for _ in range(size)]
    return facts


def load_all(content):
    with tempfile.TemporaryDirectory() as folder:
        return load(Path(folder), *content)


@cache
def real():
    """The policies that come with the gateway, and what their files say."""
    policies = load_policies([POLICIES])
    files = [p.spot.file for p in policies.packs]
    return policies, [read_strict(Path(file).read_text(encoding="utf-8"), name=file).data for file in files]


# --- the laws -----------------------------------------------------------------------------------------------------

relaxed = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
seeds = st.integers(0, 2**32).map(Random)


@relaxed
@given(st.data())
def test_any_policies_decide_as_they_read(data):
    content, as_of = data.draw(packs()), data.draw(moments)
    policies = load_all(content)
    for case in data.draw(st.lists(cases(as_of), min_size=1, max_size=8)):
        assert as_judged(policies.decide(case, as_of)) == judged(content, case, as_of)


@relaxed
@given(st.data())
def test_any_batch_is_decided_as_its_rows_are(data):
    content = data.draw(packs())
    policies, fresh = load_all(content), load_all(content)
    for _ in range(data.draw(st.integers(1, 3))):  # what is remembered from one batch must serve the next
        as_of = data.draw(moments)
        facts = data.draw(batches(as_of))
        decisions = policies.decide_all(facts, as_of)
        assert decisions == [fresh.decide(facts.of_row(row), as_of) for row in range(facts.size)]
        assert len({id(decision) for decision in decisions}) == len({decision.id for decision in decisions})


@relaxed
@given(st.data())
def test_equal_ids_are_equal_decisions_on_any_day(data):
    policies = load_all(data.draw(packs()))
    met = {}
    for as_of in data.draw(st.lists(moments, min_size=2, max_size=4)):
        for case in data.draw(st.lists(cases(as_of), min_size=1, max_size=5)):
            decision = policies.decide(case, as_of)
            assert met.setdefault(decision.id, decision) == decision


@relaxed
@given(seeds, st.sampled_from([DAY, date(2024, 2, 29), date(2027, 3, 31)]))
def test_the_real_policies_decide_as_they_read(rnd, day):
    policies, content = real()
    as_of = datetime(day.year, day.month, day.day, 15, 30, tzinfo=UTC)
    for _ in range(20):
        case = any_case(rnd, as_of)
        assert as_judged(policies.decide(case, as_of)) == judged(content, case, as_of)


@relaxed
@given(seeds, moments)
def test_the_real_policies_decide_batches_as_rows(rnd, as_of):
    policies, _ = real()
    facts = any_batch(rnd, as_of, 30)
    decisions = policies.decide_all(facts, as_of)
    assert decisions == [policies.decide(facts.of_row(row), as_of) for row in range(facts.size)]


@relaxed
@given(seeds, moments)
def test_nobody_passes_while_the_suppression_list_is_silent(rnd, as_of):
    policies, _ = real()
    for _ in range(20):
        case = any_case(rnd, as_of) | {"suppression.is_matched": None, "suppression.is_checked": None}
        assert policies.decide(case, as_of).verdict != "accept"
