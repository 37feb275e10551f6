"""Whoever left and changes their address at a sender has left under the new one, too, whichever we hear of first."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection, select

from gateway.db.keys import KEY_BYTES
from gateway.domain.ports import BOUNCE, Suppression
from gateway.feedback.tables import feedback_events as table
from gateway.suppression.book import find

_CHUNK = 500


def follow(connection: Connection, keys: Iterable[bytes]) -> Iterator[list[Suppression]]:
    """Orders to be written, one step of moves after another; each must be, before the next is asked for.

    A bounce does not follow: that the old mailbox is gone says nothing of the new one.
    """
    frontier, seen = set(keys), set[Suppression]()
    while frontier:
        moves = _moves(connection, frontier)
        held = find(connection, {*moves, *(new for places in moves.values() for new in places)})
        orders = [
            order
            for old, places in sorted(moves.items()) for new in sorted(places)
            for order in (replace(one, key=new) for one in held.get(old, []) if one.cause != BOUNCE)
            if order not in seen and order not in held.get(new, [])
        ]  # fmt: skip
        seen.update(orders)  # moves in a circle end when there is nothing new to carry round
        frontier = {order.key for order in orders}
        if orders:
            yield orders


def _moves(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, set[bytes]]:
    wanted, found = sorted(keys), dict[bytes, set[bytes]]()
    for start in range(0, len(wanted), _CHUNK):
        query = select(table.c.match_key, table.c.detail).where(
            table.c.match_key.in_(wanted[start : start + _CHUNK]), table.c.kind == "moved"
        )
        for key, detail in connection.execute(query):
            new = bytes.fromhex(detail)
            if len(new) == KEY_BYTES and new != bytes(key):
                found.setdefault(bytes(key), set()).add(new)
    return found
