"""Law 5: opt-outs are one-way. A machine tries every path there is; nothing lifts one."""

import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders import BOUGHT, ToldRoutes, key, list_batch, make_services, signup_batch
from databases import Databases
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from gateway.db.engine import open_engine
from gateway.db.work import reading
from gateway.domain.ports import Suppression
from gateway.domain.problem import CallerError
from gateway.jobs.owed import recheck
from gateway.lifecycle.store import export
from gateway.outcomes.leave import leave
from gateway.outcomes.overrides import find_spoken
from gateway.outcomes.tables import holds
from gateway.overriding import ask, stand_by
from gateway.pipeline import process

MAILBOXES = ("ann", "bob", "cy", "postmaster")  # the last waits for an officer (H-16)
DOMAINS = ("example.com", "slow.example.net")
CAUSES = st.sampled_from(["opt_out", "complaint", "objection", "erasure", "legal", "manual", "told_by_list"])


@pytest.fixture(scope="module", autouse=True)
def _given(databases):
    """The machine makes itself, so it is told beforehand where its databases come from."""
    OptOuts.databases = databases


class OptOuts(RuleBasedStateMachine):
    """The gateway, three people at two domains, one of which answers only now and then."""

    databases: Databases

    addresses = Bundle("addresses")

    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        self.url = self.databases.fresh("sqlite")
        self.engine = open_engine(self.url)
        self.at = datetime(2026, 11, 21, 12, tzinfo=UTC)
        self.routes = ToldRoutes({"slow.example.net": "unknown"})
        self.services = make_services(self.engine, self, Path(self.folder.name), routes=self.routes)
        self.left = set()
        self.ever = set()

    def now(self):
        return self.at

    def teardown(self):
        if hasattr(self, "engine"):
            self.engine.dispose()
            self.databases.drop(self.url)
            self.folder.cleanup()

    @rule(
        target=addresses,
        name=st.sampled_from(MAILBOXES),
        domain=st.sampled_from(DOMAINS),
        tag=st.sampled_from(["", "+a"]),
    )
    def an_address(self, name, domain, tag):
        return f"{name}{tag}@{domain}"

    @rule()
    def two_officers_set_everything_aside_that_can_be(self):
        with reading(self.engine) as connection:
            waiting = connection.execute(select(holds.c.lead_id).where(holds.c.state == "waiting")).scalars().all()
            spoken = find_spoken(connection, waiting)
        rules = [name for name, said in spoken.items() if any(one.can_be_set_aside for one in said)]
        for name in rules:
            with suppress(CallerError):
                asked = ask(self.services, rules=[name], lead_ids=waiting, reason="we want them", by="person_1")
                if asked.state == "asked":
                    stand_by(self.services, asked.id, by="person_2")

    @rule(address=addresses, cause=CAUSES)
    def somebody_leaves(self, address, cause):
        with self.services.unit_of_work() as work:
            leave(work, self.services.ledger, [Suppression(key(address), cause, self.at)], by="test")
        self.left.add(key(address))
        self.ever.add(key(address))

    @rule(address=addresses, ticked=st.sampled_from([True, False, None]))
    def somebody_signs_up(self, address, ticked):
        process(signup_batch(address, self.at, consent_ticked=ticked), self.services)

    @rule(address=addresses, claim=st.booleans())
    def a_list_claims_a_confirmation(self, address, claim):
        fields = {"consent_at": self.at, "confirmed_at": self.at} if claim else {}
        process(list_batch([{"email": address, "consent_ticked": True, **fields}], self.at), self.services)

    @rule(address=addresses)
    def somebody_confirms_by_our_form(self, address):
        """The one way back: a yes on our form, confirmed from the mailbox, later than every order."""
        self.at += timedelta(seconds=1)
        batch = signup_batch(address, self.at, confirmed_at=self.at)
        settled = process(batch, self.services)
        if settled.outcomes != ["rejection"]:  # one that waits for DNS is let in when that answers: the yes came last
            self.left.discard(key(address))

    @rule(rows=st.lists(st.tuples(addresses, st.booleans()), min_size=1, max_size=6))
    def a_list_comes(self, rows):
        cells = [{"email": address, "stop": True if stop else None} for address, stop in rows]
        process(list_batch(cells, self.at), self.services)
        self.left |= {key(address) for address, stop in rows if stop}
        self.ever |= {key(address) for address, stop in rows if stop}

    @rule(kind=st.sampled_from(["mx", "unknown", "no_such_domain"]))
    def dns_changes_its_mind(self, kind):
        self.routes.kinds["slow.example.net"] = kind

    @rule(minutes=st.sampled_from([1, 60, 60 * 24, 60 * 24 * 31, 60 * 24 * 365 * 11]))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)
        recheck(self.services)

    @invariant()
    def nobody_who_left_can_be_written_to(self):
        if not hasattr(self, "services"):
            return
        with self.engine.connect() as connection:
            reachable = {key(prospect["address"]) for prospect in export(connection)}
        assert not reachable & self.left
        orders = self.services.world.suppressions.find_suppressions(self.ever)
        assert orders.keys() == self.ever  # what was remembered is never forgotten, not even by a later yes


