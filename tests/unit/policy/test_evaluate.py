"""How findings become a verdict, and how batches are decided once per distinct case."""

from datetime import UTC, date, datetime, timedelta

import pytest
from policy_packs import load, pack, rule

from gateway.domain.decision import Finding
from gateway.domain.facts import Facts
from gateway.domain.outcome import NO_RULE_SPEAKS
from gateway.policy import evaluate

AS_OF = datetime(2026, 11, 21, tzinfo=UTC)


def is_true(fact):
    return {"fact": fact, "is": True}


GROUND = rule("CS-15", when=is_true("source.provenance_is_complete"), obligations=["label", "address"])
OPT_OUT = rule("CS-01", when=is_true("suppression.is_matched"), then="reject", override="never", obligations=["stop"])
ROUTE = rule(
    "CS-30", when={"fact": "address.accepts_mail", "known": False}, then="hold", question="recheck",
    obligations=["address"],
)  # fmt: skip
CLEAR = {"source.provenance_is_complete": True, "suppression.is_matched": False, "address.accepts_mail": True}


def told(decision):
    return decision.verdict, [finding.rule for finding in decision.findings], decision.obligations


@pytest.fixture
def policies(tmp_path):
    return load(tmp_path, pack("us", OPT_OUT, ROUTE, GROUND))


def test_the_strictest_verdict_wins_and_all_findings_are_given(policies):
    def decide(**changes):
        return told(policies.decide(CLEAR | {k.replace("__", "."): v for k, v in changes.items()}, AS_OF))

    assert decide() == ("accept", ["CS-15"], ("label", "address"))
    assert decide(address__accepts_mail=None) == ("hold", ["CS-30", "CS-15"], ("address",))
    assert decide(suppression__is_matched=True) == ("reject", ["CS-01", "CS-15"], ("stop",))
    assert decide(suppression__is_matched=True, address__accepts_mail=None) == (
        "reject", ["CS-01", "CS-30", "CS-15"], ("stop",),
    )  # fmt: skip


def test_findings_of_one_strictness_stay_in_rule_order_and_owe_each_duty_once(tmp_path):
    always = {"any": [{"fact": "person.country", "known": True}, {"fact": "person.country", "known": False}]}
    rules = [rule(f"CS-{n}", when=always, obligations=["stop", "label"]) for n in ("20", "10", "15")]
    policies = load(tmp_path, pack("us", *rules))
    assert told(policies.decide({}, AS_OF)) == ("accept", ["CS-20", "CS-10", "CS-15"], ("stop", "label"))


def test_silence_is_a_hold(policies):
    decision = policies.decide(CLEAR | {"source.provenance_is_complete": False}, AS_OF)
    assert told(decision) == ("hold", ["GATE-00"], ())
    assert decision.findings == (NO_RULE_SPEAKS,)
    assert policies.decide({}, AS_OF).findings[0].rule == "CS-01"  # nothing known is not silence


def test_the_house_alone_accepts_nobody(tmp_path):
    house = pack("house", rule("H-01", when=is_true("address.is_valid"), obligations=["label"]), grants=False)
    mark = rule("CS-19", when=is_true("address.is_phone_shaped"), grants=False)
    policies = load(tmp_path, pack("us", GROUND, mark), house)
    valid = {"address.is_valid": True, "address.is_phone_shaped": True}
    assert told(policies.decide(valid, AS_OF)) == ("hold", ["GATE-00", "CS-19", "H-01"], ())
    granted = policies.decide(valid | {"source.provenance_is_complete": True}, AS_OF)
    assert told(granted) == ("accept", ["CS-15", "CS-19", "H-01"], ("label", "address"))


def test_the_house_can_refuse_what_the_law_allows(tmp_path):
    house = pack("house", rule("H-01", when=is_true("address.is_disposable"), then="reject"), grants=False)
    policies = load(tmp_path, pack("us", GROUND), house)
    case = {"address.is_disposable": True, "source.provenance_is_complete": True}
    assert told(policies.decide(case, AS_OF)) == ("reject", ["H-01", "CS-15"], ())


def test_an_unknown_fact_holds_and_names_itself(policies):
    decision = policies.decide(CLEAR | {"suppression.is_matched": None}, AS_OF)
    cites = policies.rules[0].cites
    assert decision.findings[0] == Finding(
        "CS-01", "fact_unknown", "hold", cites, "Title of CS-01", params={"facts": "suppression.is_matched"},
        unknown=("suppression.is_matched",), question="review", override_allowed=False, obligations=(),
    )  # fmt: skip
    assert decision.verdict == "hold"


