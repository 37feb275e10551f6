from dataclasses import replace

from lint_packs import PROVEN, linted
from policy_packs import rule

from gateway.domain.facts import CATALOGUE
from gateway.policy.lint.facts import is_established


def test_rooms_are_modules_or_folders_of_the_gateway():
    assert all(map(is_established, ("intake", "screening.address", "screening.consent", "wiring")))
    assert not any(map(is_established, ("screening.stars", "stars", "tests")))


def test_a_fact_that_nobody_establishes(tmp_path, monkeypatch):
    nobody = replace(CATALOGUE["consent.is_proven"], by="screening.stars")
    monkeypatch.setitem(CATALOGUE, "consent.is_proven", nobody)
    said = linted(tmp_path, rule("CS-02", when=PROVEN), applies_to=PROVEN)
    assert [line for line in said if "fact_not_established" in line] == [
        (
            "us.yaml:27: fact_not_established: CS-02 asks consent.is_proven, which nobody establishes: "
            "there is no gateway/screening/stars; ask another fact until the room is built"
        ),
        (
            "us.yaml:42: fact_not_established: us asks consent.is_proven, which nobody establishes: "
            "there is no gateway/screening/stars; ask another fact until the room is built"
        ),
    ]
