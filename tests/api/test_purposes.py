"""Less of this, by purpose: who keeps some and leaves others is handed out for what they kept, whoever brings them."""

import json
import re
from dataclasses import replace

import pytest
from builders import key, list_batch
from confirming import ASKING, links, outbox, work
from web import app_of

from gateway.domain.ports import Suppression
from gateway.intake.forms import Form
from gateway.outcomes.leave import leave
from gateway.pipeline import process
from gateway.suppression.book import find

ANN = "ann@example.com"
OFFERED = ("product_news", "events", "surveys")


def sign_up(web, purposes, source="several", address=ANN):
    consent = {"ticked": True, "preticked": False, "wording": "Yes, write to me.", "purposes": list(purposes)}
    answer = web.client.post("/v1/signups", json={"email": address, "source": source, "consent": consent})
    assert answer.status_code == 202


def handed_out(web):
    text = web.client.get("/v1/prospects", headers=web.key("leads")).text
    return [json.loads(line) for line in text.splitlines()]


def about(web, address=ANN):
    """What somebody may be written to about, and what not; None if they are not handed out."""
    found = [(one["purposes"], one["not_for"]) for one in handed_out(web) if one["address"] == address]
    return found[0] if found else None


def orders(web):
    with web.services.engine.connect() as connection:
        return {order.scope for order in find(connection, [key(ANN)]).get(key(ANN), [])}


def keep(web, path, *ticked, shown=OFFERED):
    return web.client.post(path, data={"choice": "purposes", "shown": list(shown), "keep": list(ticked)})


@pytest.fixture
def several(web):
    """A gateway with a form of several purposes, another that asks for confirmation, and a person who chose two."""
    web.services = replace(
        web.services, settings=replace(web.services.settings, public_url="https://leads.example.com")
    )  # fmt: skip
    web.app = app_of(web.services)
    web.source("several", title="The Harbour Letter", form=Form(purposes=OFFERED))
    web.source("asks", statement=ASKING, form=Form(purposes=OFFERED))
    sign_up(web, ["product_news", "events"])
    return web


@pytest.fixture
def path(several):
    (one,) = handed_out(several)
    return one["unsubscribe_url"].removeprefix("https://leads.example.com")


def confirm(web):
    work(web)
    assert web.client.post(links(outbox(web)[-1])[0]).status_code == 200


def test_prospects_say_what_they_chose_and_nothing_where_nothing_was_to_choose(several):
    sign_up(several, [], "demo", "bob@example.org")
    assert (about(several), about(several, "bob@example.org")) == ((["product_news", "events"], []), (None, []))
    table = several.client.get("/v1/prospects?format=csv", headers=several.key("leads")).text
    assert "product_news; events" in table


def test_the_page_shows_what_was_chosen_all_of_it_kept_so_far(several, path):
    page = several.client.get(path).text
    assert re.findall(r'name="keep" value="(\w+)" checked', page) == ["product_news", "events"]
    assert "Product news" in page
    assert "surveys" not in page


def test_who_keeps_some_is_handed_out_for_those_alone(several, path):
    assert keep(several, path, "events").status_code == 200
    assert about(several) == (["events"], ["product_news"])
    assert orders(several) == {"purpose:product_news"}
    page = several.client.get(path).text
    assert re.findall(r'name="keep" value="(\w+)"', page) == ["events"]
    assert "You left already: Product news" in page
    assert several.services.ledger.verify(several.services.engine).ok
    told = several.client.post("/v1/people/export", json={"address": ANN}, headers=several.key("people")).json
    assert [one for one in told["sentences"] if one.startswith("Never")] == [
        "Never to be written to about product_news (opt out), as we were first told on 2026-11-21."
    ]  # fmt: skip


def test_who_keeps_none_is_not_handed_out_any_more(several, path):
    keep(several, path)
    assert about(several) is None
    assert orders(several) == {"all"}


@pytest.mark.parametrize("made_up", ["news@weekly", "n" * 65, "bell\x07"])
def test_who_leaves_a_purpose_that_no_order_can_name_leaves_everything(several, made_up):
    """A form that offers none takes whatever word a site's own form sends."""
    sign_up(several, [made_up, "events"], "demo", "bob@example.org")
    [path] = [one["unsubscribe_url"].removeprefix("https://leads.example.com")
              for one in handed_out(several) if one["address"] == "bob@example.org"]  # fmt: skip
    assert keep(several, path, "events", shown=[made_up, "events"]).status_code == 200
    assert about(several, "bob@example.org") is None


def test_who_leaves_one_after_the_other_is_gone_with_the_last(several, path):
    keep(several, path, "events")
    keep(several, path, shown=["events"])
    assert about(several) is None


def test_who_keeps_all_is_told_that_nothing_was_changed(several, path):
    answer = keep(several, path, "product_news", "events")
    assert (answer.status_code, "everything is still ticked" in answer.text) == (422, True)
    assert (about(several), orders(several)) == ((["product_news", "events"], []), set())


@pytest.mark.parametrize("shown", [(), ("surveys",), ("nonsense", "")])
def test_a_post_leaves_nothing_but_what_the_page_showed(several, path, shown):
    assert keep(several, path, shown=shown).status_code == 422
    assert orders(several) == set()


def test_a_list_brings_no_purpose_back(several, path, clock):
    """Nor does one that says nothing of purposes: whoever gets the prospect is told what not to write about."""
    keep(several, path, "events")
    clock.move(days=30)
    process(list_batch([{"email": ANN, "purposes": "product_news"}], clock.now()), several.services)
    assert about(several) == (["events"], ["product_news"])


@pytest.mark.parametrize(("purposes", "told"), [("product_news", None), (None, (None, ["product_news"])),
                                                ("Events", (["Events"], ["product_news"]))])  # fmt: skip
def test_what_was_left_before_a_list_brings_somebody_holds_for_them(several, clock, purposes, told):
    address = "cyd@example.com"
    with several.services.unit_of_work() as unit:
        order = Suppression(key(address), "opt_out", unit.at, "purpose:Product_News")
        leave(unit, several.services.ledger, [order], by="a test")
    clock.move(days=1)
    settled = process(list_batch([{"email": address, "purposes": purposes}], clock.now()), several.services)
    assert settled.outcomes == ["prospect"]
    assert about(several, address) == told


def test_an_unconfirmed_signup_brings_no_purpose_back(several, path, clock):
    keep(several, path, "events")
    clock.move(days=1)
    sign_up(several, ["product_news"])
    sign_up(several, ["product_news"], "asks")
    assert about(several) == (["events"], ["product_news"])


def test_a_later_confirmed_signup_brings_it_back_and_adds_what_is_new(several, path, clock):
    keep(several, path, "events")
    clock.move(days=1)
    sign_up(several, ["product_news", "surveys"], "asks")
    confirm(several)
    assert about(several) == (["product_news", "events", "surveys"], [])
    clock.move(days=1)
    keep(several, path, "events", "surveys")
    assert about(several) == (["events", "surveys"], ["product_news"]), "and it can be left once more"


def test_a_link_that_is_older_than_the_leaving_brings_nothing_back(several, path, clock):
    sign_up(several, ["product_news", "surveys"], "asks")
    clock.move(days=1)
    keep(several, path, "events")
    confirm(several)
    assert about(several) == (["events", "surveys"], ["product_news"])


def test_nothing_at_all_still_ends_everything(several, path):
    keep(several, path, "events")
    several.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert about(several) is None