def test_only_the_silence_that_matters_is_named(tmp_path):
    when = {
        "all": [
            {"any": [is_true("address.is_valid"), is_true("address.is_free_mail")]},
            {"not": is_true("address.is_disposable")},
            {"fact": "source.kind", "is": "list"},
        ]
    }
    policies = load(tmp_path, pack("us", rule("CS-01", when=when, then="reject")))

    def silent(**facts):
        named = {"source.kind": "list"} | {f"address.{name}": value for name, value in facts.items()}
        return [finding.unknown for finding in policies.decide(named, AS_OF).findings if finding.rule == "CS-01"]

    assert silent(is_valid=None, is_free_mail=True, is_disposable=None) == [("address.is_disposable",)]
    assert silent(is_valid=None, is_free_mail=False, is_disposable=False) == [("address.is_valid",)]
    assert silent(is_valid=None, is_free_mail=None, is_disposable=None) == [
        ("address.is_valid", "address.is_free_mail", "address.is_disposable")
    ]
    assert silent(is_valid=None, is_free_mail=None, is_disposable=True) == []


def test_a_rule_says_itself_what_an_unknown_does(tmp_path):
    when = is_true("address.accepts_mail")
    rules = [
        rule("CS-01", when=when, then="reject", if_unknown="silent"),
        rule("CS-02", when=when, then="reject", if_unknown="hold", question="recheck", unknown_reason="other"),
        rule("CS-03", when=when, then="hold", question="evidence"),
        rule("CS-04", when=when),
        rule("CS-05", when=when, if_unknown="hold", question="confirm"),
    ]
    findings = load(tmp_path, pack("us", *rules)).decide({}, AS_OF).findings
    assert [(f.rule, f.verdict, f.reason, f.question) for f in findings] == [
        ("CS-02", "hold", "other", "recheck"),
        ("CS-03", "hold", "fact_unknown", "evidence"),
        ("CS-05", "hold", "fact_unknown", "confirm"),
    ]


def test_a_pack_that_does_not_apply_is_silent_and_one_that_might_speaks(tmp_path):
    policies = load(tmp_path, pack("us", OPT_OUT, GROUND, applies_to={"fact": "person.country", "is": "US"}))
    assert told(policies.decide(CLEAR | {"person.country": "CA"}, AS_OF)) == ("hold", ["GATE-00"], ())
    assert policies.decide(CLEAR | {"person.country": "US"}, AS_OF).verdict == "accept"
    perhaps = policies.decide(CLEAR | {"suppression.is_matched": True}, AS_OF)  # a law that may not be theirs
    assert told(perhaps)[0] == "hold"
    assert (perhaps.findings[0].rule, perhaps.findings[0].unknown) == ("CS-01", ("person.country",))


def test_rules_exist_from_their_first_day_to_their_last(tmp_path):
    dated = rule("CS-15", in_force={"from": date(2026, 1, 1), "until": date(2026, 12, 31)})
    policies = load(tmp_path, pack("us", dated, rule("CS-99", then="reject", in_force={"from": date(2030, 1, 1)})))

    def spoke(*parts):
        decision = policies.decide({"source.provenance_is_complete": True}, datetime(*parts, tzinfo=UTC))
        return [finding.rule for finding in decision.findings], dict(decision.facts)

    known = {"source.provenance_is_complete": True}
    assert spoke(2025, 12, 31, 23, 59, 59) == (["GATE-00"], known)
    assert spoke(2026, 1, 1) == (["CS-15"], known)
    assert spoke(2026, 12, 31, 23, 59, 59) == (["CS-15"], known)
    assert spoke(2027, 1, 1) == (["GATE-00"], known)
    assert spoke(2030, 1, 1) == (["CS-99"], known)


def test_a_decision_records_what_was_known(tmp_path):
    old = {"fact": "consent.at", "older_than": "12 months"}
    fresh = {"fact": "consent.at", "newer_than": "30 days"}
    policies = load(tmp_path, pack("us", rule(when=old), rule("CS-02", when=fresh), rule("CS-03")))
    facts = {"consent.at": AS_OF - timedelta(days=100), "person.country": "US"}
    assert dict(policies.decide(facts, AS_OF).facts) == {
        "consent.at": "between 3 months and 6 months before",
        "person.country": "US",
    }
    decision = policies.decide(facts, AS_OF)
    assert decision.policy_digest == policies.digest
    assert decision.id[:4] == "dec_"
    assert len(decision.id) == 28
    assert int(decision.id[4:], 16) > 0


def test_ids_follow_policy_rules_in_force_and_facts(tmp_path):
    policies = load(tmp_path / "a", pack("us", rule("CS-01"), rule("CS-02", in_force={"from": date(2027, 1, 1)})))
    again = load(tmp_path / "b", pack("us", rule("CS-01"), rule("CS-02", in_force={"from": date(2027, 1, 1)})))
    other = load(tmp_path / "c", pack("us", rule("CS-01", title="Other"), rule("CS-02")))
    case = {"source.provenance_is_complete": True}
    first = policies.decide(case, AS_OF).id
    assert again.decide(case, AS_OF + timedelta(days=3)).id == first
    assert again.decide(case | {"person.country": None}, AS_OF).id == first
    assert again.decide(case | {"person.country": "CA"}, AS_OF).id != first
    assert other.decide(case, AS_OF).id != first
    assert policies.decide({}, AS_OF).id != first
    assert policies.decide(case, datetime(2027, 1, 1, tzinfo=UTC)).id != first


