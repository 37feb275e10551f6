"""However often one certificate was used, as much of it is read as matters, and no more."""

import random
from dataclasses import replace

import pytest
from builders import BOUGHT, key, list_batch, make_services
from sqlalchemy import insert

from gateway.account import explain_lead
from gateway.certificates.tables import answers, certificates
from gateway.certificates.uses import CROWD, MOST, Spread, find_says, find_spread, find_uses
from gateway.db.work import reading
from gateway.domain.lead import Origin
from gateway.pipeline import process
from gateway.screening.certificates import find

CERT = "https://cert.trustedform.com/" + "ab12" * 10
DIGEST = b"d" * 16
STEPS = 2000  # of SQLite's machine: some dozen rows


@pytest.fixture
def services(engine, clock, tmp_path):
    clock.move(days=2)
    return make_services(engine, clock, tmp_path)


def a_list(services, number, address, vendor="Meridian Leads"):
    rows = [{"email": address, "certificate_url": CERT}]
    batch = list_batch(rows, services.clock.now(), statement=replace(BOUGHT, vendor=vendor))
    return replace(batch, origin=Origin("list", str(number), batch.origin.statement))


def keep(services, uses, digest=DIGEST):
    """Uses as (lead, key, vendor, source)."""
    rows = [
        {"digest": digest, "lead_id": lead, "kind": "trustedform", "match_key": whose, "vendor": vendor,
         "source": source, "seen_at": services.clock.now(), "reference": "x"}
        for lead, whose, vendor, source in uses
    ]  # fmt: skip
    with services.unit_of_work() as work:
        work.connection.execute(insert(certificates), rows)


def asked(services, own=None):
    with reading(services.engine) as connection:
        return find_uses(connection, [DIGEST], own).get(DIGEST, [])


def steps(services, ask):
    """What asking costs in steps of SQLite's machine; None on PostgreSQL, which does not count them."""
    with reading(services.engine) as connection:
        driver, counted = connection.connection.driver_connection, [0]
        if connection.dialect.name != "sqlite":
            return None

        def hear():
            counted[0] += 1

        driver.set_progress_handler(hear, 1)
        try:
            ask(connection)
        finally:
            driver.set_progress_handler(None, 0)
        return counted[0]


def told(uses, whose, vendor):
    """What is said of a lead, as screening says it (RANKS), from all uses there are."""
    if any(use[1] != whose for use in uses):
        return "other_person"
    sellers = {use[2] for use in uses}
    return "other_vendor" if sellers - {vendor} else "same_person" if sellers else "none"


@pytest.mark.parametrize("seed", range(12))
def test_what_is_read_of_many_says_what_all_would_say(services, seed):
    rng = random.Random(seed)
    people = [bytes([n]) * 16 for n in (0, 7, 255)[: rng.choice([1, 1, 2, 3])]]
    uses = [
        (lead, rng.choice([*people, None] if seed % 3 else people), rng.choice(["", "birch", "meridian"][seed % 2 :]),
         rng.choice(["demo", "list_1", "list_2", "list_30"][: rng.choice([1, 2, 4])]))
        for lead in range(1, rng.choice([CROWD, CROWD + 1, 60]) + 1)
    ]  # fmt: skip
    keep(services, uses)
    for own in (None, "list_1", "list_2", "demo"):
        whole = [use for use in uses if use[1] is not None and use[3] != own]
        read = [(use.lead_id, use.key, use.vendor, use.source) for use in asked(services, own)]
        assert set(read) <= set(whole)
        for whose in (*people, b"x" * 16):
            for vendor in ("", "birch", "meridian"):
                assert told(read, whose, vendor) == told(whole, whose, vendor)


def test_of_a_certificate_on_thousands_of_leads_a_handful_is_read(services):
    keep(services, [(n, n.to_bytes(16, "big"), "birch", "list_1") for n in range(1, 5001)])
    assert len(asked(services)) == 2
    assert asked(services, "list_1") == []
    cost = steps(services, lambda connection: find_uses(connection, [DIGEST]))
    own = steps(services, lambda connection: find_uses(connection, [DIGEST], "list_1"))
    assert cost is None or 0 < cost < STEPS
    assert own is None or 0 < own < STEPS


def test_of_one_person_who_used_it_thousands_of_times_the_first_lead_and_the_last_are_read(services):
    keep(services, [(n, b"a" * 16, "", "demo") for n in range(1, 5001)])
    assert [use.lead_id for use in asked(services)] == [1, 5000]
    cost = steps(services, lambda connection: find_uses(connection, [DIGEST]))
    assert cost is None or 0 < cost < STEPS


def test_nobody_is_known_of_a_certificate_whose_people_were_all_erased(services):
    keep(services, [(n, None, "birch", "list_1") for n in range(1, 100)])
    assert asked(services) == []


def test_what_the_issuer_said_last_of_one_person_counts_however_many_others_it_was_asked_about(services):
    said = [(1, b"a" * 16, "not_found"), (2, b"a" * 16, "matches"), (3, b"a" * 16, "no_answer")]
    said += [(n, n.to_bytes(16, "big"), "does_not_match") for n in range(4, 3000)]
    with services.unit_of_work() as work:
        rows = [
            {"digest": DIGEST, "lead_id": n, "match_key": whose, "says": says, "at": services.clock.now(),
             "retained": False, "told": "{}"}
            for n, whose, says in said
        ]  # fmt: skip
        work.connection.execute(insert(answers), rows)
    mine = (DIGEST, b"a" * 16)
    with reading(services.engine) as connection:
        assert find_says(connection, [mine, (DIGEST, b"z" * 16)]) == {mine: "matches"}
    cost = steps(services, lambda connection: find_says(connection, [mine]))
    assert cost is None or 0 < cost < STEPS


def test_the_reason_says_how_widely_it_was_used(services):
    process(a_list(services, 1, "ann@example.com", vendor="Birch Lists"), services, dns_seconds=0)
    [lead] = process(a_list(services, 2, "bob@example.com"), services, dns_seconds=0).lead_ids
    with reading(services.engine) as connection:
        sentences = " ".join(explain_lead(connection, services, lead)["sentences"])
    assert "somebody else's address before (by now 2 leads, 2 lists and forms, 2 vendors)" in sentences


def test_beyond_a_thousand_it_says_more_than(services):
    [lead] = process(a_list(services, 1, "ann@example.com"), services, dns_seconds=0).lead_ids
    digest = find(a_list(services, 1, "ann@example.com"))[0].digest
    keep(services, [(n, n.to_bytes(16, "big"), "", f"form{n}") for n in range(lead + 5000, lead + 5002 + MOST)], digest)
    with reading(services.engine) as connection:
        spread = find_spread(connection, key("ann@example.com"), lead)
    assert spread == Spread(MOST + 1, MOST + 1, 0)
    assert str(spread) == "more than 1,000 leads, more than 1,000 lists and forms"
    [decision] = process(a_list(services, 2, "eve@example.com"), services, dns_seconds=0).decisions
    assert decision.facts["consent.certificate_reuse"] == "other_person"
