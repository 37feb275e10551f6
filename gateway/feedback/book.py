"""Writing down what senders report: each event once, tied to its person, and those who left suppressed with it.

Told twice, in any order, by any number of reporters, it comes to the same rows and the same suppressions. Nothing
here lifts anything: somebody who subscribes again at a sender has not said so to us (15 U.S.C. 7704(a)(4)(B) asks
for consent given to the sender of the mail, and whom that was given to a report does not say).
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, select, tuple_

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.address import MatchKeys
from gateway.domain.ports import BOUNCE, Cause, Suppression
from gateway.feedback.event import IGNORED, Event, Kind, without_addresses
from gateway.feedback.tables import feedback_events as table
from gateway.feedback.ties import Tie, find_ties
from gateway.outcomes.leave import Left, leave, leave_where_they_moved
from gateway.pipeline import Services
from gateway.screening.address.keys import key_of
from gateway.screening.address.syntax import normalise
from gateway.suppression.book import find
from gateway.suppression.hashes import find_hashed
from gateway.suppression.moves import record_moves

CAUSES: Mapping[Kind, Cause] = {"complaint": "complaint", "unsubscribe": "opt_out", "hard_bounce": "bounce"}
"""What ends our writing to somebody, the gravest first: a person's prospect is withdrawn for the first of them."""
_CHUNK = 500
_NAMES = ("reporter", "event_key", "kind", "match_key", "prospect_id", "lead_id", "source", "origin_kind", "at",
          "received_at", "status", "detail")  # fmt: skip


