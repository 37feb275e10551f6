"""Proofs of work: right ones are taken once, of their own form, in time; anything else is not, and raises nothing."""

import base64
import json
from datetime import UTC, datetime, timedelta

import altcha
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.intake.guard import proof
from gateway.intake.guard.proof import GOOD_FOR, Proofs, make_challenge

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "a secret of thirty-two characters or more"


@pytest.fixture(autouse=True)
def _easy(monkeypatch):
    monkeypatch.setattr(proof, "LEAST_TRIES", 1)
    monkeypatch.setattr(proof, "MOST_TRIES", 4)


def solved(form="news", at=NOON, **changes):
    challenge = altcha.Challenge.from_dict(make_challenge(SECRET, form, at))
    payload = altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_dict()
    payload["challenge"]["parameters"] |= changes
    return base64.b64encode(json.dumps(payload).encode()).decode()


def test_a_right_solution_is_taken_once():
    proofs, solution = Proofs(), solved()
    assert proofs.spend(SECRET, "news", solution, NOON)
    assert not proofs.spend(SECRET, "news", solution, NOON)
    assert proofs.spend(SECRET, "news", solved(), NOON)


def test_a_solution_is_of_one_form_one_secret_and_ten_minutes():
    assert not Proofs().spend(SECRET, "shop", solved(), NOON)
    assert not Proofs().spend("another" + SECRET, "news", solved(), NOON)
    assert Proofs().spend(SECRET, "news", solved(), NOON + GOOD_FOR - timedelta(seconds=1))
    assert not Proofs().spend(SECRET, "news", solved(), NOON + GOOD_FOR)


@pytest.mark.parametrize("changes", [{"cost": 1}, {"keyPrefix": "00"}, {"data": {"form": "news", "until": 9**10}}])
def test_a_challenge_cannot_be_made_easier_or_longer(changes):
    assert not Proofs().spend(SECRET, "news", solved(**changes), NOON)


def test_a_wrong_key_is_no_solution():
    payload = json.loads(base64.b64decode(solved()))
    payload["solution"]["derivedKey"] = "00" * 32
    assert not Proofs().spend(SECRET, "news", base64.b64encode(json.dumps(payload).encode()).decode(), NOON)


def test_what_can_no_longer_be_sent_is_forgotten():
    proofs = Proofs()
    assert proofs.spend(SECRET, "news", solved(), NOON)
    assert proofs.spend(SECRET, "news", solved(at=NOON + GOOD_FOR), NOON + GOOD_FOR)
    assert len(proofs._spent) == 1


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["challenge", "solution", "parameters", "signature", "data", "counter", "derivedKey", "salt"]),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.text() | _JSON.map(lambda told: base64.b64encode(json.dumps(told).encode()).decode()))
def test_nonsense_is_no_solution_and_breaks_nothing(text):
    assert not Proofs().spend(SECRET, "news", text, NOON)


@given(_JSON, st.sampled_from(["signature", "parameters", "solution", "data", "nonce", "keySignature", "derivedKey"]))
def test_any_part_of_another_kind_is_no_solution(told, part):
    payload = json.loads(base64.b64decode(solved()))
    for inner in (payload, payload["challenge"], payload["challenge"]["parameters"], payload["solution"]):
        if part in inner:
            if inner[part] == told:
                return
            inner[part] = told
    assert not Proofs().spend(SECRET, "news", base64.b64encode(json.dumps(payload).encode()).decode(), NOON)
