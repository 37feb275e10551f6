from datetime import UTC, datetime, timedelta

import pytest
from policy_packs import CITES, OBLIGATIONS, REASONS, load, pack, rule, wording, write

from gateway.domain.outcome import DUPLICATE_IN_LIST, SUPPRESSED_MEANWHILE
from gateway.policy.explain import explain
from gateway.policy.loader import load_policies

AGE = "between 18 months and 24 months before"
AS_OF = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
LAW = "15 U.S.C. 7704(a)(5)(A), https://www.law.cornell.edu/uscode/text/15/7704"
OPT_OUT = rule(
    "CS-01", title="The person told us to stop", when={"fact": "suppression.is_matched", "is": True}, then="reject",
    reason="asked_to_stop", override="never",
)  # fmt: skip
OLD = rule(
    "H-02", title="The list is old", cites={"house": "Twelve months and no more"}, reason="other",
    then="hold", question="evidence", unverified="The number of months.",
    when={"all": [
        {"fact": "source.collected_at", "older_than": "12 months"},
        {"fact": "source.vendor_standing", "not_in": ["approved"]},
        {"any": [{"fact": "source.is_attested", "is": False}, {"fact": "source.is_attested", "known": False}]},
    ]},
)  # fmt: skip
GROUND = rule("CS-15", title="A lawful source", obligations=["label", "stop"])
REJECTED = {"suppression.is_matched": True, "source.collected_at": AS_OF, "source.provenance_is_complete": False}
ACCEPTED = REJECTED | {"suppression.is_matched": False, "source.provenance_is_complete": True}
HELD = ACCEPTED | {"source.collected_at": AS_OF - timedelta(days=700), "source.vendor_standing": "new"}


@pytest.fixture
def policies(tmp_path):
    reasons = REASONS | {"asked_to_stop": wording("asked_to_stop", person=None, vendor=None)}
    return load(
        tmp_path, pack("us", OPT_OUT, GROUND), pack("house", OLD, grants=False), reasons=reasons,
    )  # fmt: skip


def told(policies, facts, **options):
    return explain(policies.decide(facts, AS_OF), policies, as_of=AS_OF, **options)


def test_the_officer_is_told_who_refused_on_which_law_and_facts(policies):
    assert told(policies, REJECTED).sentences == [
        "This lead was refused, as judged on 21 November 2026 at 09:05 UTC.",
        "CS-01 refuses it: The person told us to stop.",
        "officer wording of asked_to_stop",
        f"It rests on the law: {LAW}.",
        "Facts: Did this person tell us to stop? Yes.",
        "What can be done: remedy wording of asked_to_stop",
        "No officer may set this aside.",
    ]


def test_the_officer_is_told_what_an_accepted_lead_owes(policies):
    assert told(policies, ACCEPTED).sentences == [
        "This lead was accepted as a prospect, as judged on 21 November 2026 at 09:05 UTC.",
        "CS-15 accepts it: A lawful source.",
        "officer wording of because",
        f"It rests on the law: {LAW}.",
        "Facts: Do we know who collected it, how, when and on which page or form? Yes.",
        "Whoever uses it owes this:",
        f"OB-07, do label: Always label. When: each message. ({LAW})",
        f"OB-06, do stop: Always stop. When: each message. ({LAW})",
    ]


def test_a_hold_says_what_it_waits_for_and_what_nobody_knows(policies):
    sentences = told(policies, HELD).sentences
    assert sentences[:8] == [
        "This lead was put on hold, as judged on 21 November 2026 at 09:05 UTC.",
        "It waits for evidence from the vendor.",
        "H-02 holds it: The list is old.",
        "officer wording of other",
        "It rests on a rule of the house: Twelve months and no more, docs/reference/rules.md#h-02.",
        "Facts: When was it collected? Between 18 months and 24 months before. How does its vendor stand with us? New.",
        "Not known: Did the vendor sign for it?",
        "Not verified: The number of months.",
    ]
    assert sentences[9] == "CS-15 accepts it: A lawful source."
    assert "Whoever uses it owes this:" not in sentences


