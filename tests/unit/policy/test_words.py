from datetime import date

from policy_packs import OBLIGATIONS, load, pack, rule

from gateway.domain.decision import Citation
from gateway.policy.words import answer, capital, cited, day, duty, ended, listed, lower, question, words


def test_questions_and_answers():
    assert question("consent.act") == "By which act?"
    assert question("consent.long_gone") == "Consent: long gone?"
    assert (answer(True), answer(False), answer(None)) == ("yes", "no", None)
    assert answer("unticked_box") == "unticked box"


def test_the_small_change_of_sentences():
    assert (capital("abc"), lower("Abc"), capital("")) == ("Abc", "abc", "")
    assert [ended(text) for text in ("So", "So.", "So?", "So! ")] == ["So.", "So.", "So?", "So!"]
    assert [listed(items, "or") for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a or b",
        "a, b or c",
    ]
    assert day(date(2027, 3, 1)) == "1 March 2027"
    assert words("asked_to_stop") == "Asked to stop"
    assert cited(Citation("house", "Ours")) == "Ours"
    assert cited(Citation("law", "7704", "https://x.example")) == "7704, https://x.example"


def test_an_obligation_in_sentences(tmp_path):
    bare = {key: value for key, value in OBLIGATIONS["stop"].items() if key != "when"}
    owed = {"stop": bare | {"title": "Stop.", "deadline": {"earliest": [
        {"after": "1 month", "from": "obtained"}, {"on": "first_message"},
    ]}}}  # fmt: skip
    policies = load(tmp_path, pack("us", rule(obligations=["stop"])), obligations=owed)
    assert duty(policies.obligations["stop"]) == (
        "OB-06, stop: Always stop. Due: the earliest of: 1 month after the lead came to us; with the first message to "
        "the person. (15 U.S.C. 7704(a)(5)(A), https://www.law.cornell.edu/uscode/text/15/7704)"
    )
