"""People who were erased: nothing is kept of rows of theirs, from wherever they come again. Nothing is written here.

Their tombstone refuses the row; what stood in it would bring them back into the database all the same.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

from gateway.domain.outcome import SUPPRESSED_MEANWHILE
from gateway.domain.ports import ERASURE
from gateway.outcomes.fates import Fates
from gateway.suppression.book import find


def refuse_named(fates: Fates, connection: Connection) -> None:
    """Refuse rows that state the address of an erased person beside the one they are of: it is one person's row."""
    more = fates.screened.more_keys
    erased = _erased(connection, (key for keys in more.values() for key in keys)) if more else set()
    for index, keys in more.items() if erased else ():
        if not erased.isdisjoint(keys) and fates.outcomes[index] != "rejection" and index not in fates.gone:
            fates.refuse(index, SUPPRESSED_MEANWHILE)


def rows_of_erased(fates: Fates, connection: Connection) -> set[int]:
    """The refused rows of which nothing may be kept. Who came back, by a form of ours, is refused nothing."""
    keys, more = fates.screened.keys, fates.screened.more_keys
    refused = [index for index, outcome in enumerate(fates.outcomes) if outcome == "rejection"]
    asked = {key for index in refused if (key := keys[index]) is not None}
    asked.update(key for index in refused if index in more for key in more[index])
    erased = _erased(connection, asked)
    if not erased:
        return set()
    return {index for index in refused if keys[index] in erased or not erased.isdisjoint(more.get(index, ()))}


def _erased(connection: Connection, keys: Iterable[bytes]) -> set[bytes]:
    orders = find(connection, keys)
    return {key for key, some in orders.items() if any(order.cause == ERASURE for order in some)}
