"""/readyz: whether leads can be taken, and what is missing."""

from dataclasses import replace

import pytest
from sqlalchemy import text as sql
from web import make_web

from gateway.app import create_app
from gateway.db.engine import open_engine
from gateway.db.migrate import ensure_schema
from gateway.jobs.owed import sign_of_life
from gateway.policy.loader import load_policies
from gateway.wiring import POLICIES


@pytest.fixture
def migrated(databases, clock, tmp_path):
    """A gateway whose tables were made by the migrations."""
    url = databases.fresh("sqlite", empty=True)
    engine = open_engine(url)
    ensure_schema(engine)
    yield make_web(engine, clock, tmp_path)
    engine.dispose()


def test_ready_means_database_tables_and_policies(migrated):
    response = migrated.client.get("/readyz")
    assert response.status_code == 200
    assert response.json == {
        "status": "ready", "database": "reachable", "migrations": "current", "policies": "loaded", "workers_alive": 0,
    }  # fmt: skip


def test_workers_that_gave_a_sign_of_life_are_counted(migrated, clock):
    sign_of_life(migrated.services)
    assert migrated.client.get("/readyz").json["workers_alive"] == 1
    clock.move(minutes=1)
    assert migrated.client.get("/readyz").json["workers_alive"] == 0


def test_tables_of_another_version_are_not_ready(migrated):
    with migrated.services.unit_of_work() as work:
        work.connection.execute(sql("UPDATE alembic_version SET version_num = '0000'"))
    response = migrated.client.get("/readyz")
    assert (response.status_code, response.json["migrations"]) == (503, "pending")


def test_a_database_that_cannot_be_reached_is_not_ready(migrated, tmp_path):
    lost = open_engine(f"sqlite:///{tmp_path / 'there' / 'x.sqlite'}")
    (tmp_path / "there").rmdir()
    response = create_app(replace(migrated.services, engine=lost)).test_client().get("/readyz")
    assert (response.status_code, response.json["database"]) == (503, "unreachable")
    assert "sqlite" not in response.text
    lost.dispose()


@pytest.mark.parametrize("text", ["", "pack: ["])
def test_without_policies_nothing_is_taken(migrated, tmp_path, text):
    folder = tmp_path / "policies"
    folder.mkdir()
    for name in ("reasons.yaml", "obligations.yaml"):
        (folder / name).write_text((POLICIES / name).read_text(encoding="utf-8"), encoding="utf-8")
    if text:
        (folder / "house.yaml").write_text(text, encoding="utf-8")
    bare = create_app(replace(migrated.services, read_policies=lambda: load_policies([folder])))
    response = bare.test_client().get("/readyz")
    assert (response.status_code, response.json["policies"]) == (503, "broken")
