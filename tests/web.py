"""The web application on a real database, with DNS answers, a clock and keys that the test decides."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cache
from threading import Event, Thread
from typing import Any

from builders import FORM, ToldRoutes, make_services
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from waitress import wasyncore
from waitress.server import create_server

from gateway.access.keys import new_key
from gateway.app import create_app, remembered
from gateway.domain.ports import Sender
from gateway.intake.forms import Source, create_source
from gateway.intake.guard.bodies import Keys, bounded
from gateway.intake.guard.load import Shed
from gateway.outcomes.tables import leads
from gateway.pipeline import Services

SENDER = Sender(("Riverside Garden Ltd",), "1 Mill Lane, Springfield", "https://www.example.com/stop")
SITE = "https://www.example.com"


class TimedRoutes(ToldRoutes):
    """Told routes that remember how long DNS was given."""

    def __init__(self, kinds: dict[str, Any] | None = None) -> None:
        super().__init__(kinds)
        self.seconds: list[float | None] = []

    def ask_routes(self, domains, as_of, *, seconds):
        self.seconds.append(seconds)
        return super().ask_routes(domains, as_of, seconds=seconds)


@dataclass
class Web:
    """One gateway as the tests talk to it."""

    app: Flask
    services: Services
    routes: TimedRoutes
    woken: list[int] = field(default_factory=list)

    @property
    def client(self) -> FlaskClient:
        """A fresh client; it keeps no cookies of another's."""
        return self.app.test_client()

    def key(self, *scopes: str) -> dict[str, str]:
        """Headers of a caller whose key has these scopes."""
        with self.services.unit_of_work() as work:
            made = new_key(work, "a test", scopes)
        return {"Authorization": f"Bearer {made.secret}"}

    def source(self, key: str, **changes: Any) -> None:
        """One more form."""
        with self.services.unit_of_work() as work:
            create_source(work, replace(Source(key, f"The form {key}", FORM, published=True), **changes))

    def leads(self) -> list[Any]:
        """Every lead there is, as it stands in the database."""
        with self.services.engine.connect() as connection:
            return list(connection.execute(select(leads).order_by(leads.c.id)))


@cache
def _app() -> Flask:
    """Routes and their OpenAPI document, which take a third of a second to put together and are always the same."""
    return create_app(None)


def app_of(services: Services) -> Flask:
    """The application on these services, with settings of its own."""
    app = copy(_app())
    app.config = copy(app.config)
    app.extensions = app.extensions | remembered(services)
    return app


def make_web(engine: Engine, clock, tmp_path, *, sender: Sender = SENDER) -> Web:
    """A gateway with the published form `demo` of https://www.example.com."""
    routes = TimedRoutes({"silent.example.net": "unknown", "dead.example.net": "no_such_domain"})
    services = make_services(engine, clock, tmp_path, routes=routes)
    woken: list[int] = []
    services = replace(
        services, world=replace(services.world, sender=sender), wake=lambda: woken.append(1)
    )  # fmt: skip
    web = Web(app_of(services), services, routes, woken)
    web.source("demo", origins=(SITE,))
    return web


@contextmanager
def served(app, threads: int = 2, services: Services | None = None) -> Iterator[int]:
    """The application behind a real server on loopback, in a thread that ends with it; its port.

    ``services``: whose keys let large bodies in, as `gateway serve` has it.
    """
    servers: dict[int, Any] = {}
    server = create_server(
        app, map=servers, host="127.0.0.1", port=0, threads=threads, clear_untrusted_proxy_headers=True
    )
    if services is not None:
        bounded(servers, Keys(services), in_turn=True)
    if isinstance(app, Shed):
        app.waiting = lambda: len(server.task_dispatcher.queue)
    stopping = Event()

    def serve() -> None:  # what server.run does, but that it can be ended
        while not stopping.is_set():
            wasyncore.loop(timeout=0.05, map=server._map, count=1)

    thread = Thread(target=serve)
    thread.start()
    try:
        yield server.effective_port
    finally:
        stopping.set()
        thread.join()
        server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
        wasyncore.close_all(server._map)