def test_a_rule_of_the_house_only_marks_what_it_accepts(tmp_path):
    mark = rule("H-22", title="Bought", when={"fact": "source.is_direct", "is": False})
    policies = load(tmp_path, pack("us", GROUND), pack("house", mark, grants=False))
    facts = {"source.is_direct": False, "source.provenance_is_complete": True}
    sentences = told(policies, facts).sentences
    assert "H-22 marks it: Bought." in sentences
    assert "CS-15 accepts it: A lawful source." in sentences


def test_an_unknown_that_matters_is_named_in_words(policies):
    sentences = told(policies, ACCEPTED | {"suppression.is_matched": None}).sentences
    assert sentences[1:7] == [
        "It waits for an officer's look.",
        "CS-01 holds it, because a fact it needs is unknown (the rule: The person told us to stop).",
        "Nobody knows: Did this person tell us to stop?",
        f"It rests on the law: {LAW}.",
        "Not known: Did this person tell us to stop?",
        "What can be done: Find out: Did this person tell us to stop?",
    ]


def test_silence_of_all_rules_is_explained_too(policies):
    told_of = told(policies, ACCEPTED | {"source.provenance_is_complete": False})
    assert told_of.sentences[1:5] == [
        "It waits for an officer's look.",
        "GATE-00 holds it: No policy in force covers this lead.",
        "officer wording of no_rule_speaks",
        "It rests on a rule of the house: Silence of all rules is a hold.",
    ]


def test_the_vendor_hears_its_own_wording_and_nothing_hidden(policies):
    refused = told(policies, REJECTED | HELD | {"suppression.is_matched": True}, audience="vendor")
    assert refused.sentences == ["The lead was refused."]
    assert refused.as_dict() == {
        "audience": "vendor", "sentences": ["The lead was refused."], "verdict": "reject", "findings": [],
    }  # fmt: skip
    held = told(policies, HELD, audience="vendor")
    assert held.sentences == ["The lead was put on hold.", "vendor wording of other", "remedy wording of other"]
    assert held.as_dict()["findings"] == [
        {"reason": "other", "message": "vendor wording of other", "remedy": "remedy wording of other"}
    ]
    unknown = told(policies, ACCEPTED | {"suppression.is_matched": None}, audience="vendor")
    assert unknown.sentences == ["The lead was put on hold.", "We miss what is needed.", "Find out: what is needed"]


def test_the_person_hears_only_what_is_meant_for_them(policies):
    assert told(policies, REJECTED, audience="person").as_dict() == {"audience": "person", "sentences": []}
    assert told(policies, HELD, audience="person").as_dict() == {
        "audience": "person", "sentences": ["person wording of other"],
    }  # fmt: skip
    assert told(policies, ACCEPTED | {"suppression.is_matched": None}, audience="person").sentences == []


def test_the_last_look_outweighs_the_decision(policies):
    explanation = told(policies, ACCEPTED, extra=(SUPPRESSED_MEANWHILE,))
    assert explanation.verdict == "reject"
    assert explanation.obligations == []
    assert explanation.sentences[:3] == [
        "This lead was refused, as judged on 21 November 2026 at 09:05 UTC.",
        "The policies had it accepted as a prospect; the last look before writing found more.",
        "GATE-03 refuses it: An order not to write to this person arrived while the lead was under way.",
    ]
    assert "No officer may set this aside." in explanation.sentences
    assert told(policies, ACCEPTED, extra=(DUPLICATE_IN_LIST,), audience="vendor").sentences == [
        "The lead was refused.", "vendor wording of duplicate_in_list", "remedy wording of duplicate_in_list",
    ]  # fmt: skip


