"""A gateway with prospects and a destination, for tests of what leaves it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from builders import key, make_services, signup_batch
from sqlalchemy import select

from gateway.domain.ports import Cause, Scope, Sender, Suppression
from gateway.emission.book import Terms, add
from gateway.emission.deliver import deliver
from gateway.emission.due import find_due
from gateway.emission.shape import Way
from gateway.emission.tables import deliveries, destinations
from gateway.outcomes.leave import leave
from gateway.pipeline import Services, process

READY = Sender(("Riverside Garden Ltd",), "1 Mill Lane, Springfield", "https://www.example.com/stop")


def ready_services(engine: Any, clock: Any, folder: Any) -> Services:
    """Services of somebody who may write to people."""
    made = make_services(engine, clock, folder)
    return replace(made, world=replace(made.world, sender=READY))


def sign_up(services: Services, *addresses: str, **fields: Any) -> None:
    """These people come in by a form and are prospects."""
    for address in addresses:
        now = services.clock.now()
        settled = process(signup_batch(address, now, confirmed_at=now, **fields), services)
        assert settled.outcomes == ["prospect"], settled.findings(0)


def go(services: Services, address: str, cause: Cause = "opt_out", scope: Scope = "all") -> None:
    """This person leaves."""
    with services.unit_of_work() as work:
        leave(work, services.ledger, [Suppression(key(address), cause, work.at, scope)], by="test")


def destine(
    services: Services, name: str = "crm", kind: str = "webhook", terms: Terms | None = None, **given: str
) -> dict[str, str]:
    """A destination; the secrets that were made for it."""
    with services.unit_of_work() as work:
        return add(work, services, (name, kind), given, terms or Terms(), by="test")[1]


def serve(services: Services, way: Way) -> int:
    """Serve every destination until nothing is due at this moment; how many turns that took."""
    turns = 0
    while True:
        with services.engine.connect() as connection:
            due = find_due(connection, services.clock.now())
        if not due:
            return turns
        for number in due:
            deliver(number, services, way)
            turns += 1
        assert turns < 2000, "it never comes to rest"


def items(services: Services, **wanted: Any) -> Sequence[Any]:
    """What is written down of items, in their order."""
    query = select(deliveries).order_by(deliveries.c.id)
    for name, value in wanted.items():
        query = query.where(deliveries.c[name] == value)
    with services.engine.connect() as connection:
        return list(connection.execute(query))


def states(services: Services, **wanted: Any) -> list[tuple[str, str]]:
    """Kind and state of items."""
    return [(row.kind, row.state) for row in items(services, **wanted)]


def row_of(services: Services, name: str) -> Mapping[str, Any]:
    """A destination's row."""
    with services.engine.connect() as connection:
        return dict(connection.execute(select(destinations).where(destinations.c.name == name)).one()._mapping)