def test_a_batch_shares_one_decision_for_each_distinct_case(policies):
    facts = Facts(
        6,
        constants={"address.accepts_mail": True, "person.country": "US"},
        columns={
            "source.provenance_is_complete": [True, True, False, True, None, True],
            "suppression.is_matched": [False, False, False, True, False, False],
            "address.problem": ["none", "none", "none", "none", "none", "no_at"],  # no rule looks at it
        },
    )
    decisions = policies.decide_all(facts, AS_OF)
    assert [d.verdict for d in decisions] == ["accept", "accept", "hold", "reject", "hold", "accept"]
    assert decisions[0] is decisions[1]
    assert decisions[0].id != decisions[5].id
    assert decisions[2] is decisions[4] or decisions[2].id != decisions[4].id
    later = policies.decide_all(facts, AS_OF + timedelta(hours=5))
    assert all(a is b for a, b in zip(decisions, later, strict=True))
    alone = policies.decide({name: facts.of_row(3)[name] for name in facts.of_row(3)}, AS_OF)
    assert alone is decisions[3]


def test_batches_without_rows_or_without_differences(policies):
    assert policies.decide_all(Facts(0), AS_OF) == []
    assert policies.decide_all(Facts(0, columns={"suppression.is_matched": []}), AS_OF) == []
    same = policies.decide_all(Facts(3, constants=dict(CLEAR)), AS_OF)
    assert len(same) == 3
    assert same[0] is same[1] is same[2]
    assert same[0].verdict == "accept"


def test_a_batch_is_not_taken_for_another_with_other_constants(policies):
    def verdicts(constant):
        facts = Facts(2, CLEAR | {"address.accepts_mail": constant}, {"suppression.is_matched": [True, False]})
        del facts.constants["suppression.is_matched"]
        return [decision.verdict for decision in policies.decide_all(facts, AS_OF)]

    assert verdicts(True) == ["reject", "accept"]
    assert verdicts(None) == ["reject", "hold"]
    assert verdicts(True) == ["reject", "accept"]


def test_what_is_remembered_is_bounded(tmp_path, monkeypatch):
    from gateway.policy import pack as packs

    monkeypatch.setattr(evaluate, "MAX_DECISIONS", 3)
    monkeypatch.setattr(packs, "MAX_DECISIONS", 3)
    monkeypatch.setattr(packs, "MAX_FRAMES", 2)
    monkeypatch.setattr(packs, "MAX_DAYS", 2)
    policies = load(tmp_path, pack("us", rule(when={"fact": "person.country", "is": "US"}), rule("CS-02")))
    for day in range(5):
        countries = [f"{a}{b}" for a in "USXYZ" for b in "USC"]
        facts = Facts(len(countries), {"source.provenance_is_complete": day % 2 == 0}, {"person.country": countries})
        decided = policies.decide_all(facts, AS_OF + timedelta(days=day))
        assert [d.findings[0].rule == "CS-01" for d in decided] == [country == "US" for country in countries]
        assert len({d.id for d in decided}) == len(countries)
        assert len(policies._frames) <= 2
        assert len(policies._days) <= 2
        assert all(len(frame) <= 3 for frame in policies._frames.values())
        assert all(len(judge._decided) <= 3 for judge in policies._days.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("suppression.is_matched", "true"), ("suppression.is_matched", 2), ("person.country", True),
        ("source.vendor_standing", "fine"), ("consent.at", "2026-01-01"), ("consent.at", datetime(2026, 1, 1)),  # noqa: DTZ001 - no zone is the point
        ("person.country", AS_OF), ("person.country", ["US"]),
    ],
)  # fmt: skip
def test_an_answer_no_fact_can_give_is_our_own_fault_and_loud(tmp_path, name, value):
    asked = [
        is_true("suppression.is_matched"), {"fact": "person.country", "is": "US"},
        {"fact": "source.vendor_standing", "is": "barred"}, {"fact": "consent.at", "older_than": "1 year"},
    ]  # fmt: skip
    policies = load(tmp_path, pack("us", rule(when={"any": asked})))
    with pytest.raises(TypeError):
        policies.decide({name: value}, AS_OF)
    with pytest.raises(TypeError):
        policies.decide_all(Facts(1, {name: value}), AS_OF)
    with pytest.raises(TypeError):
        policies.decide_all(Facts(2, columns={name: [None, value]}), AS_OF)


def test_a_ragged_batch_and_a_time_without_zone_are_refused(policies):
    with pytest.raises(ValueError, match=r"suppression.is_matched has 1 answers for 2 rows"):
        policies.decide_all(Facts(2, columns={"suppression.is_matched": [True]}), AS_OF)
    with pytest.raises(ValueError, match="time zone"):
        policies.decide({}, datetime(2026, 11, 21))  # noqa: DTZ001 - no zone is the point
