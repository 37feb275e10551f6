"""What each destination is owed, derived from what the store says: new prospects, changes, withdrawals.

Nothing is written when a lead is settled. A destination has a place in the numbers of prospects, of events and of
orders against phone numbers, and is fed what came behind it; items and place are written in one transaction. It holds
the one writer's lock, under which those numbers are given, too: whatever has a lower number is committed by then, or
never will be. So nothing is passed over, on either database (docs/decisions/0019-the-feed-is-derived.md).

What an item says is looked up when it is sent. So a change that finds an item not tried yet needs none of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from gateway.db.base import text_of
from gateway.db.work import UnitOfWork
from gateway.domain.purposes import kept, words_of
from gateway.emission.book import Destination, Terms
from gateway.emission.tables import deliveries, destinations
from gateway.handout import find_orders
from gateway.lifecycle.store import Came, export_some, follow_events, follow_prospects
from gateway.outcomes.origins import origins_of_leads
from gateway.suppression.book import follow_phones

SIZE = 2000  # prospects or events a transaction: a fifteenth of a second
_CHUNK = 500
_NAMES = (
    "destination_id", "prospect_id", "kind", "state", "sequence", "cause", "recall_id", "made_at", "tries", "reminders",
)  # fmt: skip
OPEN = ("pending", "withheld")
FILTER_CAUSE = "filter_changed"
"""Why they are revoked who are prospects and no longer fit a destination's filters."""


@dataclass(slots=True)
class Told:
    """What one receiver was told of one person so far."""

    last: int = 0  # sequence
    may_have: int = 0  # of the last time it was told of them, or may have been
    revoked: int = 0  # of the last time they were revoked
    untried: bool = False  # an item waits that says everything of this moment
    open: tuple[int, ...] = ()  # items that would tell of them

    @property
    def holds(self) -> bool:
        """Whether the receiver has the person, as far as anybody knows."""
        return self.may_have > self.revoked


def feed(work: UnitOfWork, here: Destination) -> bool:
    """Write down what came behind this destination's place; whether there may be more."""
    d = destinations.c
    again = select(d.review_seen).where(d.id == here.id)
    if (place := work.connection.execute(again).scalar_one()) is not None:
        _review(work, here, place)
        return True
    behind = select(d.prospects_seen, d.events_seen, d.orders_seen).where(d.id == here.id)
    seen = work.connection.execute(behind).one()
    came = follow_prospects(work.connection, seen.prospects_seen, SIZE)
    _accept(work, here, came)
    reached = came[-1].id if came else seen.prospects_seen
    events = follow_events(work.connection, seen.events_seen, SIZE)
    causes = {one.prospect_id: one.cause for one in events if one.prospect_id <= reached}
    phones, order = follow_phones(work.connection, seen.orders_seen, SIZE)
    for number in _with_phones(work.connection, here.id, phones):
        causes.setdefault(number, "phone")
    bring_up(work, here, causes)
    places = {
        "prospects_seen": reached, "events_seen": events[-1].id if events else seen.events_seen, "orders_seen": order,
    }  # fmt: skip
    if tuple(places.values()) != tuple(seen):
        work.connection.execute(update(destinations).where(destinations.c.id == here.id).values(**places))
    return SIZE in {len(came), len(events), len(phones)}


def bring_up(work: UnitOfWork, here: Destination, causes: Mapping[int, str]) -> None:
    """Owe this receiver what it must be told so that it knows of these people what is true now."""
    numbers = sorted(causes)
    if not numbers:
        return
    there = {number for number, fit in _there(work.connection, here.terms, numbers).items() if fit}
    told = told_of(work.connection, here.id, numbers)
    new: list[tuple[int, str, int, str | None]] = []
    gone: dict[str, list[int]] = {}
    for number in numbers:
        state = told.get(number, Told())
        if number in there:
            if not state.untried:
                new.append((number, "updated" if state.holds else "accepted", state.last + 1, None))
            continue
        if state.open:
            gone.setdefault(causes[number], []).extend(state.open)
        if state.holds:
            new.append((number, "revoked", state.last + 1, causes[number]))
    for cause, ids in gone.items():
        stop(work, ids, cause)
    owe(work, here, new)


def _review(work: UnitOfWork, here: Destination, reached: int) -> None:
    """Its filters were changed: look once more at whom it was told of, a slice behind this place.

    Who no longer fits is revoked there; who was revoked for that and fits again is told again. Nobody else: who left is
    the feed's to tell, and of whoever fits as before nothing is new.
    """
    numbers = _known_to(work.connection, here.id, reached)
    told = told_of(work.connection, here.id, numbers)
    new: list[tuple[int, str, int, str | None]] = []
    gone: list[int] = []
    for number, fit in sorted(_there(work.connection, here.terms, numbers).items()):
        state = told[number]
        if not fit:
            gone += state.open
            if state.holds:
                new.append((number, "revoked", state.last + 1, FILTER_CAUSE))
        elif not state.holds and not state.open:
            new.append((number, "accepted", state.last + 1, None))
    stop(work, gone, FILTER_CAUSE)
    owe(work, here, new)
    place = numbers[-1] if len(numbers) == SIZE else None
    work.connection.execute(update(destinations).where(destinations.c.id == here.id).values(review_seen=place))


