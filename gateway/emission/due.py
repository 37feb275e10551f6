"""What could be done now for which destination: asked, and nothing else."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, or_, select

from gateway.emission import feed
from gateway.emission.pace import MOST_REMINDERS, REMIND_AFTER
from gateway.emission.tables import deliveries, destinations
from gateway.lifecycle.store import last_followed
from gateway.suppression.book import last_order

ORDER = ("revoked", "updated", "accepted")
"""Who is first: whoever must not be written to any more."""


def find_due(connection: Connection, now: datetime) -> list[int]:
    """The destinations for which somebody could do something now, by name."""
    t, d = destinations.c, deliveries.c
    last, event = last_followed(connection)
    order = last_order(connection)
    found = []
    free = select(destinations).where(t.state != "removed", or_(t.lease_until.is_(None), t.lease_until < now))
    for row in connection.execute(free.order_by(t.name)):
        rests = row.rest_until is not None and row.rest_until > now
        behind = not rests and (
            row.review_seen is not None
            or row.prospects_seen < last
            or row.events_seen < event
            or row.orders_seen < order
        )
        if behind or (row.look_at is not None and row.look_at <= now):
            found.append(row.id)
        elif rests:
            continue
        elif (
            any(
                connection.execute(due_of(row.id, kind, now).with_only_columns(d.id).limit(1)).first()
                for kind in (ORDER if row.state == "on" else ORDER[:1])
            )
            or connection.execute(unheard_of(row.id, now).limit(1)).first()
        ):
            found.append(row.id)
    return found


def unheard_of(number: int, now: datetime) -> Any:
    """Revocations that a receiver took a day ago or longer, and has not acknowledged.

    None of somebody who has come back: a reminder behind the newer message would take them off its lists again.
    """
    d, later = deliveries.c, deliveries.alias("later").c
    since = func.coalesce(d.reminded_at, d.sent_at)
    told_since = exists().where(
        later.destination_id == number, later.prospect_id == d.prospect_id, later.sequence > d.sequence
    )
    return select(d.id).where(
        d.destination_id == number, d.state == "sent", d.kind == "revoked", d.reminders < MOST_REMINDERS,
        since <= now - REMIND_AFTER, ~told_since,
    )  # fmt: skip


def due_of(number: int, kind: str, at: datetime) -> Any:
    """Items of a kind that a destination could be told now: of each person the first that is open."""
    d, e = deliveries.c, deliveries.alias("earlier").c
    first = ~exists().where(
        e.destination_id == number, e.prospect_id == d.prospect_id, e.id < d.id, e.state.in_(feed.OPEN)
    )
    return (
        select(deliveries)
        .where(d.destination_id == number, d.state == "pending", d.kind == kind, first,
               or_(d.next_try_at.is_(None), d.next_try_at <= at))
        .order_by(d.id)
    )  # fmt: skip
