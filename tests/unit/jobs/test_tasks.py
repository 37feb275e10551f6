"""A worker's patience: what the world does is waited out, what it held is given back, and faults of ours are loud."""

import pytest
from builders import make_services
from sqlalchemy.exc import OperationalError

from gateway.intake.lists import bring
from gateway.intake.running.leases import open_runs, take
from gateway.jobs import tasks
from gateway.jobs.tasks import Held, world_may_fail

MANIFEST = (
    "name: Autumn\nvendor: Meridian Leads\nmethod: event\ncollected: {from: 2026-09-01, until: 2026-10-31}\n"
    "consent: {claimed: none}\nrelationship: marketing\n"
)
AWAY = OperationalError("SELECT 1", None, Exception("the server closed the connection"))


@pytest.fixture
def services(engine, clock, tmp_path):
    return make_services(engine, clock, tmp_path / "var")


def test_services_are_built_when_needed_and_tried_again_when_that_failed():
    tries = iter([AWAY, "services"])

    def build():
        if isinstance(made := next(tries), Exception):
            raise made
        return made

    held = Held(build)
    with pytest.raises(OperationalError):
        _ = held.services
    assert held.services == held.services == "services"


def test_a_batch_held_while_the_database_went_away_is_given_back(services, tmp_path, monkeypatch, caplog):
    file = tmp_path / "autumn.csv"
    file.write_text("email\nann@example.com\n", encoding="utf-8")
    run = bring(services, file, MANIFEST, manifest_name="m", encoding=None, again=False, by="test")["run"]
    assert take(run, services)
    assert open_runs(services) == []
    tries = iter([AWAY, AWAY, services])
    slept = []
    monkeypatch.setattr(tasks.time, "sleep", slept.append)

    def build():
        if isinstance(made := next(tries), Exception):
            raise made
        return made

    with world_may_fail(Held(build)):
        raise AWAY
    assert slept == [tasks.TRY_AGAIN_SECONDS] * 2
    assert open_runs(services) == [run]
    assert "the server closed the connection; what is owed waits" in caplog.text


def test_a_fault_of_ours_is_not_waited_out(services):
    with pytest.raises(ZeroDivisionError), world_may_fail(Held(lambda: services)):
        _ = 1 / 0
