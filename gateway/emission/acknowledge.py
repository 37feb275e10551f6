"""Receivers say that they worked off what they were told: by a key of our API, or signed with their own key."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select, update

from gateway.db.work import UnitOfWork
from gateway.emission.book import find_number, secrets_of
from gateway.emission.tables import deliveries
from gateway.pipeline import Services

WINDOW = timedelta(minutes=5)
"""Of Standard Webhooks."""
TAKEN = ("pending", "sent", "acknowledged", "by_hand")
_CHUNK = 500


def acknowledge(work: UnitOfWork, ids: Sequence[int], *, by: str, destination: int | None = None) -> list[int]:
    """Note that these were worked off; those that there are. Said again, the first time counts.

    ``destination``: only of this receiver's own. One that was never sent cannot be acknowledged.
    """
    d, found = deliveries.c, []
    for start in range(0, len(ids), _CHUNK):
        some = (d.id.in_(ids[start : start + _CHUNK]), d.tries > 0)
        mine = some if destination is None else (*some, d.destination_id == destination)
        there = list(work.connection.execute(select(d.id).where(*mine, d.state != "stopped")).scalars())
        fresh = update(deliveries).where(d.id.in_(there), d.acknowledged_at.is_(None), d.state.in_(TAKEN))
        work.connection.execute(
            fresh.values(state="acknowledged", acknowledged_at=work.at, acknowledged_by=by, next_try_at=None)
        )
        found += there
    return sorted(found)


def by_hand(work: UnitOfWork, services: Services, destination: int, *, by: str, why: str) -> int:
    """An officer has told a receiver otherwise, by letter or telephone: all its revocations that nobody answered."""
    d = deliveries.c
    open_ones = (d.destination_id == destination, d.kind == "revoked", d.acknowledged_at.is_(None))
    told = update(deliveries).where(*open_ones)
    count = work.connection.execute(
        told.values(state="acknowledged", acknowledged_at=work.at, acknowledged_by=by, next_try_at=None)
    ).rowcount
    here = find_number(work.connection, destination)
    body = {"destination": here.name if here else "", "items": count, "reason": why, "by": by}
    services.ledger.append(work, "revocations.told_by_hand", body)
    return count


def is_signed(
    connection: Connection, services: Services, number: int, headers: Mapping[str, str], body: bytes
) -> int | None:
    """The destination that signed this body about delivery ``number``, as Standard Webhooks has it; None if it did not.

    Signed with the key that its webhooks are signed with: whoever can check those can answer them. What is signed is
    called ``ack_dlv_17``: whoever saw another answer, or a webhook of ours, has nothing to send for this delivery.
    """
    from standardwebhooks.webhooks import Webhook

    query = select(deliveries.c.destination_id).where(deliveries.c.id == number)
    destination = connection.execute(query).scalar_one_or_none()
    stamp = headers.get("webhook-timestamp", "")
    if headers.get("webhook-id") != f"ack_dlv_{number}":
        return None
    if destination is None or not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):  # noqa: PLR2004
        return None
    at = datetime.fromtimestamp(int(stamp), UTC)
    if abs(services.clock.now() - at) > WINDOW:
        return None
    keys = secrets_of(connection, services, destination)
    for name in ("key", "former_key"):
        if keys.get(name):
            mine = Webhook(keys[name]).sign(headers["webhook-id"], at, body.decode("utf-8", "replace"))
            if any(_same(mine, one) for one in headers.get("webhook-signature", "").split(" ")):
                return int(destination)
    return None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))
