from datetime import date

from lint_packs import codes, linted
from policy_packs import DAY, REASONS, pack, rule, write

from gateway.policy.lint import lint


def test_reviews_that_are_overdue(tmp_path):
    assert linted(tmp_path, on=date(2027, 5, 22)) == [
        (
            "us.yaml:4: review_overdue: us was to be reviewed again by 21 May 2027; "
            "read its laws again, then sign and date it under reviewed"
        )
    ]


def test_a_rule_with_a_day_of_its_own_is_overdue_by_itself(tmp_path):
    soon = rule("CS-02", again_by=date(2026, 12, 31))
    assert "rule_overdue" not in codes(linted(tmp_path, soon, on=date(2026, 12, 31)), "CS-02")
    said = [line for line in linted(tmp_path, soon, on=date(2027, 1, 1)) if "overdue" in line]
    assert said == [
        (
            "us.yaml:27: rule_overdue: CS-02 was to be read again by 31 December 2026; "
            "read 15 U.S.C. 7704(a)(5)(A) again, then set verified_on and again_by"
        )
    ]


def test_a_rule_that_was_over_before_anybody_read_it(tmp_path):
    over = {"from": date(2004, 1, 1), "until": date(2026, 11, 20)}
    said = linted(tmp_path, rule("CS-02", in_force=over), on=DAY)
    assert "never_in_force" in codes(said, "CS-02")
    assert "never_in_force" not in codes(
        linted(tmp_path, rule("CS-02", in_force=over | {"until": DAY}), on=DAY), "CS-02"
    )


def test_a_rule_that_a_company_switched_off_is_fine(tmp_path):
    house = pack("house", rule("H-01", cites={"house": "Ours"}), grants=False)
    ours = write(tmp_path / "ours", pack("us"), house)
    theirs = write(tmp_path / "theirs", reasons={"mine": REASONS["because"]}, obligations={})
    change = "{rule: H-01, from: 2026-01-01, because: No need}"
    review = "{by: Bo, on: 2026-01-01, again_by: 2027-01-01}"
    (theirs / "acme.yaml").write_text(
        f"overlay: acme\ntitle: Acme\nreviewed: {review}\nswitch_off:\n  - {change}\n", encoding="utf-8"
    )
    assert [problem.code for problem in lint([ours, theirs], on=DAY) if problem.code == "never_in_force"] == []
