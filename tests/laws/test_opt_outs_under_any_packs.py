"""Whoever told us to stop is never accepted, whatever packs are in force: the last look is no policy's to lift."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
import random_packs
from builders import key, list_batch, make_services, signup_batch
from policy_packs import load, pack, rule

from gateway.domain.ports import CAUSES, Suppression
from gateway.outcomes.leave import leave
from gateway.pipeline import process, release

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
ACCEPTS_ALL = rule("US-99", when={"any": [{"fact": "address.is_valid", "known": True},
                                          {"fact": "address.is_valid", "known": False}]})  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_a_suppressed_address_is_never_accepted(engine, clock, tmp_path, seed):
    rnd = Random(seed)
    content = random_packs.packs(rnd) if seed else []
    policies = load(tmp_path / "packs", *content, pack("all", ACCEPTS_ALL))
    services = replace(make_services(engine, clock, tmp_path), read_policies=lambda: policies)
    cause = CAUSES[seed % len(CAUSES)]
    with services.unit_of_work() as work:
        order = Suppression(key("ana@example.com"), cause, AT - timedelta(days=rnd.randint(0, 900)))
        leave(work, services.ledger, [order], by="test")
    confirmed = {"confirmed_at": AT - timedelta(days=901)}
    settled = [
        process(signup_batch("ana@example.com", AT, **confirmed), services, as_of=AT),
        process(list_batch([{"email": "Ana@Example.com"}, {"email": "bob@example.com"}], AT), services, as_of=AT),
    ]
    settled += release([1, 2, 3], services, by="an officer")
    for one in settled:
        for lead, outcome in zip(one.lead_ids, one.outcomes, strict=True):
            assert lead == 3 or outcome != "prospect"
    if not seed:
        assert settled[1].outcomes[1] == "prospect"  # the packs do accept everybody else
