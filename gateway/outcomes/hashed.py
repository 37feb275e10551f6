"""People we know, compared with hashes: whom a hashed order is about, and whose stored addresses left us.

A hash is compared by hashing every stored address: we keep no table of plain hashes, which would name everybody to
whoever can guess addresses. 100,000 prospects take 1.2 s of processor time for one algorithm, in the transaction that
records the hashes, so that nobody slips in between.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, select, text

from gateway.db.work import UnitOfWork
from gateway.domain.hashed import digests, variants
from gateway.domain.ports import Person, Suppression
from gateway.ledger.book import Ledger
from gateway.lifecycle.store import find_addresses, people_page
from gateway.outcomes.leave import Left, Spare, leave
from gateway.outcomes.tables import FOUND_BY_KEY, holds, leads
from gateway.suppression.book import keys_page
from gateway.suppression.hashes import HashOrder, record_hashes

_CHUNK = 5000


def leave_hashed(
    work: UnitOfWork, ledger: Ledger, entries: Sequence[HashOrder], *, by: str, note: str = "",
    spare: Spare | None = None,
) -> Left:  # fmt: skip
    """Suppress whoever's address has one of these hashes, whether we know them now or they come later.

    ``recorded`` counts hashes, causes and scopes that were new.
    """
    recorded = record_hashes(work, entries, by=by, note=note)
    orders = list(_orders_on_known(work.connection, entries))
    ledger.append(
        work, "suppression.hashes_recorded",
        {"hashes": len(entries), "new": recorded, "known": len({one.key for one in orders}), "by": by,
         "causes": sorted({one.cause for one in entries}), "scopes": sorted({one.scope for one in entries})},
    )  # fmt: skip
    left = leave(work, ledger, orders, by=by, note=note, spare=spare) if orders else Left(0, 0, 0)
    return Left(recorded, left.withdrawn, left.refused)


def _orders_on_known(connection: Connection, entries: Sequence[HashOrder]) -> Iterator[Suppression]:
    told: dict[tuple[str, bytes], list[HashOrder]] = {}
    for entry in entries:
        told.setdefault((entry.algorithm, entry.digest), []).append(entry)
    for key, found in find_holders(_people(connection), told):
        for entry in told[found]:
            yield Suppression(key, entry.cause, entry.received_at, entry.scope)


def find_holders(
    people: Iterable[Person], hashes: Iterable[tuple[str, bytes]]
) -> Iterator[tuple[bytes, tuple[str, bytes]]]:
    """Who of these people has one of these hashes, in any variant: match key and hash."""
    wanted = set(hashes)
    algorithms = sorted({algorithm for algorithm, _ in wanted})
    for some in _cut(people):
        texts: dict[str, dict[bytes, None]] = {}
        for key, typed, normalised in some:
            for written in variants(typed, normalised):
                texts.setdefault(written, {})[key] = None
        for algorithm in algorithms:
            for digest, keys in zip(digests(algorithm, texts), texts.values(), strict=True):
                if (algorithm, digest) in wanted:
                    for key in keys:
                        yield key, (algorithm, digest)


def find_holder_below(
    connection: Connection, wanted: tuple[str, bytes], below: int | None, size: int
) -> tuple[bytes | None, int | None]:
    """Whose stored address has a hash, looked for among the next leads with numbers below ``below``, newest first.

    Their match key if it was found; and where to go on, None where there are no more. Once the person is found their
    other leads are found by the key.
    """
    query = select(leads.c.id, leads.c.match_key, leads.c.address)
    query = query.where(leads.c.match_key.is_not(None), leads.c.address.is_not(None))
    if below is not None:
        query = query.where(leads.c.id < below)
    page = connection.execute(query.order_by(leads.c.id.desc()).limit(size)).all()
    people = [(bytes(row.match_key), row.address, None) for row in page]
    found = next((key for key, _ in find_holders(people, [wanted])), None)
    return found, page[-1].id if len(page) == size and page[-1].id > 1 else None


def _cut(people: Iterable[Person]) -> Iterator[list[Person]]:
    some: list[Person] = []
    for one in people:
        some.append(one)
        if len(some) == _CHUNK:
            yield some
            some = []
    yield some


def _people(connection: Connection) -> Iterator[Person]:
    """Everybody who could still be written to: prospects who did not leave, and leads that wait."""
    after = 0
    while page := people_page(connection, after, _CHUNK):
        after = page[-1].id
        typed = _typed(connection, [one.lead_id for one in page])
        for one in page:
            yield one.key, typed.get(one.lead_id), one.address
    query = (
        select(leads.c.match_key, leads.c.address).join(holds, holds.c.lead_id == leads.c.id)
        .where(holds.c.state == "waiting", leads.c.match_key.is_not(None))
    )  # fmt: skip
    for key, address in connection.execute(query):
        yield bytes(key), address, None


def _typed(connection: Connection, lead_ids: Sequence[int]) -> Mapping[int, str]:
    query = select(leads.c.id, leads.c.address).where(leads.c.id.in_(lead_ids), leads.c.address.is_not(None))
    return {row.id: row.address for row in connection.execute(query)}


def people_who_left(connection: Connection, *, whole: bool = False) -> Iterator[Person]:
    """Everybody with an order whose address is stored, once for each way it was typed.

    ``whole``: only with an order of everything, or of all mail.
    """
    after = 0
    while page := keys_page(connection, after, _CHUNK, whole=whole):
        after = page[-1][0]
        keys = list({key for _, key in page})
        for key, address in find_addresses(connection, keys).items():
            yield key, None, address
        query = (
            select(leads.c.match_key, leads.c.address).distinct()
            .where(leads.c.match_key.in_(keys), text(f"({FOUND_BY_KEY})"), leads.c.address.is_not(None))
        )  # fmt: skip
        for key, address in connection.execute(query):
            yield bytes(key), address, None
