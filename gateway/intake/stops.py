"""Orders not to write, taken in many at a time, and asked about: addresses, phone numbers and hashes alike."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork, reading
from gateway.domain.hashed import read_hash
from gateway.domain.ports import EVERYTHING, PHONE, Cause, Person, Scope, Suppression
from gateway.outcomes.hashed import find_holders, leave_hashed, people_who_left
from gateway.outcomes.leave import Left, leave
from gateway.pipeline import Services
from gateway.screening.address.found import find_addresses
from gateway.screening.address.keys import key_of
from gateway.screening.address.syntax import normalise
from gateway.screening.phone import e164, phone_key
from gateway.suppression.book import find
from gateway.suppression.hashes import HashOrder, find_hashed, find_rows

Hash = tuple[str, bytes]
"""Algorithm and digest."""


@dataclass(slots=True)
class Told:
    """Who must not be written to or called."""

    addresses: Sequence[str] = ()
    phones: Sequence[str] = ()  # E.164
    hashes: Sequence[Hash] = ()


@dataclass(slots=True)
class Account:
    """What telling us changed. ``distinct``: match keys and hashes, each once."""

    distinct: int = 0
    recorded: int = 0
    withdrawn: int = 0
    refused: int = 0

    def add(self, left: Left, distinct: int) -> None:
        """Take in what one part of it changed."""
        self.distinct += distinct
        self.recorded += left.recorded
        self.withdrawn += left.withdrawn
        self.refused += left.refused

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return asdict(self)


def suppress(
    services: Services,
    work: UnitOfWork,
    told: Told,
    cause: Cause,
    *,
    at: datetime,
    scope: Scope = EVERYTHING,
    by: str,
    note: str = "",
) -> Account:
    """Suppress them all in one transaction. A number is suppressed for calls, whatever the scope."""
    keys, account = services.world.match_keys, Account()
    people = dict.fromkeys(key_of(address, keys) for address in told.addresses)
    numbers = dict.fromkeys(phone_key(number, keys) for number in told.phones)
    hashes = dict.fromkeys(told.hashes)
    for some, over in ((people, scope), (numbers, PHONE)):
        if some:
            orders = [Suppression(key, cause, at, over) for key in some]
            account.add(leave(work, services.ledger, orders, by=by, note=note), len(some))
    if hashes:
        entries = [HashOrder(*one, cause, at, scope) for one in hashes]
        account.add(leave_hashed(work, services.ledger, entries, by=by, note=note), len(hashes))
    return account


@dataclass(slots=True)
class Answer:
    """What we know of one text that was asked about."""

    asked: str
    state: str = "not_understood"  # suppressed, not_suppressed, unknown_hash
    orders: list[Suppression] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        shown = [
            {"cause": one.cause, "scope": one.scope, "received_at": text_of(one.received_at),
             "known_by": one.known_by or None}
            for one in self.orders
        ]  # fmt: skip
        return {"asked": self.asked, "state": self.state, "suppressed": self.state == "suppressed", "orders": shown}


def look_up(services: Services, texts: Sequence[str]) -> list[Answer]:
    """What stands against each of these addresses, numbers or hashes, in their order."""
    answers = [Answer(text) for text in texts]
    hashes = {place: found for place, text in enumerate(texts) if (found := read_hash(text)) is not None}
    keys, people = _keys(services, [(i, text) for i, text in enumerate(texts) if i not in hashes])
    with reading(services.engine) as connection:
        orders = find(connection, keys.values())
        more = find_hashed(connection, people)
        by_hash = _of_hashes(connection, set(hashes.values())) if hashes else {}
    for place, key in keys.items():
        answers[place].orders = [*orders.get(key, ()), *more.get(key, ())]
        answers[place].state = "suppressed" if answers[place].orders else "not_suppressed"
    for place, one in hashes.items():
        answers[place].orders = by_hash.get(one, [])
        # Whose it is we cannot tell unless we know the address, so nothing found is no clearance.
        answers[place].state = "suppressed" if answers[place].orders else "unknown_hash"
    return answers


def _keys(services: Services, asked: Iterable[tuple[int, str]]) -> tuple[dict[int, bytes], list[Person]]:
    """The match keys of texts that are an address or a number, by place; and the people of the addresses."""
    keys: dict[int, bytes] = {}
    people: list[Person] = []
    for place, text in asked:
        found = find_addresses(text)
        number = None if "@" in text else e164(text, "US")
        if len(found) == 1:
            keys[place] = key_of(found[0], services.world.match_keys)
            typed = text if text.strip() == found[0] else found[0]  # hashes may be of it with its spaces
            people.append((keys[place], typed, normalise(found[0]).normalised))
        elif number is not None:
            keys[place] = phone_key(number, services.world.match_keys)
    return keys, people


def _of_hashes(connection: Connection, hashes: set[Hash]) -> dict[Hash, list[Suppression]]:
    """Orders of which we were told the hash itself, and those of people whose address is stored and has it."""
    found: dict[Hash, list[Suppression]] = {}
    for algorithm in {one for one, _ in hashes}:
        for row in find_rows(connection, algorithm, {digest for one, digest in hashes if one == algorithm}):
            found.setdefault((algorithm, row.digest), []).extend(row.orders(b"", f"{algorithm} as told"))
    holders: dict[bytes, set[Hash]] = {}
    for key, one in find_holders(people_who_left(connection), hashes):
        holders.setdefault(key, set()).add(one)
    for key, some in find(connection, holders).items():
        for one in holders[key]:
            found.setdefault(one, []).extend(some)
    return found
