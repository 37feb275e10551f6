"""A backup of the suppression book taken in again: what it tells that is news stands at once, and lifts nothing.

Whatever was told until the backup was written was weighed by the gateway that wrote it, against every yes of until
then. So only a yes that the person gave us later than that answers it: a signup of later that waits goes on waiting, to
be weighed by the last look as any other, and somebody who confirmed later stays. What the book knows already changes
nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.confirmation.book import find_confirmed_after
from gateway.db.work import UnitOfWork
from gateway.domain.address import MatchKeys, Renewal
from gateway.domain.ports import Suppression
from gateway.intake.stops import Account
from gateway.outcomes.hashed import leave_hashed
from gateway.outcomes.leave import Spare, leave, leave_where_they_moved
from gateway.outcomes.queue import find_waiting_signups_after
from gateway.pipeline import Services
from gateway.suppression.backup import Backup, Order, read
from gateway.suppression.book import find
from gateway.suppression.hashes import HashOrder, find_rows
from gateway.suppression.moves import forget_moves_of_erased, record_moves


def read_backup(services: Services, lines: Iterable[str]) -> Backup:
    """A backup of this gateway, from before the secret key was changed, too. Raises CallerError."""
    return read(lines, key_checks(services), [Renewal(one) for one in _secrets(services)])


def restore(services: Services, work: UnitOfWork, backup: Backup, *, by: str) -> Account:
    """Take a backup in again: whoever came back with an older database leaves again."""
    account, ledger = Account(), services.ledger
    spare = _came_later(max([backup.at, *(one.received_at for one in backup.orders)]))
    record_moves(work, backup.moves)
    keyed = [one for one in backup.orders if isinstance(one, Suppression)]
    hashed = [one for one in backup.orders if isinstance(one, HashOrder)]
    if news := _news(work.connection, keyed):
        account.add(leave(work, ledger, news, by=by, spare=spare), 0)
    if new_hashes := _news_of_hashes(work.connection, hashed):
        account.add(leave_hashed(work, ledger, new_hashes, by=by, spare=spare), 0)
    both = {key for move in backup.moves for key in move}
    left = leave_where_they_moved(work, ledger, both, by=by, spare=spare)
    account.withdrawn += left.withdrawn
    account.refused += left.refused
    forget_moves_of_erased(work, both)
    account.distinct = len({_named(one) for one in backup.orders})
    return account


def _named(order: Order) -> tuple[object, ...]:
    if isinstance(order, Suppression):
        return order.key, order.cause, order.scope
    return order.algorithm, order.digest, order.cause, order.scope


def _news(connection: Connection, orders: Sequence[Suppression]) -> list[Suppression]:
    """All that is told of orders of which the book does not know as much."""
    held = find(connection, {one.key for one in orders})
    known = {(_named(one), one.received_at) for some in held.values() for one in some}
    new = {_named(one) for one in orders if (_named(one), one.received_at) not in known}
    return [one for one in orders if _named(one) in new]


def _news_of_hashes(connection: Connection, orders: Sequence[HashOrder]) -> list[HashOrder]:
    known: set[tuple[tuple[object, ...], datetime]] = set()
    for algorithm in {one.algorithm for one in orders}:
        for row in find_rows(connection, algorithm, {one.digest for one in orders if one.algorithm == algorithm}):
            known.update((tuple(row[:4]), at) for at in (row.first_at, row.last_at))
    new = {_named(one) for one in orders if (_named(one), one.received_at) not in known}
    return [one for one in orders if _named(one) in new]


def _came_later(at: datetime) -> Spare:
    """Leads whose person said yes after ``at``: confirmed by now, or on a form of ours and waiting for it."""

    def among(connection: Connection, leads: Sequence[int]) -> set[int]:
        return find_confirmed_after(connection, leads, at) | find_waiting_signups_after(connection, leads, at)

    return among


def key_checks(services: Services) -> list[str]:
    """What tells the secret of a backup's match keys: of the present key first, then of those before."""
    return [MatchKeys(secret).key("which secret is this").hex() for secret in _secrets(services)]


def _secrets(services: Services) -> list[bytes]:
    settings = services.settings
    return [one.encode() for one in (settings.secret_key, *reversed(settings.former_secret_keys))]