OptOuts.TestCase.settings = settings(max_examples=20, stateful_step_count=25, deadline=None)
TestOptOuts = OptOuts.TestCase


WRITTEN = ["Ann <ann@example.com>", "mailto:ann@example.com", "<ann@example.com>", "ann@example.com,",
           "bob@example.org; ann@example.com", "'ann@example.com'"]  # fmt: skip


@pytest.mark.parametrize("typed", WRITTEN)
def test_an_opt_out_counts_however_its_address_is_written(engine, clock, tmp_path, typed):
    services = make_services(engine, clock, tmp_path)
    process(list_batch([{"email": typed, "stop": True}], clock.now()), services)
    clock.move(days=1)
    settled = process(list_batch([{"email": "ann@example.com"}], clock.now()), services)
    assert settled.outcomes == ["rejection"]


def test_a_number_our_own_system_says_not_to_call_is_not_called_from_any_list(engine, clock, tmp_path):
    services = make_services(engine, clock, tmp_path)
    ours = replace(BOUGHT, direct=True, vendor=None)
    row = {"email": "ann@example.com", "phone": "(212) 555-0177", "country": "US", "do_not_call": True}
    process(list_batch([row], clock.now(), statement=ours), services)
    clock.move(days=1)
    written = frozenset({"signed", "seller_named", "number_named", "not_a_condition"})
    agreed = replace(BOUGHT, phone_consent=written, consent="given", dnc_scrubbed_on=clock.now().date())
    rows = [{"email": "bob@example.org", "phone": "+1 212-555-0177", "country": "US"},
            {"email": "cy@example.org", "phone": "+1 212-555-0178", "country": "US"}]  # fmt: skip
    settled = process(list_batch(rows, clock.now(), statement=agreed), services)
    assert settled.decisions[0].phone == "reject"
    assert settled.decisions[1].phone != "reject"


def test_a_person_who_left_comes_back_by_confirming_and_by_nothing_less(engine, clock, tmp_path):
    services = make_services(engine, clock, tmp_path)
    ann = "ann@example.com"

    def outcome(batch):
        settled = process(batch, services)
        return settled.outcomes[0], sorted(f.reason for f in settled.findings(0) if f.verdict == "reject")

    assert outcome(signup_batch(ann, clock.now())) == ("prospect", [])
    clock.move(days=1)
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(ann), "opt_out", clock.now())], by="test")
    clock.move(days=1)
    assert outcome(signup_batch(ann, clock.now()))[0] == "hold"  # anybody can type an address
    before = clock.now() - timedelta(days=2)
    assert outcome(signup_batch(ann, before, confirmed_at=before))[0] == "rejection"
    assert outcome(signup_batch(ann, clock.now(), confirmed_at=clock.now())) == ("prospect", [])
    with engine.connect() as connection:
        assert [prospect["address"] for prospect in export(connection)] == [ann]
    assert outcome(signup_batch(ann, clock.now(), confirmed_at=clock.now())) == ("rejection", ["already_known"])
    assert services.ledger.verify(engine).ok
