"""Dead letters: items that were not taken in three days, told again when somebody says so."""

from sqlalchemy import Connection, exists, func, select, update

from gateway.db.work import UnitOfWork
from gateway.emission.book import find
from gateway.emission.tables import deliveries
from gateway.pipeline import Services


def count_dead(connection: Connection, number: int) -> int:
    """How many items of a destination are dead."""
    d = deliveries.c
    query = select(func.count()).select_from(deliveries).where(d.destination_id == number, d.state == "dead")
    return connection.execute(query).scalar_one()


def replay(work: UnitOfWork, services: Services, name: str, *, by: str) -> int:
    """Tell a destination its dead letters again, under the same ids; how many.

    One that a later item of the same person has overtaken says nothing new, and is stopped.
    """
    here, d, later = find(work.connection, name), deliveries.c, deliveries.alias("later").c
    dead = (d.destination_id == here.id, d.state == "dead")
    overtaken = exists().where(
        later.destination_id == here.id, later.prospect_id == d.prospect_id, later.sequence > d.sequence,
        later.state != "dead",
    )  # fmt: skip
    work.connection.execute(update(deliveries).where(*dead, overtaken).values(state="stopped", cause="overtaken"))
    again = update(deliveries).where(*dead).values(state="pending", first_try_at=None, next_try_at=None)
    count = work.connection.execute(again).rowcount
    services.ledger.append(work, "destination.replayed", {"destination": name, "items": count, "by": by})
    return count
