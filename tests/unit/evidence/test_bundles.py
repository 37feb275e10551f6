"""Bundles of leads of every kind are good where they are as we made them, and what they hold is about one person."""

import json
from dataclasses import replace
from datetime import date

import pytest
from builders import BOUGHT, SECRET, ToldRoutes, list_batch, make_services, signup_batch
from overriding import ask_for, officers, waiting_lead

from gateway.domain.ports import Suppression
from gateway.evidence.archive import unpack
from gateway.evidence.make import make_bundle
from gateway.evidence.verify import is_good, verify_bundle
from gateway.intake.people.erasing import erase_person
from gateway.ledger.book import Ledger
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import sealed
from gateway.pipeline import process, release
from gateway.rotation import rotate
from gateway.screening.address.keys import key_of

SECOND = "the second secret, thirty-two characters and more"
TOLD = {"by": "person_3", "reason": "Asked for"}


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path, routes=ToldRoutes({"slow.example.net": "unknown"}))


@pytest.fixture
def filled(services, clock):
    """Lead 1: a signup. 2 to 5, a list: bought, waiting, of nobody, of a minor mailbox twice."""
    process(signup_batch("ana@example.com", clock.now()), services, as_of=clock.now())
    rows = [
        {"email": "ben@example.org"}, {"email": "cyd@slow.example.net"}, {"email": "not an address"},
        {"email": "ben@example.org"},
    ]  # fmt: skip
    process(
        list_batch(rows, clock.now(), statement=replace(BOUGHT, vendor="Meridian Leads")), services, as_of=clock.now()
    )
    clock.move(hours=1)
    return services


def bundle(services, lead):
    return make_bundle(services, lead, TOLD)


def good(services, data, *, notes=("key",)):
    """What was checked; nothing may be wrong, and only these notes may be there."""
    found = verify_bundle(data)
    assert is_good(found), "\n".join(map(str, found))
    assert tuple(one.check for one in found if one.state == "note") == notes
    with_key = verify_bundle(data, known=services.ledger.public_keys())
    assert [one.state for one in with_key if one.check == "key"] == ["good"]
    return {name: member.decode() for name, member in unpack(data).items()}


def outcomes(members):
    return [one["outcome"] for one in json.loads(members["settlements.json"])]


@pytest.mark.parametrize(
    ("lead", "outcome"), [(1, "prospect"), (2, None), (3, "hold"), (4, "rejection"), (5, "rejection")]
)
def test_a_bundle_of_any_lead_is_good(filled, lead, outcome):
    members = good(filled, bundle(filled, lead))
    stands = json.loads(members["lead.json"])
    assert stands["lead"] == f"lead_{lead}"
    assert outcome in (None, stands["outcome"])
    assert outcomes(members) == [stands["outcome"]]
    assert {"facts", "findings", "obligations", "as_of", "sentences"} <= json.loads(members["decision.json"]).keys()
    assert any(name.startswith("policies/") for name in members)


def test_it_holds_the_data_of_this_person_only(filled):
    whole = "\n".join(good(filled, bundle(filled, 2)).values())
    assert "ben@example.org" in whole
    assert not any(other in whole for other in ("ana@example.com", "cyd@", "not an address"))


def test_the_ledger_says_who_exported_which_lead_and_why(filled):
    data = bundle(filled, 1)
    entries = json.loads(unpack(data)["ledger.json"])["entries"]
    told = json.loads(entries[-1]["data"])
    assert told["kind"] == "evidence.exported"
    assert {**told["body"], "contents_sha256": ""} == {**TOLD, "lead": "lead_1", "contents_sha256": ""}
    assert filled.ledger.verify(filled.engine).ok
    again = json.loads(unpack(bundle(filled, 1))["ledger.json"])["entries"]
    assert [one["seq"] for one in again] == [1, told["seq"], told["seq"] + 1]  # the export before is about it, too


def test_there_is_no_bundle_of_a_lead_that_is_not_there(filled):
    before = filled.ledger.checkpoint(filled.engine)
    assert bundle(filled, 99) is None
    assert filled.ledger.checkpoint(filled.engine) == before


