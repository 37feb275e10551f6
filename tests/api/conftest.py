"""The web application as fixtures: on both databases, on SQLite alone, and one to fire at."""

from dataclasses import replace
from datetime import UTC, datetime

import buying
import emitting
import pytest
from platform_posts import FORM
from web import Web, make_web

from gateway.db.engine import open_engine
from gateway.emission.deliver import way_of
from gateway.feedback.endpoints import add_endpoint
from gateway.intake.buying.book import bind_key
from gateway.intake.running import events
from gateway.intake.runs import work_run


@pytest.fixture
def web(engine, clock, tmp_path) -> Web:
    """A gateway, once on SQLite and once on PostgreSQL."""
    return make_web(engine, clock, tmp_path)


@pytest.fixture
def small_web(databases, clock, tmp_path):
    """A gateway on SQLite, for what has nothing to do with the database."""
    url = databases.fresh("sqlite")
    engine = open_engine(url)
    yield make_web(engine, clock, tmp_path)
    engine.dispose()
    databases.drop(url)


class _Still:
    def now(self):
        return datetime(2026, 11, 21, 12, tzinfo=UTC)


def _emit(web, headers):
    """Somebody to whom something happened, of whom a folder was told, and who was recalled."""
    emitting.sign_up(replace(web.services, world=replace(web.services.world, sender=emitting.READY)), "bea@example.com")
    event = {"id": "1", "kind": "purchase", "at": "2026-11-20", "address": "bea@example.com"}
    assert web.client.post("/v1/events", json={"events": [event]}, headers=headers).status_code == 200
    crm = {"name": "crm", "kind": "files", "settings": {"format": "csv"}}
    assert web.client.post("/v1/destinations", json=crm, headers=headers).status_code == 201
    ready = replace(web.services, world=replace(web.services.world, sender=emitting.READY))
    emitting.serve(ready, way_of(ready))
    assert [name for _, name in emitting.states(ready)] == ["acknowledged"]
    asked = {"lists": ["list_1"], "cause": "mistake", "why": "to be fired at"}
    assert web.client.post("/v1/recalls", json=asked, headers=headers).json["recall"] == "recall_1"


@pytest.fixture(scope="module")
def fired_at(databases, tmp_path_factory):
    """A gateway with a lead, a list with its run, a destination with a delivery, a recall; a key for everything."""
    url = databases.fresh("sqlite")
    engine = open_engine(url)
    web = make_web(engine, _Still(), tmp_path_factory.mktemp("fired_at"))
    headers = web.key(
        "decisions", "lists", "leads", "feedback", "people", "suppressions", "sources", "numbers", "vendors", "buying",
        "events", "destinations",
    )  # fmt: skip
    with web.services.unit_of_work() as work:
        add_endpoint(work, "in", "generic", "", by="test")
        add_endpoint(work, "mc", "mailchimp", "a-token-of-some-length", by="test")
    buying.sell(web.services)
    with web.services.unit_of_work() as work:
        bind_key(work, 1, buying.VENDOR, by="test")
    web.source("lead", form=FORM)
    manifest = "name: Spring\nvendor: Meridian Leads\n"
    web.client.post("/v1/lists", data=manifest, content_type="application/yaml", headers=headers)
    web.client.put("/v1/lists/list_1/file", data="email\nann@example.com\nnot an address\n", headers=headers)
    work_run(1, web.services)
    invoice = {"vendor": "Meridian Leads", "number": "1", "lists": ["list_1"], "amount": "1.00", "currency": "USD",
               "dated_on": "2026-11-20"}  # fmt: skip
    assert web.client.post("/v1/invoices", json=invoice, headers=headers).status_code == 201
    _emit(web, headers)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(events, "LONGEST_SECONDS", 0.1)  # nobody works here, so nothing moves
        yield web, headers
    engine.dispose()
    databases.drop(url)
