from lint_packs import PROVEN, USED_OBLIGATIONS, linted
from policy_packs import rule


def test_who_asks_strictly_is_told_what_nobody_has_checked(tmp_path):
    odd = rule("CS-02", when=PROVEN, unverified="The wording.", cites={"provider": "The terms of a mail service"})
    owed = {"label": USED_OBLIGATIONS["label"] | {"unverified": "The label."}}
    said = [line for line in linted(tmp_path, odd, obligations=owed, strict=True) if "fact" not in line]
    assert [line for line in said if "_case" not in line] == [
        "obligations.yaml:1: unverified: OB-07: The label.; read 15 U.S.C. 7704(a)(5)(A)",
        "us.yaml:27: no_url: CS-02 cites The terms of a mail service without an address; add url",
        "us.yaml:27: unverified: CS-02: The wording.; read The terms of a mail service",
    ]
    assert not any("unverified" in line or "no_url" in line for line in linted(tmp_path, odd, obligations=owed))
