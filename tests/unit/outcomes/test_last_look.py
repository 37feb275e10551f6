"""A bounce that the policies knew of leaves a hold a hold; it never lets anybody in, and nobody's will is touched."""

from datetime import timedelta

import pytest
from builders import key, list_batch, signup_batch
from dated_duties import services_with_duties

from gateway.domain.lead import Statement
from gateway.domain.ports import Suppression
from gateway.outcomes.fates import Rehearsal
from gateway.outcomes.leave import leave
from gateway.pipeline import process, rehearsed

BOUGHT = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")
YEARS = timedelta(days=800)
ANN = "ann@example.com"


@pytest.fixture
def services(engine, clock, tmp_path):
    return services_with_duties(engine, clock, tmp_path)


def suppress(services, cause, at, address=ANN):
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(address), cause, at)], by="test")


def outcome(services, batch):
    dry = rehearsed(batch, services, Rehearsal(), as_of=batch.arrived_at).outcomes
    settled = process(batch, services, as_of=batch.arrived_at)
    assert settled.outcomes == dry
    return settled.outcomes[0], sorted({finding.reason for finding in settled.findings(0) if finding.use == "lead"})


def test_an_old_bounce_holds_a_lead_and_does_not_refuse_it(services, clock):
    suppress(services, "bounce", clock.now() - YEARS)
    batch = list_batch([{"email": ANN}], clock.now(), statement=BOUGHT)
    assert outcome(services, batch)[0] == "hold"


def test_a_bounce_that_the_rules_would_pass_over_still_lets_nobody_in(services, clock):
    suppress(services, "bounce", clock.now() - timedelta(days=3))  # these policies have no rule on it
    batch = list_batch([{"email": ANN}], clock.now(), statement=BOUGHT)
    assert outcome(services, batch) == ("rejection", ["because", "suppressed_meanwhile"])


def test_a_bounce_after_the_lead_was_judged_refuses_it(services, clock):
    batch = list_batch([{"email": ANN}], clock.now() - timedelta(days=1), statement=BOUGHT)
    suppress(services, "bounce", clock.now())
    assert outcome(services, batch)[0] == "rejection"
    held = list_batch([{"email": "info@example.com"}], clock.now() - timedelta(days=1), statement=BOUGHT)
    suppress(services, "bounce", clock.now(), "info@example.com")
    assert outcome(services, held)[0] == "rejection"


@pytest.mark.parametrize("cause", ["opt_out", "complaint", "erasure", "manual"])
def test_a_person_s_own_word_beside_an_old_bounce_refuses(services, clock, cause):
    suppress(services, "bounce", clock.now() - YEARS)
    batch = list_batch([{"email": ANN}], clock.now() - timedelta(hours=1), statement=BOUGHT)
    suppress(services, cause, clock.now())
    assert outcome(services, batch)[0] == "rejection"


def test_a_confirmed_mailbox_is_alive(services, clock):
    suppress(services, "bounce", clock.now() - timedelta(days=3))
    batch = signup_batch(ANN, clock.now(), confirmed_at=clock.now())
    assert outcome(services, batch)[0] == "prospect"
