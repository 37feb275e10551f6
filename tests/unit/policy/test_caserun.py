from datetime import date

from case_packs import GIVEN, GOOD, GROUND, OLD, run
from policy_packs import DAY, load, pack, rule, wording, write

from gateway.policy.caserun import Coverage, run_cases, run_folders


def test_cases_that_hold_and_what_they_show(tmp_path):
    report = run(
        tmp_path,
        GOOD | {"obligations": ["stop", "label"]},
        {"sentence": "An old one waits", "facts": {"consent.at": date(2025, 1, 1)}, "verdict": "hold",
         "speaks": ["CS-02", "CS-15"], "obligations": []},
        {"sentence": "An undated one waits", "facts": {"consent.at": None}, "verdict": "hold", "speaks": ["CS-02"]},
        {"sentence": "It was fresh then", "facts": {"consent.at": "2025-01-01T00:00:00+01:00"}, "verdict": "accept",
         "as_of": date(2025, 12, 1)},
        {"sentence": "Nothing speaks", "facts": {"source.provenance_is_complete": False}, "verdict": "hold",
         "speaks": ["GATE-00"], "silent": ["CS-15"]},
    )  # fmt: skip
    assert report.failures == []
    assert report.cases == 5
    assert report.coverage == {"CS-02": Coverage(fired=1, silent=1), "CS-15": Coverage(fired=2, silent=1)}


def test_failures_say_where_which_and_how(tmp_path):
    report = run(
        tmp_path,
        GOOD | {"verdict": "reject", "speaks": ["CS-02"], "silent": ["CS-15"], "obligations": ["address"]},
        GOOD | {"sentence": "Undated", "facts": {"consent.at": None}},
    )
    assert [str(failure).replace(f"{tmp_path}/", "") for failure in report.failures] == [
        "us.test.yaml:6: A fresh list passes: expected reject, got accept by CS-15 (accept)",
        "us.test.yaml:6: A fresh list passes: expected CS-02 to speak, got only CS-15 (accept)",
        "us.test.yaml:6: A fresh list passes: expected CS-15 to be silent, got CS-15 (accept)",
        "us.test.yaml:6: A fresh list passes: expected the obligations address, got label, stop",
        "us.test.yaml:14: Undated: expected accept, got hold by CS-02 (hold, unknown facts), CS-15 (accept)",
        "us.test.yaml:14: Undated: expected CS-02 to be silent, got CS-02 (hold, unknown facts), CS-15 (accept)",
    ]
    assert report.coverage == {"CS-02": Coverage(), "CS-15": Coverage(fired=1)}


PHONE = pack("tel", rule("TC-01", when={"fact": "phone.is_on_dnc", "is": True}, then="reject"), use="phone")


def test_what_is_said_of_the_phone_is_looked_at_where_a_case_names_it(tmp_path):
    def failures(**case):
        facts = {"source.provenance_is_complete": True, "phone.is_given": True, "phone.is_on_dnc": True}
        content = {"as_of": DAY, "cases": [{"sentence": "x", "facts": facts, "verdict": "accept"} | case]}
        policies = load(tmp_path, pack("us", GROUND), PHONE, cases={"tel": content})
        return [f"{failure.expected}, got {failure.got}" for failure in run_cases(policies, tmp_path).failures]

    assert failures() == failures(phone="reject", speaks=["TC-01"]) == []
    assert failures(phone="none") == ["no verdict for the phone, got reject by CS-15 (accept), TC-01 (reject)"]
    silent = {"source.provenance_is_complete": True}
    assert failures(phone="none", facts=silent) == []
    assert failures(phone="hold", facts=silent) == ["hold for the phone, got none by CS-15 (accept)"]
    unruled = silent | {"phone.is_given": True, "phone.is_on_dnc": False}
    assert failures(phone="hold", facts=unruled, speaks=["GATE-05"], silent=["TC-01"]) == []


def test_ours_are_judged_by_ours_alone_and_theirs_by_both(tmp_path):
    ours = {"as_of": DAY, "given": GIVEN, "cases": [GOOD]}
    theirs = {"as_of": DAY, "given": GIVEN, "cases": [
        {"sentence": "Acme refuses it", "verdict": "reject", "speaks": ["ACME-01", "CS-15"]},
    ]}  # fmt: skip
    acme = pack("acme", rule("ACME-01", then="reject", reason="acme"), grants=False)
    folders = [
        write(tmp_path / "ours", pack("us", OLD, GROUND), cases={"us": ours}),
        write(tmp_path / "theirs", acme, reasons={"acme": wording("acme")}, obligations={}, cases={"acme": theirs}),
    ]
    first, second = run_folders(folders)
    assert (first.failures, second.failures) == ([], [])
    assert "ACME-01" not in first.coverage
    assert second.coverage == {"ACME-01": Coverage(1, 0), "CS-15": Coverage(1, 0), "CS-02": Coverage()}
    assert [one.decision.verdict for one in (*first.tried, *second.tried)] == ["accept", "reject"]