def test_as_data_it_is_complete_for_the_officer(policies):
    data = told(policies, HELD).as_dict()
    decision = policies.decide(HELD, AS_OF)
    assert {key: data[key] for key in ("audience", "verdict", "decision", "as_of", "policy_digest")} == {
        "audience": "officer", "verdict": "hold", "decision": decision.id, "as_of": "2026-11-21T09:05:00Z",
        "policy_digest": policies.digest,
    }  # fmt: skip
    assert data["findings"][0] == {
        "rule": "H-02", "title": "The list is old", "verdict": "hold", "reason": "other",
        "cites": {"kind": "house", "text": "Twelve months and no more", "url": "docs/reference/rules.md#h-02"},
        "message": "officer wording of other", "remedy": "remedy wording of other", "question": "evidence",
        "override_allowed": True, "four_eyes": False, "unknown": [], "use": "lead",
        "facts": [
            {"fact": "source.collected_at", "asks": "When was it collected?", "answer": AGE},
            {"fact": "source.vendor_standing", "asks": "How does its vendor stand with us?", "answer": "new"},
            {"fact": "source.is_attested", "asks": "Did the vendor sign for it?", "answer": None},
        ],
    }  # fmt: skip
    owed = told(policies, ACCEPTED).as_dict()["obligations"][0]
    assert owed == {
        "code": "label", "id": "OB-07", "title": "Do label",
        "cites": {"kind": "law", "text": CITES["law"], "url": CITES["url"]}, "message": "Always label.",
        "when": "each message", "waived": None, "deadline": None, "unverified": None,
    }  # fmt: skip


DO_NOT_CALL = rule(
    "TC-01", title="On the do-not-call list", when={"fact": "phone.is_on_dnc", "is": True}, then="reject", use="phone",
)  # fmt: skip
MAY_CALL = rule(
    "TC-02", title="A written yes to calls", when={"fact": "phone.consent", "is": "written"}, use="phone",
    obligations=["stop"],
)  # fmt: skip
NOT_READY = rule(
    "CS-26", title="The sender is not ready", when={"fact": "sender.is_ready", "is": False}, then="hold",
    use="emission", question="evidence",
)  # fmt: skip


@pytest.fixture
def aside(tmp_path):
    return load(tmp_path, pack("us", GROUND, DO_NOT_CALL, MAY_CALL, NOT_READY))


def test_the_phone_and_the_handing_out_are_told_apart_from_the_lead(aside):
    facts = ACCEPTED | {
        "phone.is_given": True,
        "phone.is_on_dnc": True,
        "phone.consent": "written",
        "sender.is_ready": False,
    }
    sentences = told(aside, facts).sentences
    assert sentences[0].startswith("This lead was accepted as a prospect")
    assert not any(line.startswith("It waits for") for line in sentences)
    assert [line for line in sentences if "(TC-" in line or "(CS-26" in line] == [
        "Its phone number may not be used: On the do-not-call list (TC-01).",
        "Nothing may be handed out yet: The sender is not ready (CS-26).",
        "Its phone number may be used: A written yes to calls (TC-02).",
    ]
    data = told(aside, facts).as_dict()
    assert (data["verdict"], data["phone"]) == ("accept", "reject")
    assert [(f["rule"], f["use"]) for f in data["findings"]] == [
        ("CS-15", "lead"), ("TC-01", "phone"), ("CS-26", "emission"), ("TC-02", "phone"),
    ]  # fmt: skip


def test_what_is_not_known_of_a_phone_and_silence_hold_its_use(aside):
    def said(**facts):
        facts = ACCEPTED | {"phone.is_given": True} | {name.replace("_", ".", 1): v for name, v in facts.items()}
        return [line for line in told(aside, facts).sentences if line.startswith("Its phone")]

    assert said() == [
        "Its phone number may not be used yet: On the do-not-call list (TC-01, because a fact it needs is unknown)."
    ]
    assert said(phone_is_on_dnc=False) == [
        "Its phone number may not be used yet: No policy in force covers the use of this phone number (GATE-05)."
    ]
    assert said(phone_is_on_dnc=False, phone_consent="written") == [
        "Its phone number may be used: A written yes to calls (TC-02)."
    ]
    assert said(phone_is_given=False) == []


