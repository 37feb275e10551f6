"""Whoever left and changes their address has left under the other one, too, whichever we hear of first.

A move is two match keys of one person, kept both ways: who leaves under the new address does not want mail under the
old one, and we may still hold that. It stands in this room, where every way of leaving comes by, and not with whoever
told us.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import Connection, delete, or_

from gateway.db.base import text_of
from gateway.db.keys import rows_by_key
from gateway.db.work import UnitOfWork
from gateway.domain.ports import BOUNCE, ERASURE, Suppression
from gateway.suppression.book import find
from gateway.suppression.tables import moves


def record_moves(work: UnitOfWork, told: Iterable[tuple[bytes, bytes]]) -> None:
    """Remember who has which other address; what is known changes nothing. Who left is to be followed afterwards."""
    wanted = {pair for old, new in told if old != new for pair in ((old, new), (new, old))}
    known = _moves(work.connection, {old for old, _ in wanted})
    fresh = sorted((old, new) for old, new in wanted if new not in known.get(old, ()))
    work.insert_many(moves, ("match_key", "new_match_key"), fresh, same={"recorded_at": text_of(work.at)})


def follow(connection: Connection, keys: Iterable[bytes]) -> Iterator[list[Suppression]]:
    """Orders to be written, one step of moves after another; each must be, before the next is asked for.

    A bounce does not follow: that one mailbox is gone says nothing of the other.
    """
    frontier, seen = set(keys), set[Suppression]()
    while frontier and (moved := _moves(connection, frontier)):
        held = find(connection, {*moved, *(new for places in moved.values() for new in places)})
        orders = [
            order
            for old, places in sorted(moved.items()) for new in sorted(places)
            for order in (replace(one, key=new) for one in held.get(old, []) if one.cause != BOUNCE)
            if order not in seen and order not in held.get(new, [])
        ]  # fmt: skip
        seen.update(orders)  # moves in a circle end when there is nothing new to carry round
        frontier = {order.key for order in orders}
        if orders:
            yield orders


def forget_moves(work: UnitOfWork, key: bytes) -> int:
    """Nothing says any more that this person had another address; how often it was said. The orders stay."""
    theirs = delete(moves).where(or_(moves.c.match_key == key, moves.c.new_match_key == key))
    return len(work.connection.execute(theirs.returning(moves.c.id)).all())


def forget_moves_of_erased(work: UnitOfWork, keys: Iterable[bytes]) -> None:
    """A backup from before an erasure tells of moves that nothing may tell of any more."""
    for key, orders in find(work.connection, keys).items():
        if any(order.cause == ERASURE for order in orders):
            forget_moves(work, key)


def _moves(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, set[bytes]]:
    found: dict[bytes, set[bytes]] = {}
    for old, new in rows_by_key(connection, moves, ("match_key", "new_match_key"), keys):
        found.setdefault(bytes(old), set()).add(bytes(new))
    return found
