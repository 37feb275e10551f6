"""The clocks of new prospects start with them; those who owe nothing by a day, and those who leave, have none."""

import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import key, list_batch, signup_batch
from dated_duties import DUTIES, VALID, duty, services_with_duties
from policy_packs import load, pack, rule
from sqlalchemy import select, update

from gateway.clocks.tables import clocks
from gateway.db.engine import open_engine
from gateway.domain.lead import Statement
from gateway.domain.ports import Suppression
from gateway.outcomes import duties
from gateway.outcomes.leave import leave
from gateway.outcomes.tables import holds
from gateway.pipeline import process, release

BOUGHT = Statement(direct=False, vendor="Meridian Leads", method="co_registration", consent="none")


@pytest.fixture
def services(engine, clock, tmp_path):
    return services_with_duties(engine, clock, tmp_path)


def rows(services):
    with services.engine.connect() as connection:
        return list(connection.execute(select(clocks).order_by(clocks.c.lead_id, clocks.c.obligation)))


def people(*emails, **more):
    return [{"email": email, "country": "DE", **more} for email in emails]


def test_a_plain_lead_starts_no_clock(services, clock):
    process(list_batch([{"email": "ann@example.com", "country": "US"}], clock.now(), statement=BOUGHT), services)
    assert rows(services) == []


def test_each_obligation_whose_event_is_known_has_its_clock(services, clock):
    given = datetime(2026, 10, 1, 1, tzinfo=UTC)  # the evening of 30 September in New York
    signup = signup_batch("ann@example.com", clock.now(), country="DE", consent_at=given)
    process(signup, services)
    assert [(row.lead_id, row.obligation, row.event, row.due_on, row.safe_on) for row in rows(services)] == [
        (1, "expiry", "consent", "2028-09-30", "2028-09-30"),
        (1, "notice", "obtained", "2026-12-21", "2026-12-21"),
        (1, "scrub", "obtained", "2026-12-21", "2026-12-21"),
    ]
    expiry, notice, _ = rows(services)
    assert (expiry.started_at, notice.started_at) == (given, clock.now())
    assert notice.due_at == datetime(2026, 12, 22, 5, tzinfo=UTC)
    assert (notice.zone, notice.calendar, notice.done_at) == ("America/New_York", "", None)


COMPARISONS = {
    "dnc": ("OB-31", "dnc_comparison", 31), "utah": ("OB-32", "utah_comparison", 30),
    "michigan": ("OB-33", "michigan_comparison", 30), "drop": ("OB-34", "drop_run", 45),
}  # fmt: skip


@pytest.fixture
def comparing(services, tmp_path):
    """The duties of comparing, and one that counts from the last dealings."""
    made = DUTIES | {
        code: duty(
            number,
            deadline={
                "earliest": [{"after": f"{days} days", "from": event}, {"after": f"{days} days", "from": "obtained"}],
                "repeats": True,
            },
        )
        for code, (number, event, days) in COMPARISONS.items()
    }
    made["dealt"] = duty("OB-35", deadline={"after": "2 years", "from": "dealing"})
    named = load(
        tmp_path / "comparing", pack("all", rule("AL-01", when=VALID, obligations=[*COMPARISONS, "dealt"])),
        obligations=made,
    )  # fmt: skip
    return replace(services, read_policies=lambda: named)


def test_comparisons_count_from_the_day_they_were_made(comparing, clock):
    said = replace(
        BOUGHT, dnc_scrubbed_on=date(2026, 11, 10), utah_scrubbed_on=date(2026, 11, 10),
        michigan_scrubbed_on=date(2026, 11, 21), drop_run_on=date(2026, 10, 10), dealings="purchase",
    )  # fmt: skip
    bought = datetime(2025, 3, 1, tzinfo=UTC)
    process(
        list_batch([{"email": "ann@example.com", "last_dealing_at": bought}], clock.now(), statement=said), comparing
    )
    assert [(row.obligation, row.event, row.due_on) for row in rows(comparing)] == [
        ("dealt", "dealing", "2027-03-01"), ("dnc", "dnc_comparison", "2026-12-11"),
        ("drop", "drop_run", "2026-11-24"), ("michigan", "michigan_comparison", "2026-12-21"),
        ("utah", "utah_comparison", "2026-12-10"),
    ]  # fmt: skip


