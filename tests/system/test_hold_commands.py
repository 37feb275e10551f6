"""``gateway holds`` as an officer types it."""

import json

import pytest
from builders import SECRET, make_services
from click.testing import CliRunner
from waiting import INCOMPLETE, bring

from gateway.access.people import add_person
from gateway.cli import gateway
from gateway.cli.common import open_services
from gateway.wiring import SystemClock


@pytest.fixture
def run(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("GATEWAY_DATABASE_URL", database_url)
    monkeypatch.setenv("GATEWAY_DATA", str(tmp_path))
    monkeypatch.setenv("GATEWAY_SECRET_KEY", SECRET)

    opened = []

    def open_one(wake=None):
        opened.append(open_services(wake))
        return opened[-1]

    def command(*words):
        return CliRunner().invoke(gateway, ["holds", *words])

    monkeypatch.setattr("gateway.cli.holds.open_services", open_one)
    services = make_services(open_one().engine, SystemClock(), tmp_path)  # whose DNS is told
    bring(services, INCOMPLETE, 4)
    with services.unit_of_work() as work:
        add_person(work, "Ann", "ann@example.com", "officer")
        add_person(work, "Vic", "vic@example.com", "viewer")
    yield command
    for one in opened:
        one.engine.dispose()


def test_a_question_is_answered_and_undone_from_the_command_line(run):
    (group,) = json.loads(run("--json").stdout)["groups"]
    assert (group["leads"], group["rules"], group["place"]["name"]) == (4, ["CS-08"], "Meridian Leads")
    assert group["group"] in run().stdout
    words = ("answer", group["group"], "refuse", "--reason", "as agreed")
    assert "may not answer" in str(run(*words, "--person", "person_2").exception)
    assert "4 leads, waiting" in run(*words, "--person", "person_1").stdout
    assert run().stdout == "Nothing waits.\n"
    assert run("undo", "1", "--person", "person_1").exit_code == 0
    done = run(*words, "--person", "person_1", "--now", "--json")
    assert json.loads(done.stdout) == {"answer": 2, "leads": 4, "state": "done", "account": {"refused": 4}}
    assert run("undo", "2", "--person", "person_1").exit_code != 0