def test_a_released_lead_shows_both_settlements(filled):
    filled.world.routes.kinds["slow.example.net"] = "mx"
    release([3], filled, by="dns")
    members = good(filled, bundle(filled, 3))
    assert outcomes(members)[0] == "hold"
    assert len(outcomes(members)) == 2
    # Of the batch it came in, the others' bundles are as good as before.
    assert outcomes(good(filled, bundle(filled, 2)))[0] in {"prospect", "rejection"}
    assert "3 hold " in good(filled, bundle(filled, 2))["batches/2.txt"]


def test_a_lead_that_was_refused_since_says_so(filled):
    key = key_of("cyd@slow.example.net", filled.world.match_keys)
    with filled.unit_of_work() as work:
        leave(work, filled.ledger, [Suppression(key, "opt_out", work.at)], by="test")
    members = good(filled, bundle(filled, 3), notes=("key", "lead"))
    assert outcomes(members) == ["hold"]
    assert json.loads(members["lead.json"])["outcome"] == "rejection"
    assert "Since then it was refused" in members["summary.html"]


def test_of_an_erased_person_it_shows_what_is_left(filled):
    erase_person(filled, "ben@example.org", why="asked for", by="test")
    members = good(filled, bundle(filled, 2), notes=("key", "receipt"))
    assert "receipt.jws" not in members
    assert "This person was erased" in members["summary.html"]
    assert "ben" not in "\n".join(member for name, member in members.items() if not name.startswith("policies/"))


def test_a_lead_that_an_override_let_in_comes_with_it_as_it_was_signed(services):
    lead, (ann, _) = waiting_lead(services), officers(services)
    asked = ask_for(services, [lead], ["H-16"], ann, expires_on=date(2026, 12, 31))
    data = bundle(services, lead)
    members = good(services, data)
    assert outcomes(members) == ["hold", "prospect"]
    assert "H-16" in members[f"overrides/override_{asked.id}.note"]
    assert "override" in [one.check for one in verify_bundle(data) if one.state == "good"]


def test_after_a_change_of_the_secret_old_leads_have_bundles_and_old_bundles_stay_good(filled, clock):
    old = bundle(filled, 1)
    rotate(filled.engine, clock.now(), (SECRET, SECOND), by="test")
    after = replace(
        filled, ledger=Ledger(SECOND, (SECRET,)),
        settings=replace(filled.settings, secret_key=SECOND, former_secret_keys=(SECRET,)),
    )  # fmt: skip
    good(after, bundle(after, 1))
    good(after, old)
    assert not is_good(verify_bundle(old, known=after.ledger.public_keys()[:1]))  # the newest did not sign it
    assert len(set(after.ledger.public_keys())) == 2


def test_of_batches_settled_again_before_that_was_kept_it_says_what_it_cannot_show(filled):
    filled.world.routes.kinds["slow.example.net"] = "mx"
    release([3], filled, by="dns")
    with filled.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sealed.delete())
    members = good(filled, bundle(filled, 2), notes=("key", "batch"))
    assert "cannot be shown any more" in members["summary.html"]


def test_the_page_runs_nothing_and_loads_nothing(filled, clock):
    process(
        signup_batch("<script>alert(1)</script>@example.com", clock.now(), first_name="<b>"), filled, as_of=clock.now()
    )
    page = good(filled, bundle(filled, 6))["summary.html"]
    assert "<script" not in page
    assert "default-src 'none'; style-src 'sha256-" in page
    assert "src=" not in page


def test_equal_contents_are_known_by_a_kept_checkpoint_of_the_same_size(filled):
    data = bundle(filled, 1)
    kept = filled.ledger.checkpoint(filled.engine)
    assert "kept checkpoint" in [one.check for one in verify_bundle(data, kept=kept) if one.state == "good"]
    bundle(filled, 1)
    later = verify_bundle(data, kept=filled.ledger.checkpoint(filled.engine))
    assert "cannot be compared" in "\n".join(map(str, later))
    assert not is_good(later)
