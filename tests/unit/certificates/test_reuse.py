"""Certificates and tokens bound to leads, and known again across leads, lists, forms and vendors."""

from dataclasses import replace
from datetime import date

import pytest
from builders import BOUGHT, key, list_batch, make_services, signup_batch
from sqlalchemy import event, select

from gateway.certificates.book import count_kinds, erase, find_windows, tell
from gateway.certificates.tables import certificates
from gateway.db.work import reading
from gateway.domain.lead import Origin
from gateway.pipeline import judge, process, release

CERT = "https://cert.trustedform.com/" + "ab12" * 10
OTHER = "https://cert.trustedform.com/" + "cd34" * 10
TOKEN = "6B1F0C52-3E0A-4C3A-9B57-0A1B2C3D4E5F"


@pytest.fixture
def services(engine, clock, tmp_path):
    clock.move(days=2)
    return make_services(engine, clock, tmp_path)


def a_list(services, number, *rows, vendor="Meridian Leads"):
    batch = list_batch([dict(row) for row in rows], services.clock.now(), statement=replace(BOUGHT, vendor=vendor))
    return replace(batch, origin=Origin("list", str(number), batch.origin.statement))


def row(address, url=CERT, **more):
    return {"email": address, "certificate_url": url, **more}


def reuse(services, batch):
    found = judge(batch, services, services.clock.now(), dns_seconds=0).screened.facts
    return [found.of_row(i)["consent.certificate_reuse"] for i in range(len(batch))]


def test_nothing_is_said_of_a_lead_without_one(services):
    rows = [{"email": "ann@example.com"}, row("bob@example.com", "n/a"), row("cid@example.com", None)]
    assert reuse(services, a_list(services, 1, *rows)) == [None, None, None]


def test_within_one_list_nothing_is_counted_whatever_its_cut(services):
    whole = a_list(services, 1, row("ann@example.com"), row("bob@example.com"))
    assert reuse(services, whole) == ["none", "none"]
    process(a_list(services, 1, row("ann@example.com")), services, dns_seconds=0)
    assert reuse(services, a_list(services, 1, row("bob@example.com"))) == ["none"]


def test_what_came_before_is_told_by_person_and_by_vendor(services):
    process(a_list(services, 1, row("ann@example.com")), services, dns_seconds=0)
    again = [row("Ann@Example.com", CERT.upper().replace("HTTPS://CERT.TRUSTEDFORM.COM", CERT[:28])),
             row("bob@example.com"), row("cid@example.com", OTHER)]  # fmt: skip
    assert reuse(services, a_list(services, 2, *again)) == ["same_person", "other_person", "none"]
    assert reuse(services, a_list(services, 2, *again, vendor="Birch Lists")) == [
        "other_vendor", "other_person", "none",
    ]  # fmt: skip


def test_tokens_are_known_again_whatever_their_case_and_the_nil_token_is_none(services):
    nil = "00000000-0000-0000-0000-000000000000"
    first = [{"email": "ann@example.com", "lead_token": TOKEN}, {"email": "bob@example.com", "lead_token": nil}]
    process(a_list(services, 1, *first), services, dns_seconds=0)
    second = [
        {"email": "cid@example.com", "lead_token": TOKEN.lower()}, {"email": "dan@example.com", "lead_token": nil},
        {"email": "eve@example.com", "lead_token": TOKEN.replace("-", "")},
    ]  # fmt: skip
    assert reuse(services, a_list(services, 2, *second)) == ["other_person", None, None]
    with reading(services.engine) as connection:
        assert count_kinds(connection, "list_1") == {"leadid": 1}


def test_the_worst_of_what_a_row_brings_counts(services):
    process(a_list(services, 1, row("ann@example.com"), row("bob@example.com", OTHER, lead_token=TOKEN)), services,
            dns_seconds=0)  # fmt: skip
    assert reuse(services, a_list(services, 2, row("ann@example.com", lead_token=TOKEN))) == ["other_person"]


def test_another_persons_certificate_holds_the_lead_and_judged_again_it_is_not_its_own_double(services):
    process(a_list(services, 1, row("ann@example.com")), services, dns_seconds=0)
    settled = process(a_list(services, 2, row("bob@example.com")), services, dns_seconds=0)
    assert settled.outcomes == ["hold"]
    assert "H-73" in [finding.rule for finding in settled.decisions[0].findings]
    [again] = release(settled.lead_ids, services, by="person_1", dns_seconds=0)
    assert {f.rule for f in again.decisions[0].findings} == {f.rule for f in settled.decisions[0].findings}
    with reading(services.engine) as connection:
        assert len(connection.execute(select(certificates)).all()) == 2


def test_a_waiting_lead_judged_again_is_no_use_of_its_own_certificate(services):
    settled = process(
        a_list(services, 1, row("ann@example.com", consent_at=None), vendor=None), services, dns_seconds=0
    )
    assert settled.outcomes == ["hold"]
    [again] = release(settled.lead_ids, services, by="person_1", dns_seconds=0)
    assert again.decisions[0].facts["consent.certificate_reuse"] == "none"


def test_signups_count_lead_by_lead(services):
    now = services.clock.now()
    process(signup_batch("ann@example.com", now, certificate_url=CERT), services, dns_seconds=0)
    assert reuse(services, signup_batch("bob@example.com", now, certificate_url=CERT)) == ["other_person"]
    assert reuse(services, signup_batch("ann@example.com", now, certificate_url=CERT)) == ["same_person"]


def test_a_batch_asks_one_question_and_one_without_any_asks_none(services):
    asked = []

    def hear(connection, cursor, statement, *_):
        if "certificates" in statement:
            asked.append(statement)

    event.listen(services.engine, "before_cursor_execute", hear)
    rows = [row(f"p{n}@example.com", f"https://cert.trustedform.com/{n:040x}") for n in range(12)]
    judge(a_list(services, 1, *rows), services, services.clock.now(), dns_seconds=0)
    assert len(asked) == 1
    asked.clear()
    process(a_list(services, 2, {"email": "zoe@example.com"}), services, dns_seconds=0)
    assert asked == []


def test_the_days_left_to_claim_are_counted_from_the_yes(services):
    given = services.clock.now().replace(month=10, day=1)
    rows = [row("ann@example.com", consent_at=given), row("bob@example.com", OTHER), row("not an address", CERT)]
    process(a_list(services, 1, *rows), services, dns_seconds=0)
    with reading(services.engine) as connection:
        assert find_windows(connection, since=date(2026, 11, 1)) == [
            ("list_1", date(2026, 12, 30), 1), ("list_1", date(2027, 2, 21), 1),
        ]  # fmt: skip
        assert len(find_windows(connection, since=date(2027, 1, 1))) == 1
        assert len(find_windows(connection, since=date(2026, 11, 1), until=date(2026, 12, 31))) == 1


def test_a_person_is_told_of_their_certificates_and_erased_they_are_nobodys(services):
    process(a_list(services, 1, row("ann@example.com")), services, dns_seconds=0)
    with reading(services.engine) as connection:
        [one] = tell(connection, key("ann@example.com"))
    assert (one["kind"], one["source"], one["issuer_says"]) == ("trustedform", "list_1", None)
    with services.unit_of_work() as work:
        assert erase(work, key("ann@example.com")) == 1
        [kept] = work.connection.execute(select(certificates)).all()
        assert (kept.match_key, kept.reference) == (None, "")
    assert reuse(services, a_list(services, 2, row("bob@example.com"))) == ["none"]
