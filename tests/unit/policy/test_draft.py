from datetime import date

import pytest

from gateway.domain.decision import Citation
from gateway.domain.problem import CallerError
from gateway.policy.ages import Duration
from gateway.policy.conditions import All, Ask
from gateway.policy.draft import Draft, pack_text, read_when, reason_text, rule_text
from gateway.policy.reading import read_strict

VERBS = "is, is_not, in, not_in, older_than, newer_than, before, on_or_after, known"
ACTS = "unticked_box, preticked_box, typed_address, oral, written, none"
DRAFT = Draft(
    id="ACME-01", title='Old: "very" old', cites=Citation("house", "We said so: no", "https://x.example"),
    when=read_when(["consent.act not_in oral, written"]), then="hold", question="evidence", if_unknown="silent",
    reason="acme_01", on=date(2026, 11, 21),
)  # fmt: skip


def loaded(text):
    return read_strict(text, name="x").data


@pytest.mark.parametrize(
    ("text", "ask"),
    [
        ("consent.status is given", Ask("consent.status", "is", "given")),
        ("person.country in US, CA ,MX", Ask("person.country", "in", ("US", "CA", "MX"))),
        ("person.country is NO", Ask("person.country", "is", "NO")),
        ("wireless.fcc_listed not_in no, under_30_days", Ask("wireless.fcc_listed", "not_in", ("no", "under_30_days"))),
        ("source.is_direct is true", Ask("source.is_direct", "is", True)),
        ("source.collected_at older_than 12 months", Ask("source.collected_at", "older_than", Duration(12, "month"))),
        ("consent.at before 2027-01-31", Ask("consent.at", "before", date(2027, 1, 31))),
        ("consent.at known false", Ask("consent.at", "known", False)),
    ],
)
def test_a_condition_as_people_type_it(text, ask):
    assert read_when([text]) == (ask,)


def test_everything_wrong_with_conditions_is_said_at_once():
    with pytest.raises(CallerError) as caught:
        read_when(
            ["consent.staus is given", "consent.act is Oral", "consent.act was oral", "consent.at", "a: [ is x", ""]
        )
    said = [(problem.message, problem.suggestion) for problem in caught.value.problems]
    assert said[:4] == [
        ("'consent.staus is given': no fact is called 'consent.staus'", "consent.status"),
        (f"'consent.act is Oral': 'Oral' is no answer to consent.act; one of {ACTS}", "oral"),
        (f"'consent.act was oral': 'was' is not a verb; one of {VERBS}", None),
        (f"'consent.at': '' is not a verb; one of {VERBS}", None),
    ]
    assert {problem.field for problem in caught.value.problems} == {"when"}


def test_the_texts_are_what_was_said():
    written = loaded(pack_text("acme", DRAFT) + "".join(f"  {line}\n" for line in rule_text(DRAFT).splitlines()))
    assert written["reviewed"] == {"by": "nobody yet", "on": date(2026, 11, 21), "again_by": date(2027, 5, 22)}
    assert (written["pack"], written["grants"]) == ("acme", False)
    assert written["rules"] == [{
        "id": "ACME-01", "title": 'Old: "very" old', "cites": {"house": "We said so: no", "url": "https://x.example"},
        "in_force": {"from": date(2026, 11, 21)}, "verified_on": date(2026, 11, 21), "severity": "medium",
        "officer": 'Old: "very" old', "when": {"fact": "consent.act", "not_in": ["oral", "written"]}, "then": "hold",
        "question": "evidence", "reason": "acme_01", "if_unknown": "silent",
    }]  # fmt: skip
    assert loaded(reason_text(DRAFT)) == {
        "acme_01": {"person": None, "vendor": 'Old: "very" old', "officer": 'Old: "very" old', "remedy": None}
    }


def test_several_conditions_must_all_be_true():
    asks = read_when(["consent.act is oral", "source.is_direct is false"])
    two = Draft("A-01", "t", Citation("house", "h"), asks, "accept", None, None, "r", date(2026, 11, 21))
    assert two.condition == All(asks)
    assert loaded(rule_text(two))[0]["when"] == {
        "all": [{"fact": "consent.act", "is": "oral"}, {"fact": "source.is_direct", "is": False}]
    }
