"""buying.yaml: read as strictly as a pack, changed by the company's folder, no part of the digest."""

import shutil

import pytest

from gateway.policy.errors import PolicyError
from gateway.policy.loader import load_policies
from gateway.wiring import POLICIES

HEAD = "buying: acme\ntitle: Ours\nreviewed: {by: us, on: 2026-11-21, again_by: 2027-05-21}\nthresholds:\n"


def load(tmp_path, *lines):
    (tmp_path / "buying.yaml").write_text(HEAD + "".join(f"  - {line}\n" for line in lines), encoding="utf-8")
    return load_policies([POLICIES, tmp_path])


def thresholds(policies):
    return {one.of: one for one in policies.thresholds}


def test_ours_are_read():
    found = thresholds(load_policies([POLICIES]))
    assert (found["prospects"].accept, found["prospects"].refuse) == (0.5, 0.2)
    assert (found["cost_per_prospect"].accept, found["cost_per_prospect"].currency) == (200, "USD")


def test_a_company_replaces_what_it_names_and_leaves_the_digest_alone(tmp_path):
    found = load(
        tmp_path, "{of: rejections, accept_up_to: 10.5, refuse_above: 20, because: we pay much}",
        "{of: disposable, off: true, because: they are refused anyway}",
        '{of: cost_per_prospect, currency: JPY, accept_up_to: "300", refuse_above: "900", because: in Japan}',
    )  # fmt: skip
    ours = thresholds(load_policies([POLICIES]))
    assert thresholds(found)["rejections"].accept == pytest.approx(0.105)
    assert set(ours) - set(thresholds(found)) == {"disposable"}
    assert {one.currency: one.accept for one in found.thresholds if one.of == "cost_per_prospect"} == {
        "USD": 200, "JPY": 300,
    }  # fmt: skip
    assert found.digest == load_policies([POLICIES]).digest


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{of: rejection, accept_up_to: 1, refuse_above: 2, because: x}", "did you mean 'rejections'"),
        ("{of: rejections, accept_upto: 1, refuse_above: 2, because: x}", "did you mean 'accept_up_to'"),
        ("{of: rejections, accept_from: 1, refuse_below: 2, because: x}", "'accept_from' is not a key here"),
        ("{of: rejections, accept_up_to: 101, refuse_above: 102, because: x}", "a percent from 0 to 100, got 101"),
        ("{of: rejections, accept_up_to: true, refuse_above: 2, because: x}", "a percent from 0 to 100, got true"),
        ("{of: rejections, accept_up_to: 30, refuse_above: 20, because: x}", "nothing may be both"),
        ("{of: prospects, accept_from: 30, refuse_below: 40, because: x}", "nothing may be both"),
        ("{of: rejections, accept_up_to: 30, because: x}", "'refuse_above' is missing"),
        ("{of: rejections, accept_up_to: 30, refuse_above: 40}", "'because' is missing"),
        ("{of: rejections, off: true, accept_up_to: 30, because: x}", "off: true alone"),
        ("{of: cost_per_prospect, currency: USD, accept_up_to: 2, refuse_above: 3, because: x}", "amount in qu"),
        ('{of: cost_per_prospect, currency: usd, accept_up_to: "2", refuse_above: "3", because: x}', "a currency"),
        ('{of: cost_per_prospect, currency: JPY, accept_up_to: "2.5", refuse_above: "3", because: x}', "amount in qu"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(tmp_path, line, complaint):
    with pytest.raises(PolicyError) as refused:
        load(tmp_path, line)
    told = list(map(str, refused.value.complaints))
    assert any(complaint in one for one in told)
    assert all("buying.yaml:5" in one for one in told)


def test_a_threshold_stands_once_in_a_file(tmp_path):
    line = "{of: rejections, accept_up_to: 10, refuse_above: 20, because: x}"
    with pytest.raises(PolicyError, match="stands here twice"):
        load(tmp_path, line, line)


def test_without_the_file_nothing_is_recommended(tmp_path):
    shutil.copytree(POLICIES, tmp_path / "ours")
    (tmp_path / "ours" / "buying.yaml").unlink()
    assert load_policies([tmp_path / "ours"]).thresholds == ()
