"""Policy sets are kept as they were read, once each, and explain old decisions with the packs gone."""

from dataclasses import replace
from datetime import UTC, datetime

from builders import make_services, signup_batch
from policy_packs import load, pack, rule, wording

from gateway.account import explain_lead
from gateway.db.work import reading
from gateway.outcomes.policy_sets import load_policy_set
from gateway.pipeline import process
from gateway.policy.errors import Complaint, PolicyError
from gateway.policy.loader import load_texts
from gateway.policy.pack import PolicyText

from policy_packs import REASONS  # isort: skip

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
GOOD = rule("US-01", when={"fact": "address.is_valid", "is": True})


def gone():
    raise PolicyError([Complaint("policies", 1, "no such folder")])


def test_a_kept_set_is_the_set_that_was_read(engine, clock, tmp_path):
    policies = load(tmp_path / "then", pack("us", GOOD))
    services = replace(make_services(engine, clock, tmp_path), read_policies=lambda: policies)
    process(signup_batch("ana@example.com", AT), services, as_of=AT)
    process(signup_batch("bob@example.com", AT), services, as_of=AT)
    with reading(engine) as connection:
        texts = load_policy_set(connection, policies.digest)
        assert load_policy_set(connection, "0" * 64) is None
    kept = load_texts([PolicyText(*text) for text in texts], name="kept")
    assert kept.digest == policies.digest
    case = {"address.is_valid": True}
    assert kept.decide(case, AT) == policies.decide(case, AT)


def test_an_old_decision_is_told_in_the_words_of_its_day(engine, clock, tmp_path):
    then = load(tmp_path / "then", pack("us", GOOD | {"then": "hold", "question": "review"}))
    services = replace(make_services(engine, clock, tmp_path), read_policies=lambda: then)
    process(signup_batch("ana@example.com", AT), services, as_of=AT)
    reasons = REASONS | {"because": wording("because", officer="Quite other words.")}
    now = load(tmp_path / "now", pack("us", GOOD), reasons=reasons)
    for later in (lambda: now, gone):  # the packs changed; the packs are gone
        with reading(engine) as connection:
            told = explain_lead(connection, replace(services, read_policies=later), 1)
        assert "officer wording of because" in told["sentences"]
        assert told["policies"] == then.digest
        assert not any("these words are from" in sentence for sentence in told["sentences"])
