"""What do you have of me, and where did you get it: every room answers, in words and as data."""

import json

import pytest
from builders import key
from running_lists import MANIFEST
from web import make_web

from gateway.domain.ports import Suppression
from gateway.intake.lists import bring
from gateway.intake.people.consents import make_receipt
from gateway.intake.people.erasing import erase_person
from gateway.intake.people.told import tell_person
from gateway.intake.runs import work_run
from gateway.invoicing.person import tell as billed
from gateway.outcomes.leave import leave

ADDRESS = "ana@harbor.example.com"
HOPS = "hops: [{giver: Quotes Ltd, taker: Meridian Leads, on: 2026-10-02, under: contract 7}]\n"


@pytest.fixture
def services(engine, clock, tmp_path):
    web = make_web(engine, clock, tmp_path / "var")
    consent = {"ticked": True, "wording": "Yes, write to me.", "page_url": "https://www.example.com/join"}
    posted = {"email": ADDRESS, "source": "demo", "first_name": "Ana", "consent": consent}
    assert web.client.post("/v1/signups", json=posted).status_code == 202
    path = tmp_path / "bought.csv"
    path.write_text(
        "email,first_name,optin date,ip,note\n"
        "ANA@harbor.example.com,Ana,2026-10-03T10:00:00Z,203.0.113.7,\n"
        f"bob@example.org,Bob,,,told by {ADDRESS}\n"
        f'cy@example.net,Cy,,"{ADDRESS},,,\n'
    )
    begun = bring(web.services, path, MANIFEST + HOPS, manifest_name="m", encoding=None, again=False, by="test")
    work_run(begun["run"], web.services)
    with web.services.unit_of_work() as work:
        leave(work, web.services.ledger, [Suppression(key(ADDRESS), "opt_out", work.at)], by="officer", note="rang")
    return web.services


def test_everything_is_told_with_its_source(services):
    told = tell_person(services, "Ana+x@HARBOR.example.com", billed)
    by_form, by_list = told["leads"][:2]
    assert (by_form["source"], by_form["outcome"], by_form["from"]["by_the_person"]) == ("demo", "prospect", True)
    assert by_form["as_arrived"]["posted"]["first_name"] == "Ana"
    assert by_form["consent"]["processing"]["privacy_notice"]["wording"] == "Yes, write to me."
    assert by_list["from"] == {
        "kind": "list", "by_the_person": False, "vendor": "Meridian Leads", "page": None, "list": "list_1",
        "collected_from": "2026-09-01", "collected_until": "2026-10-31", "list_name": "Autumn", "file": "bought.csv",
        "row": 2,
        "hops": [{"giver": "Quotes Ltd", "taker": "Meridian Leads", "on": "2026-10-02", "under": "contract 7"}],
    }  # fmt: skip
    assert by_list["consent"]["events"][0]["time"] == "2026-10-03T10:00:00.000000Z"
    assert by_list["consent"]["events"][0]["ip"] == "203.0.113.7"
    assert by_list["reasons"] == ["already_known"]
    assert [one["row"] for one in told["named_in"]] == [3, 4]
    assert "bob" not in json.dumps(told, default=str)
    assert told["prospect"]["withdrawn_cause"] == "opt_out"
    assert [event["cause"] for event in told["prospect"]["events"]] == ["opt_out"]
    assert [(one["cause"], one["note"]) for one in told["orders_not_to_write"]] == [("opt_out", "rang")]
    words = "\n".join(told["sentences"])
    for part in ("by our form 'demo'", "list 'Autumn' of Meridian Leads, file bought.csv, row 2", "Quotes Ltd",
                 "opt out", "named in 2 rows"):  # fmt: skip
        assert part in words


def test_after_an_erasure_there_is_the_tombstone_alone(services):
    erase_person(services, ADDRESS, why="asked", by="test")
    told = tell_person(services, ADDRESS, billed)
    assert (told["leads"], told["named_in"], told["prospect"], told["duties"]) == ([], [], None, [])
    assert [(one["cause"], one["note"]) for one in told["orders_not_to_write"]] == [("opt_out", ""), ("erasure", "")]
    assert make_receipt(services, 1) is None


def test_of_a_stranger_there_is_nothing(services):
    assert tell_person(services, "nobody@example.com", billed)["sentences"] == ["We have nothing under this address."]


def test_asking_changes_nothing(services):
    def state():
        from gateway.db.base import metadata

        with services.engine.connect() as connection:
            return [connection.execute(table.select()).all() for table in metadata.sorted_tables]

    before = state()
    tell_person(services, ADDRESS, billed)
    make_receipt(services, 1)
    assert state() == before
