"""What people may be written to about: the purposes they agreed to, less those they left and did not ask for again.

An order of one purpose is answered like any other: by a later yes on a form of ours, confirmed from the mailbox. The
book of questions knows which purposes each yes was for.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection

from gateway.confirmation.tables import confirmations
from gateway.db.base import instant_of
from gateway.db.keys import rows_by_key
from gateway.domain.ports import Suppression
from gateway.domain.purposes import words_of


def find_left(connection: Connection, orders: Mapping[bytes, Iterable[Suppression]]) -> dict[bytes, frozenset[str]]:
    """Of each match key with such orders, the purposes (folded) for which the person must not be written to."""
    told = {key: latest for key, some in orders.items() if (latest := _latest(some))}
    asked: dict[bytes, dict[str, datetime]] = {}  # when the form was last filled in for a purpose, and confirmed
    names = ("match_key", "state", "asked_at", "purposes")
    for key, state, asked_at, purposes in rows_by_key(connection, confirmations, names, told) if told else ():
        if state == "confirmed":
            of_key, at = asked.setdefault(bytes(key), {}), instant_of(asked_at)
            for word in map(str.casefold, words_of(purposes)):
                of_key[word] = max(at, of_key.get(word, at))
    return {
        key: left
        for key, latest in told.items()
        if (left := frozenset(word for word, at in latest.items() if asked.get(key, {}).get(word, at) <= at))
    }


def _latest(orders: Iterable[Suppression]) -> dict[str, datetime]:
    latest: dict[str, datetime] = {}
    for order in orders:
        if order.purpose is not None:
            latest[order.purpose] = max(order.received_at, latest.get(order.purpose, order.received_at))
    return latest
