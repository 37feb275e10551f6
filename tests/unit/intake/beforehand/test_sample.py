"""A list sampled before it is paid for, on both databases: what is estimated, what it costs, and that nothing stays."""

import random

import pytest
from builders import ToldRoutes, key, make_services
from sqlalchemy import func, select

from gateway.db.base import metadata
from gateway.domain.ports import Suppression
from gateway.intake.beforehand.opened import Brought, manifest_for, opened
from gateway.intake.beforehand.sample import sample_list
from gateway.suppression.book import record

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    'price: {amount: "0.30", currency: USD}\nconsent: {claimed: none}\nrelationship: marketing\n'
    "hops: [{giver: Meridian Leads, taker: us, on: 2026-10-31}]\n"
)


def counts(services):
    with services.engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar()
            for name, table in metadata.tables.items()
        }


def write(tmp_path, rows):
    path = tmp_path / "autumn.csv"
    path.write_text("email,country\n" + "".join(f"{row},US\n" for row in rows), encoding="utf-8")
    return path


def addresses(count, domain="example.com"):
    rng = random.Random(3)
    return [f"{rng.choice('bdfgkmnp')}{rng.choice('aeiou')}{rng.randrange(10**9)}@{domain}" for _ in range(count)]


def take(services, path, **how):
    brought = Brought(path, path.name, manifest_for(services, name=path.name, text=MANIFEST))
    with opened(brought, services) as (one,):
        return sample_list(one.text, one.found, one.statement, services, **how)


@pytest.fixture
def services(engine, clock, tmp_path):
    routes = ToldRoutes({"dead.example.com": "no_such_domain", "silent.example.com": "unknown"})
    return make_services(engine, clock, tmp_path / "var", routes=routes)


def test_the_bounds_hold_what_is_in_the_list_and_nothing_is_stored(services, tmp_path):
    rows = [*addresses(3_880), *addresses(120, "dead.example.com")]
    random.Random(1).shuffle(rows)
    path = write(tmp_path, rows)
    before = counts(services)
    found = take(services, path, rows=500, seed=11)
    assert counts(services) == before
    assert list((services.settings.data / "files").glob("*")) == []
    assert path.exists()
    assert (found.rows, found.drawn, found.seed) == (4_000, 500, 11)
    dead = found.estimates["undeliverable"]
    assert dead.low <= 0.03 <= dead.high
    assert found.reasons["no_such_domain"] == dead
    likely, least, most = found.prospects
    assert least <= 3_880 <= most
    assert least <= likely <= most
    assert found.cost is not None
    assert found.cost.low <= 30 / 0.97 <= found.cost.high
    assert found.answer in {"accept", "negotiate"}
    assert {one.threshold.of: one.answer for one in found.compared}["prospects"] == "accept"


def test_a_list_of_dead_addresses_is_refused_and_says_why(services, tmp_path):
    path = write(tmp_path, [*addresses(300), *addresses(200, "dead.example.com")])
    found = take(services, path, rows=200, seed=2)
    assert found.answer == "refuse"
    refused = {one.threshold.of: one for one in found.compared if one.answer == "refuse"}
    assert "undeliverable" in refused
    assert "beyond what is refused" in refused["undeliverable"].says
    assert found.prospects[0] == 0  # H-03 holds the living too


def test_the_same_seed_draws_the_same_and_none_draws_anew(services, tmp_path):
    path = write(tmp_path, addresses(1_000))
    assert take(services, path, rows=50, seed=5).as_dict() == take(services, path, rows=50, seed=5).as_dict()
    assert take(services, path, rows=50).seed != take(services, path, rows=50).seed


def test_a_list_that_is_drawn_whole_is_known(services, tmp_path):
    rows = addresses(150)
    found = take(services, write(tmp_path, [*rows, *rows[:15]]), rows=1_000, seed=1)
    assert found.drawn == found.rows == 165
    assert found.repeats_in_sample == 15
    duplicates = found.estimates["duplicates"]
    assert duplicates.low == duplicates.high == pytest.approx(15 / 165)
    assert found.prospects == (150, 150, 150)
    assert found.estimates["rejections"].share == 0  # a repeat is counted off once, as a repeat


def test_people_who_left_are_estimated_from_the_store(services, tmp_path):
    rows = addresses(400)
    with services.unit_of_work() as unit:
        record(unit, [Suppression(key(row), "opt_out", services.clock.now()) for row in rows[:100]], by="test")
    found = take(services, write(tmp_path, rows), rows=400, seed=1)
    assert found.estimates["opted_out"].share == pytest.approx(0.25)
    assert found.reasons["list_of_leavers"].share == 1.0  # H-34 holds the others
    assert found.prospects[0] == 0
    assert found.answer == "refuse"


def test_silent_domains_widen_the_bounds_and_condemn_nobody(services, tmp_path):
    found = take(services, write(tmp_path, addresses(300, "silent.example.com")), rows=100, seed=1)
    assert found.unanswered == 100
    prospects = found.estimates["prospects"]
    assert (prospects.low, prospects.high) == (0.0, 1.0)
    assert found.answer == "negotiate"


def test_an_empty_list_gives_no_estimate(services, tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("email,country\n", encoding="utf-8")
    found = take(services, path, rows=10, seed=1)
    assert (found.rows, found.drawn, found.prospects) == (0, 0, (0, 0, 0))
    assert found.answer == "negotiate"
    found.as_dict()