def count_unfit(connection: Connection, here: Destination, terms: Terms) -> int:
    """How many people this destination has would be revoked there under these terms."""
    count = reached = 0
    while numbers := _known_to(connection, here.id, reached):
        unfit = [number for number, fit in _there(connection, terms, numbers).items() if not fit]
        count += sum(state.holds for state in told_of(connection, here.id, unfit).values())
        reached = numbers[-1]
    return count


def _known_to(connection: Connection, destination: int, reached: int) -> list[int]:
    """People a destination was told of, or was to be, behind this one; a slice of them."""
    d = deliveries.c
    behind = select(d.prospect_id).where(d.destination_id == destination, d.prospect_id > reached)
    return list(connection.execute(behind.distinct().order_by(d.prospect_id).limit(SIZE)).scalars())


def told_of(connection: Connection, destination: int, numbers: Sequence[int]) -> dict[int, Told]:
    """What a receiver was told of these people."""
    d, found = deliveries.c, dict[int, Told]()
    for start in range(0, len(numbers), _CHUNK):
        some = d.prospect_id.in_(numbers[start : start + _CHUNK])
        query = select(d.id, d.prospect_id, d.kind, d.state, d.tries, d.sequence)
        for row in connection.execute(query.where(d.destination_id == destination, some).order_by(d.id)):
            take(found.setdefault(row.prospect_id, Told()), row)
    return found


def take(told: Told, row: Any) -> None:
    """One more thing that was told, in their order."""
    told.last = max(told.last, row.sequence)
    if row.kind == "revoked":
        told.revoked = max(told.revoked, row.sequence)
        return
    if row.tries:
        told.may_have = max(told.may_have, row.sequence)
    if row.state in OPEN:
        told.open = (*told.open, row.id)
        told.untried = told.untried or not row.tries


def stop(work: UnitOfWork, ids: Sequence[int], cause: str) -> None:
    """These items are not sent any more."""
    for start in range(0, len(ids), _CHUNK):
        some = deliveries.c.id.in_(ids[start : start + _CHUNK])
        stopped = update(deliveries).where(some, deliveries.c.state.in_(OPEN))
        work.connection.execute(stopped.values(state="stopped", cause=cause[:200], next_try_at=None))


def owe(
    work: UnitOfWork, here: Destination, items: Iterable[tuple[int, str, int, str | None]], recall: int | None = None
) -> int:
    """Write these items down: prospect, kind, sequence, cause; how many. By hand where nobody can be told any more."""
    now, rows = text_of(work.at), []
    for number, kind, sequence, cause in items:
        if here.state == "removed" and kind != "revoked":
            continue
        state = "by_hand" if here.state == "removed" else "pending"
        rows.append((here.id, number, kind, state, sequence, cause and cause[:200], recall, now, 0, 0))
    work.insert_many(deliveries, _NAMES, rows)
    return len(rows)


def fits(terms: Terms, purposes: str | None, country: str | None, origin: tuple[str, str | None] | None) -> bool:
    """Whether a destination is told of somebody like this: whoever fits one value of each filter that is set."""
    said = {
        "purposes": {word.casefold() for word in words_of(purposes)}, "country": {(country or "").casefold()},
        "source": {origin[0].casefold()} if origin else set(),
        "brand": {(origin[1] or "").casefold()} if origin else set(),
    }  # fmt: skip
    return all(
        not values or not said[name].isdisjoint(map(str.casefold, values)) for name, values in terms.filters.items()
    )


def origins_for(connection: Connection, terms: Terms, leads: Sequence[int]) -> dict[int, tuple[str, str | None]]:
    """Where these leads came from, if the filters ask."""
    asked = terms.filters.get("source") or terms.filters.get("brand")
    return origins_of_leads(connection, leads) if asked and leads else {}


def _accept(work: UnitOfWork, here: Destination, came: Sequence[Came]) -> None:
    living = [one for one in came if not one.withdrawn]
    origins = origins_for(work.connection, here.terms, [one.lead_id for one in living])
    fit = [one.id for one in living if fits(here.terms, one.purposes, one.country, origins.get(one.lead_id))]
    owe(work, here, ((number, "accepted", 1, None) for number in fit) if here.state != "removed" else ())


def _there(connection: Connection, terms: Terms, numbers: Sequence[int]) -> dict[int, bool]:
    """Those of these people who are prospects at this moment, and whether a destination is told of them."""
    page = export_some(connection, numbers)
    orders = find_orders(connection, page)
    origins = origins_for(connection, terms, [one["lead_id"] for one in page])
    found = {}
    for one in page:
        left = orders.get(one["id"], frozenset())
        if left is None:
            continue
        purposes = " ".join(kept(one["purposes"], left)) if one["purposes"] else None
        found[one["id"]] = fits(terms, purposes, one["country"], origins.get(one["lead_id"]))
    return found


def _with_phones(connection: Connection, destination: int, keys: Sequence[bytes]) -> set[int]:
    """The people of whom this receiver was told one of these phone numbers."""
    d, found = deliveries.c, set[int]()
    for start in range(0, len(keys), _CHUNK):
        some = d.phone_match_key.in_(keys[start : start + _CHUNK])
        found.update(connection.execute(select(d.prospect_id).where(d.destination_id == destination, some)).scalars())
    return found