def test_comparisons_nobody_made_count_from_the_arrival(comparing, clock):
    clock.set(datetime(2026, 11, 21, tzinfo=UTC))  # the evening of the 20th in New York: an arrival is no bare day
    process(list_batch([{"email": "ann@example.com"}], clock.now(), statement=BOUGHT), comparing)
    assert [(row.obligation, row.event, row.due_on) for row in rows(comparing)] == [
        ("dnc", "obtained", "2026-12-21"), ("drop", "obtained", "2027-01-04"), ("michigan", "obtained", "2026-12-20"),
        ("utah", "obtained", "2026-12-20"),
    ]  # fmt: skip


def test_only_those_who_became_prospects_have_clocks(services, clock):
    cells = people("ann@example.com", "Ann@example.com", "nobody", "info@example.org", "bob@example.net")
    settled = process(list_batch(cells, clock.now(), statement=BOUGHT), services)
    assert settled.outcomes == ["prospect", "rejection", "hold", "hold", "prospect"]
    assert {row.lead_id for row in rows(services)} == {1, 5}
    assert {row.obligation for row in rows(services)} == {"notice", "scrub"}  # nobody says when anybody agreed


def test_a_lead_that_waited_starts_its_clocks_when_it_is_let_in(engine, clock, tmp_path):
    services = services_with_duties(engine, clock, tmp_path)
    batch = list_batch(people("info@example.com"), clock.now(), statement=BOUGHT)
    assert process(batch, services).outcomes == ["hold"]
    arrived = clock.now()
    clock.move(days=3)
    with services.unit_of_work() as work:  # as if the mailbox had another name
        work.connection.execute(update(holds).values(fields='{"email":"ann@example.com","country":"DE"}'))
    [settled] = release([1], services, by="test")
    assert settled.outcomes == ["prospect"]
    found = rows(services)
    assert {row.batch_id for row in found} == {settled.batch_id}
    assert {row.started_at for row in found} == {arrived}  # it was obtained when it came, not when it was let in


def test_who_leaves_is_owed_nothing_more(services, clock):
    process(list_batch(people("ann@example.com", "bob@example.net"), clock.now(), statement=BOUGHT), services)
    clock.move(days=1)
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key("ann@example.com"), "opt_out", clock.now())], by="test")
    done = {(row.lead_id, row.done_by, row.done_at) for row in rows(services)}
    assert done == {(1, "withdrawal", clock.now()), (2, None, None)}


def test_a_list_of_fifty_thousand_adds_little(databases, clock, tmp_path):
    spent = []

    def timed(*args):
        begun = time.perf_counter()
        start(*args)
        spent.append(time.perf_counter() - begun)

    start, duties.start_clocks = duties.start_clocks, timed
    url = databases.fresh("sqlite")
    engine = open_engine(url)
    try:
        services = services_with_duties(engine, clock, tmp_path)
        at = clock.now()
        cells = [
            {"email": f"p{n}@example.com", "country": "DE", "consent_at": at - timedelta(minutes=n)}
            for n in range(50_000)
        ]
        begun = time.perf_counter()
        settled = process(list_batch(cells, at, statement=BOUGHT), services)
        whole = time.perf_counter() - begun
        assert settled.outcomes.count("prospect") == 50_000
        assert len(rows(services)) >= 100_000
        assert spent[0] < whole * 0.75  # a third is usual; were each lead looked at by each, nearly all
        print(f"{spent[0]:.2f} s for {len(rows(services)):,} clocks")
    finally:
        duties.start_clocks = start
        engine.dispose()
        databases.drop(url)