def test_vendors_hear_of_the_lead_only(aside):
    facts = HELD | {"phone.is_given": True, "phone.is_on_dnc": None, "sender.is_ready": False}
    assert told(aside, facts, audience="vendor").sentences == [
        "The lead was accepted as a prospect.",
        "vendor wording of because",
    ]
    assert told(aside, facts, audience="person").sentences == ["person wording of because"]
    assert "phone" not in told(aside, facts, audience="vendor").as_dict()


def test_an_obligation_says_when_by_when_and_when_not(tmp_path):
    owed = OBLIGATIONS | {"stop": OBLIGATIONS["stop"] | {
        "when": "for ever", "waived": "by a later yes", "unverified": "The days.",
        "deadline": {"after": "10 business days", "from": "opt_out"},
    }}  # fmt: skip
    policies = load(tmp_path, pack("us", GROUND), obligations=owed)
    assert told(policies, ACCEPTED).sentences[-1] == (
        "OB-06, do stop: Always stop. When: for ever. Due: 10 business days after the person asked to stop. "
        f"Waived: by a later yes. Not verified: The days. ({LAW})"
    )
    data = told(policies, ACCEPTED).as_dict()["obligations"][1]
    assert {key: data[key] for key in ("when", "waived", "deadline", "unverified")} == {
        "when": "for ever", "waived": "by a later yes", "unverified": "The days.",
        "deadline": "10 business days after the person asked to stop",
    }  # fmt: skip


def test_a_decision_from_before_a_change_is_told_by_the_rule_as_it_was(tmp_path):
    mark = rule("H-22", title="Bought", when={"fact": "source.is_direct", "is": False}, cites={"house": "Ours"})
    write(tmp_path, pack("us", GROUND), pack("house", mark, grants=False))
    (tmp_path / "acme.yaml").write_text(
        "overlay: acme\ntitle: Acme\nreviewed: {by: Bo, on: 2026-11-01, again_by: 2027-11-01}\nstricter:\n"
        "  - {rule: H-22, from: 2026-12-01, then: hold, question: review, because: Our mail service bars it}\n",
        encoding="utf-8",
    )
    policies = load_policies([tmp_path])
    facts = {"source.is_direct": False, "source.provenance_is_complete": True}
    assert "H-22 marks it: Bought." in told(policies, facts).sentences
    later = explain(policies.decide(facts, AS_OF + timedelta(days=30)), policies, as_of=AS_OF + timedelta(days=30))
    assert "H-22 holds it: Bought." in later.sentences


def test_an_old_decision_is_told_with_what_later_policies_still_know(policies, tmp_path):
    decision = policies.decide(ACCEPTED | {"suppression.is_matched": None}, AS_OF)
    accepted = policies.decide(ACCEPTED, AS_OF)
    later = load(tmp_path / "later", pack("ca", rule("CL-01")), obligations={})
    sentences = explain(decision, later, as_of=AS_OF).sentences
    assert "CS-01 holds it, because a fact it needs is unknown (the rule: The person told us to stop)." in sentences
    assert "Not known: Did this person tell us to stop?" in sentences
    assert sentences[-1] == (
        f"The decision was made under the policies {policies.digest[:12]}; these words are from {later.digest[:12]}."
    )
    assert "Label (not in these policies)." in explain(accepted, later, as_of=AS_OF).sentences
    old = policies.decide(REJECTED, AS_OF)
    assert "Asked to stop." in explain(old, later, as_of=AS_OF).sentences
    assert explain(old, later, as_of=AS_OF, audience="person").sentences == []
    assert explain(old, later, as_of=AS_OF, audience="vendor").sentences == ["The lead was refused."]


def test_what_leaves_open_whether_a_law_applies_is_named(tmp_path):
    left = OPT_OUT | {"reason": "because"}
    policies = load(tmp_path, pack("us", left, GROUND, applies_to={"fact": "person.country", "is": "US"}))
    sentences = told(policies, REJECTED).sentences
    assert sentences[0].startswith("This lead was put on hold")
    assert any(line.startswith("CS-01 holds it, because a fact it needs is unknown") for line in sentences)
    assert "Not known: In which country is the person (ISO 3166-1 alpha-2)?" in sentences
