"""Every recorded decision is what its own facts and policies give; whatever was altered is named."""

import json
from datetime import UTC, datetime

import pytest
from builders import list_batch, make_services, signup_batch
from sqlalchemy import select, text, update

from gateway import wiring
from gateway.db.work import reading
from gateway.outcomes.tables import decisions, policy_sets
from gateway.pipeline import process
from gateway.policy.errors import PolicyError
from gateway.replay.recorded import audit

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def services(engine, clock, tmp_path):
    made = make_services(engine, clock, tmp_path)
    process(signup_batch("ana@example.com", AT), made, as_of=AT)
    rows = [{"email": f"p{n}@example.org", "country": country} for n, country in enumerate(["US", "DE", None, "US"])]
    process(list_batch([*rows, {"email": "p0@example.org"}, {"email": "info@example.net"}], AT), made, as_of=AT)
    return made


def altered(services, change):
    """Alter the body of the first decision behind the pipeline's back; its name."""
    with services.engine.connect().execution_options(writes=True) as connection, connection.begin():
        row = connection.execute(select(decisions).order_by(decisions.c.id)).first()
        body = json.loads(row.body)
        change(body)
        connection.execute(update(decisions).where(decisions.c.id == row.id).values(body=json.dumps(body)))
    return row.name


def test_nothing_differs_as_recorded(services):
    found = audit(services)
    assert found.differences == []
    assert found.decisions >= 4
    assert found.not_derivable == 0


@pytest.mark.parametrize(
    ("fact", "answer"),
    [("consent.status", "none"), ("consent.at", "more than 36 months before"), ("consent.at", "yesterday"),
     ("person.country", "CA"), ("address.is_valid", "yes"), ("no.such_fact", True), ("sender.is_ready", True)],
)  # fmt: skip
def test_an_altered_fact_names_its_decision(services, fact, answer):
    name = altered(services, lambda body: body["facts"].__setitem__(fact, answer))
    (difference,) = audit(services).differences
    assert difference.decision == name
    assert difference.leads == 1
    assert "facts" in difference.what


def test_a_removed_fact_names_its_decision(services):
    name = altered(services, lambda body: body["facts"].pop("consent.status"))
    assert [difference.decision for difference in audit(services).differences] == [name]


def test_altered_findings_and_obligations_are_named(services):
    name = altered(services, lambda body: (body["findings"].pop(), body["obligations"].pop()))
    (difference,) = audit(services).differences
    assert difference.decision == name
    assert "its findings are not" in difference.what
    assert "its obligations are not" in difference.what


def test_an_altered_verdict_is_named_and_its_leads_no_longer_fit(services):
    with services.engine.connect().execution_options(writes=True) as connection, connection.begin():
        name = connection.execute(select(decisions.c.name).order_by(decisions.c.id)).scalar()
        connection.execute(update(decisions).where(decisions.c.name == name).values(verdict="reject"))
    found = audit(services).differences
    assert {difference.decision for difference in found} == {name}
    assert any("it says reject, and its facts give accept" in difference.what for difference in found)


def test_a_changed_policy_set_is_found_by_its_digest(services):
    with services.engine.connect().execution_options(writes=True) as connection, connection.begin():
        texts = connection.execute(select(policy_sets.c.texts)).scalar()
        changed = texts.replace("CS-15", "CS-75")
        connection.execute(update(policy_sets).values(texts=changed))
    services.__dict__.pop("policies", None)
    found = audit(services).differences
    assert len(found) == audit(services).decisions
    assert all("policies" in difference.what for difference in found)


def test_it_needs_no_packs_on_disk(services, monkeypatch, tmp_path):
    def gone():
        raise PolicyError([])

    monkeypatch.setattr(wiring, "POLICIES", tmp_path / "gone")
    services.__dict__.pop("policies", None)
    object.__setattr__(services, "read_policies", gone)
    assert audit(services).differences == []


def test_the_set_is_kept_once(services):
    with reading(services.engine) as connection:
        kept = connection.execute(select(policy_sets)).all()
    assert [row.digest for row in kept] == [services.policies.digest]


DAMAGE = [
    ("UPDATE decisions SET as_of = NULL", "the instant it was made at was taken away"),
    ("UPDATE decisions SET as_of = 'x'", "damaged"),
    ("UPDATE decisions SET body = '{'", "damaged"),
    ("UPDATE decisions SET body = '{}'", "damaged"),
    ('UPDATE decisions SET body = REPLACE(body, \'"facts": {\', \'"facts": [], "f": {\')', "changed"),
    ("UPDATE policy_sets SET texts = 'x'", "policies"),
    ("UPDATE policy_sets SET texts = '[[1]]'", "policies"),
    ("DELETE FROM policy_sets", "not kept here"),
    ("UPDATE leads SET outcome = 'rejection' WHERE outcome = 'prospect'", "leads stand as rejection on it"),
    ("UPDATE leads SET decision_id = 999", "it is not there"),
    ("UPDATE tallies SET leads = leads + 5", "were counted"),
    ("DELETE FROM tallies", "were counted"),
]


@pytest.mark.parametrize(("statement", "said"), DAMAGE, ids=[statement[:48] for statement, _ in DAMAGE])
def test_no_damage_passes_and_none_stops_the_audit(services, statement, said):
    services.__dict__.pop("policies", None)
    with services.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(text(statement))
    found = audit(services).differences
    assert found
    assert any(said in difference.what for difference in found), [difference.what for difference in found]