@dataclass(slots=True)
class Account:
    """What became of a delivery of events."""

    new: int = 0
    known: int = 0  # told before
    ignored: int = 0  # delivered, opened, clicked
    kinds: dict[str, int] = field(default_factory=dict)  # of the new ones
    strangers: int = 0  # new ones about somebody we never heard of, or that name nobody
    suppressed: int = 0  # orders that are new
    withdrawn: int = 0  # prospects
    refused: int = 0  # waiting leads

    def add(self, other: "Account") -> None:
        """Count another delivery in."""
        for name in ("new", "known", "ignored", "strangers", "suppressed", "withdrawn", "refused"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.kinds = dict(sorted((Counter(self.kinds) + Counter(other.kinds)).items()))

    def as_dict(self) -> dict[str, int | dict[str, int]]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Kept:
    """An event as its row is: whom it is about as a key, when it was at the latest."""

    event: Event
    name: str  # event_key
    key: bytes | None
    at: datetime


Within = Callable[[UnitOfWork, Account], None]
"""What a caller wants written in the same transaction: a token that is used up."""


ReadLink = Callable[[str], bytes | None]
"""Whose link to leave by a token is: their match key; None for what is no link of ours (gateway.person.links)."""


def record(
    services: Services, events: Sequence[Event], *, within: Within | None = None, read_link: ReadLink | None = None
) -> Account:
    """Keep the events that are new and suppress whom they say has left, all in one transaction.

    Where there is nothing to keep, nothing is written at all. ``read_link``: tells whom a report is about that names
    nobody and quotes a mail with our link.
    """
    told = [event for event in events if event.kind not in IGNORED]
    account = Account(ignored=len(events) - len(told))
    if not told and within is None:
        return account
    with services.unit_of_work() as work:
        fresh = _fresh(work, told, services.world.match_keys, read_link)
        account.new, account.known = len(fresh), len(told) - len(fresh)
        if fresh:
            _write(work, services, fresh, account)
        if account.known:
            _tell_again(work, services, told, account)
        if within is not None:
            within(work, account)
    return account


def event_key(event: Event, match_keys: MatchKeys) -> str:
    """What makes an event one: the reporter's id for it, or all that it says. Keyed, for ids may hold addresses."""
    people = [key_of(address, match_keys).hex() for address in (*event.addresses[:1], *filter(None, [event.moved_to]))]
    parts = [event.kind, *people, "", event.event_id or ""]
    if event.event_id is None:
        said_at = "" if event.at is None else text_of(event.at)
        parts += [said_at, event.status or "", event.detail, *event.message_ids]
    return sha256(match_keys.key(json.dumps(parts))).hexdigest()


def _fresh(work: UnitOfWork, events: Sequence[Event], match_keys: MatchKeys, read_link: ReadLink | None) -> list[_Kept]:
    """Those that were never told, each once, in a fixed order."""
    named: dict[tuple[str, str], Event] = {}
    for event in events:
        named.setdefault((event.reporter, event_key(event, match_keys)), event)
    names = sorted(named)
    there: set[tuple[str, str]] = set()
    for start in range(0, len(names), _CHUNK):
        pair = tuple_(table.c.reporter, table.c.event_key)
        query = select(table.c.reporter, table.c.event_key).where(pair.in_(names[start : start + _CHUNK]))
        there.update((reporter, name) for reporter, name in work.connection.execute(query))
    new = [(name, named[name]) for name in names if name not in there]
    people = _people(work.connection, [event for _, event in new], match_keys)
    if read_link is not None:
        people = [
            one or next(filter(None, map(read_link, event.links)), None)
            for one, (_, event) in zip(people, new, strict=True)
        ]
    return [
        _Kept(event, name[1], person, min(event.at or work.at, work.at))  # nothing has happened later than now
        for (name, event), person in zip(new, people, strict=True)
    ]


def _people(connection: Connection, events: Sequence[Event], match_keys: MatchKeys) -> list[bytes | None]:
    """Whom each event is about: of the names it gives, the first that we know, or the likeliest."""
    keys = [[key_of(address, match_keys) for address in event.addresses] for event in events]
    known = find_ties(connection, {key for some in keys if len(some) > 1 for key in some})
    return [next((key for key in some if key in known), some[0]) if some else None for some in keys]


def _write(work: UnitOfWork, services: Services, fresh: Sequence[_Kept], account: Account) -> None:
    ties = find_ties(work.connection, {one.key for one in fresh if one.key is not None})
    keys = services.world.match_keys
    work.insert_many(table, _NAMES, [_row(one, ties, work.at) for one in fresh])
    account.kinds = dict(sorted(Counter(one.event.kind for one in fresh).items()))
    account.strangers = sum(one.key not in ties for one in fresh)
    reporters = sorted({one.event.reporter for one in fresh})
    ledger = {"reporters": reporters, "new": account.new, "kinds": account.kinds, "strangers": account.strangers}
    services.ledger.append(work, "feedback.recorded", ledger)
    by = f"feedback:{','.join(reporters)}"
    for kind, cause in CAUSES.items():
        orders = [
            Suppression(one.key, cause, one.at) for one in fresh if one.event.kind == kind and one.key is not None
        ]
        if orders:
            _count(account, leave(work, services.ledger, orders, by=by))
    moved = [
        ((one.key, one.event.addresses[0]), (key_of(one.event.moved_to, keys), one.event.moved_to))
        for one in fresh if one.key is not None and one.event.moved_to is not None
    ]  # fmt: skip
    record_moves(work, [(old[0], new[0]) for old, new in moved])
    theirs = [place for both in moved for place in both]
    if hashed := _left_by_hash(work.connection, theirs):
        _count(account, leave(work, services.ledger, hashed, by=by))
    _count(account, leave_where_they_moved(work, services.ledger, [key for key, _ in theirs], by=by))


def _left_by_hash(connection: Connection, people: Sequence[tuple[bytes, str]]) -> list[Suppression]:
    """What those who moved left under an address of which only a hash was told; now is the last time we see it."""
    found = find_hashed(connection, [(key, address, normalise(address).normalised) for key, address in people])
    return [order for some in found.values() for order in some if order.cause != BOUNCE]


def _tell_again(work: UnitOfWork, services: Services, events: Sequence[Event], account: Account) -> None:
    """Whoever left once more counts anew, though an id that was used before hides the event: ids are others' making.

    Only what is later than all we were told; the very same event again changes nothing. A report with neither time nor
    id may be the same or a new one: whoever came back since has left again, for nobody can tell that they did not.
    """
    told = [
        one if one.at is not None else replace(one, at=work.at)
        for one in events if one.kind in CAUSES and (one.at is None) == (one.event_id is None)
    ]  # fmt: skip
    people = _people(work.connection, told, services.world.match_keys)
    held = find(work.connection, {key for key in people if key is not None})
    later: dict[tuple[bytes, Cause], Suppression] = {}
    for event, key in zip(told, people, strict=True):
        if key is None or event.at is None:
            continue
        order = Suppression(key, CAUSES[event.kind], min(event.at, work.at))
        before = [one.received_at for one in held.get(key, ()) if (one.cause, one.scope) == (order.cause, order.scope)]
        if before and order.received_at > max(before):
            known = later.setdefault((key, order.cause), order)
            later[key, order.cause] = max(known, order, key=lambda one: one.received_at)
    if later:
        reporters = ",".join(sorted({one.reporter for one in told}))
        _count(account, leave(work, services.ledger, list(later.values()), by=f"feedback:{reporters}"))


def _count(account: Account, left: Left) -> None:
    account.suppressed += left.recorded
    account.withdrawn += left.withdrawn
    account.refused += left.refused


def _row(one: _Kept, ties: Mapping[bytes, Tie], now: datetime) -> tuple[object, ...]:
    event, tie = one.event, ties.get(one.key or b"", Tie())
    detail = without_addresses(event.detail, (*event.addresses, *filter(None, [event.moved_to])))
    return (event.reporter, one.name, event.kind, one.key, *tie, text_of(one.at), text_of(now), event.status, detail)
