"""`gateway destinations`, `gateway recall` and `gateway recalls`, as they are typed."""

import json

import pytest
from builders import BOUGHT, list_batch
from commands import call
from emitting import ready_services, serve, sign_up
from receivers import Reply, resolve_to_public, stand, way_to

from gateway.cli import destinations, recalls
from gateway.emission.recall import find_open, work_recall
from gateway.pipeline import process


@pytest.fixture
def services(engine, clock, tmp_path, monkeypatch):
    made = ready_services(engine, clock, tmp_path)
    for module in (destinations, recalls):
        monkeypatch.setattr(module, "open_services", lambda: made)
    return made


@pytest.fixture
def run(services):
    del services
    return call


@pytest.fixture
def crm(tmp_path, monkeypatch):
    resolve_to_public(monkeypatch)
    with stand(tmp_path / "crm") as made:
        yield made


@pytest.fixture
def way(tmp_path, crm, monkeypatch):
    made = way_to(tmp_path / "drops", crm)
    monkeypatch.setattr("gateway.emission.deliver.way_of", lambda _: made)
    return made


def bring(services, *addresses):
    rows = [{"email": address, "country": "US"} for address in addresses]
    assert set(process(list_batch(rows, services.clock.now(), statement=BOUGHT), services).outcomes) == {"prospect"}


def test_other_filters_first_say_whom_they_reach(run, services, crm, way):
    run("destinations", "add", "crm", "webhook", "--set", f"url={crm.url}")
    sign_up(services, "ann@example.com", country="US")
    sign_up(services, "bea@example.com", country="DE")
    serve(services, way)
    told = run("destinations", "change", "crm", "--country", "US")
    assert told == "1 people whom crm has no longer fit; they would be revoked there. Add --yes to do it.\n"
    assert "country US" not in run("destinations", "show", "crm")
    told = run("destinations", "change", "crm", "--country", "US", "--yes")
    assert told == "Changed crm. 1 people who no longer fit are revoked there.\n"
    serve(services, way)
    assert crm.by_person()["prospect_2"][-1] == (2, "prospect.revoked")
    assert run("destinations", "change", "crm", "--country", "CA", "--country", "US") == "Changed crm.\n"


def test_a_destination_is_added_tried_shown_changed_paused_and_removed(run, services, crm, way):
    told = run("destinations", "add", "crm", "webhook", "--set", f"url={crm.url}", "--country", "US")
    assert "gateway destinations test crm" in told
    assert "key (shown only now): whsec_" in told
    assert run("destinations", "test", "crm").startswith("crm took it")
    sign_up(services, "ann@example.com", country="US")
    serve(services, way)
    shown = run("destinations", "show", "crm")
    assert "whsec_" not in shown
    assert "filters: country US" in shown
    assert "taken 1" in shown
    assert not {"{", "[", "None"} & set(shown.split()), shown
    (one,) = json.loads(run("destinations", "--json"))["destinations"]
    assert (one["name"], one["state"], one["counts"]["taken"]) == ("crm", "on", 1)
    assert run("destinations") == run("destinations", "list")
    run("destinations", "change", "crm", "--set", "batch=7", "--country", "CA", "--yes")
    shown = json.loads(run("destinations", "show", "crm", "--json"))
    assert (shown["settings"]["batch"], shown["filters"]) == ("7", {"country": ["CA"]})
    assert "still told" in run("destinations", "pause", "crm", "--why", "moved")
    assert json.loads(run("destinations", "show", "crm", "--json"))["state"] == "paused"
    assert run("destinations", "resume", "crm") == "Resumed crm.\n"
    assert "1 person it was told of" in run("destinations", "remove", "crm")
    assert json.loads(run("destinations", "show", "crm", "--json"))["state"] == "on"
    run("destinations", "remove", "crm", "--yes", "--why", "gone")
    assert json.loads(run("destinations", "--json"))["destinations"][0]["state"] == "removed"


def test_secrets_come_from_files_and_variables_and_never_from_the_command_line(run, tmp_path, monkeypatch, services):
    sets = ["--set", "url=https://news.example.com", "--set", "user=api", "--set", "lists=1,4"]
    add = ["destinations", "add", "news", "listmonk", *sets]
    assert "seen by everybody" in run(*add, "--set", "token=x", check=2)
    assert "the variable NOT_THERE is not set" in run(*add, "--secret-env", "token=NOT_THERE", check=2)
    assert "No such file" in run(*add, "--secret-file", f"token={tmp_path / 'nothing'}", check=2)
    assert "write NAME=VALUE" in run(*add, "--set", "token", check=2)
    assert json.loads(run("destinations", "--json"))["destinations"] == []
    (tmp_path / "token").write_text("token-of-mine\n")
    run(*add, "--secret-file", f"token={tmp_path / 'token'}")
    monkeypatch.setenv("HUB_TOKEN", "pat-1")
    run("destinations", "add", "hub", "hubspot", "--secret-env", "token=HUB_TOKEN")
    everything = run("destinations", "show", "news") + run("destinations", "show", "hub")
    assert "token-of-mine" not in everything
    assert "pat-1" not in everything
    assert "secrets: token" in everything


def test_every_kind_says_what_is_set_of_it_and_what_is_wrong_is_said(run):
    told = run("destinations", "kinds")
    assert all(f"{kind}: " in told for kind in ("webhook", "files", "listmonk", "hubspot"))
    assert "there is no kind 'fax'" in run("destinations", "add", "crm", "fax", check=2)
    assert "https" in run("destinations", "add", "crm", "webhook", "--set", "url=http://x.example.com/", check=2)
    assert "there is no destination 'crm'" in run("destinations", "show", "crm", check=2)


def test_dead_letters_are_told_again(run, services, crm, way, clock):
    run("destinations", "add", "crm", "webhook", "--set", f"url={crm.url}")
    crm.answer = lambda _: Reply(400)
    sign_up(services, "ann@example.com")
    for _ in range(100):
        serve(services, way)
        clock.move(hours=1)
    assert json.loads(run("destinations", "show", "crm", "--json"))["counts"]["dead"] == 1
    crm.answer = lambda _: Reply()
    assert run("destinations", "replay", "crm") == "1 item sent again.\n"
    serve(services, way)
    assert json.loads(run("destinations", "show", "crm", "--json"))["counts"]["taken"] == 1


def test_a_recall_says_whom_it_reaches_first_and_who_has_answered_after(run, services, crm, way):
    run("destinations", "add", "crm", "webhook", "--set", f"url={crm.url}", "--confirm", "processing")
    bring(services, "ann@example.com", "bea@example.com")
    serve(services, way)
    assert "Nothing was recalled." in run("recalls")
    asked = ["recall", "--list", "list_1", "--cause", "attestation_withdrawn", "--why", "Taken back"]
    assert "there is no list_1" in run(*asked, check=2)  # the batch came without a list of ours
    asked = ["recall", "--withheld", "--cause", "policy_changed", "--why", "Packs of 1 December"]
    assert "Nothing was done; do it with --yes." in run(*asked)
    assert "Nothing was recalled." in run("recalls")
    assert "gateway recalls recall_1" in run(*asked, "--yes")
    while any(work_recall(number, services) for number in _open(services)):
        pass
    shown = json.loads(run("recalls", "recall_1", "--json"))["recalls"]
    assert [(one["cause"], one["state"]) for one in shown] == [("policy_changed", "told")]
    assert "there is no recall_9" in run("recalls", "recall_9", check=2)
    assert "say which" in run("recall", "--cause", "contract", check=2)


def _open(services):
    with services.engine.connect() as connection:
        return find_open(connection, services.clock.now())
